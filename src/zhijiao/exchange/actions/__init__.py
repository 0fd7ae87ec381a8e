"""Verbs of this domain; each one transaction."""
