"""Calibrated probabilities held against outcomes, in numbers and as a picture."""
