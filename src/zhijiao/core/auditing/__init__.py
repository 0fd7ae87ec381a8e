"""The audit trail once it is written: sealed into a chain, checked, read on a screen."""
