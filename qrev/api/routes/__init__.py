"""One module per subject, one small function per route."""
