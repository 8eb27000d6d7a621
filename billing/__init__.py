"""Daily bills: lines, revisions, charts and exports."""
