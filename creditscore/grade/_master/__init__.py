"""Grades that mean a probability, their names, and grades of one scale on another."""
