"""How far weights may move before an order or a grade changes: one at a time, and drawn."""
