"""Scores by the distance to frozen ideals: TOPSIS and grey relational analysis."""
