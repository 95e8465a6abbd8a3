"""What a validator reads of a card."""
