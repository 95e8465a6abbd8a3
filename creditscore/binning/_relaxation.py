"""One constraint that stands in the way, and what it would have to be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

_LISTED = 5
"""Cuts or periods that are named one by one."""
_NAMES = {"fixed_cuts": "fixed cut", "forbidden_cuts": "forbidden cut", "periods": ""}


@dataclass(frozen=True)
class Relaxation:
    """One constraint that stands in the way, and what it would have to be, all others as they are.

    Attributes
    ----------
    constraint : str
        Name of the constraint in :class:`BinConstraints`, or "periods".
    asked : object
        As it is; of cuts and periods, those that stand in the way.
    needed : object
        As it would have to be; None where it would have to go.

    Examples
    --------
    >>> from creditscore.binning import Relaxation
    >>> print(Relaxation("max_rate_ratio", 1.5, 2.0))
    raise max_rate_ratio to 2
    """

    constraint: str
    asked: Any
    needed: Any

    def __str__(self) -> str:
        """Say what to do."""
        if self.needed is None:
            return f"leave out {self._named}"
        raises = self.constraint.startswith("max_") or self.constraint == "cut_digits"
        verb = "set" if self.constraint == "trend" else ("raise" if raises else "lower")
        needed = repr(self.needed) if isinstance(self.needed, str) else f"{self.needed:g}"
        return f"{verb} {self.constraint} to {needed}"

    @property
    def _named(self) -> str:
        """Name what must go: the cuts or periods one by one, where they are few."""
        name = _NAMES.get(self.constraint)
        listed = isinstance(self.asked, tuple) and 0 < len(self.asked) <= _LISTED
        if name is None or not listed:
            return self.constraint
        texts = ", ".join(map(_text, self.asked))
        if self.constraint == "periods":
            return f"periods, as it fails in {texts}"
        return f"the {name}{'s' if len(self.asked) > 1 else ''} {texts}"


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " to ".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def written_bound(name: str, asked: float, reached: float) -> float | None:
    """Write a bound that was reached; None where it must go.

    A size above 1 is a weight. Where so little is reached that it would read as a share, nothing
    can be asked; nor where what is reached is infinite.
    """
    if math.isinf(reached):
        return None
    if name.endswith("_size") and asked > 1 >= reached:
        return None
    return written(reached, up=name.startswith("max_"))


def written(value: float, *, up: bool) -> float:
    """Write a bound with three digits such that what kept it keeps it still."""
    if value == 0:
        return 0.0
    digits = 2 - int(np.floor(np.log10(abs(value))))
    scaled = value * 10.0**digits
    near = np.rint(scaled)
    away = (np.ceil if up else np.floor)(scaled)
    whole = near if abs(scaled - near) < 1e-9 * abs(scaled) else away
    return float(f"{whole:.0f}e{-digits}")
