"""Exchange: the data standard, intake of records, immutable snapshots."""
