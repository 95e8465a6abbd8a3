"""Columns of a release that tell who somebody is, or rows that are no persons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditscore._display import counted
from creditscore._typing import Int1D, NativeFrame
from creditscore._warn import warn_user
from creditscore.exceptions import DisclosureWarning
from creditscore.protect._disclosure._classes import (
    RowClasses,
    factorised,
    native_column,
    pairs_of,
    read_classes,
)

_NEARLY_ALL = 0.9
"""Share of rows with a value of their own from which a column is as good as a number of them."""


def warn_of_own_values(
    table: NativeFrame, names: Sequence[str], kept: Int1D, whose: Int1D | None
) -> None:
    """Warn of columns in which nearly each row that goes out has a value of one person alone."""
    persons = np.arange(len(kept)) if whose is None else whose[kept]
    told = []
    for name in names:
        codes, values = factorised(name, native_column(table, name))
        value, _, _ = pairs_of(codes[kept], persons)
        n_persons = np.bincount(value, minlength=len(values) + 1)
        # a missing value, whose code is the last one, is nobody's own
        n_persons[-1] = 0
        n_own = int((n_persons == 1)[codes[kept]].sum())
        if n_own >= _NEARLY_ALL * len(kept):
            told.append(f"{name!r} ({n_own:,} of {counted(len(kept), 'row')})")
    if told:
        warn_user(
            "Values of one row or customer alone tell whose it is to whoever knows them, whatever "
            f"k is, and stand in what was called 'other': {', '.join(told)}. Call it 'direct' to "
            "leave it out, or 'quasi' once it is coarser: to_bands, to_prefixes, to_periods.",
            DisclosureWarning,
        )


def warn_of_rows_of_one(
    table: NativeFrame, direct: Sequence[str], kept: Int1D, classes: RowClasses, least_k: int
) -> None:
    """Warn of classes whose rows agree in what tells who somebody is, so that k counts no persons.

    For releases without a customer column, of which each row is taken for a person.
    """
    if not direct:
        return
    names = read_classes(table, direct, owner="release_table").codes
    unsaid = np.all([native_column(table, name).isna() for name in direct], axis=0)
    # of whom nothing is said may be anybody
    names = np.where(unsaid, len(names) + np.arange(len(names)), names)
    of_class, _, _ = pairs_of(classes.codes[kept], names[kept])
    n_persons = np.bincount(of_class, minlength=classes.n_classes)[classes.codes[kept]]
    n_few = int((n_persons < least_k).sum())
    if n_few:
        warn_user(
            f"{counted(n_few, 'row')} of {len(kept):,} are in classes of fewer than {least_k} "
            f"different values of what was called 'direct': {', '.join(map(repr, direct))}. If "
            "rows that agree in it are of one person, k counts rows, and persons are fewer: call "
            "the column of the customer's number 'customer'. If it tells nobody's name, drop it "
            "before.",
            DisclosureWarning,
        )
