"""How old facts are, which are due, and whom to ask for what."""
