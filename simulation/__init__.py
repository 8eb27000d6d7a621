"""Sixty days of a thousand companies in minutes: what polling costs, how late it sees, and that nothing is lost."""
