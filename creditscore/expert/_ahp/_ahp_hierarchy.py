"""Comparisons at each node of a tree of criteria, and of alternatives under its leaves."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._ahp._pairwise import PairwiseComparison
from creditscore.expert._ahp._pairwise_weights import weights_of
from creditscore.expert._ahp._random_index import RandomIndex
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights, check_same_names


@dataclass(frozen=True, kw_only=True, repr=False)
class AHPHierarchy(JsonDocument):
    """A goal, criteria compared under it, parts of criteria compared under these, and so on.

    Parameters
    ----------
    goal : str
        What the criteria of the first level serve.
    comparisons : mapping of str to PairwiseComparison
        Of the criteria under the goal, named by it, and of the parts of any criterion, named by
        that criterion. A criterion without one is a leaf.
    alternatives : mapping of str to PairwiseComparison or Weights, default={}
        Comparisons, or weights that come from amounts, of the same alternatives under each leaf,
        named by it; none where only criteria are weighed.

    Raises
    ------
    InvalidParameterError
        No comparison under the goal, one under what is no criterion, a criterion in two places,
        alternatives under some leaves only, or other ones under another leaf.

    Examples
    --------
    >>> from creditscore.expert import AHPHierarchy, PairwiseComparison
    >>> tree = AHPHierarchy(
    ...     goal="credit standing",
    ...     comparisons={
    ...         "credit standing": PairwiseComparison.of(["financial", "management"], [3]),
    ...         "financial": PairwiseComparison.of(["debt", "profit"], [1]),
    ...     },
    ... )
    >>> tree.weights().leaves()
    Weights(debt 37.5 %, profit 37.5 %, management 25.0 %; hierarchy)
    """

    _format: ClassVar[str] = "creditscore.ahp_hierarchy"

    goal: str
    comparisons: Mapping[str, PairwiseComparison]
    alternatives: Mapping[str, PairwiseComparison | Weights] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the comparisons make one tree, and that leaves share their alternatives."""
        owner = type(self).__name__
        check_kind(self.goal, "goal", owner, str)
        for name in ("comparisons", "alternatives"):
            given = getattr(self, name)
            check_kind(given, name, owner, Mapping)
            object.__setattr__(self, name, dict(given))
            for node, one in given.items():
                if not (name == "alternatives" and isinstance(one, Weights)):
                    check_kind(one, f"{name}[{node!r}]", owner, PairwiseComparison)
        if self.goal not in self.comparisons:
            raise unknown_name(self.goal, list(self.comparisons), "comparison under the goal",
                               "these comparisons")  # fmt: skip
        self._check_tree()
        self._check_alternatives()

    def weights(
        self,
        *,
        method: Literal["eigenvector", "geometric_mean"] = "eigenvector",
        random_index: RandomIndex = "saaty_2005",
        threshold: float | Literal["by_size"] = 0.10,
    ) -> WeightHierarchy:
        """Return the weights of all criteria in levels.

        Parameters
        ----------
        method : {"eigenvector", "geometric_mean"}, default="eigenvector"
            As in :meth:`PairwiseComparison.weights`, as are the others.
        random_index : str or mapping of int to float, default="saaty_2005"
            Table of random indices.
        threshold : float or "by_size", default=0.1
            Consistency ratio above which a warning is given, by each node.

        Returns
        -------
        WeightHierarchy
            Its weights of each node have the method "ahp" and their consistency as evidence.

        Raises
        ------
        InvalidDataError, InvalidParameterError
            As of :meth:`PairwiseComparison.weights`.

        Warns
        -----
        InconsistentJudgementWarning
            The consistency ratio of a node is above the threshold; the message names both.
        """
        settings: dict[str, Any] = {
            "method": method,
            "random_index": random_index,
            "threshold": threshold,
        }
        return self._weigh(self.goal, settings)

    def alternative_weights(
        self,
        *,
        method: Literal["eigenvector", "geometric_mean"] = "eigenvector",
        random_index: RandomIndex = "saaty_2005",
        threshold: float | Literal["by_size"] = 0.10,
    ) -> Weights:
        """Return the priorities of the alternatives: those under each leaf, by the leaf's weight.

        Parameters
        ----------
        method : {"eigenvector", "geometric_mean"}, default="eigenvector"
            As in :meth:`weights`, as are the others.
        random_index : str or mapping of int to float, default="saaty_2005"
            Table of random indices.
        threshold : float or "by_size", default=0.1
            Consistency ratio above which a warning is given, by each node and leaf.

        Returns
        -------
        Weights
            Of method "ahp"; the evidence holds the priorities under each leaf.

        Raises
        ------
        InvalidParameterError
            There are no alternatives. Others as of :meth:`weights`.

        Notes
        -----
        Priorities are relative: an alternative more or less changes those of the others. To score
        customers, weigh criteria only and measure customers on them.
        """
        if not self.alternatives:
            msg = (
                "This hierarchy weighs criteria only. Give 'alternatives', compared under each "
                "leaf, to compare them."
            )
            raise InvalidParameterError(msg)
        settings: dict[str, Any] = {
            "method": method,
            "random_index": random_index,
            "threshold": threshold,
        }
        leaves = self._weigh(self.goal, settings).leaves()
        local = {
            leaf: found
            if isinstance(found := self.alternatives[leaf], Weights)
            else weights_of(found.names, found.matrix, settings, of=f" under {leaf!r}")
            for leaf in leaves.names
        }
        names = local[leaves.names[0]].names
        total = sum(weight * local[leaf].array(names) for leaf, weight in leaves.to_dict().items())
        return Weights.of(
            dict(zip(names, np.asarray(total).tolist(), strict=True)),
            method="ahp",
            evidence={"leaves": {leaf: found.to_dict() for leaf, found in local.items()}},
        )

    def table(self, *, random_index: RandomIndex = "saaty_2005") -> pd.DataFrame:
        """Return a row a node at which something is compared, with its consistency.

        Parameters
        ----------
        random_index : str or mapping of int to float, default="saaty_2005"
            As in :meth:`PairwiseComparison.consistency_ratio`.

        Returns
        -------
        DataFrame
            node, compared ("criteria" or "alternatives"), n_compared, n_missing (judgements),
            consistency_ratio (NaN where alternatives are not compared, but weighed).
        """
        nodes: list[tuple[str, str, PairwiseComparison | Weights]] = [
            (name, "criteria", self.comparisons[name]) for name in self._nodes(self.goal)
        ]
        leaves = [name for name in self._all_criteria() if name in self.alternatives]
        nodes += [(name, "alternatives", self.alternatives[name]) for name in leaves]
        return pd.DataFrame(
            {
                "node": [name for name, _, _ in nodes],
                "compared": [kind for _, kind, _ in nodes],
                "n_compared": [len(found) for _, _, found in nodes],
                "n_missing": [
                    0 if isinstance(found, Weights) else len(found.missing) for _, _, found in nodes
                ],
                "consistency_ratio": [
                    math.nan
                    if isinstance(found, Weights)
                    else found.consistency_ratio(random_index=random_index)
                    for _, _, found in nodes
                ],
            }
        )

    def _weigh(self, node: str, settings: Mapping[str, Any]) -> WeightHierarchy:
        comparison = self.comparisons[node]
        parts = [name for name in comparison.names if name in self.comparisons]
        return WeightHierarchy(
            weights=weights_of(
                comparison.names, comparison.matrix, settings, of=f" under {node!r}"
            ),
            parts={name: self._weigh(name, settings) for name in parts},
        )

    def _nodes(self, node: str) -> Iterator[str]:
        """Yield the nodes that have criteria under them, from the goal down."""
        yield node
        for name in self.comparisons[node].names:
            if name in self.comparisons:
                yield from self._nodes(name)

    def _all_criteria(self) -> list[str]:
        return [name for comparison in self.comparisons.values() for name in comparison.names]

    def _check_tree(self) -> None:
        """Check that each criterion stands in one place, and hangs by some chain on the goal."""
        criteria = self._all_criteria()
        twice = sorted({name for name in criteria if criteria.count(name) > 1})
        if self.goal in criteria:
            twice.append(self.goal)
        if twice:
            msg = (
                f"Each criterion stands in one place of a hierarchy, and the goal above all. In "
                f"two places: {', '.join(twice)}."
            )
            raise InvalidParameterError(msg)
        for name in self.comparisons:
            if name != self.goal and name not in criteria:
                raise unknown_name(name, criteria, "criterion", "the other comparisons")
        # with one place each, what does not hang on the goal goes round in a circle
        loose = sorted(self.comparisons.keys() - set(self._nodes(self.goal)))
        if loose:
            msg = f"These comparisons do not hang on the goal {self.goal!r}: {', '.join(loose)}."
            raise InvalidParameterError(msg)

    def _check_alternatives(self) -> None:
        leaves = [name for name in self._all_criteria() if name not in self.comparisons]
        for name in self.alternatives:
            if name not in leaves:
                raise unknown_name(name, leaves, "leaf", "this hierarchy")
        lacking = [name for name in leaves if name not in self.alternatives]
        if self.alternatives and lacking:
            msg = (
                "Alternatives are compared under each leaf, or under none. Not compared under: "
                f"{', '.join(lacking)}."
            )
            raise InvalidParameterError(msg)
        for leaf in leaves if self.alternatives else []:
            first = self.alternatives[leaves[0]].names
            check_same_names(first, self.alternatives[leaf].names, f"leaf {leaves[0]!r}")

    def _content(self) -> dict[str, Any]:
        return {
            "goal": self.goal,
            "comparisons": {node: one._content() for node, one in self.comparisons.items()},  # noqa: SLF001 - a format within another
            "alternatives": {
                node: {_kind_of(one): one._content()}  # noqa: SLF001 - as above
                for node, one in self.alternatives.items()
            },
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        read = PairwiseComparison._from_content  # noqa: SLF001 - as above
        return cls(
            goal=content["goal"],
            comparisons={node: read(one) for node, one in content["comparisons"].items()},
            alternatives={
                node: Weights._from_content(one["weights"])  # noqa: SLF001 - as above
                if "weights" in one
                else read(one["comparison"])
                for node, one in content["alternatives"].items()
            },
        )

    def __repr__(self) -> str:
        """Say in one line how large the tree is."""
        leaves = len(self._all_criteria()) - len(self.comparisons) + 1
        beside = ""
        if self.alternatives:
            n = len(next(iter(self.alternatives.values())))
            beside = f", {counted(n, 'alternative')}"
        return (
            f"AHPHierarchy({self.goal!r}: {counted(len(self.comparisons), 'comparison')} of "
            f"criteria, {leaves} leaves{beside})"
        )

    def _repr_html_(self) -> str:
        """Show the table of nodes."""
        most = max(len(one) for one in (*self.comparisons.values(), *self.alternatives.values()))
        table: RandomIndex = "saaty_2005" if most <= 15 else "alonso_lamata"
        return html_table(
            self.table(random_index=table),
            caption=f"Hierarchy of {self.goal}",
            formats={"consistency_ratio": "{:.4f}"},
        )


def _kind_of(alternatives: PairwiseComparison | Weights) -> str:
    return "weights" if isinstance(alternatives, Weights) else "comparison"
