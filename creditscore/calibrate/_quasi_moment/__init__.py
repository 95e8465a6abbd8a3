"""Curves that are found from a mean and a discriminatory power, without outcomes by grade."""
