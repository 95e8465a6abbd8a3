"""Cards that follow the grades of a rating agency, by ordered logit."""
