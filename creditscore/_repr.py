"""Values as text that a person reads: what differs from the defaults, and no long lists."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any


def changed_repr(value: Any) -> str:
    """Write a frozen value as the call that makes it, without what is as by default.

    Examples
    --------
    >>> from creditscore.binning import BinConstraints
    >>> changed_repr(BinConstraints(trend="peak", min_bad=20))
    "BinConstraints(trend='peak', min_bad=20.0)"
    """
    changed = (
        f"{field.name}={getattr(value, field.name)!r}"
        for field in fields(value)
        if getattr(value, field.name) != _default(field)
    )
    return f"{type(value).__name__}({', '.join(changed)})"


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
