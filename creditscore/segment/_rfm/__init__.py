"""Recency, frequency and amount of purchases."""
