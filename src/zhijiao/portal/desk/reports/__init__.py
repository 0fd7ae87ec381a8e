"""Figures owed: handing in, deciding, reminding."""
