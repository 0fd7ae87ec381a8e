"""Computed figures: from the city down to school and major, and why each is what it is."""
