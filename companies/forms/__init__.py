"""The gate for whatever is typed about companies, projects, UAP services and their operations."""
