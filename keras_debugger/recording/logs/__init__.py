"""Logs that others wrote, in many forms, to the history of a run."""
