"""GradeMapping: the grade of one scale that each grade of another corresponds to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, Self

import pandas as pd

from creditscore._checks import read_entries, unknown_name
from creditscore._display import Format, html_table
from creditscore._document import JsonDocument
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.grade._ladder import grades_like, read_grades
from creditscore.grade._words import write_percent


@dataclass(frozen=True, kw_only=True, repr=False)
class GradeMapping(JsonDocument):
    """Which grade of another scale each grade corresponds to.

    Made by :meth:`MasterScale.map_to`, by :meth:`from_table` or from paired ratings by
    :func:`mapping_from_pairs`.

    Parameters
    ----------
    grades : tuple of str
        Grades that are mapped, the safest first.
    targets : tuple of str of the same length
        The grade of the other scale for each.
    target_labels : tuple of str
        All grades of the other scale, the safest first.
    prob_default : tuple of float of length len(grades), default=()
        Probability that each grade means, where that is known.
    target_prob_default : tuple of float of length len(target_labels), default=()
        The same of the other scale.
    covers : tuple of tuple of str, of length len(grades), default=()
        Grades of the other scale that the interval of each grade overlaps, where both scales have
        bounds on probabilities: those of more than one are mapped one to many, of which `targets`
        holds one.

    Raises
    ------
    InvalidParameterError
        Parts that do not fit together.

    Notes
    -----
    Each grade has one target; several grades may have the same, and are then no longer told
    apart. What is lost of the entropy H of the grades is `information_loss`.

    Examples
    --------
    >>> from creditscore.grade import GradeMapping
    >>> mapping = GradeMapping.from_table({"1": "AAA", "2": "AA", "3": "AA", "4": "B"})
    >>> mapping
    GradeMapping(4 grades to 3, joined: '2' and '3' in 'AA')
    >>> mapping.apply(["4", "2"]).tolist()
    ['B', 'AA']
    """

    _format: ClassVar[str] = "creditscore.grade_mapping"

    grades: tuple[str, ...]
    targets: tuple[str, ...]
    target_labels: tuple[str, ...]
    prob_default: tuple[float, ...] = ()
    target_prob_default: tuple[float, ...] = ()
    covers: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        """Check that each grade has a target of the other scale."""
        for name in ("grades", "targets", "target_labels"):
            self._take_labels(name)
        owner = type(self).__name__
        if len(self.grades) != len(self.targets):
            msg = (
                f"{owner} needs a target for each grade. Got grades {self.grades!r} and targets "
                f"{self.targets!r} instead."
            )
            raise InvalidParameterError(msg)
        for target in self.targets:
            if target not in self.target_labels:
                raise unknown_name(target, self.target_labels, "grade", "the other scale")
        for name, of in (("prob_default", "grades"), ("target_prob_default", "target_labels")):
            values = read_entries(getattr(self, name), name, owner)
            if len(values) not in (0, len(getattr(self, of))):
                msg = f"The {name!r} parameter of {owner} must be as long as {of!r}, or empty."
                raise InvalidParameterError(msg)
            numbers = [check_real(v, name, owner, low=0, high=1, closed="both") for v in values]
            object.__setattr__(self, name, tuple(numbers))
        self._take_covers()

    @classmethod
    def from_table(
        cls, table: Mapping[str, str], *, target_labels: Sequence[str] | None = None
    ) -> Self:
        """Take a table that says the target of each grade.

        Parameters
        ----------
        table : mapping of str to str
            The grade of the other scale for each grade, the safest first.
        target_labels : sequence of str, optional
            All grades of the other scale, the safest first; those met, in that order, unless
            given.

        Raises
        ------
        InvalidParameterError
            No mapping, or one of a grade to several: choose one of them.

        Examples
        --------
        >>> from creditscore.grade import GradeMapping
        >>> GradeMapping.from_table({"优": "AA", "良": "BBB"}).inverse().apply(["BBB"]).tolist()
        ['良']
        """
        if not isinstance(table, Mapping) or not table:
            msg = f"The 'table' of {cls.__name__} must map grades to grades. Got {table!r} instead."
            raise InvalidParameterError(msg)
        several = [grade for grade, target in table.items() if not isinstance(target, str)]
        if several:
            msg = (
                f"Each grade is mapped to one grade. {several[0]!r} has {table[several[0]]!r}. "
                "Choose one of them, such as the riskiest."
            )
            raise InvalidParameterError(msg)
        labels = tuple(dict.fromkeys(table.values())) if target_labels is None else target_labels
        return cls(grades=tuple(table), targets=tuple(table.values()), target_labels=tuple(labels))

    @property
    def joined(self) -> dict[str, tuple[str, ...]]:
        """Targets of several grades, with these; in the order of the other scale."""
        return {
            target: tuple(self._of_target[target])
            for target in self.target_labels
            if len(self._of_target.get(target, ())) > 1
        }

    @property
    def one_to_many(self) -> dict[str, tuple[str, ...]]:
        """Grades whose interval overlaps several grades of the other scale, with these."""
        pairs = zip(self.grades, self.covers, strict=False)
        return {grade: labels for grade, labels in pairs if len(labels) > 1}

    @property
    def unused(self) -> tuple[str, ...]:
        """Grades of the other scale that no grade is mapped to."""
        return tuple(label for label in self.target_labels if label not in self.targets)

    @property
    def is_monotone(self) -> bool:
        """Whether no grade is mapped to a safer one than the grades that are safer than it."""
        places = [self.target_labels.index(target) for target in self.targets]
        return all(a <= b for a, b in pairwise(places))

    def apply(self, grades: Any) -> Any:
        """Return the target of each grade.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_samples,)
            Grades that the mapping knows.

        Returns
        -------
        Series of str in the library and index of `grades`, else ndarray of str

        Raises
        ------
        InvalidDataError
            A grade that is missing, or that is not mapped.
        """
        target_of = dict(zip(self.grades, self.targets, strict=True))
        try:
            found = read_grades(grades, {grade: n for n, grade in enumerate(self.grades)})
        except InvalidDataError as error:
            msg = f"{error} A grade that is not mapped has no target: map all grades of its scale."
            raise InvalidDataError(msg) from error
        return grades_like(grades, [target_of[grade] for grade in found])

    def inverse(self) -> Self:
        """Return the mapping back, which brings each grade to itself.

        Raises
        ------
        InvalidDataError
            Several grades have one target, so that there is no way back.
        """
        if self.joined:
            target, grades = next(iter(self.joined.items()))
            msg = (
                f"The mapping has no inverse: {_listed(grades)} are all mapped to {target!r}. Map "
                "the other scale by its own probabilities: other.map_to(own)."
            )
            raise InvalidDataError(msg)
        pairs = sorted(
            zip(self.targets, self.grades, strict=True),
            key=lambda pair: self.target_labels.index(pair[0]),
        )
        prob = dict(zip(self.target_labels, self.target_prob_default, strict=False))
        return type(self)(
            grades=tuple(target for target, _ in pairs),
            targets=tuple(grade for _, grade in pairs),
            target_labels=self.grades,
            prob_default=tuple(prob[target] for target, _ in pairs) if prob else (),
            target_prob_default=self.prob_default,
            covers=tuple(self._covered_by(target) for target, _ in pairs) if self.covers else (),
        )

    def information_loss(self, counts: Mapping[str, float] | None = None) -> float:
        """Return the share of the grades' entropy that is lost because grades are joined.

        Parameters
        ----------
        counts : mapping of str to float, optional
            Customers in each grade, zero or more; grades left out have none. All grades alike
            unless given.

        Returns
        -------
        float
            In [0, 1]: 0 where all grades with customers stay apart, or there is one only.

        Raises
        ------
        InvalidParameterError
            A grade that is not mapped, or counts that are none.

        Notes
        -----
        1 - H(targets) / H(grades), where H = -Σ s · ln s over the shares s of customers.

        Examples
        --------
        >>> from creditscore.grade import GradeMapping
        >>> mapping = GradeMapping.from_table({"1": "A", "2": "A", "3": "B", "4": "B"})
        >>> mapping.information_loss()
        0.5
        """
        weight = dict.fromkeys(self.grades, 1.0)
        if counts is not None:
            for grade in counts:
                if grade not in weight:
                    raise unknown_name(grade, self.grades, "grade", "the mapping")
            weight = {
                grade: check_real(
                    counts.get(grade, 0), "counts", "information_loss", low=0, high=math.inf,
                    closed="left",
                )
                for grade in self.grades
            }  # fmt: skip
        before = _entropy(list(weight.values()))
        if before == 0:
            return 0.0
        after: Counter[str] = Counter()
        for grade, target in zip(self.grades, self.targets, strict=True):
            after[target] += weight[grade]  # type: ignore[assignment]
        return max(0.0, 1 - _entropy(list(after.values())) / before)

    def table(self) -> pd.DataFrame:
        """Return the target of each grade.

        Returns
        -------
        DataFrame
            A row a grade: grade, target, joined_with (other grades of that target, joined by
            ", "); where intervals are known, covers (grades of the other scale that it overlaps);
            where probabilities are known, prob_default, target_prob_default and ratio (of the
            second to the first, NaN over zero).

        Examples
        --------
        >>> from creditscore.grade import GradeMapping
        >>> GradeMapping.from_table({"1": "A", "2": "A", "3": "B"}).table()
          grade target joined_with
        0     1      A           2
        1     2      A           1
        2     3      B
        """
        others = [
            ", ".join(other for other in self._of_target[target] if other != grade)
            for grade, target in zip(self.grades, self.targets, strict=True)
        ]
        table = pd.DataFrame({"grade": self.grades, "target": self.targets, "joined_with": others})
        if self.covers:
            table["covers"] = [", ".join(labels) for labels in self.covers]
        if self.prob_default:
            table["prob_default"] = self.prob_default
        if self.target_prob_default:
            meant = dict(zip(self.target_labels, self.target_prob_default, strict=True))
            table["target_prob_default"] = [meant[target] for target in self.targets]
        if self.prob_default and self.target_prob_default:
            own = table["prob_default"]
            table["ratio"] = table["target_prob_default"] / own.where(own > 0)
        return table

    @cached_property
    def _of_target(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for grade, target in zip(self.grades, self.targets, strict=True):
            found.setdefault(target, []).append(grade)
        return found

    def _covered_by(self, target: str) -> tuple[str, ...]:
        """Return the grades whose interval overlaps that of a target."""
        pairs = zip(self.grades, self.covers, strict=True)
        return tuple(grade for grade, labels in pairs if target in labels)

    def _take_covers(self) -> None:
        owner = type(self).__name__
        covers = tuple(
            read_entries(labels, "covers", owner)
            for labels in read_entries(self.covers, "covers", owner)
        )
        known = all(label in self.target_labels for labels in covers for label in labels)
        if len(covers) not in (0, len(self.grades)) or not known:
            msg = (
                f"The 'covers' parameter of {owner} must hold grades of the other scale for each "
                f"grade, or be empty. Got {covers!r} instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "covers", covers)

    def _take_labels(self, name: str) -> None:
        owner = type(self).__name__
        labels = read_entries(getattr(self, name), name, owner)
        different = name == "targets" or len(set(labels)) == len(labels)
        if not labels or not different or not all(isinstance(text, str) for text in labels):
            kind = "text" if name == "targets" else "different texts"
            msg = f"The {name!r} parameter of {owner} must hold {kind}. Got {labels!r} instead."
            raise InvalidParameterError(msg)
        object.__setattr__(self, name, tuple(map(str, labels)))

    def _content(self) -> dict[str, Any]:
        names = ("grades", "targets", "target_labels", "prob_default", "target_prob_default")
        content: dict[str, Any] = {name: list(getattr(self, name)) for name in names}
        return content | {"covers": [list(labels) for labels in self.covers]}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)

    def __repr__(self) -> str:
        """Say in one line how many grades there are, and which are no longer told apart."""
        n, m = len(self.grades), len(set(self.targets))
        joined = "; ".join(f"{_listed(of)} in {target!r}" for target, of in self.joined.items())
        told = f"joined: {joined}" if joined else "one to one"
        order = "" if self.is_monotone else ", against the order of risk"
        return f"{type(self).__name__}({n} grade{'s' * (n > 1)} to {m}, {told}{order})"

    def _repr_html_(self) -> str:
        loss = self.information_loss()
        caption = f"Grades and their targets; {100 * loss:.0f}% of what grades tell apart is lost"
        columns: dict[str, Format] = {
            **dict.fromkeys(("prob_default", "target_prob_default"), lambda p: write_percent(p, 3)),
            "ratio": "{:.2f}",
        }
        table = self.table()
        formats = {name: write for name, write in columns.items() if name in table}
        return html_table(table, caption=caption, formats=formats)


def _entropy(weights: Sequence[float]) -> float:
    total = math.fsum(weights)
    return -math.fsum(w / total * math.log(w / total) for w in weights if w > 0)


def _listed(grades: Sequence[str]) -> str:
    first = ", ".join(map(repr, grades[:-1]))
    return f"{first} and {grades[-1]!r}" if first else repr(grades[-1])
