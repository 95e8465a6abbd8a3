"""The best and the worst value of each criterion, frozen, and the unit of its differences."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import Table
from creditscore._typing import Float1D, Float2D, NativeFrame
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert._complete_columns import read_complete
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights, check_names

Normalisation: TypeAlias = Literal["vector", "min_max"]
"""What differences are divided by: the norm of a sample's column, or that of the ideals."""


@dataclass(frozen=True, kw_only=True, repr=False)
class IdealPoints(JsonDocument):
    """Where customers are measured from: the best and the worst value of each criterion.

    They are stored, so that a customer's score never depends on who else is in the table, as it
    does where each batch has ideals of its own.

    Parameters
    ----------
    best : mapping of str to float
        For each criterion its safest value, in its own unit.
    worst : mapping of str to float
        Its riskiest value. Above `best`, lower values are safer.
    normalisation : {"vector", "min_max"}
        What the differences of a criterion are divided by, so that criteria of different units can
        be compared: with "min_max" by the distance between best and worst, with "vector" by
        `norms`. The two lead to other orders.
    norms : mapping of str to float, default={}
        With "vector", for each criterion the root of the sum of squares of a sample; above 0,
        but where the best is the worst.

    Raises
    ------
    InvalidParameterError
        Criteria that differ between the parts, numbers that are not finite, a best and a worst
        value that are too far apart for a float, or a norm of 0 for values that differ.

    See Also
    --------
    TopsisScore, GreyRelationalScore : What measures from them.

    Notes
    -----
    A value beyond an ideal counts as the ideal: measured as it stands, a value better than the
    best would lie further from the best, and be punished. :meth:`outside` tells of such values.

    A criterion whose best is its worst tells nobody apart; it may stand here only to have the
    weight 0.

    Examples
    --------
    >>> from creditscore.expert import IdealPoints
    >>> IdealPoints(
    ...     best={"current_ratio": 2.5, "debt_ratio": 0.2},
    ...     worst={"current_ratio": 0.8, "debt_ratio": 0.9},
    ...     normalisation="min_max",
    ... )
    IdealPoints(current_ratio 0.8 to 2.5, debt_ratio 0.9 to 0.2; min_max)
    """

    _format: ClassVar[str] = "creditscore.ideal_points"

    best: Mapping[str, float]
    worst: Mapping[str, float]
    normalisation: Normalisation
    norms: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the parts speak of the same criteria, in finite numbers."""
        owner = type(self).__name__
        check_choice(self.normalisation, "normalisation", owner, ("vector", "min_max"))
        for part in ("best", "worst", "norms"):
            check_kind(getattr(self, part), part, owner, Mapping)
        names = check_names(tuple(self.best), owner)
        _check_same("worst", self.worst, names)
        if self.normalisation == "vector":
            _check_same("norms", self.norms, names)
        elif self.norms:
            msg = (
                f"{owner} takes no 'norms' with the normalisation 'min_max', which divides by the "
                "distance between best and worst."
            )
            raise InvalidParameterError(msg)
        for part, low in (("best", -math.inf), ("worst", -math.inf), ("norms", 0.0)):
            given = getattr(self, part)
            closed = "left" if part == "norms" else "neither"
            checked = {
                name: check_real(
                    given[name], f"{part}[{name!r}]", owner, low=low, high=math.inf, closed=closed
                )
                for name in (names if given else ())
            }
            object.__setattr__(self, part, checked)
        for name in names:
            self._check_span(name)

    @classmethod
    def from_sample(
        cls,
        X: NativeFrame,
        directions: Mapping[str, str],
        *,
        normalisation: Normalisation,
    ) -> Self:
        """Take the best and the worst value of a sample, and its norms.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; holds a column of each criterion.
        directions : mapping of str to {"higher", "lower"}
            For each criterion, which of its values are safer.
        normalisation : {"vector", "min_max"}
            As in :class:`IdealPoints`.

        Raises
        ------
        InvalidParameterError
            A direction or a normalisation that there is not.
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there or cannot be read; the message names it.
        RefusedValueError
            A column holds a missing value.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.expert import IdealPoints
        >>> sample = pd.DataFrame({"margin": [0.3, 0.4], "debt_ratio": [0.6, 0.2]})
        >>> IdealPoints.from_sample(
        ...     sample, {"margin": "higher", "debt_ratio": "lower"}, normalisation="vector"
        ... ).norms["margin"]
        0.5
        """
        owner = f"{cls.__name__}.from_sample"
        check_kind(directions, "directions", owner, Mapping)
        names = check_names(tuple(directions), owner)
        for name, direction in directions.items():
            check_choice(direction, f"directions[{name!r}]", owner, ("higher", "lower"))
        _, values = read_complete(X, names, owner)
        highs, lows = values.max(axis=0).tolist(), values.min(axis=0).tolist()
        higher = [directions[name] == "higher" for name in names]
        best = [hi if up else lo for hi, lo, up in zip(highs, lows, higher, strict=True)]
        worst = [lo if up else hi for hi, lo, up in zip(highs, lows, higher, strict=True)]
        # hypot does not overflow where squares would
        norms = [math.hypot(*column) for column in values.T.tolist()]
        return cls(
            best=dict(zip(names, best, strict=True)),
            worst=dict(zip(names, worst, strict=True)),
            normalisation=normalisation,
            norms=dict(zip(names, norms, strict=True)) if normalisation == "vector" else {},
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Criteria, in their order."""
        return tuple(self.best)

    @property
    def spans(self) -> Float1D:
        """Distance between best and worst of each criterion, after the normalisation."""
        distance = np.array([abs(self.best[name] - self.worst[name]) for name in self.names])
        return self._normalised(distance)

    def shortfalls(self, X: NativeFrame) -> NativeFrame:
        """Return how far each value is from the best, after the normalisation.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            As in :meth:`from_sample`, with the errors of its columns.

        Returns
        -------
        table of float64
            Customers × criteria, from 0 at the best (or beyond) to the span of the criterion at
            the worst (or beyond), in the library and index of `X`.
        """
        table, found = self.shortfall_array(X, type(self).__name__)
        return table.to_frame(dict(zip(self.names, found.T.copy(), strict=True)))

    def outside(self, X: NativeFrame) -> NativeFrame:
        """Tell which values lie beyond an ideal, and so count as the ideal.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            As in :meth:`from_sample`, with the errors of its columns.

        Returns
        -------
        table of bool
            Customers × criteria, in the library and index of `X`.
        """
        table, values = read_complete(X, self.names, type(self).__name__)
        ends = np.array([[self.best[name], self.worst[name]] for name in self.names])
        beyond = (values < ends.min(axis=1)) | (values > ends.max(axis=1))
        return table.to_frame(dict(zip(self.names, beyond.T.copy(), strict=True)))

    def table(self) -> pd.DataFrame:
        """Return a row a criterion: criterion, best, worst, unit of the differences.

        Returns
        -------
        DataFrame
        """
        return pd.DataFrame(
            {
                "criterion": self.names,
                "best": list(self.best.values()),
                "worst": list(self.worst.values()),
                "unit": self._units(),
            }
        )

    def shortfall_array(self, X: NativeFrame, owner: str) -> tuple[Table, Float2D]:
        """Return a table as it was read, and its shortfalls as an array; errors name the owner."""
        table, values = read_complete(X, self.names, owner)
        best, worst = (np.array(list(part.values())) for part in (self.best, self.worst))
        clipped = np.clip(values, np.minimum(best, worst), np.maximum(best, worst))
        distance = np.abs(best - clipped)
        return table, self._normalised(distance)

    def checked_weights(self, weights: Any, owner: str) -> Weights:
        """Return weights, those of a hierarchy by its leaves, once they fit these criteria.

        They must be of the same criteria, and what counts must tell customers apart.
        """
        if isinstance(weights, WeightHierarchy):
            weights = weights.leaves()
        check_kind(weights, "weights", owner, Weights)
        given: dict[str, float] = weights.to_dict()
        for name in given:
            if name not in self.names:
                raise unknown_name(name, self.names, "criterion", "the ideal points")
        unweighed = [name for name in self.names if name not in given]
        if unweighed:
            msg = f"{owner} has ideal points of {unweighed[0]!r}, and no weight of it."
            raise InvalidParameterError(msg)
        for name, weight in given.items():
            if weight > 0 and self.best[name] == self.worst[name]:
                msg = (
                    f"The best and the worst value of {name!r} are both {self.best[name]:g}, so it "
                    "tells nobody apart. Leave it out, give it the weight 0, or give ideal points "
                    "by hand."
                )
                raise InvalidDataError(msg)
        found: Weights = weights
        return found

    def _check_span(self, name: str) -> None:
        """Check that the best and the worst value of a criterion can be told apart by floats."""
        best, worst = self.best[name], self.worst[name]
        if math.isinf(best - worst):
            msg = (
                f"The best and the worst value of {name!r}, {best:g} and {worst:g}, are too far "
                "apart for a float. Measure it in a larger unit."
            )
            raise InvalidParameterError(msg)
        if best != worst and self.norms.get(name, 1.0) == 0:
            msg = (
                f"The norm of {name!r} must be above 0, as its values from {worst:g} to {best:g} "
                "are divided by it. Got 0."
            )
            raise InvalidParameterError(msg)

    def _normalised(self, distance: Float2D) -> Float2D:
        """Divide distances by the units; a constant criterion has none, and no distance."""
        units = self._units()
        return np.where(units > 0, distance / np.where(units > 0, units, 1.0), 0.0)

    def _units(self) -> Float1D:
        """Return what the differences of each criterion are divided by."""
        if self.normalisation == "vector":
            return np.array([self.norms[name] for name in self.names])
        return np.array([abs(self.best[name] - self.worst[name]) for name in self.names])

    def _content(self) -> dict[str, Any]:
        return {
            "best": dict(self.best),
            "worst": dict(self.worst),
            "normalisation": self.normalisation,
            "norms": dict(self.norms),
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say in one line from where to where each criterion goes."""
        shown = [f"{name} {self.worst[name]:g} to {self.best[name]:g}" for name in self.names[:6]]
        more = len(self.names) - len(shown)
        listed = ", ".join(shown) + (f", … {more} more" if more else "")
        return f"IdealPoints({listed}; {self.normalisation})"

    def _repr_html_(self) -> str:
        """Show the table."""
        formats = dict.fromkeys(("best", "worst", "unit"), "{:g}")
        caption = f"Ideal points ({self.normalisation})"
        return html_table(self.table(), caption=caption, formats=formats)


def _check_same(part: str, given: Mapping[str, float], names: tuple[str, ...]) -> None:
    differing = sorted(set(given) ^ set(names))
    if differing:
        msg = (
            f"The parts of IdealPoints must speak of the same criteria: {differing[0]!r} is in one "
            f"of 'best' and {part!r} only."
        )
        raise InvalidParameterError(msg)
