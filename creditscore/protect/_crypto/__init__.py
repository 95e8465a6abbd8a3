"""Keys, their rotation, and the encryption of values so that none can be moved."""
