"""Accounts: signing in, passwords, second factor, other sign-in services, API keys, and claims of organisations."""
