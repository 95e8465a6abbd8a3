"""A bin table as plain values and back, and what its parts must satisfy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from creditscore._validation import check_real
from creditscore.binning._constraints import BinConstraints
from creditscore.binning._edit import Edit
from creditscore.binning._fine import fine_from_dict
from creditscore.binning._partition import Partition
from creditscore.binning._period_counts import PeriodCounts
from creditscore.binning._policy import BinPolicy
from creditscore.exceptions import InvalidDataError, InvalidParameterError

if TYPE_CHECKING:
    from creditscore.binning._table import BinTable

_SAME = 1e-9
"""Relative difference up to which sums of weights are the same."""


def table_content(table: BinTable) -> dict[str, Any]:
    """Return plain values; what is as by default is left out, but for the six first entries."""
    content: dict[str, Any] = {
        "feature": table.feature,
        "partition": table.partition.to_dict(),
        "n_good": list(table.n_good),
        "n_bad": list(table.n_bad),
        "smoothing": table.smoothing,
        "status": table.status,
    }
    for name in ("policy", "fine", "periods"):
        value = getattr(table, name)
        if value is not None and value != BinPolicy():
            content[name] = value.to_dict()
    if table.joined:
        content["joined"] = [list(pair) for pair in table.joined]
    if table.constraints is not None:
        content["constraints"] = _constraints_content(table.constraints)
    for name in ("stability_cost", "ceiling"):
        if getattr(table, name) is not None:
            content[name] = getattr(table, name)
    if table.history:
        content["history"] = [edit.to_dict() for edit in table.history]
    if table.notes:
        content["notes"] = list(table.notes)
    return content


def table_parts(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a table from what :func:`table_content` made of it."""
    parts: dict[str, Any] = {
        "feature": content["feature"],
        "partition": Partition.from_dict(content["partition"]),
        "n_good": tuple(map(float, content["n_good"])),
        "n_bad": tuple(map(float, content["n_bad"])),
        "smoothing": float(content["smoothing"]),
        "status": content["status"],
    }
    readers: dict[str, Callable[[Any], Any]] = {
        "policy": BinPolicy.from_dict,
        "joined": lambda pairs: tuple(map(tuple, pairs)),
        "fine": fine_from_dict,
        "constraints": _constraints,
        "periods": PeriodCounts.from_dict,
        "stability_cost": float,
        "ceiling": float,
        "history": lambda edits: tuple(map(Edit.from_dict, edits)),
        "notes": tuple,
    }
    return parts | {name: read(content[name]) for name, read in readers.items() if name in content}


def check_parts(table: BinTable) -> None:
    """Check that counts, joined attributes and fine counts belong to the partition."""
    n_codes, n = table.partition.n_codes, table.partition.n_regular
    sizes = {"n_good": len(table.n_good), "n_bad": len(table.n_bad)}
    if table.periods is not None:
        sizes["periods"] = table.periods.good.shape[1]
    wrong = [name for name, size in sizes.items() if size != n_codes]
    if wrong:
        msg = (
            f"The table of {table.feature!r} needs {n_codes} counts, one for each of "
            f"{', '.join(table.partition.labels)}. Got {sizes[wrong[0]]} in {wrong[0]!r} instead."
        )
        raise InvalidParameterError(msg)
    _check_counts(table)
    tails = [code for code, _ in table.joined]
    apart = all(n <= code < n_codes and 0 <= place < n for code, place in table.joined)
    if not apart or len(set(tails)) < len(tails):
        msg = (
            f"'joined' of the table of {table.feature!r} must pair codes of special, missing or "
            f"other attributes ({n} to {n_codes - 1}), each once, with codes of regular bins (0 "
            f"to {n - 1}). Got {table.joined!r} instead."
        )
        raise InvalidParameterError(msg)
    if table.fine is not None:
        _check_fine(table, table.fine.good, table.fine.bad)


def _check_counts(table: BinTable) -> None:
    if not all(0 <= count < math.inf for count in (*table.n_good, *table.n_bad)):
        msg = (
            f"The counts of {table.feature!r} must be finite, zero or more. Got "
            f"{table.n_good!r} good and {table.n_bad!r} bad."
        )
        raise InvalidDataError(msg)
    if not (sum(table.n_good) and sum(table.n_bad)):
        msg = (
            f"The counts of {table.feature!r} must hold goods and bads. Got "
            f"{sum(table.n_good):g} good and {sum(table.n_bad):g} bad."
        )
        raise InvalidDataError(msg)
    check_real(table.smoothing, "smoothing", "BinTable", low=0, high=math.inf, closed="left")


def _check_fine(table: BinTable, good: Any, bad: Any) -> None:
    n = table.partition.n_regular
    pairs = ((good.sum(), sum(table.n_good[:n])), (bad.sum(), sum(table.n_bad[:n])))
    if not all(math.isclose(fine, whole, rel_tol=_SAME) for fine, whole in pairs):
        msg = (
            f"The fine counts of {table.feature!r} must add up to its regular bins. Got "
            f"{pairs[0][0]:g} good and {pairs[1][0]:g} bad, and the bins have {pairs[0][1]:g} and "
            f"{pairs[1][1]:g}."
        )
        raise InvalidParameterError(msg)


def _constraints_content(constraints: BinConstraints) -> dict[str, Any]:
    """Return what differs from the defaults."""
    changed = {
        field.name: getattr(constraints, field.name)
        for field in fields(constraints)
        if getattr(constraints, field.name) != field.default
    }
    return {name: _listed(value) for name, value in changed.items()}


def _constraints(content: Mapping[str, Any]) -> BinConstraints:
    return BinConstraints(**content)


def _listed(value: Any) -> Any:
    return [_listed(item) for item in value] if isinstance(value, tuple) else value
