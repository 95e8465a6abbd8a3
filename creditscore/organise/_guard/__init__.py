"""What protects customers in the store: erasure, holds, consents, keys, and PostgreSQL's roles."""
