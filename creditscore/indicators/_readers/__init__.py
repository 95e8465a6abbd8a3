"""Tables of others: read by declared columns, faults named, templates written."""
