"""A master scale as a table, of numbers or to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from creditscore._display import Format, html_table, meaning
from creditscore.grade._master._grade_name import names_of

if TYPE_CHECKING:
    from creditscore.grade._master._master_scale import MasterScale

_FORMATS: dict[str, Format] = {
    "prob_default": lambda prob: f"{100 * prob:.3g}%",
    "odds good:bad": lambda odds: f"{odds:,.3g}" if odds < 1000 else f"{odds:,.0f}",
}


def master_table(master: MasterScale) -> pd.DataFrame:
    """Return a row a grade, and default in the last row."""
    ends, empty = master.scale.intervals(), ("",) * len(master.labels)
    rows = pd.DataFrame(
        {
            "grade": master.labels,
            "name": master.names or empty,
            "name_zh": master.names_zh or empty,
            "lower": ends["lower"],
            "upper": ends["upper"],
            "prob_default": master.prob_default,
            "agency": master.agency_grades or empty,
        }
    )
    label = master.default_label
    if label in master.labels:
        return rows
    names = (names_of([label], "en")[0], names_of([label], "zh")[0])
    return pd.concat(
        [rows, pd.DataFrame([(label, *names, np.nan, np.nan, 1.0, "")], columns=rows.columns)],
        ignore_index=True,
    )


def master_html(master: MasterScale) -> str:
    """Return an HTML table of grades, their ends in words."""
    shown = master.table()
    words = list(master.scale._in_words().values())[1]  # noqa: SLF001 - of the same stage
    held = "lower" if master.scale.closed == "left" else "upper"
    what = "probabilities" if master.scale.measure == "prob_default" else "scores"
    shown["lower"] = [*words, *[""] * (len(shown) - len(words))]
    shown.insert(
        shown.columns.get_loc("prob_default") + 1,
        "odds good:bad",
        [float("inf") if prob == 0 else (1 - prob) / prob for prob in shown["prob_default"]],
    )
    untold = ["name", "name_zh", "agency"]
    untold = [name for name in untold if not shown[name].iloc[: len(master.labels)].any()]
    shown = shown.drop(columns=["upper", *untold]).rename(columns={"lower": f"{what} graded so"})
    caption = (
        f"Grades and the probability of default each means; an interval holds its {held} end; "
        f"{meaning(master.philosophy, master.margin)}"
    )
    return html_table(shown, caption=caption, formats=_FORMATS)
