"""The points table of a card: a row an attribute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore.scorecard._characteristic import Characteristic


def points_table(characteristics: Sequence[Characteristic], base_points: float) -> pd.DataFrame:
    """Return the attributes of all characteristics, after the base points if there are any."""
    frames = [_attribute_rows(characteristic) for characteristic in characteristics]
    if base_points:
        base = {"characteristic": "(base points)", "attribute": "", "kind": "base",
                "points": base_points, "slope": 0.0}  # fmt: skip
        frames.insert(0, pd.DataFrame([base], columns=frames[0].columns).astype(frames[0].dtypes))
    return pd.concat(frames, ignore_index=True)


def points_html(table: pd.DataFrame, *, caption: str) -> str:
    """Write a points table as HTML, attributes that the sample held no row of left out."""
    shown = table[~(table["count"] == 0)].drop(columns=["kind", "lower", "upper"])
    if not shown["slope"].any():
        shown = shown.drop(columns="slope")
    formats = {
        "count": "{:,.0f}",
        "bad_rate": "{:.1%}",
        "woe": "{:+.3f}",
        "coefficient": "{:.3f}",
        "points": "{:.1f}",
    }
    return html_table(shown, caption=caption, formats=formats)


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
        }
    )
