"""What is declared of one column of a table that is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ColumnType: TypeAlias = Literal["text", "number", "date"]


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One column: its name, type, whether it must be filled, which values it takes."""

    name: str
    type: ColumnType
    description: str
    example: str
    required: bool = False
    low: float | None = None
    high: float | None = None
    allowed: tuple[float, ...] = ()

    @property
    def values_in_words(self) -> str:
        """What the column takes."""
        if self.type == "date":
            return "YYYY-MM-DD"
        if self.allowed:
            return " or ".join(f"{value:g}" for value in self.allowed)
        if self.low is not None and self.high is not None:
            return f"{self.low:g} to {self.high:g}"
        return f"{self.low:g} or more" if self.low is not None else ""
