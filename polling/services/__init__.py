"""Every write to the ledger."""
