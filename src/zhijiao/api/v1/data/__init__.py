"""The data hub over HTTP: what the standard asks, handing in records, what became of them, snapshots and computed figures."""
