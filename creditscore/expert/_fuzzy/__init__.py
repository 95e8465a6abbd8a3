"""Fuzzy comprehensive evaluation: memberships of grades, their composition, levels."""
