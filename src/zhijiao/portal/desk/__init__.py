"""The desk: what a signed-in person has to do, in one place."""
