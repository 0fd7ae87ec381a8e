"""Verbs of admission, one subject a file."""
