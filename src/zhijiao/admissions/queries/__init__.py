"""Reads of admission, one subject a file."""
