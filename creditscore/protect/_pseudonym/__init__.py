"""Pseudonyms under a key, and masks that show little enough."""
