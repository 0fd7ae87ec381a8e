"""Other services by which people sign in or are told of work: one interface, one file each (docs/adr/0009)."""
