"""Weights in levels: of groups of criteria, and of the criteria in each group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._weights._weights import Weights

_MOST_LEVELS = 20
"""Levels of a hierarchy; more of them are a mistake, and files of them could not be read."""


@dataclass(frozen=True, kw_only=True, repr=False)
class WeightHierarchy(JsonDocument):
    """A tree of weights: those of a criterion's parts add up to 1, as do those of all leaves.

    Parameters
    ----------
    weights : Weights
        Of the criteria of the first level.
    parts : mapping of str to WeightHierarchy, default={}
        What a criterion is made of; one that is not named here is a leaf, which data measure.

    Raises
    ------
    InvalidParameterError
        Parts of a criterion that there is not; a leaf of the same name as another.

    Notes
    -----
    The weight of a leaf among all leaves is the product of the weights on its path.

    Examples
    --------
    >>> from creditscore.expert import WeightHierarchy
    >>> tree = WeightHierarchy.of({
    ...     "financial": (70, {"return_on_equity": 34, "debt_ratio": 66}),
    ...     "management": 30,
    ... })
    >>> tree.leaves()
    Weights(return_on_equity 23.8 %, debt_ratio 46.2 %, management 30.0 %; hierarchy)
    """

    _format: ClassVar[str] = "creditscore.weight_hierarchy"

    weights: Weights
    parts: Mapping[str, WeightHierarchy] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that parts belong to criteria, and that no two leaves have one name."""
        owner = type(self).__name__
        check_kind(self.weights, "weights", owner, Weights)
        check_kind(self.parts, "parts", owner, Mapping)
        object.__setattr__(self, "parts", dict(self.parts))
        for name, part in self.parts.items():
            if name not in self.weights.names:
                raise unknown_name(name, self.weights.names, "criterion", "the level above")
            check_kind(part, f"parts[{name!r}]", owner, WeightHierarchy)
        if self.n_levels > _MOST_LEVELS:
            msg = f"A hierarchy has at most {_MOST_LEVELS} levels. Got {self.n_levels}."
            raise InvalidParameterError(msg)
        leaves = [path[-1] for path, _ in self._paths() if self._is_leaf(path)]
        twice = sorted({name for name in leaves if leaves.count(name) > 1})
        if twice:
            msg = f"Each leaf of a hierarchy needs a name of its own. Seen more than once: {twice}."
            raise InvalidParameterError(msg)

    @classmethod
    def of(cls, amounts: Mapping[str, Any]) -> Self:
        """Write a tree by hand.

        Parameters
        ----------
        amounts : mapping of str to float, or to a pair of float and mapping
            The amount of a criterion among its neighbours, with the amounts of its parts where
            it has some. Amounts of one level are divided by their sum.

        Raises
        ------
        InvalidParameterError, InvalidWeightError
            As of the class and of :meth:`Weights.of`.
        """
        check_kind(amounts, "amounts", "WeightHierarchy.of", Mapping)
        parts = {name: entry[1] for name, entry in amounts.items() if isinstance(entry, tuple)}
        own = {n: entry[0] if isinstance(entry, tuple) else entry for n, entry in amounts.items()}
        return cls(
            weights=Weights.of(own), parts={name: cls.of(below) for name, below in parts.items()}
        )

    @property
    def n_levels(self) -> int:
        """Levels of criteria, 1 where no criterion has parts."""
        return 1 + max((part.n_levels for part in self.parts.values()), default=0)

    def leaves(self) -> Weights:
        """Return the weights of the leaves among all leaves, in the order of the tree."""
        # not Weights.of: products of fractions of sum 1 add up to 1 but for their last bits
        found = {path[-1]: weight for path, weight in self._paths() if self._is_leaf(path)}
        return Weights(names=tuple(found), values=tuple(found.values()), method="hierarchy")

    def table(self) -> pd.DataFrame:
        """Return a row a criterion of any level, those of a group below it.

        Returns
        -------
        DataFrame
            level (1 is the first), criterion, parent (empty on the first level), local_weight
            (among its neighbours), weight (of the whole), is_leaf.
        """
        rows = [
            {
                "level": len(path),
                "criterion": path[-1],
                "parent": path[-2] if len(path) > 1 else "",
                "local_weight": self._node(path[:-1]).weights[path[-1]],
                "weight": weight,
                "is_leaf": self._is_leaf(path),
            }
            for path, weight in self._paths()
        ]
        return pd.DataFrame(rows)

    def _paths(self) -> Iterator[tuple[tuple[str, ...], float]]:
        """Yield each criterion with the criteria above it, and its weight of the whole."""
        for name, weight in self.weights.to_dict().items():
            yield (name,), weight
            if name in self.parts:
                for path, below in self.parts[name]._paths():  # noqa: SLF001 - of this class
                    yield (name, *path), weight * below

    def _node(self, path: tuple[str, ...]) -> WeightHierarchy:
        node = self
        for name in path:
            node = node.parts[name]
        return node

    def _is_leaf(self, path: tuple[str, ...]) -> bool:
        return path[-1] not in self._node(path[:-1]).parts

    def _content(self) -> dict[str, Any]:
        return {
            "weights": self.weights._content(),  # noqa: SLF001 - a format within another
            "parts": {n: part._content() for n, part in self.parts.items()},  # noqa: SLF001
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            weights=Weights._from_content(content["weights"]),  # noqa: SLF001 - as above
            parts={name: cls._from_content(part) for name, part in content["parts"].items()},
        )

    def __repr__(self) -> str:
        """Say in one line how large the tree is."""
        leaves = len(self.leaves())
        return (
            f"WeightHierarchy({', '.join(self.weights.names)}; {counted(self.n_levels, 'level')}, "
            f"{leaves} {'leaf' if leaves == 1 else 'leaves'})"
        )

    def _repr_html_(self) -> str:
        """Show the table, criteria indented by their level."""
        table = self.table()
        table["criterion"] = [
            "\u2003" * (level - 1) + name
            for level, name in zip(table["level"], table["criterion"], strict=True)
        ]
        shown = table[["criterion", "local_weight", "weight"]]
        formats = {"local_weight": "{:.4f}", "weight": "{:.4f}"}
        return html_table(shown, caption="Weights in levels", formats=formats)
