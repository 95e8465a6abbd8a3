"""Weights of criteria, which add up to 1, and how they came about."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._typing import Float1D
from creditscore._validation import as_floats
from creditscore.exceptions import InvalidParameterError, InvalidWeightError

_SUM_TOLERANCE = 1e-9
"""How far from 1 the sum of weights may be, as floats that were divided by their sum are."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Weights(JsonDocument):
    """How much each criterion counts: fractions that add up to 1.

    Every way of weighing ends in this value, so that any of them can stand in for another.

    Parameters
    ----------
    names : tuple of str
        Criteria, at least one, each once.
    values : tuple of float
        Fractions in [0, 1], one for each criterion, that add up to 1. :meth:`of` divides other
        numbers by their sum.
    method : str
        How they came about, such as "direct", "ahp" or "entropy".
    evidence : mapping of str to number, text, or a list or mapping of these, default={}
        Figures that go with the method, such as a consistency ratio. Kept in files.
    parents : tuple of Weights, default=()
        What was combined, where it was combined.

    Raises
    ------
    InvalidWeightError
        Not as many as there are names; negative, missing or infinite; not of sum 1.
    InvalidParameterError
        No name, one twice, or one that is no text.

    See Also
    --------
    combine_weights : Several weights of the same criteria in one.

    Examples
    --------
    >>> from creditscore.expert import Weights
    >>> weights = Weights.of({"financial": 50, "operating": 30, "reputation": 20})
    >>> weights["financial"]
    0.5
    >>> weights
    Weights(financial 50.0 %, operating 30.0 %, reputation 20.0 %; direct)
    """

    _format: ClassVar[str] = "creditscore.weights"

    names: tuple[str, ...]
    values: tuple[float, ...]
    method: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[Weights, ...] = ()

    def __post_init__(self) -> None:
        """Check the names, and that the values are fractions that add up to 1."""
        owner = type(self).__name__
        check_kind(self.method, "method", owner, str)
        check_kind(self.evidence, "evidence", owner, Mapping)
        object.__setattr__(self, "names", check_names(self.names, owner))
        object.__setattr__(self, "evidence", dict(self.evidence))
        object.__setattr__(self, "parents", tuple(self.parents))
        for parent in self.parents:
            check_kind(parent, "parents", owner, Weights)
        values = check_amounts(self.values, self.names, owner)
        if abs(values.sum() - 1) > _SUM_TOLERANCE:
            msg = (
                f"The weights of {owner} must add up to 1. Got the sum {values.sum():g}: "
                "Weights.of() divides by the sum."
            )
            raise InvalidWeightError(msg)
        object.__setattr__(self, "values", tuple(values.tolist()))

    @classmethod
    def of(
        cls,
        amounts: Mapping[str, float],
        *,
        method: str = "direct",
        evidence: Mapping[str, Any] | None = None,
        parents: Sequence[Weights] = (),
    ) -> Self:
        """Divide amounts by their sum.

        Parameters
        ----------
        amounts : mapping of str to float
            Zero or more for each criterion, such as points out of 100; not all zero.
        method : str, default="direct"
            As in :class:`Weights`.
        evidence : mapping, optional
            As in :class:`Weights`.
        parents : sequence of Weights, default=()
            As in :class:`Weights`.

        Raises
        ------
        InvalidWeightError
            An amount is negative, missing or infinite, or all are zero.

        Examples
        --------
        >>> from creditscore.expert import Weights
        >>> Weights.of({"character": 3, "capacity": 1}).values
        (0.75, 0.25)
        """
        check_kind(amounts, "amounts", "Weights.of", Mapping)
        names = check_names(tuple(amounts), "Weights.of")
        values = check_amounts(list(amounts.values()), names, "Weights.of")
        largest = values.max()
        if largest == 0:
            msg = f"All {len(names)} amounts are zero, so none would count."
            raise InvalidWeightError(msg)
        # by the largest first: the sum of large numbers could be infinite
        shares = values / largest
        shares = shares / shares.sum()
        return cls(
            names=names,
            values=tuple(shares.tolist()),
            method=method,
            evidence={} if evidence is None else evidence,
            parents=tuple(parents),
        )

    def __getitem__(self, name: str) -> float:
        """Return the weight of one criterion."""
        if name not in self.names:
            raise unknown_name(name, self.names, "criterion", "these weights")
        return self.values[self.names.index(name)]

    def __iter__(self) -> Iterator[str]:
        """Go through the criteria."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count the criteria."""
        return len(self.names)

    def array(self, names: Sequence[str] | None = None) -> Float1D:
        """Return the weights as an array, in the order of `names` where given.

        Parameters
        ----------
        names : sequence of str, optional
            The same criteria in another order.

        Returns
        -------
        array of shape (n_criteria,)

        Raises
        ------
        InvalidParameterError
            `names` are not the criteria of these weights.

        Examples
        --------
        >>> from creditscore.expert import Weights
        >>> Weights.of({"a": 3, "b": 1}).array(["b", "a"])
        array([0.25, 0.75])
        """
        if names is None:
            return np.array(self.values)
        check_same_names(self.names, names, "weights")
        return np.array([self[name] for name in names])

    def table(self) -> pd.DataFrame:
        """Return a row a criterion: criterion, weight, rank (1 has the most; equal ones share it).

        Returns
        -------
        DataFrame
        """
        rank = pd.Series(self.values).rank(ascending=False, method="min").astype(int)
        return pd.DataFrame({"criterion": self.names, "weight": self.values, "rank": rank})

    def to_dict(self) -> dict[str, float]:
        """Return the weights by name."""
        return dict(zip(self.names, self.values, strict=True))

    def _content(self) -> dict[str, Any]:
        return {
            "names": list(self.names),
            "values": list(self.values),
            "method": self.method,
            "evidence": dict(self.evidence),
            "parents": [parent._content() for parent in self.parents],  # noqa: SLF001 - of this class
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            names=tuple(content["names"]),
            values=tuple(content["values"]),
            method=content["method"],
            evidence=content["evidence"],
            parents=tuple(Weights._from_content(parent) for parent in content["parents"]),
        )

    def __repr__(self) -> str:
        """Say in one line what counts how much."""
        shown = [f"{n} {v:.1%}".replace("%", " %") for n, v in self.to_dict().items()]
        listed = ", ".join(shown[:6]) + (f", … {len(shown) - 6} more" if len(shown) > 6 else "")
        return f"Weights({listed}; {self._origin})"

    def _repr_html_(self) -> str:
        """Show the table."""
        return html_table(
            self.table(), caption=f"Weights ({self._origin})", formats={"weight": "{:.4f}"}
        )

    @property
    def _origin(self) -> str:
        """The method, and whose weights these are where one took all of a game."""
        all_to = self.evidence.get("all_to")
        return self.method if all_to is None else f"{self.method}, all to {all_to!r}"


