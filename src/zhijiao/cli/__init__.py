"""Commands: thin, one file per subject, composed in main.py."""
