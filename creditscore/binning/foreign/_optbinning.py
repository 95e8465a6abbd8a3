"""Tables of bins from fitted optbinning objects, bit by bit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from types import ModuleType
from typing import Any

import numpy as np

from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.binning._partition import CategoricalPartition, NumericPartition, Partition
from creditscore.binning._policy import BinPolicy
from creditscore.binning._table import BinStatus, BinTable
from creditscore.binning.foreign._extra import import_optbinning
from creditscore.exceptions import InvalidDataError, InvalidParameterError

_OWNER = "from_optbinning"
_NOT_FOUND = ("INFEASIBLE", "UNKNOWN", "ABNORMAL", "UNBOUNDED", "MODEL_INVALID")
"""Status of a solver that found no bins."""


def from_optbinning(
    source: Any, *, name: str | None = None, smoothing: float = 0.0
) -> dict[str, BinTable]:
    """Take the bins of a fitted optbinning object, with its cuts, counts and WOE.

    Parameters
    ----------
    source : BinningProcess, Scorecard or OptimalBinning
        Fitted, for a binary target in which 1 is bad. Of a process, or of the one in a Scorecard,
        the variables it has selected are taken.
    name : str, optional
        Column that a single OptimalBinning belongs to; its own name unless given.
    smoothing : float, default=0.0
        As in :class:`BinTable`, for regular bins of one class only. With 0 such bins are refused,
        because optbinning gives them WOE 0 and ours would be infinite; above 0 they get a WOE
        that optbinning does not have.

    Returns
    -------
    dict of str to BinTable
        A table for each variable, in the order of the process. :meth:`BinTable.encode` equals
        ``transform(metric="woe", metric_special="empirical", metric_missing="empirical")`` up to
        the last bits of the logarithm.

    Raises
    ------
    InvalidParameterError
        The object is none of these, is not fitted, or has what a table cannot hold: an amount or
        several classes as target, piecewise bins, a WOE for unknown categories, special codes
        that are pooled in some bins and apart in others.
    InvalidDataError
        A regular bin holds one class only, and `smoothing` is 0.
    MissingDependencyError
        optbinning is not installed.

    Notes
    -----
    optbinning's intervals are closed on the left as ours are, its WOE is ln(dist_good /
    dist_bad) with missing values and special codes among the totals, and levels that it has not
    met get WOE 0. It gives WOE 0 to missing values and special codes of which it met one class
    only; the table's policy says "neutral" for them.

    A list of special codes is one bin there. Its counts are known together only: they stand with
    the first code, and the policy pools all of them, so that each gets the common WOE. With a
    dictionary each entry is a bin of its own; an entry of several codes can be held where it is
    the only one.

    A column of 32-bit floats meets a special code that is no whole number here, and not there: a
    code of -9.1 is not what 32 bits make of it.

    Rows that optbinning left out of its fit as outliers are not in the counts. Its weighted
    counts are whole numbers, because it cuts off their fractions.

    The bins are taken as they are, so the status is "user cuts", or "infeasible" where its solver
    found no solution; its own status is in the notes.

    References
    ----------
    .. [1] optbinning 1.0, ``binning/transformations.py`` and ``binning/binning_statistics.py``,
       https://gnpalencia.org/optbinning/

    Examples
    --------
    >>> from optbinning import BinningProcess  # doctest: +SKIP
    >>> from creditscore.binning.foreign import from_optbinning
    >>> process = BinningProcess(list(X.columns)).fit(X, y)  # doctest: +SKIP
    >>> tables = from_optbinning(process)  # doctest: +SKIP
    >>> encoder = WOEEncoder(user_cuts=tables).fit(X, y)  # doctest: +SKIP
    """
    optbinning = import_optbinning()
    smoothing = check_real(smoothing, "smoothing", _OWNER, low=0, high=np.inf, closed="left")
    if isinstance(source, optbinning.Scorecard):
        _check_fitted(source, "Scorecard")
        source = source.binning_process_
    if isinstance(source, optbinning.BinningProcess):
        _check_fitted(source, "BinningProcess")
        if name is not None:
            msg = f"The 'name' parameter of {_OWNER} is for a single OptimalBinning. Leave it out."
            raise InvalidParameterError(msg)
        chosen = [str(variable) for variable in source.get_support(names=True)]
        return {
            variable: _table(optbinning, source.get_binned_variable(variable), variable, smoothing)
            for variable in chosen
        }
    given: Any = name
    if given is not None and not isinstance(given, str):
        msg = f"The 'name' parameter of {_OWNER} must be the name of a column. Got {name!r}."
        raise InvalidParameterError(msg)
    feature = name if name is not None else str(getattr(source, "name", "") or "")
    table = _table(optbinning, source, feature, smoothing)
    if not feature:
        msg = (
            "This OptimalBinning has no name, and the table needs the name of its column. Give "
            f"it: {_OWNER}(binning, name='age')."
        )
        raise InvalidParameterError(msg)
    return {feature: table}


@dataclass(frozen=True)
class _Special:
    """Special codes as attributes of their own, with the place of optbinning's bin of each."""

    codes: tuple[Any, ...]
    places: tuple[int | None, ...]
    n_bins: int
    pooled: bool


