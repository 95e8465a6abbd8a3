"""Value, potential and risk of a customer, and the class that the three make."""
