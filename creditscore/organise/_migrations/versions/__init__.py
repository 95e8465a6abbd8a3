"""One script a version, in their order."""
