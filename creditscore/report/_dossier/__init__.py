"""The dossier of a customer: all that its credit file holds, for a role to read."""
