"""How customers of a class and a grade are served."""
