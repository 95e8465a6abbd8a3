"""Bands of a number, and of grades: low, medium, high."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Self, cast

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import like
from creditscore._typing import Closed, Float1D, Int1D
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.grade import GradeScale, MasterScale
from creditscore.segment._reading import codes_among, named, read_labels, read_numbers
from creditscore.segment._shortest import readable_quantiles

_THREE = ("low", "medium", "high")
SIGNS = ("+", "-")
"""What is behind the letter of a notch."""
CHINESE = {"low": "低", "medium": "中", "high": "高", "default": "违约", "unknown": "未知"}
"""Names of the usual bands."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Bands(JsonDocument):
    """Bands of a number, parted by bounds that stay as they are.

    Parameters
    ----------
    labels : tuple of str, default=("low", "medium", "high")
        Bands, that of the smallest numbers first.
    bounds : tuple of float of length len(labels) - 1
        Between each band and the next, increasing, in the unit of what is banded.
    labels_zh : tuple of str, default=()
        The same in Chinese; without, low, medium and high are known, and others keep their name.
    closed : {"left", "right"}, default="left"
        The end at which a band holds its bound: with "left", a number at a bound is in the upper
        band.

    Raises
    ------
    InvalidParameterError
        Labels and bounds that do not fit together.

    See Also
    --------
    Bands.from_sample : Bounds that give the bands certain shares of a sample.
    RiskBands : Bands of grades.

    Examples
    --------
    >>> from creditscore.segment import Bands
    >>> value = Bands(bounds=(10_000, 50_000))
    >>> value.assign([2_000, 10_000, 80_000, float("nan")]).tolist()
    ['low', 'medium', 'high', 'unknown']
    """

    _format: ClassVar[str] = "creditscore.bands"

    labels: tuple[str, ...] = _THREE
    bounds: tuple[float, ...]
    labels_zh: tuple[str, ...] = ()
    closed: Closed = "left"

    def __post_init__(self) -> None:
        """Check that labels and bounds fit together."""
        owner = type(self).__name__
        labels = read_labels(self.labels, "labels", owner)
        object.__setattr__(self, "labels", labels)
        bounds = tuple(
            check_real(bound, "bounds", owner, low=-math.inf, high=math.inf)
            for bound in read_entries(self.bounds, "bounds", owner)
        )
        object.__setattr__(self, "bounds", bounds)
        check_choice(self.closed, "closed", owner, ("left", "right"))
        rising = all(low < high for low, high in pairwise(bounds))
        if not rising or len(labels) != len(bounds) + 1:
            msg = (
                f"The 'bounds' parameter of {owner} must hold increasing numbers, one fewer than "
                f"there are labels. Got bounds {bounds!r} and labels {labels!r} instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "labels_zh", chinese_labels(self.labels_zh, labels, owner))

    @classmethod
    def from_sample(
        cls,
        values: Any,
        *,
        shares: tuple[float, ...] = (0.5, 0.3, 0.2),
        labels: tuple[str, ...] = _THREE,
    ) -> Self:
        """Put the bounds where the bands hold given shares of a sample, and keep them there.

        Parameters
        ----------
        values : array-like of shape (n_samples,)
            Numbers; missing ones are left out.
        shares : tuple of float, default=(0.5, 0.3, 0.2)
            Share of the sample in each band, that of the smallest numbers first; they add up to 1.
        labels : tuple of str, default=("low", "medium", "high")
            As many.

        Returns
        -------
        Bands
            With ``closed="right"``. A bound is the shortest decimal from the largest number of its
            band in the sample to below the next.

        Raises
        ------
        InvalidParameterError
            Shares that are not above zero, or do not add up to 1.
        InvalidDataError
            Two bounds coincide, because many customers have the same number. EmptyDataError: no
            number is known.

        Examples
        --------
        >>> from creditscore.segment import Bands
        >>> Bands.from_sample([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        Bands(low: up to 5, medium: above 5 to 8, high: above 8)
        """
        owner = "Bands.from_sample"
        given = read_entries(shares, "shares", owner)
        parts = [check_real(s, "shares", owner, low=0, high=1, closed="right") for s in given]
        if not math.isclose(math.fsum(parts), 1, abs_tol=1e-9) or len(parts) != len(labels):
            msg = (
                f"The 'shares' parameter of {owner} must hold a share for each of the "
                f"{len(labels)} labels, and add up to 1. Got {shares!r} instead."
            )
            raise InvalidParameterError(msg)
        numbers = read_numbers(values, "values")
        known = numbers[~np.isnan(numbers)]
        if not len(known):
            msg = "No value is known, so no bound can be put. Give bounds: Bands(bounds=…)."
            raise EmptyDataError(msg)
        # the last share is what is left; rounding keeps 0.5 + 0.3 from passing beyond a place
        levels = np.round(np.cumsum(parts)[:-1], 12)
        bounds = readable_quantiles(known, levels)
        if (np.diff(bounds) <= 0).any():
            msg = (
                f"Bands of the shares {shares!r} have the bounds {bounds.tolist()!r}, because many "
                "customers have the same number. Ask for fewer bands or other shares, or give "
                "bounds: Bands(bounds=…)."
            )
            raise InvalidDataError(msg)
        return cls(labels=labels, bounds=tuple(bounds.tolist()), closed="right")

    def assign(self, values: Any) -> Any:
        """Return the band of each number; "unknown" where it is missing.

        Parameters
        ----------
        values : Series or array-like of shape (n_samples,)
            Numbers, NaN where missing.

        Returns
        -------
        Series of str in the library and index of `values`, else ndarray of str

        Raises
        ------
        InvalidDataError
            Text, dates or infinity.
        """
        codes = self._codes(read_numbers(values, "values"))
        return like(named(self.labels, codes), values, name="band")

    def intervals(self) -> pd.DataFrame:
        """Return a row a band: band, band_zh, lower, upper, and both languages' words for them."""
        ends = [-math.inf, *self.bounds, math.inf]
        return pd.DataFrame(
            {
                "band": self.labels,
                "band_zh": self.labels_zh,
                "lower": ends[:-1],
                "upper": ends[1:],
                "interval": self._words(chinese=False),
                "interval_zh": self._words(chinese=True),
            }
        )

    def _codes(self, numbers: Float1D) -> Int1D:
        side = "right" if self.closed == "left" else "left"
        bounds = np.asarray(self.bounds, dtype=np.float64)
        codes = np.searchsorted(bounds, numbers, side=side)  # type: ignore[call-overload]
        return np.where(np.isnan(numbers), -1, codes).astype(np.intp)

    def _words(self, *, chinese: bool) -> list[str]:
        if not self.bounds:
            return ["全部" if chinese else "all"]
        texts = [f"{bound:,.12g}" for bound in self.bounds]
        left = self.closed == "left"
        if chinese:
            first, between, last = (
                ("低于{}", "{}至低于{}", "{}及以上")
                if left
                else ("不超过{}", "高于{}至{}", "高于{}")
            )
        else:
            first, between, last = (
                ("below {}", "{} to below {}", "{} and above")
                if left
                else ("up to {}", "above {} to {}", "above {}")
            )
        inner = [between.format(low, high) for low, high in pairwise(texts)]
        return [first.format(texts[0]), *inner, last.format(texts[-1])]

    def _content(self) -> dict[str, Any]:
        return {
            "labels": list(self.labels),
            "bounds": list(self.bounds),
            "labels_zh": list(self.labels_zh),
            "closed": self.closed,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say the bands in one line."""
        words = self._words(chinese=False)
        inside = ", ".join(f"{a}: {b}" for a, b in zip(self.labels, words, strict=True))
        return f"Bands({inside})"

    def _repr_html_(self) -> str:
        """Show the bands."""
        shown = self.intervals()[["band", "band_zh", "interval"]]
        return html_table(shown, caption="Bands", formats={})


@dataclass(frozen=True, kw_only=True, repr=False)
class RiskBands(JsonDocument):
    """Bands of risk, each of several grades.

    Parameters
    ----------
    grades : mapping of str to str, or pairs of them
        Band of each grade, the safest grade first; kept as pairs.
    bands : tuple of str, default=("low", "medium", "high", "default")
        Bands, the safest first.
    bands_zh : tuple of str, default=()
        The same in Chinese; without, the usual bands are known, and others keep their name.

    Raises
    ------
    InvalidParameterError
        A grade has a band that is none, a band has no grade, or a riskier grade has a safer band.

    See Also
    --------
    RiskBands.from_scale : Parts the grades of a scale.

    Examples
    --------
    >>> from creditscore.segment import RiskBands
    >>> risk = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})
    >>> risk.assign(["B", "D", None]).tolist()
    ['medium', 'default', 'unknown']
    """

    _format: ClassVar[str] = "creditscore.risk_bands"

    grades: Mapping[str, str] | tuple[tuple[str, str], ...]
    bands: tuple[str, ...] = ("low", "medium", "high", "default")
    bands_zh: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that each grade has a band, and each band a grade."""
        owner = type(self).__name__
        object.__setattr__(self, "bands", read_labels(self.bands, "bands", owner))
        zh = chinese_labels(self.bands_zh, self.bands, owner)
        object.__setattr__(self, "bands_zh", zh)
        pairs = read_pairs(self.grades, "grades", owner)
        object.__setattr__(self, "grades", pairs)
        labels = read_labels(tuple(grade for grade, _ in pairs), "grades", owner)
        places = []
        for grade, band in pairs:
            if band not in self.bands:
                raise unknown_name(band, self.bands, f"band, that of grade {grade!r},", "'bands'")
            places.append(self.bands.index(band))
        held = {band for _, band in pairs}
        empty = [band for band in self.bands if band not in held]
        if empty:
            msg = (
                f"The 'grades' parameter of {owner} must put a grade into each band. Without a "
                f"grade are {', '.join(map(repr, empty))}: leave them out of 'bands'."
            )
            raise InvalidParameterError(msg)
        for (safer, a), (riskier, b) in pairwise(zip(labels, places, strict=True)):
            if b < a:
                msg = (
                    f"The 'grades' parameter of {owner} must run from the safest grade to the "
                    f"riskiest. Got {riskier!r} in the band {self.bands[b]!r} after {safer!r} in "
                    f"{self.bands[a]!r}."
                )
                raise InvalidParameterError(msg)

    @classmethod
    def from_scale(
        cls, scale: GradeScale | MasterScale, *, last_low: str = "BBB", last_medium: str = "B"
    ) -> Self:
        """Part the grades of a scale: low, medium and high risk, and default.

        Parameters
        ----------
        scale : GradeScale or MasterScale
            Its `default_label` is the band "default".
        last_low : str, default="BBB"
            The riskiest grade of low risk; BBB is the last of what agencies call investment grade.
            Of a scale with notches, a letter stands for all of its own, BBB- too.
        last_medium : str, default="B"
            The riskiest grade of medium risk, read alike; riskier ones are of high risk.

        Raises
        ------
        InvalidParameterError
            A grade that the scale does not have, or a band that no grade is left for.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> from creditscore.segment import RiskBands
        >>> RiskBands.from_scale(GradeScale.agency())
        RiskBands(low: AAA, AA, A, BBB; medium: BB, B; high: CCC; default: D)
        """
        owner = "RiskBands.from_scale"
        scale = scale_of(scale, owner)
        last = []
        for name, grade in (("last_low", last_low), ("last_medium", last_medium)):
            own = (grade, *(f"{grade}{sign}" for sign in SIGNS))
            found = [place for place, label in enumerate(scale.labels) if label in own]
            if not found:
                raise unknown_name(grade, scale.labels, f"grade, the {name!r},", "the scale")
            last.append(found[-1])
        # where default is the last grade of the scale itself, it is no grade of high risk
        labels = [label for label in scale.labels if label != scale.default_label]
        places = np.searchsorted(last, np.arange(len(labels)), side="left")
        grades = {label: _THREE[place] for label, place in zip(labels, places, strict=True)}
        return cls(grades={**grades, scale.default_label: "default"})

    def assign(self, grades: Any) -> Any:
        """Return the band of each grade; "unknown" where it is missing.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_samples,)
            Grades, None or NaN where missing.

        Returns
        -------
        Series of str in the library and index of `grades`, else ndarray of str

        Raises
        ------
        InvalidDataError
            A grade that has no band.
        """
        _, codes = self._codes(grades)
        return like(named(self.bands, codes), grades, name="band")

    @property
    def grade_labels(self) -> tuple[str, ...]:
        """The grades, the safest first."""
        return tuple(grade for grade, _ in self.pairs)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each grade with its band, as `grades` is kept."""
        return cast("tuple[tuple[str, str], ...]", self.grades)

    def _codes(self, grades: Any) -> tuple[Int1D, Int1D]:
        """Return the place of each grade, and of its band; -1 where missing."""
        places = codes_among(grades, "grades", self.grade_labels, of="the graded risks")
        band_of = [*(self.bands.index(band) for _, band in self.pairs), -1]
        return places, np.array(band_of, dtype=np.intp).take(places)

    def _content(self) -> dict[str, Any]:
        return {
            "grades": [list(pair) for pair in self.pairs],
            "bands": list(self.bands),
            "bands_zh": list(self.bands_zh),
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say in one line which grades are in which band."""
        parts = [
            f"{band}: {', '.join(g for g, b in self.pairs if b == band)}" for band in self.bands
        ]
        return f"RiskBands({'; '.join(parts)})"

    def _repr_html_(self) -> str:
        """Show the band of each grade."""
        shown = pd.DataFrame(list(self.pairs), columns=["grade", "band"])
        return html_table(shown, caption="Bands of risk", formats={})


