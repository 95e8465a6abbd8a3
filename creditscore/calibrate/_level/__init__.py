"""The level of probabilities: a rate over the years, and moving probabilities to it."""
