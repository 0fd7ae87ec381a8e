"""A school or an enterprise asks to be recognised as itself; the county or the city bureau lets it in."""
