"""The points table of a card: a row an attribute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore.scorecard._characteristic import Characteristic

_MARK = " *"


def points_table(characteristics: Sequence[Characteristic], base_points: float) -> pd.DataFrame:
    """Return the attributes of all characteristics, after the base points if there are any."""
    frames = [_attribute_rows(characteristic) for characteristic in characteristics]
    if base_points:
        base = {"characteristic": "(base points)", "attribute": "", "kind": "base",
                "points": base_points, "slope": 0.0, "overridden": False}  # fmt: skip
        frames.insert(0, pd.DataFrame([base], columns=frames[0].columns).astype(frames[0].dtypes))
    return pd.concat(frames, ignore_index=True)


def points_html(table: pd.DataFrame, *, caption: str) -> str:
    """Write a points table as HTML, attributes that the sample held no row of left out.

    Points set by hand are shown whether or not there were such rows, with a mark.
    """
    marked = table["overridden"]
    shown = table[~(table["count"] == 0) | marked].drop(
        columns=["kind", "lower", "upper", "overridden"]
    )
    if not shown["slope"].any():
        shown = shown.drop(columns="slope")
    formats = {
        "count": "{:,.0f}",
        "bad_rate": "{:.1%}",
        "woe": "{:+.3f}",
        "coefficient": "{:.3f}",
        # written below, and numbers nevertheless
        "points": "{}",
    }
    write = "{:.0f}" if _whole(shown["points"]) else "{:.1f}"
    shown["points"] = [
        "" if np.isnan(earned) else write.format(earned) + (_MARK if by_hand else "")
        for earned, by_hand in zip(shown["points"], marked[shown.index], strict=True)
    ]
    if marked.any():
        caption = f"{caption};{_MARK} points set by hand"
    return html_table(shown, caption=caption, formats=formats)


def _whole(points: pd.Series) -> bool:
    known = points.dropna()
    return bool((known == known.round()).all())


def _attribute_rows(characteristic: Characteristic) -> pd.DataFrame:
    partition, attributes = characteristic.partition, characteristic.attributes
    n_good, n_bad, woe = (
        np.array([getattr(a, field) for a in attributes], dtype=np.float64)  # None becomes NaN
        for field in ("n_good", "n_bad", "woe")
    )
    count = n_good + n_bad
    lower, upper = partition.bounds()
    coefficient = characteristic.coefficient
    return pd.DataFrame(
        {
            "characteristic": characteristic.name,
            "attribute": partition.labels,
            "kind": partition.attribute_kinds,
            "lower": lower,
            "upper": upper,
            "count": count,
            "bad_rate": np.divide(n_bad, count, out=np.full_like(count, np.nan), where=count > 0),
            "woe": woe,
            "coefficient": np.nan if coefficient is None else coefficient,
            # what the policy refuses earns nothing: its rows are not scored
            "points": [np.nan if a.refused else a.points for a in attributes],
            "slope": [attribute.slope for attribute in attributes],
            "overridden": [attribute.overridden for attribute in attributes],
        }
    )
