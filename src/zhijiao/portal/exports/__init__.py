"""Lists, the board and the brief as files: the same addresses as the pages, with an ending."""
