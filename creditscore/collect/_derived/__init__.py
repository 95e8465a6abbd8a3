"""Analysis as a method: items derived from others, with what they were derived of."""
