"""Which grade a customer had when: a table of validities, and what follows from it."""
