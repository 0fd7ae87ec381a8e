"""Duties over HTTP: what is owed, handing in, deciding. Each call acts as the owner of its key, in that person's scope."""
