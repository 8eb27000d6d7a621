"""Usage figures: how they are stored, read, drawn and exported."""
