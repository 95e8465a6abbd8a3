"""What an encoder is asked for, column by column: parameters checked against the table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from creditscore._columns import some
from creditscore._frame import Table
from creditscore._typing import ColumnKind, Trend
from creditscore._validation import check_choice, check_integer, check_real
from creditscore._warn import warn_user
from creditscore.binning._constraints import TRENDS, BinConstraints
from creditscore.binning._given import is_listed, number_texts
from creditscore.binning._objective import OBJECTIVES
from creditscore.binning._partition import (
    CategoricalPartition,
    MixedPartition,
    NumericPartition,
    Partition,
)
from creditscore.binning._policy import BinPolicy
from creditscore.binning._settings import BinSettings
from creditscore.binning._table import BinTable
from creditscore.exceptions import (
    IdleCutWarning,
    InvalidDataError,
    InvalidParameterError,
    SpecialCodeWarning,
)

_OWNER = "WOEEncoder"
_NO_CUTS: dict[str, Any] = {
    "fixed_cuts": (),
    "preferred_cuts": (),
    "forbidden_cuts": (),
    "cut_digits": None,
}
"""Constraints that speak of numbers, as they are when nothing is asked."""
_NOT_NOMINAL: dict[str, Any] = {**_NO_CUTS, "trend": None}
"""Constraints that levels without an order cannot keep."""


def settings_of(encoder: Any, table: Table, *, has_periods: bool) -> dict[str, BinSettings]:
    """Return what is asked of each column, all parameters of the encoder checked."""
    check_real(encoder.min_bin_size, "min_bin_size", _OWNER, low=0, high=0.5, closed="both")
    check_real(encoder.smoothing, "smoothing", _OWNER, low=0, high=math.inf, closed="left")
    check_integer(encoder.max_n_prebins, "max_n_prebins", _OWNER, low=2)
    if encoder.max_n_bins is not None:
        check_integer(encoder.max_n_bins, "max_n_bins", _OWNER, low=1)
    if encoder.cross_fit is not None:
        check_integer(encoder.cross_fit, "cross_fit", _OWNER, low=2)
        if encoder.output in ("bin", "label"):
            msg = (
                f"The 'cross_fit' parameter of {_OWNER} goes with output='woe' or 'bad_rate', "
                f"because each fold has bins of its own. Got output={encoder.output!r}. Leave "
                "cross_fit out, or choose another output."
            )
            raise InvalidParameterError(msg)
    check_choice(encoder.objective, "objective", _OWNER, tuple(OBJECTIVES))
    if encoder.solver is not None and not callable(encoder.solver):
        msg = (
            "The 'solver' parameter of WOEEncoder must be None or be called as solve_bins is. "
            f"Got {encoder.solver!r} instead."
        )
        raise InvalidParameterError(msg)
    constraints = _constraints(encoder, table)
    by_period = [name for name in table.names if constraints[name].min_period_size is not None]
    if by_period and not has_periods:
        msg = (
            f"The 'constraints' parameter of {_OWNER} asks for min_period_size of column "
            f"{by_period[0]!r}, and fit was given no periods. Give them, or leave it out."
        )
        raise InvalidParameterError(msg)
    policies = _by_column(encoder.policy, "policy", BinPolicy, table)
    given = _mapping(encoder.user_cuts, "user_cuts", "cuts", table)
    _warn_of_idle_constraints(encoder, given)
    codes = _codes(encoder.special_codes, table)
    for name, bins in given.items():
        _warn_of_idle_treatment(name, bins, encoder, codes[name], policies[name])
    return {
        name: BinSettings(
            constraints=constraints[name],
            objective=encoder.objective,
            max_n_prebins=encoder.max_n_prebins,
            smoothing=encoder.smoothing,
            special_codes=codes[name],
            given=given.get(name),
            policy=policies[name],
            solver=encoder.solver,
        )
        for name in table.names
    }


def _warn_of_idle_constraints(encoder: Any, given: Mapping[str, Any]) -> None:
    """Say which columns are asked for bins by name although their bins are given as they are."""
    # tables come from edits of what was found under constraints, which they keep
    chosen = [name for name, bins in given.items() if not isinstance(bins, BinTable)]
    for parameter in ("constraints", "trend"):
        asked = getattr(encoder, parameter)
        idle = [name for name in chosen if isinstance(asked, Mapping) and name in asked]
        if idle:
            warn_user(
                f"The {parameter!r} parameter of {_OWNER} has no effect on {some(idle)}: their "
                "bins are given as user_cuts and stay as they are. Leave one of the two out.",
                IdleCutWarning,
            )


def _warn_of_idle_treatment(
    name: str, bins: Any, encoder: Any, codes: tuple[Any, ...], policy: BinPolicy
) -> None:
    """Say what is asked of a column whose bins are given, and bring their own answer to it."""
    idle = []
    partition = bins.partition if isinstance(bins, BinTable) else bins
    if isinstance(partition, Partition) and (isinstance(bins, BinTable) or partition.special_codes):
        known = {*partition.special_codes, *held_levels(partition)}
        idle += ["special_codes"] if set(codes) - known else []
    if isinstance(bins, BinTable):
        idle += ["policy"] if policy not in (BinPolicy(), bins.policy) else []
        idle += ["smoothing"] if encoder.smoothing not in (0.5, bins.smoothing) else []
    if idle:
        warn_user(
            f"Column {name!r} keeps what its bins in user_cuts bring, and so "
            f"{' and '.join(map(repr, idle))} of {_OWNER} {'has' if len(idle) == 1 else 'have'} no "
            "effect on it. Change the bins, as by dataclasses.replace, or give its cuts or groups "
            "alone.",
            IdleCutWarning,
        )


def held_levels(partition: Partition) -> set[Any]:
    """Return the levels that stand in groups."""
    groups = getattr(partition, "groups", ())
    return {level for group in groups for level in group}


def _mapping(value: Any, parameter: str, what: str, table: Table) -> Mapping[str, Any]:
    """Take a mapping by column, or nothing."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        msg = (
            f"The {parameter!r} parameter of {_OWNER} must be a mapping of column names to {what}. "
            f"Got {value!r} instead."
        )
        raise InvalidParameterError(msg)
    table.require(list(value))
    return value