def _table(optbinning: ModuleType, binning: Any, name: str, smoothing: float) -> BinTable:
    _check_kind(optbinning, binning, name)
    fitted = binning.binning_table
    numeric = fitted.dtype == "numerical"
    special = _special(fitted.special_codes, name, numeric=numeric)
    partition: Partition
    if numeric:
        cuts = tuple(float(cut) for cut in fitted.splits)
        partition = NumericPartition(cuts=cuts, special_codes=special.codes)
    else:
        groups = tuple(tuple(group) for group in binning.splits)
        partition = CategoricalPartition(groups=groups, special_codes=special.codes)
    good, bad = (_counts(side, partition, special) for side in (fitted.n_nonevent, fitted.n_event))
    _check_mixed(good, bad, partition, name, smoothing)
    found = str(getattr(binning, "status", None) or "unknown")
    notes = [f"Bins of optbinning; the status of its solver was {found}."]
    if special.pooled:
        notes.append(
            "The special codes are one bin in optbinning, whose counts stand with the first."
        )
    return BinTable(
        feature=name,
        partition=partition,
        n_good=tuple(good.tolist()),
        n_bad=tuple(bad.tolist()),
        smoothing=smoothing,
        status=_status(good + bad, partition, found, one_value=_holds_one_value(fitted, partition)),
        policy=_policy(good, bad, partition, special),
        notes=tuple(notes),
    )


def _check_kind(optbinning: ModuleType, binning: Any, name: str) -> None:
    """Refuse what is no fitted binning of a binary target."""
    where = f" of {name!r}" if name else ""
    kind = type(binning).__name__
    # subclasses bin amounts or several classes, and share nothing but the name
    if type(binning) is not optbinning.OptimalBinning:
        hints = {
            "Continuous": "its target is an amount, and these tables count goods and bads",
            "Multiclass": "its target has several classes, and these tables know two",
            "PW": "its WOE moves within a bin, and a table has one WOE a bin",
            "2D": "it bins two columns together; CrossedColumns does that",
            "Sketch": "its counts are estimates",
        }
        why = next((hint for word, hint in hints.items() if word in kind), "it is no such object")
        msg = (
            f"{_OWNER} takes a fitted BinningProcess, Scorecard or OptimalBinning of optbinning. "
            f"Got {kind}{where} instead: {why}."
        )
        raise InvalidParameterError(msg)
    _check_fitted(binning, f"OptimalBinning{where}")
    unknown = binning.cat_unknown
    if binning.dtype == "categorical" and isinstance(unknown, Real) and unknown != 0:
        msg = (
            f"The OptimalBinning{where} gives unknown categories the WOE {unknown!r}, which a "
            "table cannot hold. Set cat_unknown=None, and state a treatment in BinPolicy."
        )
        raise InvalidParameterError(msg)


def _check_fitted(source: Any, what: str) -> None:
    if not getattr(source, "_is_fitted", False):
        msg = f"The {what} is not fitted. Call its fit first."
        raise InvalidParameterError(msg)


