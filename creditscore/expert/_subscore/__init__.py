"""From the value of an indicator to a sub-score, by anchors that are kept."""
