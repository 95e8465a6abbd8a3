"""One characteristic of a card: which value earns how many points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np

from creditscore._checks import check_kind, set_number
from creditscore._frame import Table
from creditscore._typing import Float1D, Int1D, Level
from creditscore._validation import check_choice, check_real
from creditscore.binning import (
    CategoricalPartition,
    NumericPartition,
    Partition,
)
from creditscore.exceptions import InvalidParameterError, RefusedValueError

_TREATMENTS = ("neutral", "most_risky", "least_risky", "nearest", "unmet", "error")


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """What one attribute is worth, and on what evidence.

    Parameters
    ----------
    points : float
        Points; for an interval with a slope, those at its lower end.
    slope : float, default=0
        Points for each unit above the lower end of the interval.
    woe : float, optional
        Weight of evidence, where the card was estimated.
    n_good, n_bad : float, optional
        Counts in the sample of the estimate; None where the points were written by hand.
    treatment : {"neutral", "most_risky", "least_risky", "nearest", "unmet", "error"}, optional
        How a policy set the WOE (:class:`creditscore.binning.BinPolicy`), where it is not that
        of the attribute's own counts, or of theirs and others' together. "unmet": as the policy
        says of what the fit met no row of; "error": rows of it are refused.
    overridden : bool, default=False
        Whether somebody set the points by hand, against the estimate or the first author; see
        :meth:`Scorecard.with_points`, which keeps who and why.

    Examples
    --------
    >>> from creditscore.scorecard import Attribute
    >>> Attribute(points=12.5)
    Attribute(points=12.5, slope=0.0, woe=None, n_good=None, n_bad=None, treatment=None, \
overridden=False)
    >>> Attribute(points=40, woe=0, n_good=0, n_bad=0).unmet
    True
    """

    points: float
    slope: float = 0.0
    woe: float | None = None
    n_good: float | None = None
    n_bad: float | None = None
    treatment: str | None = None
    overridden: bool = False

    def __post_init__(self) -> None:
        """Refuse points that are no numbers, counts below zero and unknown treatments."""
        try:
            set_number(self, "points")
            set_number(self, "slope")
        except InvalidParameterError as error:
            msg = (
                "The points of an attribute must be finite numbers. Got points "
                f"{self.points!r} and slope {self.slope!r}."
            )
            raise InvalidParameterError(msg) from error
        if self.woe is not None:
            set_number(self, "woe")
        for name in ("n_good", "n_bad"):
            if getattr(self, name) is not None:
                set_number(self, name, low=0, closed="left")
        if self.treatment is not None:
            check_choice(self.treatment, "treatment", type(self).__name__, _TREATMENTS)
        check_kind(self.overridden, "overridden", type(self).__name__, bool)

    @property
    def refused(self) -> bool:
        """Whether rows of it are refused."""
        return self.treatment == "error"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; treatment and override only where there is one."""
        content = asdict(self)
        if self.treatment is None:
            del content["treatment"]
        if not self.overridden:
            del content["overridden"]
        return content

    @property
    def unmet(self) -> bool:
        """Whether the sample of the estimate held no row of it; False without any counts."""
        return self.n_good == 0 and self.n_bad == 0


