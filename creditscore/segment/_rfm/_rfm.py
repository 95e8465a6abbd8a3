"""Scores 1 to 5 of recency, frequency and amount, and the segments that they name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._typing import Float1D, Int1D, NativeFrame
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.exceptions import EmptyDataError, IdleCutWarning, InvalidParameterError
from creditscore.segment._grid._bands import read_pairs
from creditscore.segment._reading import check_text, frame_of, listed_some
from creditscore.segment._rfm._rfm_facts import RfmFacts
from creditscore.segment._shortest import readable_quantiles

NO_PURCHASE = ("no purchase", "无购买")
"""What customers are called who bought nothing that counts, in both languages."""
_SCORES = range(1, 6)
_COLUMNS = ("r", "fm", "segment")
# rows are the recency score from 1 to 5, columns the mean of frequency and amount from 1 to 5
_STANDARD = (
    ("lost", "lost", "at risk", "at risk", "not to lose"),
    ("lost", "lost", "at risk", "at risk", "not to lose"),
    ("about to sleep", "about to sleep", "needing attention", "loyal", "loyal"),
    ("promising", "potentially loyal", "potentially loyal", "loyal", "champions"),
    ("new", "potentially loyal", "potentially loyal", "champions", "champions"),
)
_CHINESE = {
    "champions": "冠军客户",
    "loyal": "忠诚客户",
    "potentially loyal": "潜在忠诚客户",
    "new": "新客户",
    "promising": "有希望客户",
    "needing attention": "需关注客户",
    "about to sleep": "即将沉睡客户",
    "at risk": "流失风险客户",
    "not to lose": "不可失去客户",
    "lost": "已流失客户",
}
STANDARD_SEGMENTS = tuple((r, fm, _STANDARD[r - 1][fm - 1]) for r, fm in product(_SCORES, _SCORES))
"""The usual table of names."""


@dataclass(frozen=True, kw_only=True, repr=False)
class RFM(JsonDocument):
    """Scores of recency, frequency and amount by bounds that stay, and names of segments.

    Parameters
    ----------
    recency_cuts : tuple of four floats
        Days, not falling. Up to the first is score 5, beyond the last is score 1.
    frequency_cuts : tuple of four floats
        Purchases, not falling. Up to the first is score 1, beyond the last is score 5.
    monetary_cuts : tuple of four floats
        Amounts, not falling; scored as frequency is.
    segments : tuple of (int, int, str), default=()
        Recency score, mean of the scores of frequency and amount (halves are rounded up), and the
        name of such customers; each combination once. Without, the usual names.
    names_zh : mapping of str to str, or pairs of them, default=()
        Chinese names of segments; those of the standard ones are known.

    Raises
    ------
    InvalidParameterError
        Cuts that are not four or that fall, a combination without a name, or with two.

    See Also
    --------
    RFM.from_sample : Cuts that part a sample into fifths.
    rfm_facts : Recency, frequency and amount from a ledger.

    Notes
    -----
    A value at a cut belongs below it, so customers of equal values have equal scores whatever
    their order. The names follow the usual table of ten segments by recency and the mean of
    frequency and amount, as marketing software has it; edit them by :meth:`with_segments`.

    References
    ----------
    .. [1] A. M. Hughes, *Strategic Database Marketing*, Probus, 1994.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import RFM, rfm_facts
    >>> ledger = pd.DataFrame({
    ...     "customer": ["X", "X", "X", "Y"], "amount": [900, 800, 700, 50],
    ...     "date": pd.to_datetime(["2024-04-01", "2024-05-01", "2024-06-20", "2023-08-01"]),
    ... })
    >>> rfm = RFM(recency_cuts=(30, 60, 90, 180), frequency_cuts=(1, 2, 4, 8),
    ...           monetary_cuts=(100, 500, 1_000, 2_000))
    >>> rfm.score(rfm_facts(ledger, "2024-06-30")).frame()[["rfm", "segment", "segment_zh"]]
              rfm    segment segment_zh
    customer
    X         535  champions       冠军客户
    Y         111       lost      已流失客户
    """

    _format: ClassVar[str] = "creditscore.rfm"

    recency_cuts: tuple[float, ...]
    frequency_cuts: tuple[float, ...]
    monetary_cuts: tuple[float, ...]
    segments: tuple[tuple[int, int, str], ...] = ()
    names_zh: Mapping[str, str] | tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Check cuts and names."""
        owner = type(self).__name__
        for name in ("recency_cuts", "frequency_cuts", "monetary_cuts"):
            given = read_entries(getattr(self, name), name, owner)
            cuts = tuple(check_real(c, name, owner, low=-math.inf, high=math.inf) for c in given)
            if len(cuts) != 4 or any(low > high for low, high in pairwise(cuts)):
                msg = (
                    f"The {name!r} parameter of {owner} must hold four numbers that do not fall, "
                    f"between five scores. Got {given!r} instead."
                )
                raise InvalidParameterError(msg)
            object.__setattr__(self, name, cuts)
        given = read_entries(self.segments, "segments", owner) or STANDARD_SEGMENTS
        cells = tuple(tuple(cell) for cell in given)
        _check_segments(cells, owner)
        # a table may hold whole numbers as floats
        whole = tuple((int(r), int(fm), name) for r, fm, name in cells)
        object.__setattr__(self, "segments", whole)
        pairs = read_pairs(self.names_zh, "names_zh", owner)
        for name, zh in pairs:
            check_text(name, "names_zh", owner)
            check_text(zh, "names_zh", owner)
        object.__setattr__(self, "names_zh", pairs)

    @classmethod
    def from_sample(cls, facts: RfmFacts) -> Self:
        """Put the cuts where they part customers into fifths, and keep them there.

        Parameters
        ----------
        facts : RfmFacts
            Of :func:`rfm_facts`; customers without a purchase are left out.

        Raises
        ------
        EmptyDataError
            Nobody bought anything.

        Warns
        -----
        IdleCutWarning
            Cuts coincide because many customers have the same value, as those who bought once:
            some scores are then given to nobody.

        Notes
        -----
        A cut is the smallest value that a fifth, two, three or four fifths of the customers do not
        exceed (the inverse of the distribution function), or the shortest decimal from there to
        below the next value, which parts the sample alike.
        """
        check_kind(facts, "facts", "RFM.from_sample", RfmFacts)
        table = facts.table[facts.table["frequency"] > 0]
        if not len(table):
            msg = "Nobody bought anything, so no cut can be put. Give cuts: RFM(recency_cuts=…)."
            raise EmptyDataError(msg)
        fifths = np.array([0.2, 0.4, 0.6, 0.8])
        cuts = {
            name: tuple(readable_quantiles(table[name].to_numpy(dtype=np.float64), fifths).tolist())
            for name in ("recency_days", "frequency", "monetary")
        }
        idle = [name for name, found in cuts.items() if len(set(found)) < len(found)]
        if idle:
            warn_user(
                f"Cuts of {' and '.join(idle)} coincide, because many customers have the same "
                "value: some scores are given to nobody. Give cuts of your own if that matters.",
                IdleCutWarning,
            )
        return cls(
            recency_cuts=cuts["recency_days"],
            frequency_cuts=cuts["frequency"],
            monetary_cuts=cuts["monetary"],
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a row a combination of scores to edit: r, fm, segment."""
        return pd.DataFrame(list(self.segments), columns=list(_COLUMNS))

    def with_segments(self, segments: NativeFrame) -> Self:
        """Return the rule with an edited table of names.

        Parameters
        ----------
        segments : table
            As :meth:`to_frame` returns it; all rows, in any order.

        Raises
        ------
        InvalidParameterError
            As the class. MissingColumnError, InvalidDataError: other columns.
        """
        frame = frame_of(segments, _COLUMNS, what="The table of segments")
        rows = zip(*(frame[name].tolist() for name in _COLUMNS), strict=True)
        return replace(self, segments=tuple(rows))

    def score(self, facts: RfmFacts) -> RfmScores:
        """Return the scores and the segment of each customer.

        Parameters
        ----------
        facts : RfmFacts
            Of :func:`rfm_facts`.

        Returns
        -------
        RfmScores
        """
        check_kind(facts, "facts", "RFM.score", RfmFacts)
        table = facts.table
        # of whom nothing was bought, scores are put at 1 and not told
        bought = (table["frequency"] > 0).to_numpy()
        recency = table["recency_days"].fillna(np.inf).to_numpy(dtype=np.float64)
        return RfmScores(
            rfm=self,
            facts=facts,
            recency=6 - _score(recency, self.recency_cuts),
            frequency=_score(table["frequency"].to_numpy(dtype=np.float64), self.frequency_cuts),
            monetary=_score(table["monetary"].to_numpy(dtype=np.float64), self.monetary_cuts),
            bought=bought,
        )

    def chinese(self, name: str) -> str:
        """Return the Chinese name of a segment, or the name itself where none is known."""
        given = {**_CHINESE, **dict(self.names_zh)}
        return given.get(name, name)

    def _content(self) -> dict[str, Any]:
        return {
            "recency_cuts": list(self.recency_cuts),
            "frequency_cuts": list(self.frequency_cuts),
            "monetary_cuts": list(self.monetary_cuts),
            "segments": [list(cell) for cell in self.segments],
            "names_zh": [list(pair) for pair in self.names_zh],
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say the cuts in one line."""
        parts = [
            f"{name} {', '.join(f'{cut:,.6g}' for cut in cuts)}"
            for name, cuts in (
                ("recency", self.recency_cuts),
                ("frequency", self.frequency_cuts),
                ("monetary", self.monetary_cuts),
            )
        ]
        return f"RFM(cuts of {'; '.join(parts)})"

    def _repr_html_(self) -> str:
        """Show the names by scores."""
        shown = self.to_frame().pivot_table(index="r", columns="fm", values="segment",
                                            aggfunc="first")  # fmt: skip
        shown.columns = [f"fm {fm}" for fm in shown.columns]
        return html_table(shown.reset_index(), caption=repr(self), formats={})


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RfmScores:
    """Customers with their scores of recency, frequency and amount, and their segments.

    Made by :meth:`RFM.score`.

    Attributes
    ----------
    rfm : RFM
        The rule.
    facts : RfmFacts
        What customers bought.
    recency, frequency, monetary : ndarray of int of shape (n_customers,)
        Scores 1 to 5, 5 for the most recent, most frequent and largest.
    bought : ndarray of bool of shape (n_customers,)
        Who bought anything; scores of others mean nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import RFM, rfm_facts
    >>> ledger = pd.DataFrame({
    ...     "customer": ["X"], "amount": [900], "date": pd.to_datetime(["2024-06-20"]),
    ... })
    >>> rfm = RFM(recency_cuts=(30, 60, 90, 180), frequency_cuts=(1, 2, 4, 8),
    ...           monetary_cuts=(100, 500, 1_000, 2_000))
    >>> rfm.score(rfm_facts(ledger, "2024-06-30", customers=["X", "Z"]))
    <RfmScores: 2 customers: 1 potentially loyal, 1 no purchase>
    """

    rfm: RFM
    facts: RfmFacts
    recency: Int1D
    frequency: Int1D
    monetary: Int1D
    bought: np.ndarray[Any, np.dtype[np.bool_]]

    @property
    def segments(self) -> pd.Series:
        """The segment of each customer."""
        names = self._names
        return pd.Series(names, index=self.facts.table.index, name="segment", dtype="str")

    def frame(self) -> pd.DataFrame:
        """Return a row a customer.

        Returns
        -------
        DataFrame
            The columns of the facts, then r, f, m (scores 1 to 5, missing without a purchase), fm
            (mean of f and m, halves rounded up), rfm (the three digits as text), segment,
            segment_zh.
        """
        table = self.facts.frame()
        missing = ~self.bought
        scores = (self.recency, self.frequency, self.monetary)
        for name, score in zip(("r", "f", "m", "fm"), (*scores, self._mean), strict=True):
            table[name] = pd.array(score, dtype="Int64")
            table.loc[missing, name] = pd.NA
        digits = 100 * self.recency + 10 * self.frequency + self.monetary
        table["rfm"] = np.where(missing, "", digits.astype(str))
        table["segment"] = self._names
        known = {name: self.rfm.chinese(name) for _, _, name in self.rfm.segments}
        table["segment_zh"] = table["segment"].map({**known, NO_PURCHASE[0]: NO_PURCHASE[1]})
        return table

    def counts(self) -> pd.DataFrame:
        """Count customers by segment: segment, segment_zh, count, share, monetary (their sum)."""
        monetary = self.facts.table["monetary"]
        grouped = monetary.groupby(self._names)
        count, amount = grouped.size(), grouped.sum()
        names = [*dict.fromkeys(name for _, _, name in self.rfm.segments[::-1]), NO_PURCHASE[0]]
        rows = [
            (name, self.rfm.chinese(name) if name != NO_PURCHASE[0] else NO_PURCHASE[1],
             int(count.get(name, 0)), count.get(name, 0) / len(monetary),
             float(amount.get(name, 0.0)))
            for name in names
        ]  # fmt: skip
        columns = ["segment", "segment_zh", "count", "share", "monetary"]
        return pd.DataFrame(rows, columns=columns)

    @property
    def _mean(self) -> Int1D:
        return np.asarray((self.frequency + self.monetary + 1) // 2)

    @property
    def _names(self) -> np.ndarray[Any, Any]:
        names = np.empty((6, 6), dtype=object)
        for r, fm, name in self.rfm.segments:
            names[r, fm] = name
        return np.asarray(
            np.where(self.bought, names[self.recency, self._mean], NO_PURCHASE[0]), dtype=object
        )

    def __repr__(self) -> str:
        """Say in one line how many are of which segment."""
        shown = self.counts().query("count > 0")
        parts = ", ".join(
            f"{n:,} {name}" for n, name in zip(shown["count"], shown["segment"], strict=True)
        )
        return f"<RfmScores: {counted(len(self.bought), 'customer')}: {parts}>"

    def _repr_html_(self) -> str:
        """Show the segments."""
        formats = {"share": "{:.1%}", "monetary": "{:,.0f}"}
        return html_table(self.counts(), caption="Segments by RFM", formats=formats)


def _score(values: Float1D, cuts: tuple[float, ...]) -> Int1D:
    """Return 1 plus the number of cuts below each value."""
    below = np.searchsorted(np.asarray(cuts, dtype=np.float64), values, side="left")
    return np.asarray(below, dtype=np.intp) + 1


def _check_segments(cells: tuple[tuple[Any, ...], ...], owner: str) -> None:
    seen: set[tuple[Any, ...]] = set()
    for cell in cells:
        fine = len(cell) == 3 and cell[0] in _SCORES and cell[1] in _SCORES
        if not fine or not isinstance(cell[2], str) or not cell[2] or cell[:2] in seen:
            msg = (
                f"A segment of {owner} must be (r, fm, name) with scores 1 to 5, each combination "
                f"once. Got {cell!r}."
            )
            raise InvalidParameterError(msg)
        seen.add(cell[:2])
    holes = [f"r {r}, fm {fm}" for r, fm in product(_SCORES, _SCORES) if (r, fm) not in seen]
    if holes:
        msg = (
            f"The segments of {owner} must name every combination of scores. "
            f"{counted(len(holes), 'combination')} without a name: {listed_some(holes)}."
        )
        raise InvalidParameterError(msg)
