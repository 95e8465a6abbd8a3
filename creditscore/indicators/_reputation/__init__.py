"""How a firm keeps its word: payments, disputes, contracts, and what others say of it."""
