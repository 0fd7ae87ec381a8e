"""Tasks: who was to do what by when, and where it stands."""
