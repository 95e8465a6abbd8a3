"""Indicators of statements: ratios, growth, cash flow, and scores of failure and strength."""