def _by_column(value: Any, parameter: str, kind: type, table: Table) -> dict[str, Any]:
    """Take one value for all columns, or a mapping by column."""
    if value is None or isinstance(value, kind):
        return dict.fromkeys(table.names, value or kind())
    by_column = _mapping(value, parameter, f"{kind.__name__} objects", table)
    strange = [name for name, entry in by_column.items() if not isinstance(entry, kind)]
    if strange:
        msg = (
            f"The {parameter!r} parameter of {_OWNER} must hold {kind.__name__} objects. "
            f"Got {by_column[strange[0]]!r} for column {strange[0]!r}."
        )
        raise InvalidParameterError(msg)
    return {name: by_column.get(name, kind()) for name in table.names}


def _constraints(encoder: Any, table: Table) -> dict[str, BinConstraints]:
    asked = _by_column(encoder.constraints, "constraints", BinConstraints, table)
    trends = _trends(encoder.trend, table)
    filled: dict[str, BinConstraints] = {}
    alike: dict[tuple[BinConstraints, Trend], BinConstraints] = {}
    for name, given in asked.items():
        own, kind = given, table.kind(name)
        if isinstance(encoder.constraints, Mapping):
            _check_meaning(name, own, kind)
        elif kind in ("categorical", "ordered"):
            # what is asked of all columns alike holds where it can
            own = replace(own, **(_NO_CUTS if kind == "ordered" else _NOT_NOMINAL))
        key = own, trends[name]
        if key in alike:
            # columns by the thousand are mostly asked for the same
            filled[name] = alike[key]
            continue
        if own.min_rate_difference >= 1:
            msg = (
                "The 'min_rate_difference' parameter of BinConstraints must be below 1, because "
                f"bad rates are fractions. Got {own.min_rate_difference!r} for column {name!r}."
            )
            raise InvalidParameterError(msg)
        try:
            filled[name] = alike[key] = replace(
                own,
                trend=trends[name] if own.trend is None else own.trend,
                min_bin_size=encoder.min_bin_size if own.min_bin_size is None else own.min_bin_size,
                max_n_bins=encoder.max_n_bins if own.max_n_bins is None else own.max_n_bins,
            )
        except InvalidParameterError as error:
            msg = f"What is asked of column {name!r} contradicts itself. {error}"
            raise InvalidParameterError(msg) from error
    return filled


