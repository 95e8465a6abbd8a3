"""Agreement between raters who put the same cases into grades."""
