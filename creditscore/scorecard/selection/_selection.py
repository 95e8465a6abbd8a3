"""What is asked of a selection, and the order in which it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from creditscore._frame import Table, as_table, missing_message
from creditscore._repr import changed_repr
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.binning import BinTable
from creditscore.exceptions import EmptyDataError, InvalidParameterError, MissingColumnError
from creditscore.scorecard.selection._candidates import Candidates
from creditscore.scorecard.selection._filters import (
    correlation_fates,
    doubt_fates,
    inflation_fates,
    missing_fates,
    shift_fates,
    too_little,
)
from creditscore.scorecard.selection._l1_path import L1Path
from creditscore.scorecard.selection._log import Fate, SelectionLog, Step, listed
from creditscore.scorecard.selection._stepwise import Stepwise

Search: TypeAlias = Stepwise | L1Path


@dataclass(frozen=True, kw_only=True, repr=False)
class Selection:
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
        Other rows of the same columns, such as applicants of today, that `max_psi` looks at.
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

    Notes
    -----
    The filters come in the order of the parameters: each sees what those before it left. Caps
    need a search, which knows which column of a group is worth most. Searches and tests take
    frequencies for cases; sampling weights are scaled to the effective number of cases,
    (Σw)² / Σw² [1]_, so that a constant factor changes nothing.

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
        self._check_together()

    def __repr__(self) -> str:
        """Write what differs from the defaults."""
        shown = replace(self, compare_with=None) if self.compare_with is not None else self
        return changed_repr(shown)

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
            return dict(self.max_per_group)
        return dict.fromkeys(self.groups or {}, self.max_per_group)

    def check_columns(self, known: Sequence[str]) -> None:
        """Refuse names that are no column of the table."""
        named = [*self.forced_in, *self.forced_out, *self.group_of]
        strange = [name for name in dict.fromkeys(named) if name not in known]
        if strange:
            raise MissingColumnError(missing_message(strange, list(known)))

    def _take_groups(self) -> None:
        owner = type(self).__name__
        given = self.groups or {}
        groups = {str(group): _names(names, "groups") for group, names in given.items()}
        object.__setattr__(self, "groups", groups or None)
        members = [name for names in groups.values() for name in names]
        twice = sorted({name for name in members if members.count(name) > 1})
        if twice:
            msg = f"A column is in one group at most. In several groups: {listed(twice)}."
            raise InvalidParameterError(msg)
        for group, cap in self.caps.items():
            check_integer(cap, f"max_per_group[{group!r}]", owner, low=1)
            if group not in groups:
                msg = f"max_per_group names {group!r}, and groups holds {listed(list(groups))}."
                raise InvalidParameterError(msg)

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
        if self.compare_with is not None and self.max_psi is None:
            msg = "compare_with is looked at by max_psi: give a limit, such as max_psi=0.25."
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
    return tuple(map(str, names))


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Rows that a selection looks at.

    Attributes
    ----------
    encode : callable
        From a column's bins to the WOE of the rows.
    is_bad, weights
        Outcomes and weights.
    sampling : bool
        Whether weights say how many of the population a row stands for.
    min_iv : float or None
        Least information value; see :class:`LogisticScorecard`.
    negative : bool
        Whether all coefficients must be negative.
    """

    encode: Any
    is_bad: Bool1D
    weights: Float1D | None
    sampling: bool
    min_iv: float | None
    negative: bool

    @property
    def cases_per_weight(self) -> float:
        """Cases that a unit of weight stands for: of sampling weights, (Σw)² / Σw² over Σw."""
        if self.weights is None or not self.sampling:
            return 1.0
        return float(self.weights.sum() / (self.weights**2).sum())


