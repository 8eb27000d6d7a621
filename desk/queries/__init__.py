"""Reads across rooms: what each company used and cost, what moved, what is in trouble, how far everything is."""
