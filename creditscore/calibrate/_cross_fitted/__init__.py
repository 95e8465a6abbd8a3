"""A classifier whose probabilities are calibrated on cases that its model had not seen."""
