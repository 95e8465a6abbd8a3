"""The store of customers: facts with their history, in SQLite or PostgreSQL."""
