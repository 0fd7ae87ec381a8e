"""`zhijiao demo …`: the tenant of examples, so that nothing is empty and no real verdict is touched."""
