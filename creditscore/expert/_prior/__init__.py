"""Judgement as what is held of coefficients before the data, and how firmly."""
