"""Which candidates are in a card, which left, at which step and why: as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import pandas as pd

from creditscore._checks import check_kind
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard.selection._log import SelectionLog

_NUMBERS = ("iv", "statistic", "limit")


class CandidateFate(NamedTuple):
    """What became of one candidate.

    Attributes
    ----------
    feature : str
        The column.
    kept : bool
        Whether it is in the card.
    stage : str
        Where that was decided, as in :meth:`SelectionLog.table`.
    reason : str
        Why, in words.
    step : int or None
        Step of the search; None where it was decided outside.
    iv, statistic, limit : float or None
        Information value, the number that decided, and what it was held against; None where
        there is none.

    Examples
    --------
    >>> from creditscore.scorecard import CandidateFate
    >>> CandidateFate("age_years", kept=False, stage="filter", reason="90 % missing").step is None
    True
    """

    feature: str
    kept: bool
    stage: str
    reason: str
    step: int | None = None
    iv: float | None = None
    statistic: float | None = None
    limit: float | None = None


@dataclass(frozen=True, kw_only=True)
class SelectionSummary:
    """The selection log as a model card holds it; made by :meth:`from_log`.

    Attributes
    ----------
    candidates : tuple of CandidateFate
        One a candidate, in the order of the columns.
    said : str
        How the search was made, in words; empty where nothing was searched. What it means for
        standard errors stands in the summary of the fit.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import SelectionSummary
    >>> german = load_german_credit()
    >>> X = german[["checking_status", "duration_months", "dependents"]]
    >>> log = LogisticScorecard().fit(X, german["is_bad"]).selection_
    >>> [fate.feature for fate in SelectionSummary.from_log(log).candidates if not fate.kept]
    ['dependents']
    """

    candidates: tuple[CandidateFate, ...]
    said: str = ""

    @classmethod
    def from_log(cls, log: SelectionLog) -> Self:
        """Take what a selection log says of each candidate."""
        check_kind(log, "log", f"{cls.__name__}.from_log", SelectionLog)
        candidates = tuple(
            CandidateFate(
                feature=row.feature,
                kept=bool(row.kept),
                stage=row.stage,
                reason=row.reason,
                step=None if pd.isna(row.step) else int(row.step),
                **{name: _known(getattr(row, name)) for name in _NUMBERS},
            )
            for row in log.table().itertuples(index=False)
        )
        return cls(candidates=candidates, said=log.said)

    @property
    def kept(self) -> tuple[str, ...]:
        """Columns in the card."""
        return tuple(fate.feature for fate in self.candidates if fate.kept)

    def frame(self) -> pd.DataFrame:
        """Return the candidates, a row each."""
        return pd.DataFrame(list(self.candidates), columns=list(CandidateFate._fields))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back, without what is not known."""
        candidates = [
            {name: _written(value) for name, value in fate._asdict().items() if value is not None}
            for fate in self.candidates
        ]
        return {"candidates": candidates, "said": self.said}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        candidates = tuple(
            CandidateFate(
                **entry | {name: float(entry[name]) for name in _NUMBERS if name in entry}
            )
            for entry in content["candidates"]
        )
        return cls(**{**content, "candidates": candidates})


def selection_of(card: Scorecard, log: SelectionLog | None, owner: str) -> SelectionSummary | None:
    """Read the selection log of a card, and refuse that of another."""
    if log is None:
        return None
    check_kind(log, "selection", owner, SelectionLog)
    apart = set(log.kept) ^ set(card.names)
    if apart:
        msg = (
            "The selection log is that of another card: it keeps what the card lacks, or the other "
            f"way round: {', '.join(map(repr, sorted(apart)))}. Give the log that the card came "
            "from, or none."
        )
        raise InvalidParameterError(msg)
    return SelectionSummary.from_log(log)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _written(value: Any) -> Any:
    """Return what JSON can hold: a word for a number without end."""
    return str(value) if isinstance(value, float) and math.isinf(value) else value
