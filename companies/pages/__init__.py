"""What the pages show, ready for their templates: addresses, operations in words, the services of a project."""
