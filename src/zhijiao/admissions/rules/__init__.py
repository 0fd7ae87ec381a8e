"""Pure decisions of admission, one subject a file."""
