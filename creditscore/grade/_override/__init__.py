"""Overrides: grades that a person changed, for a reason and within limits."""
