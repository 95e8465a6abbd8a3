"""The report of the four principles as Markdown and as a page."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from creditscore._display import html_table, markdown_table
from creditscore.organise._principles._finding import Language, word

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;color:#22313f;max-width:70em;margin:2em auto;"
    "padding:0 1em}h1{font-size:1.5em}h2{font-size:1.15em;margin-top:1.6em}"
    "table{border-collapse:collapse}td,th{padding:.2em .8em .2em 0;vertical-align:top}"
    "td:nth-child(-n+2){white-space:nowrap}"
    ".bar{display:flex;align-items:center;margin:.3em 0}.bar b{width:9em}"
    ".bar i{display:block;height:1em;background:#2a7f9e}.bar u{display:block;width:24em;"
    "background:#e3e7eb;text-decoration:none;margin-right:.7em}"
)
_SHARES = ("number", "by_exposure", "complete", "current", "confidential", "objective")
_WHOLE = ("n", "exposure", "median_age_days", "p90_age_days", "exposed_age_days")
_TITLES = ("findings", "groups", "figures", "customers")


def report_markdown(parts: Mapping[str, pd.DataFrame], as_of: str, language: Language) -> str:
    """Return the parts of a report as Markdown."""
    formats = {name: _formats(table, language) for name, table in parts.items()}
    overall = markdown_table(parts["overall"], formats=formats["overall"])
    blocks = [f"# {word('title', language)}, {as_of}", overall]
    for name in _TITLES:
        table = markdown_table(parts[name], formats=formats[name])
        body = table if len(parts[name]) else word("none", language)
        blocks.append(f"## {word(name, language)}\n\n{body}")
    return "\n\n".join(blocks) + "\n"


def report_html(parts: Mapping[str, pd.DataFrame], as_of: str, language: Language) -> str:
    """Return the parts of a report as a page that needs nothing else."""
    title = f"{word('title', language)}, {as_of}"
    overall = parts["overall"]
    bars = "".join(
        _bar(str(name), number)
        for name, number in zip(
            overall[word("principle", language)], overall[word("number", language)], strict=True
        )
    )
    body = bars + _table(overall, language)
    for name in _TITLES:
        head = word(name, language)
        table = _table(parts[name], language) if len(parts[name]) else word("none", language)
        body += f"<h2>{escape(head)}</h2>{table}"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )


def _bar(name: str, number: float) -> str:
    known = number == number  # noqa: PLR0124 - NaN is not known
    width = f"{100 * number:.1f}%" if known else "0"
    said = f"{number:.1%}" if known else "–"
    return f'<div class="bar"><b>{escape(name)}</b><u><i style="width:{width}"></i></u>{said}</div>'


def _formats(table: pd.DataFrame, language: Language) -> dict[str, Any]:
    formats: dict[str, Any] = {word(name, language): "{:.1%}" for name in _SHARES}
    formats |= {word(name, language): "{:,.0f}" for name in _WHOLE}
    formats[word("value", language)] = "{:,.3g}"
    return {name: pattern for name, pattern in formats.items() if name in table.columns}


def _table(table: pd.DataFrame, language: Language) -> str:
    return html_table(table, caption="", formats=_formats(table, language))
