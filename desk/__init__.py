"""The pages and commands that look across rooms; it owns no tables."""
