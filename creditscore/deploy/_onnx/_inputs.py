"""Which inputs a column of a card has, and of which type."""

from __future__ import annotations

from creditscore.deploy._rules import ColumnRules


def texts_of(column: ColumnRules) -> list[str]:
    """Return the levels or words of a column."""
    return [level for level, _ in column.values if isinstance(level, str)]


def is_text(column: ColumnRules) -> bool:
    """Tell whether a column holds text and nothing else."""
    levels = column.kind in ("categorical", "ordered")
    return levels and len(texts_of(column)) == len(column.values)


def inputs_of(column: ColumnRules) -> dict[str, str]:
    """Return the inputs of a column, and of which type each is."""
    if column.kind == "mixed":
        return {column.name: "DOUBLE", f"{column.name}_words": "STRING"}
    return {column.name: "STRING" if is_text(column) else "DOUBLE"}
