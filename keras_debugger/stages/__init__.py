"""The stages of one autofix run, and what is known at each moment of it."""
