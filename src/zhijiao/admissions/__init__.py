"""Unified admission: the season, its plan, candidates and their choices, allocation and what follows."""
