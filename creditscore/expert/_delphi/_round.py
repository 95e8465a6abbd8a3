"""One round of a Delphi study: who answered what, and what they remarked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._frame import as_table
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert._complete_columns import number_column
from creditscore.expert._delphi._concordance import Concordance, kendall_w
from creditscore.expert._delphi._spread import spread
from creditscore.expert._weights._experts import row_labels
from creditscore.expert._weights._weights import check_names

Comments: TypeAlias = Mapping[str, Mapping[str, str]]
"""What experts remarked, by expert and item."""


@dataclass(frozen=True, kw_only=True, repr=False)
class DelphiRound(JsonDocument):
    """The opinions of one round: numbers by expert and item, gaps where nothing was answered.

    Parameters
    ----------
    experts : tuple of str
        Codes, not names: they go into files.
    items : tuple of str
        What was asked about in this round.
    answers : tuple of tuple of float or None
        A row an expert, a number an item; None where the expert did not answer.
    comments : mapping of str to mapping of str to str, default={}
        What an expert remarked on an item. They are fed back to others as they are written: take
        names out of them first.

    Raises
    ------
    InvalidParameterError
        Codes or items that are not different names; comments of others than these.
    InvalidDataError
        Not a number or None for each expert and item, or no answer at all.

    See Also
    --------
    DelphiStudy.with_round : Adds a round from a table.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import DelphiRound
    >>> opinions = pd.DataFrame({"profit": [5, 4, 5], "age": [2, 4, None]}, index=["A", "B", "C"])
    >>> first = DelphiRound.of(opinions, comments={"B": {"age": "Young firms fail more."}})
    >>> first
    DelphiRound(3 experts, 2 items, 1 answer missing, 1 comment)
    """

    _format: ClassVar[str] = "creditscore.delphi_round"

    experts: tuple[str, ...]
    items: tuple[str, ...]
    answers: tuple[tuple[float | None, ...], ...]
    comments: Comments = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that each expert has a row, and each item a number or a gap in it."""
        owner = type(self).__name__
        object.__setattr__(self, "experts", check_names(self.experts, owner, what="experts"))
        object.__setattr__(self, "items", check_names(self.items, owner, what="items"))
        rows = tuple(tuple(row) for row in self.answers)
        if len(rows) != len(self.experts) or any(len(row) != len(self.items) for row in rows):
            msg = (
                f"The answers of {owner} must be a row for each of its {len(self.experts)} "
                f"experts, with a number or None for each of its {len(self.items)} items."
            )
            raise InvalidDataError(msg)
        rows = tuple(tuple(_answer(value) for value in row) for row in rows)
        if all(value is None for row in rows for value in row):
            msg = "No expert answered anything, so this is no round."
            raise InvalidDataError(msg)
        object.__setattr__(self, "answers", rows)
        object.__setattr__(self, "comments", self._checked_comments())

    @classmethod
    def of(
        cls,
        opinions: NativeFrame,
        *,
        experts: Sequence[str] | None = None,
        comments: Comments | None = None,
    ) -> Self:
        """Read a round from a table.

        Parameters
        ----------
        opinions : table of shape (n_experts, n_items)
            A row an expert, a column an item, NaN where an item was not answered. The index of a
            pandas table holds the codes.
        experts : sequence of str, optional
            Codes of the rows, which polars, pyarrow and arrays need; the items of an array are
            called ``x0, x1, …``.
        comments : mapping of str to mapping of str to str, optional
            As in the class.

        Raises
        ------
        InvalidParameterError, InvalidDataError
            As of the class; a row without a code.
        InfiniteValueError, ColumnTypeError
            An answer is infinite, or no number.
        """
        table = as_table(opinions)
        if experts is None and not isinstance(opinions, pd.DataFrame):
            msg = "Rows of this table have no codes. Give 'experts', the code of each row."
            raise InvalidParameterError(msg)
        codes = row_labels(opinions, table.n_rows) if experts is None else tuple(experts)
        columns = [number_column(table, name) for name in table.names]
        return cls(
            experts=codes,
            items=table.names,
            answers=tuple(tuple(row) for row in np.column_stack(columns).tolist()),
            comments={} if comments is None else comments,
        )

    @property
    def answered(self) -> tuple[str, ...]:
        """Experts who answered at least one item."""
        rows = zip(self.experts, self.answers, strict=True)
        return tuple(code for code, row in rows if any(value is not None for value in row))

    @property
    def complete(self) -> tuple[str, ...]:
        """Experts who answered every item."""
        rows = zip(self.experts, self.answers, strict=True)
        return tuple(code for code, row in rows if all(value is not None for value in row))

    def answers_on(self, item: str) -> dict[str, float]:
        """Return the answers on an item, by expert.

        Parameters
        ----------
        item : str
            One of the items of this round.

        Raises
        ------
        InvalidParameterError
            It was not asked about.
        """
        if item not in self.items:
            raise unknown_name(item, self.items, "item", "this round")
        place = self.items.index(item)
        rows = zip(self.experts, self.answers, strict=True)
        return {code: value for code, row in rows if (value := row[place]) is not None}

    def comments_on(self, item: str) -> dict[str, str]:
        """Return what was remarked on an item, by expert.

        Parameters
        ----------
        item : str
            One of the items of this round.
        """
        return {code: said[item] for code, said in self.comments.items() if item in said}

    def frame(self) -> pd.DataFrame:
        """Return the opinions: a row an expert, a column an item, NaN for no answer.

        Returns
        -------
        DataFrame
        """
        index = pd.Index(self.experts, name="expert")
        return pd.DataFrame(self.answers, index=index, columns=list(self.items), dtype=float)

    def spread(self, *, full_mark: float | None = None) -> pd.DataFrame:
        """Measure the middle and the spread of the opinions on each item.

        Parameters
        ----------
        full_mark : float, optional
            The most that the scale has; without it the full-mark ratio is missing.

        Returns
        -------
        DataFrame
            item, n (answers), mean, sd (of n − 1), cv (sd as a part of the mean's size; missing
            where that is zero), q1, median, q3 (quartiles by linear interpolation), iqr,
            full_mark_ratio.
        """
        top = math.nan if full_mark is None else full_mark
        rows = [{"item": item, **spread(self._values(item), top)._asdict()} for item in self.items]
        table = pd.DataFrame(rows)
        if full_mark is None:
            table["full_mark_ratio"] = math.nan
        return table

    def concordance(self, *, n_permutations: int = 0, random_state: Any = 0) -> Concordance:
        """Measure by Kendall's W how far the experts who answered every item rank these alike.

        Parameters
        ----------
        n_permutations : int, default=0
            As in :func:`kendall_w`.
        random_state : int or numpy.random.Generator, default=0
            As in :func:`kendall_w`.

        Returns
        -------
        Concordance
            Its ``n_raters`` are those of :attr:`complete`.

        Raises
        ------
        InvalidDataError
            Fewer than two experts answered every item, or nothing is ranked.
        """
        complete = self.frame().loc[list(self.complete)]
        if len(complete) < 2:
            msg = (
                "Kendall's W needs two experts or more who answered every item. Got "
                f"{len(complete)} of {len(self.experts)}."
            )
            raise InvalidDataError(msg)
        return kendall_w(complete, n_permutations=n_permutations, random_state=random_state)

    def _values(self, item: str) -> Float1D:
        return np.array(list(self.answers_on(item).values()))

    def _checked_comments(self) -> dict[str, dict[str, str]]:
        owner = type(self).__name__
        check_kind(self.comments, "comments", owner, Mapping)
        for code, said in self.comments.items():
            if code not in self.experts:
                raise unknown_name(code, self.experts, "expert", "this round")
            check_kind(said, f"comments[{code!r}]", owner, Mapping)
            for item, text in said.items():
                if item not in self.items:
                    raise unknown_name(item, self.items, "item", "this round")
                check_kind(text, f"comments[{code!r}][{item!r}]", owner, str)
        return {code: dict(said) for code, said in self.comments.items()}

    def _content(self) -> dict[str, Any]:
        return {
            "experts": list(self.experts),
            "items": list(self.items),
            "answers": [list(row) for row in self.answers],
            "comments": {code: dict(said) for code, said in self.comments.items()},
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            experts=tuple(content["experts"]),
            items=tuple(content["items"]),
            answers=tuple(tuple(row) for row in content["answers"]),
            comments=content["comments"],
        )

    def __repr__(self) -> str:
        """Say in one line how much was answered."""
        gaps = sum(value is None for row in self.answers for value in row)
        remarks = sum(len(said) for said in self.comments.values())
        return (
            f"DelphiRound({counted(len(self.experts), 'expert')}, "
            f"{counted(len(self.items), 'item')}, {counted(gaps, 'answer')} missing, "
            f"{counted(remarks, 'comment')})"
        )

    def _repr_html_(self) -> str:
        """Show the opinions."""
        formats = dict.fromkeys(self.items, "{:g}")
        return html_table(
            self.frame().reset_index(), caption="Opinions of a round", formats=formats
        )


def _answer(value: Any) -> float | None:
    """Return an answer as a float, None for a missing one."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 - NaN alone differs from itself
        return None
    return check_real(value, "answers", "DelphiRound", low=-math.inf, high=math.inf)
