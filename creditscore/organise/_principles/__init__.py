"""Complete, current, confidential, objective: four principles as numbers."""
