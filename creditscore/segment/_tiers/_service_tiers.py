"""Service tiers: a table of class and grade that the user edits, covered without a hole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from itertools import pairwise, product
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._typing import Int1D, NativeFrame
from creditscore._warn import warn_user
from creditscore.exceptions import DoubtfulRuleWarning, InvalidDataError, InvalidParameterError
from creditscore.segment._grid._bands import RiskBands
from creditscore.segment._reading import check_same_rows, frame_of, listed_some, read_names
from creditscore.segment._tiers._illustration import illustrated_tiers
from creditscore.segment._tiers._tier import ServiceTier

_FIELDS = tuple(entry.name for entry in fields(ServiceTier))
_COLUMNS = ("class", *_FIELDS[1:])
_WHOLE = ("payment_terms_days", "review_months")
_RISING = ("prepayment_share",)
_FALLING = ("payment_terms_days", "limit_factor", "review_months")
"""What a riskier grade has more of, and less of, or as much."""


@dataclass(frozen=True, kw_only=True, repr=False)
class ServiceTiers(JsonDocument):
    """How customers are served, for each class and each grade.

    Parameters
    ----------
    tiers : tuple of ServiceTier
        One for each combination of a class and a grade.
    grades : tuple of str
        The safest first; `unrated` stands last among them if there are tiers for customers without
        a grade.
    unrated : str, default="unrated"
        What customers without a grade are looked up as. It is no grade, and compared with none.

    Raises
    ------
    InvalidParameterError
        A combination without a tier, or with two; a grade that is not in `grades`. The message
        lists them.

    Warns
    -----
    DoubtfulRuleWarning
        Within a class, a riskier grade has longer terms, a larger limit factor, a later review or
        a smaller prepayment.

    See Also
    --------
    ServiceTiers.illustration : A table to begin with.
    CustomerGrid : Makes the classes.

    Examples
    --------
    >>> from creditscore.segment import RiskBands, ServiceTiers
    >>> risk = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})
    >>> tiers = ServiceTiers.illustration(risk)
    >>> table = tiers.assign(["high-value", "ordinary", "unknown"], ["A", "B", "C"])
    >>> table[["class", "grade", "payment_terms_days", "limit_factor", "review_months"]]
            class grade  payment_terms_days  limit_factor  review_months
    0  high-value     A                  60           1.5             12
    1    ordinary     B                  30           0.6              6
    2     unknown     C                  15           0.1              3
    """

    _format: ClassVar[str] = "creditscore.service_tiers"

    tiers: tuple[ServiceTier, ...]
    grades: tuple[str, ...]
    unrated: str = "unrated"

    def __post_init__(self) -> None:
        """Check that every combination has one tier, and tell where risk is turned upside down."""
        owner = type(self).__name__
        object.__setattr__(self, "tiers", read_entries(self.tiers, "tiers", owner))
        object.__setattr__(self, "grades", read_entries(self.grades, "grades", owner))
        for tier in self.tiers:
            check_kind(tier, "tiers", owner, ServiceTier)
        self._check_covered(owner)
        doubts = self.doubts()
        if len(doubts):
            warn_user(
                f"Riskier grades are served better in {counted(len(doubts), 'place')}: "
                f"{listed_some(doubts['sentence'].tolist())}. Correct the table, or keep it if it "
                "is meant so.",
                DoubtfulRuleWarning,
            )

    @classmethod
    def illustration(cls, risk: RiskBands) -> Self:
        """Make a table to begin with, for the classes of :meth:`CustomerGrid.standard`.

        Parameters
        ----------
        risk : RiskBands
            Of the bands low, medium, high and default.

        Notes
        -----
        An illustration, and no advice: margins, funding, law and competition decide. Its reasons:

        - the grade sets the terms, because they are what is lost: 60 days and the full limit at low
          risk; 30 days and 0.6 of it at medium; 15 days, 0.2 and half in advance at high; nothing
          but prepayment in default; without a grade as at high risk, until there is one;
        - the class moves them, because value pays for risk: half as much again for high-value
          customers, a fifth more where there is potential to win, half where the risk or a missing
          fact says so;
        - reviews are as frequent as things can change: yearly at low risk, each half-year at medium
          and wherever potential is to be won, each quarter at high risk and where a fact is
          missing, each month in default;
        - the tone of collection follows the risk, the contact follows the class.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> from creditscore.segment import RiskBands, ServiceTiers
        >>> ServiceTiers.illustration(RiskBands.from_scale(GradeScale.agency()))
        ServiceTiers(6 classes × 8 grades and unrated)
        """
        tiers = illustrated_tiers(risk, cls.unrated)
        return cls(tiers=tiers, grades=tuple(dict.fromkeys(tier.grade for tier in tiers)))

    @classmethod
    def from_frame(
        cls, frame: NativeFrame, *, grades: tuple[str, ...], unrated: str = "unrated"
    ) -> Self:
        """Read a table that :meth:`to_frame` gave and somebody edited.

        Parameters
        ----------
        frame : table
            A row a combination: class, grade and the entries of :class:`ServiceTier`.
        grades : tuple of str
            As in the class; the table itself says no order. Of a table that was edited they are
            those of the tiers before.
        unrated : str, default="unrated"
            As in the class.

        Raises
        ------
        MissingColumnError
            A column is not there. InvalidDataError: one too many. InvalidParameterError: a number
            out of range, or a combination without a tier.

        Examples
        --------
        >>> from creditscore.segment import RiskBands, ServiceTiers
        >>> risk = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})
        >>> tiers = ServiceTiers.illustration(risk)
        >>> frame = tiers.to_frame()
        >>> frame.loc[frame["grade"] == "A", "payment_terms_days"] = 45
        >>> edited = ServiceTiers.from_frame(frame, grades=tiers.grades)
        >>> edited.assign(["high-value"], ["A"])["payment_terms_days"].tolist()
        [45]
        """
        found = frame_of(frame, _COLUMNS, what="The table of service tiers")
        rows = zip(*(found[name].tolist() for name in _COLUMNS), strict=True)
        tiers = tuple(
            ServiceTier(**{n: _plain(n, v) for n, v in zip(_FIELDS, row, strict=True)})
            for row in rows
        )
        return cls(tiers=tiers, grades=grades, unrated=unrated)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, in the order of the tiers."""
        return tuple(dict.fromkeys(tier.customer_class for tier in self.tiers))

    def to_frame(self) -> pd.DataFrame:
        """Return a row a combination to edit: class, grade, and the entries of a tier."""
        rows = [tuple(asdict(tier).values()) for tier in self.tiers]
        return pd.DataFrame(rows, columns=list(_COLUMNS))

    def assign(self, classes: Any, grades: Any) -> pd.DataFrame:
        """Return how each customer is served.

        Parameters
        ----------
        classes : Series or array-like of str, shape (n_customers,)
            Classes, none missing; "unknown" is a class of its own.
        grades : Series or array-like of str, shape (n_customers,)
            Grades; missing ones are looked up as `unrated`.

        Returns
        -------
        DataFrame
            A row a customer, with the index of the classes where these are pandas: class, grade,
            and the entries of the tier.

        Raises
        ------
        InvalidDataError
            Different customers, a missing class, a class or a grade without a tier, or a missing
            grade where there are no tiers of `unrated`.
        """
        check_same_rows(classes=classes, grades=grades)
        class_codes = self._class_places(classes)
        grade_codes = self._grade_places(grades)
        table = self.to_frame()
        places = self._tier_places[class_codes, grade_codes]
        index = next(
            (given.index for given in (classes, grades) if isinstance(given, pd.Series)), None
        )
        found = table.take(places)
        return found.set_axis(pd.RangeIndex(len(found)) if index is None else index, axis="index")

    def doubts(self) -> pd.DataFrame:
        """Tell where, within a class, a riskier grade is served better than a safer one.

        Returns
        -------
        DataFrame
            class, safer, riskier (neighbouring grades), entry, value_safer, value_riskier,
            sentence.
        """
        by_cell = {(tier.customer_class, tier.grade): tier for tier in self.tiers}
        order = [grade for grade in self.grades if grade != self.unrated]
        rows = []
        for name, (safer, riskier) in product(self.classes, list(pairwise(order))):
            a, b = by_cell[name, safer], by_cell[name, riskier]
            for entry in (*_FALLING, *_RISING):
                before, after = getattr(a, entry), getattr(b, entry)
                if (after < before) if entry in _RISING else (after > before):
                    told = f"{name}: {entry} is {before:g} at {safer} and {after:g} at {riskier}"
                    rows.append((name, safer, riskier, entry, before, after, told))
        columns = ["class", "safer", "riskier", "entry", "value_safer", "value_riskier", "sentence"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def _tier_places(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        classes, grades = self.classes, self.grades
        places = np.empty((len(classes), len(grades)), dtype=np.intp)
        for place, tier in enumerate(self.tiers):
            places[classes.index(tier.customer_class), grades.index(tier.grade)] = place
        return places

    def _class_places(self, classes: Any) -> Int1D:
        codes, found = read_names(classes, "classes")
        if (codes < 0).any():
            msg = (
                f"classes has {int((codes < 0).sum())} missing value(s), the first at row "
                f"{int((codes < 0).argmax())}. Call them 'unknown', which is a class of its own."
            )
            raise InvalidDataError(msg)
        return _places(codes, found, self.classes, "class")

    def _grade_places(self, grades: Any) -> Int1D:
        codes, found = read_names(grades, "grades")
        missing = codes < 0
        if missing.any() and self.unrated not in self.grades:
            msg = (
                f"grades has {int(missing.sum())} missing value(s), the first at row "
                f"{int(missing.argmax())}, and there are no tiers of the grade {self.unrated!r}. "
                "Grade these customers, or add tiers for them to the table."
            )
            raise InvalidDataError(msg)
        if missing.any():
            found, codes = (*found, self.unrated), np.where(missing, len(found), codes)
        return _places(codes, found, self.grades, "grade")

    def _check_covered(self, owner: str) -> None:
        seen: set[tuple[str, str]] = set()
        for tier in self.tiers:
            cell = (tier.customer_class, tier.grade)
            if tier.grade not in self.grades:
                raise unknown_name(tier.grade, self.grades, "grade, that of a tier,", "'grades'")
            if cell in seen:
                msg = f"{owner} has two tiers for {' × '.join(cell)}. Keep one of them."
                raise InvalidParameterError(msg)
            seen.add(cell)
        if not seen:
            msg = f"{owner} needs a tier for each class and grade. Got none."
            raise InvalidParameterError(msg)
        holes = [f"{c} × {g}" for c, g in product(self.classes, self.grades) if (c, g) not in seen]
        if holes:
            msg = (
                f"{owner} must have a tier for every class and every grade. "
                f"{counted(len(holes), 'combination')} without one: {listed_some(holes)}."
            )
            raise InvalidParameterError(msg)

    def _content(self) -> dict[str, Any]:
        return {
            "tiers": [asdict(tier) for tier in self.tiers],
            "grades": list(self.grades),
            "unrated": self.unrated,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        tiers = tuple(ServiceTier(**tier) for tier in content["tiers"])
        return cls(**{**content, "tiers": tiers})

    def __repr__(self) -> str:
        """Say in one line how many combinations there are."""
        n, unrated = len(self.classes), self.unrated in self.grades
        grades = counted(len(self.grades) - unrated, "grade")
        rest = f" and {self.unrated}" if unrated else ""
        return f"ServiceTiers({n} class{'' if n == 1 else 'es'} × {grades}{rest})"

    def _repr_html_(self) -> str:
        """Show the tiers in English."""
        frame = self.to_frame()
        shown = frame[[name for name in frame.columns if not name.endswith("_zh")]]
        formats = {"limit_factor": "{:g}", "prepayment_share": "{:.0%}"}
        return html_table(shown, caption="Service tiers", formats=formats)


def _places(codes: Int1D, found: tuple[str, ...], known: tuple[str, ...], what: str) -> Int1D:
    for code, name in enumerate(found):
        if name not in known:
            row = int((codes == code).argmax())
            error = unknown_name(name, known, f"{what}, at row {row},", "the service tiers")
            raise InvalidDataError(str(error))
    place_of = np.array([known.index(name) for name in found], dtype=np.intp)
    return place_of[codes] if len(place_of) else codes


def _plain(name: str, value: Any) -> Any:
    """Return days and months that a table holds as floats, such as 30.0, as whole numbers."""
    whole = name in _WHOLE and isinstance(value, float) and value.is_integer()
    return int(value) if whole else value
