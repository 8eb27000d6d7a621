"""What the Polling pages show, ready for their templates."""
