"""One run from its begin to its end: what is kept of it, and its files."""
