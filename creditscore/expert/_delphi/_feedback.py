"""What one expert is told of a round before the next: figures of the group, and no names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from creditscore._display import counted, html_table


@dataclass(frozen=True, kw_only=True, repr=False)
class FeedbackSheet:
    """What one expert is told before the next round; it names nobody else.

    Made by :meth:`DelphiStudy.feedback_sheet`.

    Attributes
    ----------
    expert : str
        Whose sheet it is.
    round_number : int
        The round that it tells of, the first is 1.
    items : tuple of str
        What was asked about in that round.
    own : tuple of float or None
        The expert's own last answer on each item, None if there is none.
    median, q1, q3 : tuple of float or None
        Middle and quartiles of all answers of the round; None where fewer than 3 answered, of
        whom they would tell the answer of another.
    n : tuple of int
        Answers of the round.
    comments : mapping of str to tuple of str
        What others remarked, by item, in the order of the alphabet: the order of experts would
        tell which remarks are of one hand.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import DelphiStudy
    >>> study = DelphiStudy(experts=("A", "B", "C"), items=("profit", "age"), scale=(1, 5))
    >>> opinions = pd.DataFrame({"profit": [5, 4, 5], "age": [1, 4, 4]}, index=["A", "B", "C"])
    >>> study = study.with_round(opinions, comments={"B": {"age": "Young firms fail more."}})
    >>> sheet = study.feedback_sheet("A")
    >>> sheet.table()
         item  own  median   q1   q3  n  outside
    0  profit  5.0     5.0  4.5  5.0  3    False
    1     age  1.0     4.0  2.5  4.0  3     True
    >>> sheet.comments
    {'age': ('Young firms fail more.',)}
    """

    expert: str
    round_number: int
    items: tuple[str, ...]
    own: tuple[float | None, ...]
    median: tuple[float | None, ...]
    q1: tuple[float | None, ...]
    q3: tuple[float | None, ...]
    n: tuple[int, ...]
    comments: Mapping[str, tuple[str, ...]]

    def table(self) -> pd.DataFrame:
        """Return a row an item.

        Returns
        -------
        DataFrame
            item, own, median, q1, q3, n, outside (whether the own answer lies outside the
            quartiles, which asks for a reason; False where either is missing).
        """
        table = pd.DataFrame({"item": self.items})
        for name in ("own", "median", "q1", "q3"):
            numbers = getattr(self, name)
            table[name] = [math.nan if value is None else value for value in numbers]
        table["n"] = self.n
        table["outside"] = (table["own"] < table["q1"]) | (table["own"] > table["q3"])
        return table

    def to_html(self) -> str:
        """Return the sheet as HTML: the table, and the comments of others below it.

        Returns
        -------
        str
        """
        table = self.table()
        table["outside"] = ["outside" if one else "" for one in table["outside"]]
        formats = dict.fromkeys(("own", "median", "q1", "q3"), "{:.4g}")
        caption = f"Round {self.round_number}: your answers ({self.expert}) and those of the group"
        said = "".join(
            f"<li>{escape(item)}: {escape(text)}</li>"
            for item, texts in self.comments.items()
            for text in texts
        )
        remarks = f"<p>Remarks of others</p><ul>{said}</ul>" if said else ""
        return html_table(table, caption=caption, formats=formats) + remarks

    def __repr__(self) -> str:
        """Say in one line whose sheet it is."""
        remarks = sum(len(texts) for texts in self.comments.values())
        return (
            f"FeedbackSheet(for {self.expert}, round {self.round_number}, "
            f"{counted(len(self.items), 'item')}, {counted(remarks, 'comment')} of others)"
        )

    def _repr_html_(self) -> str:
        """Show the sheet."""
        return self.to_html()