def check_names(names: Sequence[Any], owner: str, *, what: str = "criteria") -> tuple[str, ...]:
    """Return names, of criteria or else, as a tuple: at least one, texts, each once."""
    if isinstance(names, str):
        msg = f"The {what} of {owner} must be several names. Got the text {names!r} instead."
        raise InvalidParameterError(msg)
    found = tuple(names)
    strange = [name for name in found if not isinstance(name, str) or not name]
    twice = sorted({str(name) for name in found if found.count(name) > 1})
    if not found or strange or twice:
        got = (
            f"{strange[0]!r}, which is no name" if strange
            else f"more than once: {', '.join(twice)}" if twice
            else "none"
        )  # fmt: skip
        msg = f"The {what} of {owner} must be different names, one or more. Got {got}."
        raise InvalidParameterError(msg)
    return found


def check_amounts(values: Any, names: Sequence[str], owner: str) -> Float1D:
    """Return one finite number, zero or more, for each criterion."""
    amounts = as_floats(values, f"The weights of {owner}", InvalidWeightError)
    if amounts.shape != (len(names),):
        msg = (
            f"{owner} needs one weight for each of its {len(names)} criteria. "
            f"Got {amounts.size} of shape {amounts.shape}."
        )
        raise InvalidWeightError(msg)
    for name, amount in zip(names, amounts.tolist(), strict=True):
        if not math.isfinite(amount) or amount < 0:
            advice = (
                "where less is safer, that is said by a direction" if amount < 0
                else "weight 0 leaves it out"
            )  # fmt: skip
            msg = (
                f"The weight of {name!r} must be a finite number, zero or more. Got {amount:g}: "
                f"{advice}."
            )
            raise InvalidWeightError(msg)
    return amounts


def check_same_names(
    own: Sequence[str], names: Sequence[str], of: str, *, what: str = "criteria"
) -> None:
    """Check that two lists hold the same names, of criteria or else, in whatever order."""
    lacking = [name for name in own if name not in names]
    strange = [name for name in names if name not in own]
    if lacking or strange or len(names) != len(own):
        told = [f"{part}: {', '.join(map(str, found))}" for part, found in (
            ("not given", lacking), ("not known", strange)) if found]  # fmt: skip
        msg = (
            f"The {what} are not those of the {of} ({', '.join(own)}). "
            f"{'; '.join(told) or 'One is named twice'}."
        )
        raise InvalidParameterError(msg)
