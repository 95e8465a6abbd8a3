"""Fuzzy comprehensive evaluation: grades by memberships and weights, in one or several levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import counted
from creditscore._document import JsonDocument
from creditscore._frame import as_table
from creditscore._typing import Float2D, NativeFrame, NativeSeries
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert._complete_columns import read_complete
from creditscore.expert._finite_numbers import finite_numbers
from creditscore.expert._fuzzy._fuzzy_result import FuzzyResult
from creditscore.expert._fuzzy._membership import Membership, membership_content, membership_from
from creditscore.expert._fuzzy._operators import OPERATORS, FuzzyOperator
from creditscore.expert._fuzzy._votes import check_votes, matrix_of_votes, read_votes
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights

_LEAST_MEMBERSHIP = 0.01
"""Membership below which a number does not belong to a grade, and so has no say in the whole."""


@dataclass(frozen=True, kw_only=True, repr=False)
class FuzzyEvaluation(JsonDocument):
    """Grades of customers by how far each criterion belongs to each grade.

    It returns scores and grades, and no :class:`~creditscore.Scorecard`: the score is a ratio of
    sums over the grades, and three of the four operators take minima or maxima, so that it is no
    sum of points of the criteria.

    Parameters
    ----------
    grades : tuple of str
        Two or more, the safest first.
    grade_values : tuple of float
        What each grade is worth, such as 95, 85, 70, 50; decreasing, as a higher score is safer.
    weights : Weights or WeightHierarchy
        Of the criteria; in levels, each level is composed of the one below it.
    functions : mapping of str to sequence of Membership, default={}
        For a criterion (a leaf of a hierarchy) that is a number, a function for each grade, in
        their order: see :func:`triangular_partition`. Experts vote on the others.
    operator : {"weighted_average", "min_max", "product_max", "min_bounded_sum"}, \
