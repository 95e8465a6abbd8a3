"""Values that the sample of a card never held: how they score, and that it is said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Float1D, Int1D, Level
from creditscore._warn import warn_user
from creditscore.exceptions import UnseenValueWarning
from creditscore.scorecard._characteristic import Characteristic

_FEW = 4
"""So many attributes are counted faster one by one than all of them together."""


def codes_and_points(
    characteristics: Sequence[Characteristic], table: Table
) -> Iterator[tuple[Int1D, Float1D]]:
    """Yield attributes and points of all rows by characteristic.

    One warning at the end names all values that the sample never held, so that a caller of a
    card hears of them once.
    """
    tallies = [Tally(characteristic) for characteristic in characteristics]
    for tally in tallies:
        codes, points = tally.read(table)
        tally.settle()
        yield codes, points
    warn_of_unmet(tallies)


@dataclass
class Tally:
    """What there is to say of the rows of one characteristic, counted over parts of a table."""

    characteristic: Characteristic
    unmet: list[int] = field(init=False)
    counts: dict[int, int] = field(init=False)
    levels: dict[Level, None] = field(default_factory=dict)
    other: int = 0

    def __post_init__(self) -> None:
        """Look up once which attributes call for a word."""
        self.unmet = unmet_codes(self.characteristic)
        self.counts = dict.fromkeys([*self.unmet, *self.characteristic.refused_codes], 0)

    def read(self, table: Table) -> tuple[Int1D, Float1D]:
        """Return attributes and points of the rows of a part, and count those of interest."""
        partition, name = self.characteristic.partition, self.characteristic.name
        codes, unseen = partition.coded(table, name)
        if unseen:
            self.levels |= dict.fromkeys(unseen)
            self.other += int(np.count_nonzero(codes == partition.other_code))
        self._count(codes)
        return codes, self.characteristic.points_of(codes, table)

    def settle(self) -> None:
        """Warn of levels never seen, and refuse rows, once all parts were read."""
        partition, name = self.characteristic.partition, self.characteristic.name
        partition.warn_of(name, self.levels, self.other)
        self.characteristic.check_refused(self.counts)

    def _count(self, codes: Int1D) -> None:
        if len(self.counts) > _FEW:
            found = np.bincount(codes, minlength=len(self.characteristic.attributes))
            for code in self.counts:
                self.counts[code] += int(found[code])
            return
        for code in self.counts:
            self.counts[code] += int(np.count_nonzero(codes == code))


def warn_of_unmet(tallies: Sequence[Tally]) -> None:
    """Warn once of values that no row of the fit had; points that an author gave never warn.

    Points that are not the neutral ones were given by an author, who meant them, as were those of
    a treatment that a policy names. Levels never seen are not listed: they have a warning of
    their own.
    """
    found = [
        (tally.characteristic, code, tally.counts[code])
        for tally in tallies
        for code in tally.unmet
        if tally.counts[code]
    ]
    if not found:
        return
    by_policy = any(c.attributes[code].treatment for c, code, _ in found)
    policy = ", or as the policy of their bins says" if by_policy else ""
    said = "; ".join(
        f"column {c.name!r} is {c.partition.labels[code]!r} in {n_rows} row(s), "
        f"{c.attributes[code].points:.1f} points each"
        for c, code, n_rows in found
    )
    warn_user(
        f"Values that the fit never met score as neutral{policy}: {said}. Nothing is known of "
        "their risk: find out why they occur now, fit again with data that hold them, or give "
        "these attributes points of your own.",
        UnseenValueWarning,
    )


def unmet_codes(characteristic: Characteristic) -> list[int]:
    """Return the attributes without a row of the fit whose points nobody gave them."""
    neutral = characteristic.neutral_points
    if neutral is None:
        return []
    kinds = characteristic.partition.attribute_kinds
    return [
        code
        for code, attribute in enumerate(characteristic.attributes)
        if attribute.unmet
        and not attribute.overridden
        and kinds[code] != "other"
        and (
            attribute.treatment == "unmet"
            if attribute.treatment
            else math.isclose(attribute.points, neutral, rel_tol=1e-9, abs_tol=1e-9)
        )
    ]
