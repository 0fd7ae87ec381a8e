"""Pages of candidates and their guardians: choices, and what is known of the candidate. Phone first."""
