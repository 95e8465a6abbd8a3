"""A table of probabilities as HTML whose cells are the darker the larger they are."""

from __future__ import annotations

import math
from html import escape

import pandas as pd

_LEAST = 1e-4
"""Probability from which on cells are shaded."""
_STAY = "154, 165, 177"
_BETTER = "42, 127, 158"
_WORSE = "200, 85, 61"


def shaded_table(frame: pd.DataFrame, *, caption: str, withdrawn: str | None = None) -> str:
    """Write chances as percentages: upgrades in blue, downgrades in red, all else in grey."""
    head = "".join(
        f'<th style="text-align: right">{escape(str(name))}</th>' for name in frame.columns
    )
    body = "".join(
        f'<tr><th style="text-align: left">{escape(str(name))}</th>'
        + "".join(
            _cell(value, 0 if frame.columns[j] == withdrawn else j - i)
            for j, value in enumerate(frame.iloc[i])
        )
        + "</tr>"
        for i, name in enumerate(frame.index)
    )
    return (
        f"<div><strong>{escape(caption)}</strong><table><thead><tr><th></th>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(value: float, fall: int) -> str:
    if math.isnan(value):
        return '<td style="text-align: right">-</td>'
    colour = _STAY if fall == 0 else _BETTER if fall < 0 else _WORSE
    depth = 0.0 if value < _LEAST else 1 - math.log(value) / math.log(_LEAST)
    text = f"{value:.2%}" if value else ""
    return (
        f'<td style="text-align: right; background: rgba({colour}, {0.55 * depth:.2f})">{text}</td>'
    )