def _check_meaning(name: str, asked: BinConstraints, kind: ColumnKind) -> None:
    """Refuse what has no meaning for a column of a kind, where it is asked of that column."""
    idle = []
    if kind in ("numeric", "ordered") and asked.min_level_size is not None:
        idle = ["min_level_size"]
        why = "which holds no levels that are pooled. Leave that out."
    elif kind == "ordered" and asked.cut_digits is not None:
        idle = ["cut_digits"]
        why = "whose levels are no numbers. Leave that out."
    elif kind == "categorical":
        idle = [field for field in _NO_CUTS if getattr(asked, field)]
        idle += ["trend"] if asked.trend not in (None, "auto") else []
        why = (
            "whose levels have no order. Leave that out, give its bins as user_cuts, or make it an "
            "ordered category."
        )
    if idle:
        msg = (
            f"The 'constraints' parameter of {_OWNER} asks for {', '.join(idle)} of column "
            f"{name!r}, {why}"
        )
        raise InvalidParameterError(msg)


def _trends(trend: Any, table: Table) -> dict[str, Trend]:
    by_column = trend if isinstance(trend, Mapping) else {}
    common = "auto" if isinstance(trend, Mapping) else trend
    for entry in (common, *by_column.values()):
        check_choice(entry, "trend", _OWNER, TRENDS)
    table.require(list(by_column))
    asked = [name for name, entry in by_column.items() if entry != "auto"]
    idle = [name for name in asked if table.kind(name) == "categorical"]
    if idle:
        msg = (
            f"The 'trend' parameter of {_OWNER} asks for a trend of categorical columns, whose "
            f"levels have no order: {', '.join(map(repr, idle))}. Leave them out, or give their "
            "bins as user_cuts."
        )
        raise InvalidParameterError(msg)
    return {name: by_column.get(name, common) for name in table.names}


def _codes(codes: Any, table: Table) -> dict[str, tuple[Any, ...]]:
    """Return the special codes of each column, checked as the bins will check them."""
    if isinstance(codes, Mapping):
        table.require(list(codes))
        return {
            name: _checked(codes.get(name, ()), table.kind(name), f" for column {name!r}")
            for name in table.names
        }
    codes = () if codes is None else codes
    if not is_listed(codes):
        msg = (
            f"The 'special_codes' parameter of {_OWNER} must be a sequence of values, or a "
            f"mapping of column names to sequences. Got {codes!r} instead."
        )
        raise InvalidParameterError(msg)
    numbers = _checked([code for code in codes if not isinstance(code, str)], "numeric")
    words = _checked([code for code in codes if isinstance(code, str)], "categorical")
    common: dict[ColumnKind, tuple[Any, ...]] = {
        "numeric": numbers,
        "categorical": words,
        "ordered": words,
        "mixed": (*numbers, *words),
    }
    return {name: common[table.kind(name)] for name in table.names}


def _checked(codes: Any, kind: ColumnKind, where: str = "") -> tuple[Any, ...]:
    try:
        if kind == "numeric":
            return NumericPartition(special_codes=codes).special_codes
        if kind == "mixed":
            return MixedPartition(special_codes=codes).special_codes
        return CategoricalPartition(special_codes=codes).special_codes
    except InvalidParameterError as error:
        msg = f"The 'special_codes' parameter of {_OWNER} cannot be used{where}. {error}"
        raise InvalidParameterError(msg) from error


