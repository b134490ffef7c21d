"""Models as plain values, and what their layers answer on a fixed batch."""
