"""Persons: income, debt, use of credit, enquiries, delinquencies, stability."""
