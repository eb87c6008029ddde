"""The command line but for what needs the pages: one module per kind of work."""