def scale_of(scale: Any, owner: str) -> GradeScale:
    """Return the grades and bounds of a grade scale, or of a master scale."""
    found = scale.scale if isinstance(scale, MasterScale) else scale
    check_kind(found, "scale", owner, GradeScale)
    return cast("GradeScale", found)


def read_pairs(value: Any, name: str, owner: str) -> tuple[tuple[Any, Any], ...]:
    """Read a mapping, or pairs, as a tuple of pairs, in its order."""
    entries = value.items() if isinstance(value, Mapping) else read_entries(value, name, owner)
    pairs = tuple(tuple(entry) if isinstance(entry, (list, tuple)) else () for entry in entries)
    if not all(len(pair) == 2 for pair in pairs):
        msg = f"The {name!r} parameter of {owner} must be a mapping. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return cast("tuple[tuple[Any, Any], ...]", pairs)


def chinese_labels(given: Any, labels: tuple[str, ...], owner: str) -> tuple[str, ...]:
    """Return a Chinese name for each label: as given, else as known, else the label itself."""
    names = read_entries(given, "labels_zh", owner)
    if not names:
        return tuple(CHINESE.get(label, label) for label in labels)
    if len(names) != len(labels) or not all(isinstance(name, str) and name for name in names):
        msg = (
            f"The Chinese names of {owner} must be as many texts as there are labels, {len(labels)}"
            f". Got {given!r} instead."
        )
        raise InvalidParameterError(msg)
    return names
