"""Records of the same customer: found, scored, reviewed, merged, and parted again."""
