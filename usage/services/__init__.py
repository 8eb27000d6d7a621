"""Every write of usage figures: planning what to ask, asking, and storing the answers."""
