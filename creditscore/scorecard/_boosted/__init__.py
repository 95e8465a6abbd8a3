"""Additive boosting of trees, turned into a card exactly."""
