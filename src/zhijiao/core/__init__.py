"""Plumbing that every domain stands on: database, jobs, health, processes."""
