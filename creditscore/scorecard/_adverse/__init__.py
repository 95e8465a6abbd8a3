"""Reasons with codes and texts, against a baseline of the user's."""
