"""Seasons of admission at the desk: opening, the plan, its signatures."""
