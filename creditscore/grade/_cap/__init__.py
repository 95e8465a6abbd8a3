"""Caps: grades that parent, country or a rule bounds, and the steps to the final grade."""
