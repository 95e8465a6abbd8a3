"""Why a customer is of its class: a sentence in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from creditscore.segment._grid._bands import CHINESE, Bands
from creditscore.segment._grid._customer_class import UNKNOWN_CLASS

if TYPE_CHECKING:
    from creditscore.segment._grid._grid import CustomerGrid

_FACTS = (("value", "价值"), ("potential", "潜力"), ("the grade", "评级"))


def cell_reasons(grid: CustomerGrid, v: int, p: int, grade: int) -> tuple[str, str]:
    """Return the sentences about a band of value, of potential and a grade; -1 is missing."""
    facts = [*_band(grid.value, "value", v), *_band(grid.potential, "potential", p)]
    risk, risk_zh = _grade(grid, grade)
    english = ", ".join((facts[0], facts[2], risk))
    chinese = "，".join((facts[1], facts[3], risk_zh))
    missing = [names for names, code in zip(_FACTS, (v, p, grade), strict=True) if code < 0]
    if not missing:
        return english, chinese
    left = _classes_left(grid, v, p, grade)
    unknown = len(left) > 1 or grid.when_missing == "unknown"
    names = " or ".join(name for name, _ in left)
    names_zh = "或".join(name for _, name in left)
    what = " and ".join(name for name, _ in missing)
    verb = "are" if len(missing) > 1 else "is"
    what_zh = "、".join(name for _, name in missing)
    if unknown:
        told = f"{UNKNOWN_CLASS[0]} because {what} {verb} missing: it could be {names} ({english})"
        told_zh = f"因缺少{what_zh}而{UNKNOWN_CLASS[1]}：可能为{names_zh}（{chinese}）"
        return told, told_zh
    told = f"{what} {verb} missing, but every cell that is left says {names} ({english})"
    return told, f"缺少{what_zh}，但其余各格均为{names_zh}（{chinese}）"


def _band(bands: Bands, name: str, code: int) -> tuple[str, str]:
    name_zh = dict(_FACTS)[name]
    if code < 0:
        return f"{name} unknown", f"{name_zh}{CHINESE['unknown']}"
    row = bands.intervals().iloc[code]
    return (
        f"{name} {row['band']} ({row['interval']})",
        f"{name_zh}{row['band_zh']}（{row['interval_zh']}）",
    )


def _grade(grid: CustomerGrid, grade: int) -> tuple[str, str]:
    if grade < 0:
        return "risk unknown", f"风险{CHINESE['unknown']}"
    label, band = grid.risk.pairs[grade]
    band_zh = grid.risk.bands_zh[grid.risk.bands.index(band)]
    return f"risk {band} (grade {label})", f"风险{band_zh}（评级{label}）"


def _classes_left(grid: CustomerGrid, v: int, p: int, grade: int) -> list[tuple[str, str]]:
    """Return the names of the classes that a customer can be of, in the order of the grid."""
    table: Any = grid._class_codes[:-1, :-1, :-1]  # noqa: SLF001 - of this stage
    r = -1
    if grade >= 0:
        r = grid.risk.bands.index(grid.risk.pairs[grade][1])
    for axis, code in enumerate((v, p, r)):
        if code >= 0:
            table = np.take(table, [code], axis=axis)
    return [(grid.classes[c].name, grid.classes[c].name_zh) for c in np.unique(table).tolist()]
