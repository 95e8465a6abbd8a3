"""Customers by kind, industry, region and size; what is not known is said, not guessed."""
