"""Probabilities of default where hardly anybody has defaulted."""
