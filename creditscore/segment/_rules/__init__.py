"""Conditions in words, and the class of whoever meets them."""
