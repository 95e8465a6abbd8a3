"""A bin table as HTML: its bins, and how they came about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from creditscore._display import Format, html_table

if TYPE_CHECKING:
    from creditscore.binning._table import BinTable

_FORMATS: dict[str, Format] = {
    "count": "{:,.0f}",
    "share": "{:.1%}",
    "n_good": "{:,.0f}",
    "n_bad": "{:,.0f}",
    "bad_rate": "{:.1%}",
    "woe": "{:+.3f}",
    "woe_low": "{:+.3f}",
    "woe_high": "{:+.3f}",
    "iv": "{:.4f}",
}


def table_html(table: BinTable) -> str:
    """Write the attributes that have rows, and lines on status, constraints and history."""
    shown = table.frame().drop(columns=["lower", "upper", "kind", "woe_se"])
    shown = shown[shown["count"] > 0]
    reading = f", bad rate {table.trend}" if table.trend not in ("mixed", "by rate") else ""
    caption = f"{table.feature}: information value {table.iv:.4f}{reading}"
    return html_table(shown, caption=caption, formats=_FORMATS) + html_lines(_story(table))


def html_lines(lines: Sequence[str]) -> str:
    """Write lines below a table."""
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def _story(table: BinTable) -> list[str]:
    """Return lines on how the bins came about."""
    first = f"status: {table.status}; IV {table.iv:.4f} ± {table.iv_se:.4f} (standard error)"
    if not math.isnan(table.iv_ceiling):
        first += f", at most {table.iv_ceiling:.4f} without limits of size and number"
    lines = [first]
    if table.stability_cost is not None:
        lines.append(f"given up for stability in time: IV {table.stability_cost:.4f}")
    if table.periods is not None:
        kept = "holds" if table.holds_trend_in_every_period else "does not hold"
        lines.append(f"the trend {kept} in each of {len(table.periods.labels)} periods")
    return [*lines, *table.notes, *map(str, table.history)]
