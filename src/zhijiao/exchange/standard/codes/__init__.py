"""Code lists of the shipped data standard. Data only."""
