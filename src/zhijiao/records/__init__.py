"""Student records: status as a ledger of events."""
