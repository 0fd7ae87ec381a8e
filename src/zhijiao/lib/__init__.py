"""Small helpers that know neither the web nor the database."""
