"""Who of a group of experts disagrees with whom, and about which judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Float1D, Float2D
from creditscore.expert._ahp._consistency import judgement_text
from creditscore.expert._ahp._group import group_judgements, log_judgements
from creditscore.expert._ahp._pairwise import PairwiseComparison
from creditscore.expert._ahp._priorities import principal
from creditscore.expert._ahp._random_index import RandomIndex
from creditscore.expert._ahp._reading import pairs_of
from creditscore.expert._weights._experts import expert_shares

_EQUAL = 1e-9
"""Logarithm up to which a judgement says that two criteria are equally important."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Disagreements:
    r"""How far experts are from their group and from each other.

    Made by :func:`disagreements`.

    Attributes
    ----------
    experts : DataFrame
        A row an expert: expert, weight (among the experts), consistency_ratio, n_missing
        (judgements), compatibility and times_apart (from the group).
    pairs : DataFrame
        A row two experts, the least compatible first: expert, other_expert, compatibility,
        times_apart, n_shared (judgements that both made), n_opposed (of these, in which one
        criterion is the more important to one and the less to the other), then the judgement in
        which they differ most: criterion, compared_with, given, other_given.
    judgements : DataFrame
        A row a pair of criteria, the most disputed first: criterion, compared_with, n_experts,
        group (geometric mean), lowest, lowest_expert, highest, highest_expert, times_apart
        (highest by lowest), opposed (whether some say more important and some less).

    Notes
    -----
    The compatibility of priorities v and w is Saaty's
    :math:`\frac{1}{n^2} \sum_{ij} \frac{w_i}{w_j} \frac{v_j}{v_i}`: 1 where they are the same;
    he calls them compatible up to 1.1. Times apart is the typical factor between judgements,
    :math:`\exp` of the mean :math:`|\ln a_{ij} - \ln b_{ij}|`: 1 where they are the same, 2
    where one is typically double the other.

    References
    ----------
    Saaty, T. L. (1994). A ratio scale metric and the compatibility of ratio scales: the
    possibility of Arrow's impossibility theorem. Applied Mathematics Letters 7, 51-57.

    Examples
    --------
    >>> from creditscore.expert import PairwiseComparison, disagreements
    >>> risk = PairwiseComparison.of(["capacity", "capital"], [4])
    >>> sales = PairwiseComparison.of(["capacity", "capital"], [1 / 2])
    >>> found = disagreements({"risk": risk, "sales": sales})
    >>> found.judgements[["criterion", "lowest_expert", "highest_expert", "times_apart"]]
      criterion lowest_expert highest_expert  times_apart
    0  capacity         sales           risk          8.0
    """

    experts: pd.DataFrame
    pairs: pd.DataFrame
    judgements: pd.DataFrame

    def __repr__(self) -> str:
        """Say in one line who are furthest apart."""
        text = f"Disagreements({counted(len(self.experts), 'expert')}"
        if len(self.pairs):
            first = self.pairs.iloc[0]
            text += (
                f"; furthest apart: {first['expert']} and {first['other_expert']}, compatibility "
                f"{first['compatibility']:.3g}"
            )
        return f"{text})"

    def _repr_html_(self) -> str:
        """Show the three tables, judgements as people say them."""
        shown = (
            ("Experts and their group", self.experts),
            ("Experts and each other", self.pairs),
            ("Judgements", self.judgements),
        )
        return "".join(
            html_table(
                table,
                caption=caption,
                formats={name: form for name, form in _FORMATS.items() if name in table},
            )
            for caption, table in shown
        )


_FORMATS: dict[str, Any] = {
    "weight": "{:.3f}",
    "consistency_ratio": "{:.3f}",
    "compatibility": "{:.3f}",
    "times_apart": "{:.2f}",
    "given": judgement_text,
    "other_given": judgement_text,
    "group": judgement_text,
    "lowest": judgement_text,
    "highest": judgement_text,
}


