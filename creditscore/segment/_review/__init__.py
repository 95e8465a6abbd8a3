"""Classes from one review to the next: what changes, and what had better stay."""