@dataclass(frozen=True, kw_only=True)
class Characteristic:
    """A column of the customer's file, split into attributes with points.

    Points are constant in an attribute or, in an interval between two finite cuts, linear.

    Parameters
    ----------
    name : str
        Column that is read.
    partition : NumericPartition, MixedPartition or CategoricalPartition
        Which value falls in which attribute.
    attributes : tuple of Attribute
        One for each attribute of the partition, in its order: regular bins, special codes,
        missing, and for categories levels never seen.
    coefficient : float, optional
        Coefficient of the WOE, where the card was estimated.
    neutral_points : float, optional
        Points of a case that is neither better nor worse than the sample (WOE 0).

    See Also
    --------
    Characteristic.numeric, Characteristic.categorical : Write one by hand.

    Examples
    --------
    Fewer than 2 years in business earn nothing, 2 to 10 years 5 points a year, more earn 40:

    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric(
    ...     "years_in_business", cuts=[2, 10], points=[0, 0, 40], slopes=[0, 5, 0],
    ...     missing_points=0,
    ... )
    >>> years.partition.labels
    ('< 2', '[2, 10)', '>= 10', 'Missing')
    """

    name: str
    partition: Partition
    attributes: tuple[Attribute, ...]
    coefficient: float | None = None
    neutral_points: float | None = None

    def __post_init__(self) -> None:
        """Check that attributes and partition belong together."""
        object.__setattr__(self, "attributes", tuple(self.attributes))
        owner = type(self).__name__
        check_kind(self.name, "name", owner, str)
        check_kind(self.partition, "partition", owner, Partition)
        for attribute in self.attributes:
            check_kind(attribute, "attributes", owner, Attribute)
        for name in ("coefficient", "neutral_points"):
            if getattr(self, name) is not None:
                set_number(self, name)
        if len(self.attributes) != self.partition.n_codes:
            msg = (
                f"Characteristic {self.name!r} needs {self.partition.n_codes} attributes, one for "
                f"each of {', '.join(self.partition.labels)}. Got {len(self.attributes)} instead."
            )
            raise InvalidParameterError(msg)
        if all(attribute.refused for attribute in self.attributes):
            msg = (
                f"Characteristic {self.name!r} refuses every value, so that no case could be "
                "scored. Leave it out, or give an attribute points."
            )
            raise InvalidParameterError(msg)
        for code, attribute in enumerate(self.attributes):
            if attribute.slope and not self._bounded(code):
                msg = (
                    f"Attribute {self.partition.labels[code]!r} of {self.name!r} has a slope but "
                    "no finite ends, so its points have no bound. Make it constant, or cut it."
                )
                raise InvalidParameterError(msg)

    @classmethod
    def numeric(
        cls,
        name: str,
        *,
        cuts: Sequence[float],
        points: Sequence[float],
        missing_points: float,
        slopes: Sequence[float] | None = None,
        special_points: Mapping[float, float] | None = None,
    ) -> Self:
        """Write a numeric characteristic by hand.

        Parameters
        ----------
        name : str
            Column that is read.
        cuts : sequence of float
            Increasing; a value at a cut belongs to the upper interval.
        points : sequence of float of length len(cuts) + 1
            Points of each interval, at its lower end where it has a slope.
        missing_points : float
            Points of a missing value.
        slopes : sequence of float, optional
            Points for each unit within an interval, 0 in the first and the last.
        special_points : mapping of float to float, optional
            Points of special codes.

        Returns
        -------
        Characteristic

        Raises
        ------
        InvalidParameterError
            Points or slopes are not as many as intervals; cuts do not increase; a slope in an
            interval without two ends; a number is not finite.

        Examples
        --------
        >>> from creditscore.scorecard import Characteristic
        >>> income = Characteristic.numeric(
        ...     "income", cuts=[2_000], points=[10, 25], missing_points=5, special_points={-9: 0}
        ... )
        >>> income.partition.labels
        ('< 2000', '>= 2000', 'Special -9', 'Missing')
        """
        special = dict(special_points or {})
        partition = NumericPartition(
            cuts=tuple(map(float, cuts)), special_codes=tuple(map(float, special))
        )
        if len(points) != partition.n_regular:
            msg = (
                f"'points' of {name!r} must have one entry for each of the {partition.n_regular} "
                f"intervals {', '.join(partition.regular_labels)}. Got {len(points)} instead."
            )
            raise InvalidParameterError(msg)
        steepness = [0.0] * len(points) if slopes is None else list(slopes)
        if len(points) != len(steepness):
            msg = f"'slopes' of {name!r} must have one entry for each of the {len(points)} points."
            raise InvalidParameterError(msg)
        attributes = [Attribute(points=p, slope=s) for p, s in zip(points, steepness, strict=True)]
        attributes += [Attribute(points=p) for p in (*special.values(), missing_points)]
        return cls(name=name, partition=partition, attributes=tuple(attributes))

    @classmethod
    def categorical(
        cls,
        name: str,
        *,
        points: Mapping[Level | tuple[Level, ...], float],
        missing_points: float,
        other_points: float,
    ) -> Self:
        """Write a categorical characteristic by hand.

        Parameters
        ----------
        name : str
            Column that is read.
        points : mapping of level, or tuple of levels, to float
            Points of each group of levels.
        missing_points, other_points : float
            Points of a missing value and of any other level.

        Returns
        -------
        Characteristic

        Raises
        ------
        InvalidParameterError
            A level stands in two groups, or is neither text nor a finite number nor a boolean.

        Examples
        --------
        >>> from creditscore.scorecard import Characteristic
        >>> audit = Characteristic.categorical(
        ...     "audit", points={"clean": 30, ("qualified", "none"): 5}, missing_points=0,
        ...     other_points=2,
        ... )
        >>> audit.partition.labels
        ('clean', 'qualified, none', 'Missing', 'Other')
        """
        groups = tuple(
            tuple(map(_plain_level, key if isinstance(key, tuple) else (key,))) for key in points
        )
        values = (*points.values(), missing_points, other_points)
        return cls(
            name=name,
            partition=CategoricalPartition(groups=groups),
            attributes=tuple(Attribute(points=value) for value in values),
        )

    @property
    def points_range(self) -> tuple[float, float]:
        """Least and most points that any value can earn, refused ones apart."""
        ends = [attribute.points for attribute in self.attributes if not attribute.refused]
        if isinstance(self.partition, NumericPartition):
            lower, upper = self.partition.bounds()
            ends += [
                a.points + a.slope * (high - low)
                for a, low, high in zip(self.attributes, lower, upper, strict=False)
                if a.slope
            ]
        return min(ends), max(ends)

    def points(self, table: Table) -> Float1D:
        """Return the points of each row."""
        return self.codes_and_points(table)[1]

    def codes_and_points(self, table: Table) -> tuple[Int1D, Float1D]:
        """Return the attribute of each row, as its place in the card, and its points.

        Rows of attributes that are refused raise a RefusedValueError; levels never seen warn.
        """
        codes = self.partition.codes(table, self.name)
        if self.refused_codes:
            self.check_refused(np.bincount(codes, minlength=len(self.attributes)))
        return codes, self.points_of(codes, table)

    def points_of(self, codes: Int1D, table: Table) -> Float1D:
        """Return the points of rows whose attributes are known."""
        constant = np.array([attribute.points for attribute in self.attributes])
        points: Float1D = constant.take(codes)
        slope = np.array([attribute.slope for attribute in self.attributes])
        if slope.any() and isinstance(self.partition, NumericPartition):
            values = self.partition.values(table, self.name)
            lower = np.zeros(self.partition.n_codes)
            lower[1 : self.partition.n_regular] = self.partition.cuts
            rise = np.where(slope.take(codes) == 0, 0.0, values - lower.take(codes))
            points = points + slope.take(codes) * rise
        return points

    @property
    def refused_codes(self) -> tuple[int, ...]:
        """Attributes whose rows are refused."""
        return tuple(code for code, attribute in enumerate(self.attributes) if attribute.refused)

    def check_refused(self, rows: Mapping[int, int] | Int1D) -> None:
        """Refuse rows that the policy of the bins refuses, given the rows of each attribute."""
        labels = self.partition.labels
        found = [
            f"{labels[code]!r} in {rows[code]} row(s)" for code in self.refused_codes if rows[code]
        ]
        if found:
            msg = (
                f"Characteristic {self.name!r} does not score what the policy of its bins refuses: "
                f"{', '.join(found)}. Correct or leave out these rows, or make the card with "
                "another treatment in BinPolicy."
            )
            raise RefusedValueError(msg)

    def rescaled(self, *, ratio: float, shift: float) -> Self:
        """Return the same characteristic with points × `ratio` + `shift`.

        Parameters
        ----------
        ratio : float
            Points of the new scale for a point of the old one, not zero; below zero where the
            new scale runs the other way.
        shift : float
            Points added to each attribute.
        """
        check_real(ratio, "ratio", "Characteristic.rescaled", low=-math.inf, high=math.inf)
        if not ratio:
            msg = "A 'ratio' of 0 would leave all points alike. Give another one."
            raise InvalidParameterError(msg)
        attributes = tuple(
            replace(a, points=a.points * ratio + shift, slope=a.slope * ratio)
            for a in self.attributes
        )
        neutral = None if self.neutral_points is None else self.neutral_points * ratio + shift
        return replace(self, attributes=attributes, neutral_points=neutral)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""
        return {
            "name": self.name,
            "partition": self.partition.to_dict(),
            "attributes": [attribute.to_dict() for attribute in self.attributes],
            "coefficient": self.coefficient,
            "neutral_points": self.neutral_points,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        return cls(
            name=content["name"],
            partition=Partition.from_dict(content["partition"]),
            attributes=tuple(Attribute(**attribute) for attribute in content["attributes"]),
            coefficient=content["coefficient"],
            neutral_points=content["neutral_points"],
        )

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`Scorecard.table` shows the attributes."""
        low, high = self.points_range
        linear = any(attribute.slope for attribute in self.attributes)
        kind = "linear" if linear else self.partition.kind
        return (
            f"<Characteristic {self.name!r}: {kind}, {len(self.attributes)} attributes, "
            f"{low:.6g} to {high:.6g} points>"
        )

    def _bounded(self, code: int) -> bool:
        cuts = len(self.partition.cuts) if isinstance(self.partition, NumericPartition) else 0
        return 0 < code < cuts


def _plain_level(level: Level) -> Level:
    """Return a level of numpy as Python's own, which a file can hold."""
    plain: Level = level.item() if isinstance(level, np.generic) else level
    return plain
