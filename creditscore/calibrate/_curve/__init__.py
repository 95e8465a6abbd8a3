"""Monotone curves from a score or a raw probability to a probability of default."""
