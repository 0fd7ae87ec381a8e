"""New versions of a pack that wait: what they touch, and whether they are accepted."""
