"""Sizes of firms: thresholds by industry, and how several measures make one size."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, Self, TypeAlias, get_args

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._validation import check_choice, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise._classify._values import read_amounts, read_texts

SizeMeasure: TypeAlias = Literal["employees", "revenue", "assets"]
SizeRule: TypeAlias = Literal["all", "employees_and_one_amount"]
SIZES = ("micro", "small", "medium", "large")
MEASURES: tuple[str, ...] = get_args(SizeMeasure)
_RULES: tuple[str, ...] = get_args(SizeRule)


@dataclass(frozen=True, kw_only=True)
class SizeThreshold:
    """From where on a firm is small, medium and large by one measure.

    Parameters
    ----------
    industry : str
        To which firms it applies; empty for all.
    measure : {"employees", "revenue", "assets"}
        Persons, sales of a year, or total assets.
    small, medium, large : float
        Bounds of the sizes, in persons or in units of money, 0 or more and rising.
    included : bool, default=True
        Whether the bound itself is of the larger size.

    Raises
    ------
    InvalidParameterError
        The measure is another, or bounds do not rise.

    Examples
    --------
    >>> from creditscore.organise import SizeThreshold
    >>> rule = SizeThreshold(
    ...     industry="wholesale", measure="employees", small=5, medium=20, large=200,
    ... )
    >>> rule.size_of(19.0), rule.size_of(20.0)
    (1, 2)
    """

    industry: str
    measure: SizeMeasure
    small: float
    medium: float
    large: float
    included: bool = True

    def __post_init__(self) -> None:
        """Check that bounds rise."""
        owner = "SizeThreshold"
        check_kind(self.industry, "industry", owner, str)
        check_kind(self.included, "included", owner, bool)
        check_choice(self.measure, "measure", owner, MEASURES)
        for name in ("small", "medium", "large"):
            value = check_real(
                getattr(self, name), name, owner, low=0, high=math.inf, closed="left"
            )
            object.__setattr__(self, name, value)
        if not self.small < self.medium < self.large:
            msg = (
                f"The bounds of {owner} must rise from small over medium to large. Got "
                f"{self.small:g}, {self.medium:g} and {self.large:g}."
            )
            raise InvalidParameterError(msg)

    def size_of(self, value: float) -> int:
        """Return the size by this measure: 0 micro, 1 small, 2 medium, 3 large."""
        bounds = (self.small, self.medium, self.large)
        return sum(value >= bound if self.included else value > bound for bound in bounds)


@dataclass(frozen=True, kw_only=True, repr=False)
class SizeStandard(JsonDocument):
    """A standard of sizes; another one is made by ``dataclasses.replace``, or from nothing.

    Parameters
    ----------
    name : str
        What it is called.
    currency : str
        Of all amounts, by ISO 4217.
    thresholds : tuple of SizeThreshold
        Each industry and measure once; either all of one industry, the empty one, or by industry.
    rule : {"all", "employees_and_one_amount"}, default="all"
        "all": a firm has a size if each measure reaches it. "employees_and_one_amount": it must
        stay below the ceiling by employees and by one of revenue and assets.

    Raises
    ------
    InvalidParameterError
        Two thresholds are of one industry and measure, or there is none.

    Examples
    --------
    >>> from creditscore.organise import SizeStandard
    >>> china = SizeStandard.china_2011()
    >>> china.classify(industry=["wholesale", "wholesale", "finance"], employees=[20, 20, 5],
    ...                revenue=[50e6, 49e6, 1e6])[["size", "reason"]].values.tolist()
    [['medium', ''], ['small', ''], [None, 'no thresholds for this industry']]
    """

    name: str
    currency: str
    thresholds: tuple[SizeThreshold, ...]
    rule: SizeRule = "all"
    _format: ClassVar[str] = "creditscore.size_standard"

    def __post_init__(self) -> None:
        """Check that each industry and measure stands once."""
        owner = "SizeStandard"
        check_kind(self.name, "name", owner, str)
        check_kind(self.currency, "currency", owner, str)
        check_choice(self.rule, "rule", owner, _RULES)
        thresholds = read_entries(self.thresholds, "thresholds", owner)
        object.__setattr__(self, "thresholds", thresholds)
        keys = []
        for one in thresholds:
            check_kind(one, "thresholds", owner, SizeThreshold)
            keys.append((one.industry, one.measure))
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None or not keys:
            what = f"{twice[1]} of {twice[0] or 'all'} twice" if twice else "none"
            msg = f"{owner} must have thresholds, one an industry and measure. Got {what}."
            raise InvalidParameterError(msg)

    @classmethod
    def china_2011(cls) -> Self:
        """Return the standard of China of 2011 for small and medium enterprises.

        Returns
        -------
        SizeStandard
            16 industries, amounts in CNY. A firm of a size must reach all its lower bounds; one
            that falls short of one is of the next smaller size.

        References
        ----------
        工业和信息化部 et al. (2011). 中小企业划型标准规定, 工信部联企业〔2011〕300号.
        """
        thresholds = tuple(
            SizeThreshold(industry=industry, measure=measure, small=small * unit,
                          medium=medium * unit, large=large * unit)
            for industry, measures in _CHINA.items()
            for measure, (small, medium, large) in measures.items()
            for unit in [1 if measure == "employees" else 10_000]
        )  # fmt: skip
        return cls(name="China 2011", currency="CNY", thresholds=thresholds)

    @classmethod
    def eu_2003(cls) -> Self:
        """Return the definition of the European Union of 2003.

        Returns
        -------
        SizeStandard
            For all industries, amounts in EUR: micro has fewer than 10 persons and 2 million of
            turnover or balance sheet at most; small 50 and 10 million; medium 250, and 50
            million of turnover or 43 million of balance sheet. Partners and linked firms count
            in, so groups are classified by their consolidated accounts.

        References
        ----------
        Commission Recommendation 2003/361/EC of 6 May 2003, Annex, Article 2.
        """
        return cls(
            name="EU 2003", currency="EUR", rule="employees_and_one_amount",
            thresholds=(
                SizeThreshold(industry="", measure="employees", small=10, medium=50, large=250),
                SizeThreshold(industry="", measure="revenue", small=2e6, medium=10e6, large=50e6,
                              included=False),
                SizeThreshold(industry="", measure="assets", small=2e6, medium=10e6, large=43e6,
                              included=False),
            ),
        )  # fmt: skip

    @property
    def industries(self) -> tuple[str, ...]:
        """The industries that have thresholds; one empty name where they hold for all."""
        return tuple(dict.fromkeys(one.industry for one in self.thresholds))

    def classify(
        self,
        *,
        industry: Iterable[Any] | None = None,
        employees: Any = None,
        revenue: Any = None,
        assets: Any = None,
    ) -> pd.DataFrame:
        """Return the size of firms.

        Parameters
        ----------
        industry : Series or sequence of str, optional
            Names of industries as the standard has them; not needed where it has but one.
        employees, revenue, assets : Series or sequence of float, optional
            Persons, and amounts in the standard's currency, all of equal length; NaN where not
            known.

        Returns
        -------
        DataFrame
            A row a firm, with the index of the first pandas column: size ("micro", "small",
            "medium", "large", or None where not known) and reason (why not, else empty).

        Raises
        ------
        InvalidParameterError
            No measure is given, or the industry is needed and is not.
        InvalidDataError
            Columns of unequal length, or an amount below 0.

        Notes
        -----
        Where a measure is missing, the size is worked out with 0 and with infinity in its place; if
        both agree it is known nevertheless, as 3 persons are micro whatever the revenue.
        """
        given = {"employees": employees, "revenue": revenue, "assets": assets}
        columns = [column for column in (industry, *given.values()) if column is not None]
        if all(column is None for column in given.values()):
            msg = "SizeStandard.classify needs one of employees, revenue and assets. Got none."
            raise InvalidParameterError(msg)
        n_rows = len(list(columns[0]))
        index = next((one.index for one in columns if isinstance(one, pd.Series)), None)
        names = self._industries(industry, n_rows)
        values = {name: read_amounts(column, n_rows, name) for name, column in given.items()}
        for name, column in values.items():
            if len(column) != n_rows or len(names) != n_rows:
                msg = f"{name!r} has {len(column)} rows and the first column {n_rows}."
                raise InvalidDataError(msg)
        rules: dict[str, list[SizeThreshold]] = {}
        for one in self.thresholds:
            rules.setdefault(one.industry, []).append(one)
        rows = [
            self._size(rules.get(name), {measure: values[measure][row] for measure in MEASURES})
            for row, name in enumerate(names)
        ]
        return pd.DataFrame(rows, columns=["size", "reason"], index=index, dtype=object)

    def frame(self) -> pd.DataFrame:
        """Return a row a threshold: industry, measure, small, medium, large and included."""
        return pd.DataFrame([asdict(one) for one in self.thresholds])

    def _industries(self, industry: Iterable[Any] | None, n_rows: int) -> list[str]:
        if self.industries == ("",):
            return [""] * n_rows
        if industry is None:
            msg = f"{self.name} goes by industry: give 'industry', one of {self.industries}."
            raise InvalidParameterError(msg)
        return read_texts(industry, "industry", "SizeStandard.classify")[0]

    def _size(
        self, rules: list[SizeThreshold] | None, values: Mapping[str, float]
    ) -> tuple[str | None, str]:
        if rules is None:
            return None, "no thresholds for this industry"
        low, high = (self._with(rules, values, gap) for gap in (0.0, math.inf))
        if low == high:
            return SIZES[low], ""
        missing = [one.measure for one in rules if np.isnan(values[one.measure])]
        return None, f"missing: {', '.join(missing)}"

    def _with(self, rules: list[SizeThreshold], values: Mapping[str, float], gap: float) -> int:
        sizes = {}
        for one in rules:
            value = values[one.measure]
            sizes[one.measure] = one.size_of(gap if np.isnan(value) else value)
        if self.rule == "all":
            return min(sizes.values())
        amounts = [size for measure, size in sizes.items() if measure != "employees"]
        return max(sizes.get("employees", 0), min(amounts, default=0))

    def _content(self) -> dict[str, Any]:
        rules = [asdict(one) for one in self.thresholds]
        return {
            "name": self.name, "currency": self.currency, "rule": self.rule, "thresholds": rules,
        }  # fmt: skip

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        rules = tuple(SizeThreshold(**one) for one in content["thresholds"])
        return cls(**{**content, "thresholds": rules})

    def __repr__(self) -> str:
        """Say in one line what it is."""
        n = len(self.industries)
        whom = "all industries" if self.industries == ("",) else f"{n} industries"
        return f"SizeStandard({self.name}: {whom}, {self.currency})"

    def _repr_html_(self) -> str:
        """Show the thresholds."""
        formats = dict.fromkeys(("small", "medium", "large"), "{:,.0f}")
        return html_table(self.frame(), caption=repr(self), formats=formats)


_CHINA: dict[str, dict[SizeMeasure, tuple[float, float, float]]] = {
    "agriculture": {"revenue": (50, 500, 20_000)},
    "industry": {"employees": (20, 300, 1_000), "revenue": (300, 2_000, 40_000)},
    "construction": {"revenue": (300, 6_000, 80_000), "assets": (300, 5_000, 80_000)},
    "wholesale": {"employees": (5, 20, 200), "revenue": (1_000, 5_000, 40_000)},
    "retail": {"employees": (10, 50, 300), "revenue": (100, 500, 20_000)},
    "transport": {"employees": (20, 300, 1_000), "revenue": (200, 3_000, 30_000)},
    "storage": {"employees": (20, 100, 200), "revenue": (100, 1_000, 30_000)},
    "post": {"employees": (20, 300, 1_000), "revenue": (100, 2_000, 30_000)},
    "accommodation": {"employees": (10, 100, 300), "revenue": (100, 2_000, 10_000)},
    "catering": {"employees": (10, 100, 300), "revenue": (100, 2_000, 10_000)},
    "information transmission": {"employees": (10, 100, 2_000), "revenue": (100, 1_000, 100_000)},
    "software": {"employees": (10, 100, 300), "revenue": (50, 1_000, 10_000)},
    "real estate development": {"revenue": (100, 1_000, 200_000), "assets": (2_000, 5_000, 10_000)},
    "property management": {"employees": (100, 300, 1_000), "revenue": (500, 1_000, 5_000)},
    "leasing and business services": {
        "employees": (10, 100, 300), "assets": (100, 8_000, 120_000),
    },
    "other": {"employees": (10, 100, 300)},
}  # fmt: skip
"""Of the standard of 2011: persons, and 10,000 CNY; lower bounds of small, medium and large."""
