"""Signing in, one's own account, and claims of organisations."""
