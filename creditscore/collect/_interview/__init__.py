"""Interviews: notes coded to items, with the passages that the codes rest on."""
