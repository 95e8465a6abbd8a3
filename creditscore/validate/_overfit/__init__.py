"""How much of a fit is the sample: folds, resamples, learning curves."""
