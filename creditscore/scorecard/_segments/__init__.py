"""A card for each segment, on one scale."""
