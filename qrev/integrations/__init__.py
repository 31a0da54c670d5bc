"""One folder per outside system, each filling ports declared below."""
