"""Verbs of an allocation: freeze, simulate, run, sign, put up for objections, publish."""