def warn_of_idle_codes(codes: Any, table: Table, tables: Mapping[str, BinTable]) -> None:
    """Say which codes for all columns are of a type that keeps them from being met."""
    for code in () if codes is None or isinstance(codes, Mapping) else codes:
        numeric = not isinstance(code, str)
        if any(_holds(bins, code) for bins in tables.values()):
            continue
        twins = [name for name in tables if _holds_twin(table, name, code)]
        readable = ("numeric", "mixed") if numeric else ("categorical", "mixed")
        if twins or not any(bins.dtype in readable for bins in tables.values()):
            where = f"column {twins[0]!r} holds it as" if twins else "all columns hold"
            other = "text" if numeric else "numbers"
            warn_user(
                f"The special code {code!r} has no effect: {where} {other}. Give it as "
                f"{other} too, or leave it out.",
                SpecialCodeWarning,
            )


def warn_of_idle_policies(policy: Any, tables: Mapping[str, BinTable]) -> None:
    """Say which special codes a policy speaks of that no column has, or not the one it is for."""
    by_column = policy if isinstance(policy, Mapping) else {}
    asked = {name: (entry, {name: tables[name]}) for name, entry in by_column.items()}
    if isinstance(policy, BinPolicy):
        asked = {"": (policy, dict(tables))}
    for name, (entry, of) in asked.items():
        known = {code for table in of.values() for code in table.partition.special_codes}
        named = entry.special if isinstance(entry.special, tuple) else ()
        idle = [repr(code) for code, _ in named if code not in known]
        if idle:
            where = f"column {name!r}" if name else "any column"
            warn_user(
                f"The 'policy' parameter of {_OWNER} speaks of {', '.join(idle)}, which is no "
                f"special code of {where} and is treated as all other values are. Give it in "
                "special_codes too, or leave it out of the policy.",
                SpecialCodeWarning,
            )


def _holds(table: BinTable, code: Any) -> bool:
    """Tell whether a row of the fit holds a special code as its bins know it."""
    partition = table.partition
    if code not in partition.special_codes:
        # the user's own groups may hold it
        return isinstance(partition, CategoricalPartition) and any(
            code in group for group in partition.groups
        )
    place = partition.n_regular + partition.special_codes.index(code)
    return table.n_good[place] + table.n_bad[place] > 0


def _holds_twin(table: Table, name: str, code: Any) -> bool:
    """Tell whether a column holds a text code as a number, or a number as text."""
    kind = table.kind(name)
    if kind == "mixed" or (kind == "numeric") != isinstance(code, str):
        return False
    if not isinstance(code, str):
        return number_texts((float(code),))[0] in table.levels(name)[1]
    try:
        return bool((table.numeric(name) == float(code)).any())
    except ValueError:
        return False


def tables_by_feature(tables: Sequence[Any], known: Mapping[str, BinTable]) -> dict[str, BinTable]:
    """Check tables that are to take the place of those of a fit; return them by feature."""
    found: dict[str, BinTable] = {}
    for table in tables:
        if not isinstance(table, BinTable) or table.feature in found:
            msg = f"with_tables takes BinTables, one for a feature. Got {table!r} instead."
            raise InvalidParameterError(msg)
        if table.feature not in known:
            msg = (
                f"The encoder was not fitted on a column {table.feature!r}. It has: "
                f"{', '.join(map(repr, known))}."
            )
            raise InvalidDataError(msg)
        kind = known[table.feature].dtype
        if table.dtype != kind:
            msg = (
                f"The bins of {table.feature!r} are {kind}, and those given are {table.dtype}: "
                "they would not read the column."
            )
            raise InvalidDataError(msg)
        found[table.feature] = table
    return found
