"""Whether facts can be right: ranges, identities, conflicts, outliers, duplicates."""