def _special(codes: Any, name: str, *, numeric: bool) -> _Special:
    """Read special codes: a list is one bin, a dictionary has a bin for each entry."""
    if codes is None:
        # optbinning keeps a bin for special codes, which is empty
        return _Special((), (), 1, pooled=False)
    by_bin = [_listed(entry) for entry in codes.values()] if isinstance(codes, Mapping) else None
    lists = [_listed(codes)] if by_bin is None else by_bin
    lists = [[code for code in entry if _occurs(code, numeric=numeric)] for entry in lists]
    if len(lists) > 1 and any(len(entry) > 1 for entry in lists):
        entry = next(entry for entry in lists if len(entry) > 1)
        msg = (
            f"optbinning counted the special codes {', '.join(map(repr, entry))} of {name!r} in "
            "one bin, beside bins of other codes. A table has a bin for each code, or one for "
            "all. Fit again with an entry for each code, or with a list."
        )
        raise InvalidParameterError(msg)
    found = [(code, place) for place, entry in enumerate(lists) for code in entry]
    # the second and later codes of a pooled bin have no counts of their own
    first = {place: code for code, place in reversed(found)}
    return _Special(
        codes=tuple(code for code, _ in found),
        places=tuple(place if first[place] is code else None for code, place in found),
        n_bins=len(lists),
        pooled=len(found) > len(lists),
    )


def _listed(entry: Any) -> list[Any]:
    values = list(entry) if isinstance(entry, (list, tuple, np.ndarray)) else [entry]
    return [value.item() if isinstance(value, np.generic) else value for value in values]


def _occurs(code: Any, *, numeric: bool) -> bool:
    """Tell whether a column may hold a code: codes of a process go to columns of both kinds."""
    return not numeric or not isinstance(code, str)


def _counts(side: Any, partition: Partition, special: _Special) -> Float1D:
    """Put optbinning's counts of bins, special codes and missing in the order of our codes."""
    counts = np.asarray(side, dtype=np.float64)
    n = partition.n_regular
    tail = [0.0 if place is None else float(counts[n + place]) for place in special.places]
    other = [0.0] * (partition.n_codes - n - len(tail) - 1)
    if len(counts) != n + special.n_bins + 1:
        msg = (
            f"optbinning's table has {len(counts)} counts for {n} bins, {special.n_bins} of "
            "special codes and one of missing values: it does not belong to its splits."
        )
        raise InvalidDataError(msg)
    return np.array([*counts[:n], *tail, counts[-1], *other], dtype=np.float64)


def _check_mixed(
    good: Float1D, bad: Float1D, partition: Partition, name: str, smoothing: float
) -> None:
    """Refuse regular bins of one class without smoothing."""
    n = partition.n_regular
    pure = np.flatnonzero((good[:n] == 0) != (bad[:n] == 0))
    if smoothing == 0 and len(pure):
        listed = ", ".join(repr(partition.labels[i]) for i in pure)
        msg = (
            f"optbinning's bins of {name!r} hold one class only: {listed}. It gives them WOE 0, "
            f"where ln(dist_good / dist_bad) is infinite. Give {_OWNER} a smoothing above 0, such "
            "as 0.5, for a finite WOE that says so, or fit with min_bin_n_event and "
            "min_bin_n_nonevent of 1."
        )
        raise InvalidDataError(msg)


def _policy(good: Float1D, bad: Float1D, partition: Partition, special: _Special) -> BinPolicy:
    """Return the policy that gives WOE 0 to what optbinning met one class of."""
    kinds = np.asarray(partition.attribute_kinds)
    pure = (good == 0) != (bad == 0)
    missing = "neutral" if pure[partition.missing_code] else "empirical"
    neutral = {
        code: "neutral"
        for code, alone in zip(special.codes, pure[kinds == "special"], strict=True)
        if alone
    }
    if special.pooled:
        how = "neutral" if neutral else "empirical"
        return BinPolicy(missing=missing, special=how, pool_special=True)  # type: ignore[arg-type]
    return BinPolicy(missing=missing, special=neutral)  # type: ignore[arg-type]


def _status(weight: Float1D, partition: Partition, found: str, *, one_value: bool) -> BinStatus:
    held = np.flatnonzero(weight > 0)
    if len(held) == 1 and held[0] == partition.missing_code:
        return "all missing"
    if len(held) == 1 and one_value:
        return "constant"
    if found in _NOT_FOUND:
        return "infeasible"
    return "single bin" if partition.n_regular == 1 else "user cuts"


def _holds_one_value(fitted: Any, partition: Partition) -> bool:
    """Tell whether the regular rows of the fit held one value."""
    if isinstance(partition, CategoricalPartition):
        return sum(map(len, partition.groups)) <= 1
    return bool(fitted.min_x == fitted.max_x)
