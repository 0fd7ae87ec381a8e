"""Student records at the desk: rosters, cases, classes, terms, what has to be settled, the registers above."""
