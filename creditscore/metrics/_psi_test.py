"""How large a population stability index chance alone makes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import chdtrc, chdtri

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_integer, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.metrics._significance_test import SignificanceTest
from creditscore.metrics._stability import psi


def psi_benchmark(n_expected: float, n_actual: float, n_bins: int, *, level: float = 0.95) -> float:
    """Value that PSI stays below, at a confidence level, if there is no shift.

    Parameters
    ----------
    n_expected, n_actual : float
        Cases of the two samples, above 0.
    n_bins : int
        Number of bins, 2 or more.
    level : float, default=0.95
        Confidence level in (0, 1).

    Returns
    -------
    float
        Above 0; the larger the samples, the smaller.

    Raises
    ------
    InvalidParameterError
        A parameter is out of range.

    See Also
    --------
    psi_test : The p-value.
    csi_table : All characteristics beside it.

    Notes
    -----
    χ²(level; n_bins - 1) · (1 / n_expected + 1 / n_actual) [1]_: of two samples of one population,
    PSI over the bracket is about χ² with n_bins - 1 degrees of freedom, where no bin is nearly
    empty. The customary 0.10 and 0.25 know no sample size: in samples of a hundred chance goes
    beyond 0.10 easily, and in a million cases 0.01 is far beyond chance.

    References
    ----------
    .. [1] B. Yurdakul, *Statistical Properties of Population Stability Index*, dissertation,
       Western Michigan University, 2018.

    Examples
    --------
    >>> from creditscore.metrics import psi_benchmark
    >>> round(psi_benchmark(1000, 500, 10), 4)
    0.0508
    """
    owner = "psi_benchmark"
    old = check_real(n_expected, "n_expected", owner, low=0, high=math.inf)
    new = check_real(n_actual, "n_actual", owner, low=0, high=math.inf)
    check_integer(n_bins, "n_bins", owner, low=2)
    check_real(level, "level", owner, low=0, high=1)
    return float(chdtri(n_bins - 1, 1 - level)) * (1 / old + 1 / new)


def psi_test(expected: Any, actual: Any, *, floor: float = 1e-4) -> SignificanceTest:
    """Test whether two distributions over the same bins differ by more than chance.

    Parameters
    ----------
    expected, actual : array-like of shape (n_bins,)
        Counts of cases, not shares, over the same bins.
    floor : float, default=1e-4
        Least share of a bin, as in :func:`creditscore.metrics.psi`.

    Returns
    -------
    SignificanceTest
        The statistic is PSI / (1 / n_expected + 1 / n_actual), and `n` all cases of both.

    Raises
    ------
    InvalidDataError
        As in :func:`creditscore.metrics.psi`; also shares in the place of counts, and fewer than
        two bins that hold a case.

    Notes
    -----
    About χ² with one degree of freedom less than there are bins, if both are samples of one
    population [1]_; a bin that is empty in both does not count. The approximation asks for some
    five cases in each bin of each sample: an empty bin makes the statistic depend on `floor`.

    References
    ----------
    .. [1] B. Yurdakul, *Statistical Properties of Population Stability Index*, dissertation,
       Western Michigan University, 2018.

    Examples
    --------
    >>> from creditscore.metrics import psi_test
    >>> psi_test([400, 300, 300], [175, 125, 200])
    <SignificanceTest: PSI, statistic 14.85, df 2, p = 0.0006>
    """
    old, new = read_counts(expected, "expected"), read_counts(actual, "actual")
    index = psi(expected, actual, floor=floor)
    n_bins = int(np.count_nonzero(old + new))
    if n_bins < 2:
        msg = f"A test of PSI needs two bins that hold a case, or more. Got {n_bins}."
        raise InvalidDataError(msg)
    statistic = index / (1 / old.sum() + 1 / new.sum())
    return SignificanceTest(
        name="PSI",
        statistic=float(statistic),
        p_value=float(chdtrc(n_bins - 1, statistic)),
        hypothesis="both samples are of one population",
        source="Yurdakul 2018",
        df=n_bins - 1,
        n=int(old.sum() + new.sum()),
    )


def read_counts(values: Any, name: str) -> Float1D:
    """Read counts of cases; shares, which add up to 1, are refused."""
    counts = as_floats(values, name)
    total = float(counts.sum()) if counts.size else 0.0
    if counts.ndim == 1 and 0 < total < 1 + 1e-6:
        msg = (
            f"{name} must hold counts of cases, of which the sampling error comes. Got numbers "
            f"that add up to {total:g}, which look like shares: multiply them by the number of "
            "cases."
        )
        raise InvalidDataError(msg)
    return counts
