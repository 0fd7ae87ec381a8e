"""The pure decisions of this domain, one subject a file."""
