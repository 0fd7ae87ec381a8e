"""Targets: handed down to counties and schools with a check of their sum, and how each stands to its own."""
