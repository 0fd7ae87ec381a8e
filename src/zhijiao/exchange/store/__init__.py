"""The store at work: what a checked file would change, and changing it. Loads polars, so verbs import it when they run."""

FOLDER = "intake"
"""Where checked rows wait, below the data folder."""