def disagreements(
    comparisons: Mapping[str, PairwiseComparison],
    *,
    expert_weights: Mapping[str, float] | Sequence[float] | None = None,
    random_index: RandomIndex = "saaty_2005",
) -> Disagreements:
    """Measure how far experts are from their group and from each other.

    Parameters
    ----------
    comparisons : mapping of str to PairwiseComparison
        By expert, all of the same criteria, in whatever order.
    expert_weights : mapping of str to float, or sequence of float, optional
        As in :func:`group_judgements`, whose result the group is here.
    random_index : str or mapping of int to float, default="saaty_2005"
        As in :meth:`PairwiseComparison.consistency_ratio`.

    Returns
    -------
    Disagreements

    Raises
    ------
    InvalidParameterError, InvalidWeightError
        As of :func:`group_judgements`.
    InvalidDataError
        An expert's comparisons do not link all criteria.

    Examples
    --------
    >>> from creditscore.expert import PairwiseComparison, disagreements
    >>> criteria = ["character", "capacity", "capital"]
    >>> found = disagreements({
    ...     "risk": PairwiseComparison.of(criteria, [1 / 3, 1 / 5, 1 / 2]),
    ...     "sales": PairwiseComparison.of(criteria, [3, 4, 2]),
    ...     "audit": PairwiseComparison.of(criteria, [1 / 2, 1 / 3, 1 / 2]),
    ... })
    >>> found
    Disagreements(3 experts; furthest apart: risk and sales, compatibility 4.28)
    >>> found.pairs.loc[0, ["criterion", "compared_with"]].tolist()
    ['character', 'capital']
    """
    owner = "disagreements"
    names, logs = log_judgements(comparisons, owner)
    shares = expert_shares(expert_weights, tuple(comparisons), owner)
    priorities = np.array([_log_priorities(one, names) for one in comparisons.values()])
    group = group_judgements(comparisons, expert_weights=expert_weights)
    group_logs = log_judgements({"group": group}, owner)[1][0]
    own = _log_priorities(group, names)
    experts = pd.DataFrame(
        {
            "expert": list(comparisons),
            "weight": shares,
            "consistency_ratio": [
                one.consistency_ratio(random_index=random_index) for one in comparisons.values()
            ],
            "n_missing": [len(one.missing) for one in comparisons.values()],
            "compatibility": [_compatibility(each, own) for each in priorities],
            "times_apart": [_times_apart(each - group_logs) for each in logs],
        }
    )
    return Disagreements(
        experts=experts,
        pairs=_pairs(list(comparisons), names, logs, priorities),
        judgements=_judgements(list(comparisons), names, logs, group_logs),
    )


def _log_priorities(comparison: PairwiseComparison, names: Sequence[str]) -> Float1D:
    matrix = comparison.completed().matrix
    order = [comparison.names.index(name) for name in names]
    return principal(matrix).log_right[order]


def _compatibility(one: Float1D, other: Float1D) -> float:
    """Return Saaty's index of two priorities, by their logarithms."""
    apart = one - other
    return float(np.exp(apart[:, None] - apart).mean())


def _times_apart(difference: Float1D) -> float:
    """Return the typical factor between judgements that both made, NaN where there are none."""
    made = difference[~np.isnan(difference)]
    return float(np.exp(np.abs(made).mean())) if made.size else float("nan")


def _pairs(
    experts: Sequence[str], names: Sequence[str], logs: Float2D, priorities: Float2D
) -> pd.DataFrame:
    criteria = pairs_of(names)
    rows = []
    for i, k in combinations(range(len(experts)), 2):
        difference = logs[i] - logs[k]
        shared = ~np.isnan(difference)
        most = int(np.nanargmax(np.abs(difference))) if shared.any() else None
        rows.append(
            {
                "expert": experts[i],
                "other_expert": experts[k],
                "compatibility": _compatibility(priorities[i], priorities[k]),
                "times_apart": _times_apart(difference),
                "n_shared": int(shared.sum()),
                "n_opposed": int(_opposed(np.minimum(logs[i], logs[k])[shared],
                                          np.maximum(logs[i], logs[k])[shared]).sum()),
                "criterion": "" if most is None else criteria[most][0],
                "compared_with": "" if most is None else criteria[most][1],
                "given": np.nan if most is None else np.exp(logs[i, most]),
                "other_given": np.nan if most is None else np.exp(logs[k, most]),
            }
        )  # fmt: skip
    columns = [
        "expert", "other_expert", "compatibility", "times_apart", "n_shared", "n_opposed",
        "criterion", "compared_with", "given", "other_given",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("compatibility", ascending=False, kind="stable", ignore_index=True)


def _judgements(
    experts: Sequence[str], names: Sequence[str], logs: Float2D, group: Float1D
) -> pd.DataFrame:
    made = ~np.isnan(logs)
    none = ~made.any(axis=0)
    lowest = np.where(made, logs, np.inf).argmin(axis=0)
    highest = np.where(made, logs, -np.inf).argmax(axis=0)
    places = np.arange(logs.shape[1])
    low, high = logs[lowest, places], logs[highest, places]
    pairs = pairs_of(names)
    table = pd.DataFrame(
        {
            "criterion": [pair[0] for pair in pairs],
            "compared_with": [pair[1] for pair in pairs],
            "n_experts": made.sum(axis=0),
            "group": np.exp(group),
            "lowest": np.exp(low),
            "lowest_expert": _named(experts, lowest, none),
            "highest": np.exp(high),
            "highest_expert": _named(experts, highest, none),
            "times_apart": np.exp(high - low),
            "opposed": _opposed(low, high),
        }
    )
    return table.sort_values("times_apart", ascending=False, kind="stable", ignore_index=True)


def _named(experts: Sequence[str], places: Any, none: Any) -> list[str]:
    """Return the experts at some places, and no name where nobody judged."""
    return ["" if no else experts[k] for no, k in zip(none, places, strict=True)]


def _opposed(low: Float1D, high: Float1D) -> Any:
    """Tell which judgements say less on one side and more important on the other."""
    return (low < -_EQUAL) & (high > _EQUAL)
