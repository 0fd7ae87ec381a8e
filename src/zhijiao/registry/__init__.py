"""Registry: the verbs of the organisation tree, and who is in office."""
