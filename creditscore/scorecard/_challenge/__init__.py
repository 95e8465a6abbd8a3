"""Other classifiers beside the card, in nested folds."""
