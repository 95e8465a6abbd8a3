"""Values as text that a person reads: what differs from the defaults, and no long lists."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any


def changed_repr(value: Any, *, digits: int | None = None) -> str:
    """Write a frozen value as the call that makes it, without what is as by default.

    With `digits`, numbers with fractions have no more of them, as labels need.

    Examples
    --------
    >>> from creditscore.binning import BinConstraints
    >>> changed_repr(BinConstraints(trend="peak", min_bad=20))
    "BinConstraints(trend='peak', min_bad=20.0)"
    """
    changed = (
        f"{field.name}={_text(getattr(value, field.name), digits)}"
        for field in fields(value)
        if getattr(value, field.name) != _default(field)
    )
    return f"{type(value).__name__}({', '.join(changed)})"


def _text(value: Any, digits: int | None) -> str:
    short = digits is not None and isinstance(value, float)
    return repr(float(f"{value:.{digits}g}")) if short else repr(value)


def _default(field: Field[Any]) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()
