"""Fairness: selection rates, errors and calibration by group, proxies, and fairer cards."""
