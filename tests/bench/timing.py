"""Seconds of several contenders on the same rows, taken in turn."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import pandas as pd

from tests.bench.contenders import Contender
from tests.bench.recount import Rows

_WARM_UP_ROWS = 2_000


def time_in_turn(field: Sequence[Contender], rows: Rows, repeat: int) -> pd.DataFrame:
    """Time fit and transform of each contender.

    Parameters
    ----------
    field : sequence of Contender
        Left fitted to the rows.
    rows : Rows
        What all are fitted to.
    repeat : int
        Rounds; within a round every contender runs once, so that a noisy moment hits all.

    Returns
    -------
    DataFrame
        A row a contender: best and median seconds; NaN where it has no transform. `fit_cpu` is
        the least processor time of a fit, over all threads of this process: on a busy machine it
        says more than the clock. Other processes that a contender starts are not in it.
    """
    X, y = rows.X, rows.is_bad.astype(np.intp)
    head = X.head(_WARM_UP_ROWS)
    fits: dict[str, list[float]] = {contender.label: [] for contender in field}
    transforms: dict[str, list[float]] = {contender.label: [] for contender in field}
    processor: dict[str, list[float]] = {contender.label: [] for contender in field}
    for contender in field:
        # what a library imports or starts at its first use is not its speed
        contender.fit(head, y[:_WARM_UP_ROWS])
        if contender.transforms:
            contender.transform(head)
    for _ in range(repeat):
        for contender in field:
            start, worked = time.perf_counter(), time.process_time()
            contender.fit(X, y)
            fitted = time.perf_counter()
            processor[contender.label].append(time.process_time() - worked)
            fits[contender.label].append(fitted - start)
            if contender.transforms:
                contender.transform(X)
                transforms[contender.label].append(time.perf_counter() - fitted)
    return pd.DataFrame(
        [
            {"contender": label, **_spread("fit", fits[label])}
            | {"fit_cpu": min(processor[label])}
            | _spread("transform", transforms[label])
            for label in fits
        ]
    )


def speed_ratio(seconds: pd.DataFrame, rival: str, what: str) -> float:
    """Divide a rival's best seconds by creditscore's, for "fit" or "transform".

    The rival is named as its library is; of its lines the fastest counts.
    """
    best = seconds.set_index("contender")[f"{what}_best"]
    theirs = best[[str(label).split()[0] == rival for label in best.index]]
    return float(theirs.min() / best["creditscore"])


def _spread(what: str, seconds: Sequence[float]) -> dict[str, float]:
    if not seconds:
        return {f"{what}_best": math.nan, f"{what}_median": math.nan}
    return {f"{what}_best": min(seconds), f"{what}_median": float(np.median(seconds))}
