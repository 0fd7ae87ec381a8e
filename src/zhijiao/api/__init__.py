"""The HTTP API: what can be read on a page can be read here. Calls `queries` and nothing deeper."""
