"""How customers move between grades: matrices, generators, comparison, tests, pictures."""
