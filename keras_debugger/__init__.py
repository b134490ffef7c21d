"""Finds out why a Keras model does not learn, repairs it and proves the gain."""