default="weighted_average"
        How memberships and weights are composed on each level: see :func:`fuzzy_composition`.

    Raises
    ------
    InvalidParameterError
        Grades, values and functions that do not fit together, or functions of a criterion that
        there is not.

    See Also
    --------
    ridge_partition : Functions of all grades along a sine.

    Notes
    -----
    B = A ∘ R on each level, with A the weights of its criteria and R their memberships, each B as
    it comes being a row of R one level up. The score is Σ b v / Σ b over the grades, with v their
    values, which says the same for memberships of any sum. The functions and weights are all
    that it depends on: a customer's result is the same alone and among others. O(n_leaves ·
    n_grades) for each customer.

    References
    ----------
    Zadeh, L. A. (1965), "Fuzzy sets", Information and Control 8, 338-353.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import FuzzyEvaluation, WeightHierarchy, triangular_partition
    >>> evaluation = FuzzyEvaluation(
    ...     grades=("AA", "A", "B"), grade_values=(95, 80, 60),
    ...     weights=WeightHierarchy.of({
    ...         "financial": (70, {"current_ratio": 40, "debt_ratio": 60}), "management": 30,
    ...     }),
    ...     functions={
    ...         "current_ratio": triangular_partition([2.0, 1.5, 1.0]),
    ...         "debt_ratio": triangular_partition([0.3, 0.5, 0.7]),
    ...     },
    ... )
    >>> firms = pd.DataFrame({"current_ratio": [1.75], "debt_ratio": [0.4]}, index=["Alder Ltd"])
    >>> votes = pd.DataFrame({"AA": [0.2], "A": [0.8], "B": [0.0]}, index=["Alder Ltd"])
    >>> result = evaluation.evaluate(firms, votes={"management": votes})
    >>> result.table().round(2)
               score grade  n_tied  effectiveness    AA     A    B
    Alder Ltd  86.15     A       1           0.47  0.41  0.59  0.0
    """

    _format: ClassVar[str] = "creditscore.fuzzy_evaluation"

    grades: tuple[str, ...]
    grade_values: tuple[float, ...]
    weights: Weights | WeightHierarchy
    functions: Mapping[str, Sequence[Membership]] = field(default_factory=dict)
    operator: FuzzyOperator = "weighted_average"

    def __post_init__(self) -> None:
        """Check that grades, values, weights and functions fit together."""
        owner = type(self).__name__
        check_choice(self.operator, "operator", owner, tuple(OPERATORS))
        _check_grades(self.grades, owner)
        object.__setattr__(self, "grades", tuple(self.grades))
        values = finite_numbers(self.grade_values, "grade_values", owner)
        if len(values) != len(self.grades) or not (np.diff(values) < 0).all():
            msg = (
                f"The 'grade_values' parameter of {owner} must be {len(self.grades)} decreasing "
                f"numbers, one a grade. Got {self.grade_values!r} instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "grade_values", values)
        _check_weighed(self.weights, owner)
        check_kind(self.functions, "functions", owner, Mapping)
        checked = {name: self._checked_functions(name, f) for name, f in self.functions.items()}
        object.__setattr__(self, "functions", checked)

    @property
    def criteria(self) -> tuple[str, ...]:
        """Criteria that are measured or voted on: the leaves of a hierarchy."""
        return self._tree.leaves().names

    @property
    def score_range(self) -> tuple[float, float]:
        """Lowest and highest score that any customer can have."""
        return self.grade_values[-1], self.grade_values[0]

    def evaluate(
        self, X: NativeFrame, *, votes: Mapping[str, NativeFrame] | None = None
    ) -> FuzzyResult:
        """Evaluate customers.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow; holds a column of the name of each criterion with functions.
        votes : mapping of str to table, optional
            For each criterion without functions, a table with a row a customer, as `X` has them,
            and a column a grade: shares of the judges, fractions that add up to 1 in each row
            but for their rounding.

        Returns
        -------
        FuzzyResult

        Raises
        ------
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there or cannot be read; the message names it.
        RefusedValueError
            A column holds a missing value.
        InvalidDataError
            A value belongs to no grade, with all its memberships below 0.01; votes that are
            missing, or are no shares.
        """
        measured = [name for name in self.criteria if name in self.functions]
        table, values = read_complete(X, measured, type(self).__name__)
        rows = {name: self._grades_of(name, values[:, i]) for i, name in enumerate(measured)}
        given = {} if votes is None else votes
        self._check_voted(given, measured)
        for name, shares in given.items():
            rows[name] = read_votes(shares, name, self.grades, beside=X, n_rows=table.n_rows)
        return self._result(table, rows)

    def evaluate_votes(self, votes: Mapping[str, Sequence[float]] | pd.DataFrame) -> FuzzyResult:
        """Evaluate one customer on whom experts have voted in all criteria.

        Parameters
        ----------
        votes : mapping of str to sequence of float, or DataFrame
            For each criterion the shares of the judges by grade, in the order of the grades; as a
            table, a row a criterion, named by the index, and a column a grade. Fractions that add
            up to 1 for each criterion but for their rounding, to 0.01. They are taken also for
            criteria that have functions.

        Returns
        -------
        FuzzyResult
            Of one row.

        Raises
        ------
        InvalidParameterError
            Criteria that there are not.
        InvalidDataError
            Criteria without votes, or votes that are no shares.
        """
        shares = matrix_of_votes(votes, self.grades)
        self._check_voted(shares, ())
        rows = {name: check_votes(row, name, self.grades) for name, row in shares.items()}
        return self._result(as_table(pd.DataFrame({"customer": [0]})), rows)

    def membership_of(
        self, X: NativeFrame, *, votes: Mapping[str, NativeFrame] | None = None
    ) -> NativeFrame:
        """Return how far each customer belongs to each grade, B, in the library and index of `X`.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            As in :meth:`evaluate`, with its errors.
        votes : mapping of str to table, optional
            As in :meth:`evaluate`.
        """
        return self.evaluate(X, votes=votes).memberships

    def score(
        self, X: NativeFrame, *, votes: Mapping[str, NativeFrame] | None = None
    ) -> NativeSeries:
        """Return the score of each customer, in the library and index of `X`; higher is safer.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            As in :meth:`evaluate`, with its errors.
        votes : mapping of str to table, optional
            As in :meth:`evaluate`.
        """
        return self.evaluate(X, votes=votes).score

    @property
    def _tree(self) -> WeightHierarchy:
        if isinstance(self.weights, Weights):
            return WeightHierarchy(weights=self.weights)
        return self.weights

    def _checked_functions(self, name: str, functions: Any) -> tuple[Membership, ...]:
        if name not in self.criteria:
            raise unknown_name(name, self.criteria, "criterion", "these weights")
        found = tuple(functions) if isinstance(functions, Iterable) else (functions,)
        for function in found:
            check_kind(function, f"functions[{name!r}]", type(self).__name__, Membership)
        if len(found) != len(self.grades):
            msg = (
                f"The criterion {name!r} needs a function for each of the {len(self.grades)} "
                f"grades. Got {len(found)}."
            )
            raise InvalidParameterError(msg)
        return found

    def _check_voted(self, votes: Mapping[str, Any], measured: Sequence[str]) -> None:
        check_kind(votes, "votes", type(self).__name__, Mapping)
        for name in votes:
            if name not in self.criteria:
                raise unknown_name(name, self.criteria, "criterion", "these weights")
            if name in measured:
                msg = (
                    f"The criterion {name!r} has functions of a number, so there is nothing to "
                    "vote on: leave out its functions or the votes."
                )
                raise InvalidParameterError(msg)
        without = [name for name in self.criteria if name not in votes and name not in measured]
        if without:
            msg = (
                f"No votes are given for {', '.join(map(repr, without))}: each criterion without "
                "functions needs the shares of the judges by grade."
            )
            raise InvalidDataError(msg)

    def _grades_of(self, name: str, values: Any) -> Float2D:
        """Return how far the values of a criterion belong to each grade."""
        found = np.column_stack([f.membership(values) for f in self.functions[name]])
        if not ((found >= 0) & (found <= 1)).all():
            msg = f"The functions of {name!r} must return numbers in [0, 1], none missing."
            raise InvalidDataError(msg)
        nowhere = found.max(axis=1) < _LEAST_MEMBERSHIP
        if nowhere.any():
            row = int(nowhere.argmax())
            msg = (
                f"Column {name!r} holds {int(nowhere.sum())} value(s) that belong to no grade (all "
                f"memberships are below {_LEAST_MEMBERSHIP:g}), the first at row {row}: "
                f"{values[row]:g}. Let the functions of neighbouring grades overlap, and leave the "
                "first and the last one open: ascending() and descending() make such."
            )
            raise InvalidDataError(msg)
        return found

    def _result(self, table: Any, rows: Mapping[str, Float2D]) -> FuzzyResult:
        levels: dict[str, Float2D] = {}
        whole = self._composed(self._tree, rows, "", levels)
        values = np.array(self.grade_values)
        return FuzzyResult._of(table, self.grades, values, levels, whole)  # noqa: SLF001 - its maker

    def _composed(
        self,
        node: WeightHierarchy,
        rows: Mapping[str, Float2D],
        path: str,
        levels: dict[str, Float2D],
    ) -> Float2D:
        """Compose the memberships of a node, after those of its parts; keep each of them."""
        found = []
        for name in node.weights.names:
            here = f"{path}{name}"
            part = node.parts.get(name)
            # a place in the order of the tree, before that of its parts
            levels[here] = np.empty(0)
            below = rows[name] if part is None else self._composed(part, rows, f"{here}/", levels)
            levels[here] = below
            found.append(below)
        return OPERATORS[self.operator](node.weights.array(), np.stack(found, axis=1))

    def _content(self) -> dict[str, Any]:
        return {
            "grades": list(self.grades),
            "grade_values": list(self.grade_values),
            "weights": self._tree._content(),  # noqa: SLF001 - a format within another
            "levels": isinstance(self.weights, WeightHierarchy),
            "functions": {n: [*map(membership_content, f)] for n, f in self.functions.items()},
            "operator": self.operator,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        tree = WeightHierarchy._from_content(content["weights"])  # noqa: SLF001 - as above
        functions = content["functions"].items()
        return cls(
            grades=tuple(content["grades"]),
            grade_values=tuple(content["grade_values"]),
            weights=tree if content["levels"] else tree.weights,
            functions={name: [*map(membership_from, rows)] for name, rows in functions},
            operator=content["operator"],
        )

    def __repr__(self) -> str:
        """Say in one line what is graded how."""
        voted = len(self.criteria) - len(self.functions)
        return (
            f"FuzzyEvaluation({', '.join(self.grades)}; {len(self.functions)} measured and {voted} "
            f"voted {'criterion' if voted == 1 else 'criteria'} in "
            f"{counted(self._tree.n_levels, 'level')}; {self.operator})"
        )


def _check_weighed(weights: Any, owner: str) -> None:
    if not isinstance(weights, (Weights, WeightHierarchy)):
        msg = (
            f"The 'weights' parameter of {owner} must be Weights or a WeightHierarchy. Got "
            f"{weights!r} instead."
        )
        raise InvalidParameterError(msg)


def _check_grades(grades: Any, owner: str) -> None:
    several = isinstance(grades, Iterable) and not isinstance(grades, str)
    names = list(grades) if several else []
    text = all(isinstance(name, str) and name for name in names)
    if len(names) < 2 or not text or len(set(names)) < len(names):
        msg = (
            f"The 'grades' parameter of {owner} must be two or more different texts, the safest "
            f"first. Got {grades!r} instead."
        )
        raise InvalidParameterError(msg)
