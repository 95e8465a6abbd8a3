"""Delphi: rounds of opinions, what is fed back, and when to stop."""
