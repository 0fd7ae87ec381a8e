"""Seats after the result: a school's list of who is placed with it, and what the bureaus decide until everybody is on record."""
