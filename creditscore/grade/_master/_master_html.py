"""A master scale as a table to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from creditscore._display import Format, html_table

if TYPE_CHECKING:
    from creditscore.grade._master._master_scale import MasterScale

_FORMATS: dict[str, Format] = {
    "prob_default": lambda prob: f"{100 * prob:.3g}%",
    "odds good:bad": lambda odds: f"{odds:,.3g}" if odds < 1000 else f"{odds:,.0f}",
}


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
    caption = f"Grades and the probability of default each means; an interval holds its {held} end"
    return html_table(shown, caption=caption, formats=_FORMATS)
