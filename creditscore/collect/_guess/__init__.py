"""Names and shapes of columns → a mapping that is proposed, shown, and confirmed by a person."""
