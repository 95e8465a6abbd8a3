"""The best grades for cases of known outcomes."""
