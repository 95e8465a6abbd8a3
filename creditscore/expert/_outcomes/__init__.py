"""Outcomes beside the scores of a card: checked rows, a small logit, folds and a scale."""
