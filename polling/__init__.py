"""The ledger of what should be known, and the state of the connection to Agora."""
