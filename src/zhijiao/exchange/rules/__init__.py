"""Decisions of intake, snapshots and the data standard. No Django; loaded only by what works on tables."""
