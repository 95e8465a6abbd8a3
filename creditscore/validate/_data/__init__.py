"""Is the sample fit to judge by: representative, and free of what was known too late."""
