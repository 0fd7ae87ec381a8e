"""Chinese search over everything that the packs hold."""
