"""Every write of bulk imports: what is loaded and corrected, and how its rows become operations."""
