"""The training step while it runs: what is compiled into it, and the rows that come out."""
