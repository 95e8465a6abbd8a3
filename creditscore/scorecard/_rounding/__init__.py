"""Whole-number points, plain and chosen together."""
