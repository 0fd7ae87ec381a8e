"""Pages of people: accounts of my scope, one account, steps on it, and what each role may do."""
