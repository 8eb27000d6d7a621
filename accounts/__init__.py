"""People of the portal: sign-in, roles and access rules, and the audit log."""
