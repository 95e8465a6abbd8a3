"""Two cards, their scores, and who is swapped in and out."""
