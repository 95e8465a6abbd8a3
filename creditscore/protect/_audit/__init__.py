"""A trail of what was done and read, chained so that no change to it stays unseen."""
