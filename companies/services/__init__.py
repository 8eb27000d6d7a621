"""Every write about companies, projects, UAP services and the operations that create them."""
