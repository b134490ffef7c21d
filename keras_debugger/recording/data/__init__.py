"""Inputs and labels as plain values, and what they show."""
