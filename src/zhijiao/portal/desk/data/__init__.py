"""Handing in data: what is owed, files on their way, rows that wait, and the records themselves."""
