"""Candidates, for those who answer for them: junior school, county, bureaus. Who has handed in is seen here, never what."""
