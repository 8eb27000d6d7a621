"""Orders to read days again: what they consist of, and going on with them."""
