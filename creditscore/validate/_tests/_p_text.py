"""How a p-value is written in one line about a test."""

from __future__ import annotations

import math

from creditscore._display import p_value_text


def p_equals(p_value: float) -> str:
    """Write a p-value with its sign, as in "p = 0.0321" or "p < 0.0001"."""
    if math.isnan(p_value):
        return "p not known"
    text = p_value_text(p_value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"
