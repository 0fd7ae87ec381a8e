"""Data quality: how good the data of each organisation are, what to mend, and who does it."""
