"""`make run`: one command that prepares the portal, starts every process of it and stops them on Ctrl-C."""
