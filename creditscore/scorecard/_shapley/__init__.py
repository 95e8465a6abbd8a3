"""Shapley values of any score, beside points."""
