"""Every write of daily bills."""
