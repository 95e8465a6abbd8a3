"""What is asked of a selection, and the order in which it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

import narwhals as nw
import numpy as np

from creditscore._repr import changed_repr
from creditscore._typing import NativeFrame
from creditscore._validation import check_integer, check_real, check_weights
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard.selection._l1_path import L1Path
from creditscore.scorecard.selection._log import listed
from creditscore.scorecard.selection._parameters import FrozenParameters
from creditscore.scorecard.selection._stepwise import Stepwise

Search: TypeAlias = Stepwise | L1Path
_TABLES = ("compare_with", "compare_weights")
"""Parameters that are the same only if they are the same object."""


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Selection(FrozenParameters):
    """Which columns a card takes: filters first, then a search among what they leave.

    Parameters
    ----------
    max_missing : float, optional
        Highest share of rows (by weight) without a value, a fraction in [0, 1].
    iv_level : float, optional
        The information value must reach the `min_iv` of the card (0.02 where that is None) by its
        one-sided lower confidence limit of this level, IV - z · standard error, in [0.5, 1).
    max_psi : float, optional
        Highest population stability index of a column's attributes: of each period against all
        other periods together, where the fit is given periods, and of `compare_with`.
    compare_with : table, optional
        Other rows of the same columns, such as applicants of today, that `max_psi` looks at. Only
        the columns that come so far need be in it.
    compare_weights : array-like of shape (n_rows of `compare_with`,), optional
        How much each of its rows counts, zero or more.
    max_correlation : float, optional
        Highest size of the correlation of two columns' WOE, in (0, 1]: of columns beyond it the
        one with the highest information value stays.
    max_vif : float, optional
        Highest variance inflation factor, 1 or more; the worst column goes, one after the other.
    search : Stepwise or L1Path, optional
        Search among the columns that are left; without one, all of them make the card.
    forced_in : sequence of str, default=()
        Columns that stay, whatever filters and search say.
    forced_out : sequence of str, default=()
        Columns that are never looked at, such as those that the law forbids.
    groups : mapping of str to sequence of str, optional
        Columns by group, such as the 5 Cs; a column is in one group at most.
    max_per_group : int or mapping of str to int, optional
        Most columns of a group, 1 or more.
    max_features : int, optional
        Most columns in all, 1 or more.

    See Also
    --------
    SelectionLog : What became of each column.
    LogisticScorecard : Takes it as `selection`.

    select : The same without a card.

    Notes
    -----
    The filters come in the order of the parameters: each sees what those before it left. Caps
    need a search, which knows which column of a group is worth most. Searches and tests take
    frequencies for cases; sampling weights are scaled to the effective number of cases,
    (Σw)² / Σw² [1]_, so that a constant factor changes nothing. Columns without names of text are
    named here by their labels or by their place as x0, x1, …

    A selection is a value: it is equal to another of the same settings, with the very same table
    to compare with. Its settings are parameters of the estimator that holds it, such as
    ``selection__max_vif`` and ``selection__search__criterion`` in a search over parameters.

    References
    ----------
    .. [1] L. Kish, *Survey Sampling*, Wiley, 1965, section 11.7.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard.selection import Selection, Stepwise
    >>> german = load_german_credit()
    >>> asked = Selection(
    ...     max_correlation=0.8, search=Stepwise(criterion="bic"), forced_out=["age_years"]
    ... )
    >>> X = german[["checking_status", "duration_months", "credit_amount", "age_years"]]
    >>> model = LogisticScorecard(selection=asked).fit(X, german["is_bad"])
    >>> model.dropped_["age_years"]
    'forced out'
    """

    max_missing: float | None = None
    iv_level: float | None = None
    max_psi: float | None = None
    compare_with: NativeFrame | None = None
    compare_weights: Any = None
    max_correlation: float | None = None
    max_vif: float | None = None
    search: Search | None = None
    forced_in: Sequence[str] = ()
    forced_out: Sequence[str] = ()
    groups: Mapping[str, Sequence[str]] | None = None
    max_per_group: int | Mapping[str, int] | None = None
    max_features: int | None = None

    def __post_init__(self) -> None:
        """Check the parameters by themselves."""
        owner = type(self).__name__
        for name, low, high, closed in (
            ("max_missing", 0.0, 1.0, "both"),
            ("iv_level", 0.5, 1.0, "left"),
            ("max_psi", 0.0, np.inf, "neither"),
            ("max_correlation", 0.0, 1.0, "right"),
            ("max_vif", 1.0, np.inf, "left"),
        ):
            if getattr(self, name) is not None:
                check_real(getattr(self, name), name, owner, low=low, high=high, closed=closed)
        search: Any = self.search
        if search is not None and not isinstance(search, Stepwise | L1Path):
            msg = (
                "The 'search' parameter of Selection must be a Stepwise or an L1Path. Got "
                f"{search!r} instead."
            )
            raise InvalidParameterError(msg)
        for name in ("forced_in", "forced_out"):
            object.__setattr__(self, name, _names(getattr(self, name), name))
        if self.max_features is not None:
            check_integer(self.max_features, "max_features", owner, low=1)
        self._take_groups()
        self._check_comparison()
        self._check_together()

    def __repr__(self) -> str:
        """Write what differs from the defaults."""
        if self.compare_with is None:
            return changed_repr(self)
        return changed_repr(replace(self, compare_with=None, compare_weights=None))

    def __eq__(self, other: object) -> bool:
        """Compare the settings; tables are the same only if they are the same object."""
        if not isinstance(other, Selection):
            return NotImplemented
        return all(
            getattr(self, name) is getattr(other, name)
            if name in _TABLES
            else getattr(self, name) == getattr(other, name)
            for name in (field.name for field in fields(self))
        )

    def __hash__(self) -> int:
        """Return the same number for equal selections."""
        tables = tuple(id(getattr(self, name)) for name in _TABLES)
        return hash((*tables, self.max_correlation, self.search, self.forced_in, self.forced_out))

    @property
    def group_of(self) -> dict[str, str]:
        """The group of each column that is in one."""
        return {name: group for group, names in (self.groups or {}).items() for name in names}

    @property
    def caps(self) -> dict[str, int]:
        """Most columns of each group that has a cap."""
        if self.max_per_group is None:
            return {}
        if isinstance(self.max_per_group, Mapping):
            return {str(group): cap for group, cap in self.max_per_group.items()}
        return dict.fromkeys(self.groups or {}, self.max_per_group)

    def named_by(self, name_of: Callable[[Sequence[str]], list[str]]) -> Selection:
        """Return the selection with columns called as the table calls them.

        `name_of` refuses names that are no column of the table.
        """
        groups = {group: name_of(names) for group, names in (self.groups or {}).items()}
        return replace(
            self,
            forced_in=name_of(self.forced_in),
            forced_out=name_of(self.forced_out),
            groups=groups or None,
        )

    def _take_groups(self) -> None:
        owner = type(self).__name__
        given: Any = {} if self.groups is None else self.groups
        if not isinstance(given, Mapping):
            msg = (
                "The 'groups' parameter of Selection must be a mapping of groups to lists of "
                f"columns. Got {given!r} instead."
            )
            raise InvalidParameterError(msg)
        groups = {str(group): _names(names, "groups") for group, names in given.items()}
        object.__setattr__(self, "groups", groups or None)
        members = [name for names in groups.values() for name in names]
        # a name that is repeated within a group has been taken once
        twice = sorted({name for name in members if members.count(name) > 1})
        if twice:
            msg = f"A column is in one group at most. In several groups: {listed(twice)}."
            raise InvalidParameterError(msg)
        if self.max_per_group is not None and not groups:
            msg = "max_per_group caps the columns of groups, and there are none: give groups."
            raise InvalidParameterError(msg)
        for group, cap in self.caps.items():
            check_integer(cap, f"max_per_group[{group!r}]", owner, low=1)
            if group not in groups:
                msg = f"max_per_group names {group!r}, and groups holds {listed(list(groups))}."
                raise InvalidParameterError(msg)

    def _check_comparison(self) -> None:
        other = self.compare_with
        if other is None:
            if self.compare_weights is not None:
                msg = "compare_weights are those of the rows of compare_with, and there is none."
                raise InvalidParameterError(msg)
            return
        if self.max_psi is None:
            msg = "compare_with is looked at by max_psi: give a limit, such as max_psi=0.25."
            raise InvalidParameterError(msg)
        rows = isinstance(other, (np.ndarray, list, tuple)) and np.asarray(other).ndim == 2
        if not (rows or nw.dependencies.is_into_dataframe(other)):
            msg = (
                "The 'compare_with' parameter of Selection must be a table of pandas, polars or "
                f"pyarrow, or an array of two dimensions. Got {type(other).__name__} instead."
            )
            raise InvalidParameterError(msg)
        check_weights(self.compare_weights, n_rows=len(other))

    def _check_together(self) -> None:
        both = sorted(set(self.forced_in) & set(self.forced_out))
        if both:
            msg = f"Columns cannot be forced in and out at once: {listed(both)}."
            raise InvalidParameterError(msg)
        if (self.max_per_group is not None or self.max_features is not None) and not self.search:
            msg = (
                "Caps on columns need a search, which knows what each is worth: give Selection a "
                "search=Stepwise(), or leave max_per_group and max_features out."
            )
            raise InvalidParameterError(msg)
        held = dict.fromkeys(self.caps, 0)
        for name in self.forced_in:
            group = self.group_of.get(name)
            if group in held:
                held[group] += 1
        for group, cap in self.caps.items():
            if held[group] > cap:
                msg = (
                    f"{held[group]} columns of group {group!r} are forced in, and its cap is {cap}."
                )
                raise InvalidParameterError(msg)
        if self.max_features is not None and len(self.forced_in) > self.max_features:
            msg = (
                f"{len(self.forced_in)} columns are forced in, and max_features is "
                f"{self.max_features}."
            )
            raise InvalidParameterError(msg)


def _names(names: Any, parameter: str) -> tuple[str, ...]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        msg = f"The {parameter!r} parameter of Selection must be a list of columns. Got {names!r}."
        raise InvalidParameterError(msg)
    return tuple(dict.fromkeys(map(str, names)))
