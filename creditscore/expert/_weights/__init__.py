"""Weights of criteria: given, compared, ranked, computed from data, combined."""
