"""Files, tables and reports of others → observations, by mappings that people write."""
