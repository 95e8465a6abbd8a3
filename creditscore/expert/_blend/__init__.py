"""Judgement and data in one card: log-odds weighed, with a weight chosen or fitted."""
