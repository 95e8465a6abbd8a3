"""What surrounds a firm: its industry, its country, policy and regulation, the cycle."""
