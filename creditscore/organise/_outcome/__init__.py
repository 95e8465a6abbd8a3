"""Who turned out good or bad: definitions, what helps to choose them, and samples."""
