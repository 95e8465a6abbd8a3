"""When a Delphi study has come to rest: the rule, and what it says of each item."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import set_number
from creditscore._display import counted, html_table
from creditscore._validation import check_integer
from creditscore.expert._delphi._concordance import Concordance
from creditscore.expert._delphi._spread import net_change, spread

History: TypeAlias = Sequence[tuple[int, Mapping[str, float]]]
"""The rounds in which an item was asked about, the first first, with the answers by expert."""


@dataclass(frozen=True, kw_only=True)
class StopRule:
    """When opinions agree enough, and have moved little enough, to stop asking.

    A limit of None is not asked for.

    Parameters
    ----------
    max_cv : float or None, default=0.25
        Largest coefficient of variation of an item; 0.25 and 0.3 are customary.
    max_iqr : float or None, default=1.0
        Largest distance between the quartiles of an item, in the unit of the answers; 1 is
        customary on scales of 5 to 9 points.
    max_change : float or None, default=0.15
        Largest net change of an item since the round before: half the differences of the
        histograms of the two rounds, as a part of the experts who answered both.
    min_w : float or None, default=0.5
        Smallest Kendall's W, corrected for ties, of the last round; 0.5 to 0.7 are customary.
    min_rounds : int, default=2
        Fewest rounds, 1 or more: one alone had no feedback.

    Raises
    ------
    InvalidParameterError
        A limit is negative or no number.

    Notes
    -----
    All of these are conventions, not tests. A coefficient of variation has a meaning only on
    scales that begin at zero or above, and W has none where experts agree that all items count
    alike: set the limit to None there.

    Of n experts who answered both rounds, the smallest net change of an item above zero is 1 / n:
    one of them, net. With fewer than seven that is more than 0.15, so that the default is met only
    by items on which nobody moves, net, as where two change places. Give a small panel another
    limit, such as ``max_change=0.2`` for five, or None.

    References
    ----------
    M. Scheibe, M. Skutsch, J. Schofer, "Experiments in Delphi methodology", in H. A. Linstone and
    M. Turoff (eds.), *The Delphi Method*, Addison-Wesley, 1975 (net change up to 15 %). H. A.
    von der Gracht, "Consensus measurement in Delphi studies", *Technological Forecasting and
    Social Change* 79, 2012 (a survey of criteria).

    Examples
    --------
    >>> from creditscore.expert import StopRule
    >>> StopRule(max_cv=0.3, min_w=None)
    StopRule(max_cv=0.3, max_iqr=1.0, max_change=0.15, min_w=None, min_rounds=2)
    """

    max_cv: float | None = 0.25
    max_iqr: float | None = 1.0
    max_change: float | None = 0.15
    min_w: float | None = 0.5
    min_rounds: int = 2

    def __post_init__(self) -> None:
        """Check the limits."""
        for name in ("max_cv", "max_iqr", "max_change", "min_w"):
            if getattr(self, name) is not None:
                set_number(self, name, low=0, closed="left")
        n_least = check_integer(self.min_rounds, "min_rounds", type(self).__name__, low=1)
        object.__setattr__(self, "min_rounds", n_least)


class ItemVerdict(NamedTuple):
    """What the rule says of one item, after the last round that asked about it."""

    item: str
    round_number: int
    n: int
    cv: float
    iqr: float
    change: float
    reasons: tuple[str, ...]
    """Why it is not settled; empty where it is."""


@dataclass(frozen=True, kw_only=True, repr=False)
class DelphiVerdict:
    """Whether a Delphi study may stop, and what speaks against it.

    Made by :meth:`DelphiStudy.verdict`.

    Attributes
    ----------
    rule : StopRule
        The rule that was asked.
    items : tuple
        The item, its round_number, n, cv, iqr, change and reasons, of each.
    reasons : tuple of str
        What speaks against a stop besides items: too few rounds, too low a W.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import DelphiStudy
    >>> study = DelphiStudy(experts=("A", "B", "C"), items=("profit", "age"), scale=(1, 5))
    >>> opinions = pd.DataFrame({"profit": [5, 5, 4], "age": [1, 4, 3]}, index=["A", "B", "C"])
    >>> verdict = study.with_round(opinions).verdict()
    >>> verdict
    DelphiVerdict(go on: 0 of 2 items settled; 1 round of at least 2)
    >>> verdict.table()["reasons"][1]
    'coefficient of variation 0.573 > 0.25, quartiles 1.5 > 1 apart, no round before'
    """

    rule: StopRule
    items: tuple[ItemVerdict, ...]
    reasons: tuple[str, ...]

    @property
    def stop(self) -> bool:
        """Whether nothing speaks against a stop."""
        return not self.reasons and not self.open_items

    @property
    def open_items(self) -> tuple[str, ...]:
        """Items that are not settled, to be asked about again."""
        return tuple(item.item for item in self.items if item.reasons)

    def table(self) -> pd.DataFrame:
        """Return a row an item.

        Returns
        -------
        DataFrame
            item, round_number (the last that asked about it), n, cv, iqr, change (net, since the
            round before that asked about it), settled, reasons (text, empty where settled).
        """
        table = pd.DataFrame(self.items, columns=list(ItemVerdict._fields))
        table["reasons"] = [", ".join(item.reasons) for item in self.items]
        table.insert(len(table.columns) - 1, "settled", [not item.reasons for item in self.items])
        return table

    def __repr__(self) -> str:
        """Say in one line whether to stop."""
        n = len(self.items)
        settled = f"{n - len(self.open_items)} of {counted(n, 'item')} settled"
        return f"DelphiVerdict({'; '.join([f'{self._word}: {settled}', *self.reasons])})"

    def _repr_html_(self) -> str:
        """Show the table."""
        formats = dict.fromkeys(("cv", "iqr", "change"), "{:.3g}")
        caption = "; ".join([f"Verdict: {self._word}", *self.reasons])
        return html_table(self.table(), caption=caption, formats=formats)

    @property
    def _word(self) -> str:
        return "stop" if self.stop else "go on"


def judge(
    rule: StopRule,
    histories: Mapping[str, History],
    *,
    n_rounds: int,
    concordance: Concordance | str,
) -> DelphiVerdict:
    """Apply a rule; `concordance` of the last round, or why there is none."""
    reasons = []
    if n_rounds < rule.min_rounds:
        reasons.append(f"{counted(n_rounds, 'round')} of at least {rule.min_rounds}")
    if rule.min_w is not None:
        if isinstance(concordance, str):
            reasons.append(f"no Kendall's W: {concordance}")
        elif concordance.w < rule.min_w:
            reasons.append(f"Kendall's W {concordance.w:.3g} < {rule.min_w:g}")
    items = tuple(_item_verdict(rule, item, history) for item, history in histories.items())
    return DelphiVerdict(rule=rule, items=items, reasons=tuple(reasons))


def _item_verdict(rule: StopRule, item: str, history: History) -> ItemVerdict:
    if not history:
        return ItemVerdict(item, 0, 0, math.nan, math.nan, math.nan, ("never asked about",))
    number, last = history[-1]
    found = spread(np.array(list(last.values())), math.nan)
    change = _change(history)
    reasons = []
    if found.n < 2:
        reasons.append(f"{counted(found.n, 'answer')}, which cannot disagree")
    elif rule.max_cv is not None and not found.cv <= rule.max_cv:
        mean_is_zero = math.isnan(found.cv)
        reasons.append(
            "no coefficient of variation, as the mean is zero" if mean_is_zero
            else f"coefficient of variation {found.cv:.3g} > {rule.max_cv:g}"
        )  # fmt: skip
    if found.n > 1 and rule.max_iqr is not None and found.iqr > rule.max_iqr:
        reasons.append(f"quartiles {found.iqr:.3g} > {rule.max_iqr:g} apart")
    if rule.max_change is not None:
        reasons += _reasons_of_change(change, rule.max_change, n_rounds=len(history))
    return ItemVerdict(item, number, found.n, found.cv, found.iqr, change, tuple(reasons))


def _change(history: History) -> float:
    """Return the net change since the round before, of the experts who answered both."""
    if len(history) < 2:
        return math.nan
    (_, before), (_, after) = history[-2:]
    both = [code for code in before if code in after]
    return net_change([before[code] for code in both], [after[code] for code in both])


def _reasons_of_change(change: float, limit: float, *, n_rounds: int) -> list[str]:
    if n_rounds < 2:
        return ["no round before"]
    if math.isnan(change):
        return ["nobody answered both rounds"]
    return [f"net change {change:.3g} > {limit:g}"] if change > limit else []
