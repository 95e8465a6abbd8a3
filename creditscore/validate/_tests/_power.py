"""How often a test finds a probability of default that is too low."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from scipy.stats import binom

from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_choice, check_real
from creditscore.exceptions import InvalidDataError
from creditscore.validate._tests._binomial import binomial_test
from creditscore.validate._tests._inputs import check_fractions, read_rates
from creditscore.validate._tests._jeffreys import jeffreys_test
from creditscore.validate._tests._normal import normal_test
from creditscore.validate._tests._rejection import least_rejected

RateTestName: TypeAlias = Literal["binomial", "jeffreys", "normal"]

_TESTS = {"binomial": binomial_test, "jeffreys": jeffreys_test, "normal": normal_test}


def binomial_power(
    n_total: Any,
    prob_default: Any,
    true_rate: Any,
    *,
    alpha: float = 0.05,
    test: RateTestName = "binomial",
) -> Float1D:
    """Return the chance that a test rejects a probability of default, given the true rate.

    Parameters
    ----------
    n_total : array-like
        Customers of each group, counts of one or more.
    prob_default : array-like
        Probability of default that is tested, a fraction in [0, 1].
    true_rate : array-like
        True rate, a fraction in [0, 1]. Single numbers stand for all places. At the probability
        that is tested, the result is the size of the test: how often it rejects what is right.
    alpha : float, default=0.05
        The test rejects at p-values of at most this, in (0, 1).
    test : {"binomial", "jeffreys", "normal"}, default="binomial"
        One-sided test against a probability that is too low: :func:`binomial_test`,
        :func:`jeffreys_test` or :func:`normal_test`.

    Returns
    -------
    ndarray
        Chances in [0, 1]; single numbers give a numpy float.

    Raises
    ------
    InvalidDataError
        As in :func:`binomial_test`; a group without customers.
    InvalidParameterError
        A level out of range; an unknown test.

    Notes
    -----
    P(X ≥ c | true rate) for independent customers, with c the least number of defaults that the
    test rejects: exact, no simulation. Since c is whole, the power is no smooth function of the
    number of customers, and the size of the binomial test is below `alpha`. O(log n_total) tests.

    References
    ----------
    .. [1] A. Djurovic, *Statistical power of PD predictive power tests*,
       github.com/andrija-djurovic/adsfcr.

    Examples
    --------
    >>> from creditscore.validate import binomial_power
    >>> binomial_power(99, 0.09656014, [0.09656014, 0.15, 0.2]).round(3)
    array([0.028, 0.415, 0.861])
    >>> binomial_power(99, 0.09656014, [0.09656014, 0.15, 0.2], test="jeffreys").round(3)
    array([0.053, 0.526, 0.912])
    """
    check_choice(test, "test", "binomial_power", tuple(_TESTS))
    check_real(alpha, "alpha", "binomial_power", low=0, high=1)
    true = check_fractions(as_floats(true_rate, "true_rate"), "true_rate")
    _, total, prob = read_rates(0, n_total, prob_default)
    try:
        total, prob, true = (np.array(x) for x in np.broadcast_arrays(total, prob, true))
    except ValueError as error:
        msg = (
            "n_total, prob_default and true_rate must have one shape, or be single numbers. Got "
            f"{np.shape(n_total)}, {np.shape(prob_default)} and {np.shape(true_rate)}."
        )
        raise InvalidDataError(msg) from error
    if (total == 0).any():
        msg = f"n_total is 0 at place {int((total == 0).argmax())}: there is nothing to test."
        raise InvalidDataError(msg)
    critical = least_rejected(total, lambda n: _TESTS[test](n, total, prob).p_value <= alpha)
    return np.asarray(np.where(critical > total, 0.0, binom.sf(critical - 1, total, true)))[()]
