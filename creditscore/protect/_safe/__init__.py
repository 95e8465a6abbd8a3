"""Input that could do harm, and output that could do so in a spreadsheet."""