def select(
    tables: Sequence[BinTable], sample: Sample, asked: Selection
) -> tuple[Candidates, SelectionLog]:
    """Choose columns; return those chosen, with their WOE, and the log.

    Raises
    ------
    EmptyDataError
        No column is left.
    InvalidParameterError
        A column that carries nothing is forced in.
    """
    fates = _at_first(tables, sample, asked)
    known = Candidates(
        tables=tuple(t for t in tables if t.feature not in fates),
        features=np.empty((len(sample.is_bad), 0)),
        is_bad=sample.is_bad,
        weights=None if sample.weights is None else sample.weights * sample.cases_per_weight,
        cases_per_weight=sample.cases_per_weight,
        forced=frozenset(asked.forced_in),
        groups=asked.group_of,
        caps=asked.caps,
        max_features=asked.max_features,
        negative=sample.negative,
        counts_elsewhere=_counts_in(asked.compare_with),
    )
    _note(fates, _by_bins(known, asked, sample))
    left = tuple(t for t in known.tables if t.feature not in fates)
    _check_left(left, fates)
    features = np.column_stack([sample.encode(table) for table in left])
    candidates = replace(known, tables=left, features=features)
    for limit, rule in (
        (asked.max_correlation, correlation_fates),
        (asked.max_vif, inflation_fates),
    ):
        if limit is not None:
            found = list(rule(candidates, limit))
            _note(fates, found)
            candidates = candidates.without(found)
    steps: list[Step] = []
    if asked.search is not None:
        found, steps = asked.search.search(candidates)
        _note(fates, found)
        candidates = candidates.without([fate for fate in found if not fate.kept])
        _check_left(candidates.tables, fates)
    log = SelectionLog(
        fates=tuple(fates.get(t.feature) or _kept(t.feature, asked) for t in tables),
        steps=tuple(steps),
        said=_said(asked, candidates, sample),
        ivs=tuple(t.iv for t in tables),
    )
    return candidates, log


def _said(asked: Selection, candidates: Candidates, sample: Sample) -> str:
    """Say in words how the search was made."""
    if asked.search is None:
        return ""
    said = asked.search.said(candidates)
    if not sample.sampling or sample.weights is None:
        return said
    return f"{said}, sampling weights scaled to {candidates.n_cases:,.0f} effective cases"


def _note(fates: dict[str, Fate], found: Iterable[Fate]) -> None:
    fates.update((fate.feature, fate) for fate in found)


def _at_first(tables: Sequence[BinTable], sample: Sample, asked: Selection) -> dict[str, Fate]:
    """Return the fates of columns that the user or their own bins shut out."""
    fates: dict[str, Fate] = {}
    for table in tables:
        name = table.feature
        if name in asked.forced_out:
            fates[name] = Fate(feature=name, kept=False, stage="forced", reason="forced out")
            continue
        fate = too_little(table, sample.min_iv, sample.cases_per_weight)
        if fate is not None and not (fate.stage == "filter" and name in asked.forced_in):
            fates[name] = fate
    useless = [name for name in asked.forced_in if name in fates]
    if useless:
        said = "; ".join(f"{name!r} is {fates[name].reason}" for name in sorted(useless))
        msg = f"Columns that are forced in carry nothing: {said}. Take them out of forced_in."
        raise InvalidParameterError(msg)
    _check_left([t for t in tables if t.feature not in fates], fates)
    return fates


def _by_bins(known: Candidates, asked: Selection, sample: Sample) -> list[Fate]:
    """Apply the filters that look at bins only; each sees what those before it left."""
    found: list[Fate] = []
    if asked.max_missing is not None:
        found += missing_fates(known, asked.max_missing)
    if asked.iv_level is not None:
        least = 0.02 if sample.min_iv is None else sample.min_iv
        found += doubt_fates(known, asked.iv_level, least)
    if asked.max_psi is not None:
        _check_shift_known(known)
        found += shift_fates(known, asked.max_psi)
    return list({fate.feature: fate for fate in reversed(found)}.values())


def _check_shift_known(known: Candidates) -> None:
    """Refuse to look for shift where nothing says what moved."""
    periods = any(t.periods is not None and len(t.periods.labels) > 1 for t in known.tables)
    if known.tables and known.counts_elsewhere is None and not periods:
        msg = (
            "max_psi compares periods or two tables, and neither is there. Give the fit periods, "
            "or Selection a table to compare with: compare_with=…"
        )
        raise InvalidParameterError(msg)


def _kept(name: str, asked: Selection) -> Fate:
    if name in asked.forced_in:
        return Fate(feature=name, kept=True, stage="forced", reason="forced in")
    return Fate(feature=name, kept=True, stage="kept", reason="passed the filters")


def _counts_in(other: NativeFrame | None) -> Any:
    """Return a function from bins to their counts in another table."""
    if other is None:
        return None
    table: Table = as_table(other)

    def counts(bins: BinTable) -> Float1D:
        table.require([bins.feature])
        codes = bins.partition.codes(table, bins.feature)
        return np.bincount(codes, minlength=bins.partition.n_codes).astype(np.float64)

    return counts


def _check_left(tables: Sequence[BinTable], fates: Mapping[str, Fate]) -> None:
    if not tables:
        reasons = "; ".join(f"{name!r}: {fate.reason}" for name, fate in list(fates.items())[:10])
        msg = (
            f"No column is left for the card ({reasons}). Lower min_iv or min_bin_size, or bring "
            "columns that tell good from bad; or ask less of the selection, if there is one."
        )
        raise EmptyDataError(msg)
