"""Who may do what, and the scope in which the database lets them."""
