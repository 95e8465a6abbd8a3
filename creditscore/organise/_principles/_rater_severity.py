"""Who judges harshly and who leniently, beyond what the customers explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import norm

from creditscore._display import counted, html_table
from creditscore._frame import read_named
from creditscore._holm import holm
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import check_finite, check_real
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, NonConvergenceWarning, ResponseWarning
from creditscore.organise._principles._crossed_effects import CrossedFit, fit_crossed


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class RaterSeverity:
    """Severity of raters, and how much of all spread is theirs; made by :func:`rater_severity`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a rater, harshest first: n, mean (of its scores), effect (predicted: below 0 is
        harsh), std_error, p_value (adjusted for the number of raters) and verdict ("harsh",
        "lenient" or ""). Those that cannot be compared with most come last, and have no effect.
    var_customer, var_rater, var_rest : float
        Components of the variance of a score.
    mean : float
        Score of a mean customer by a mean rater.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import rater_severity
    >>> severity = rater_severity(pd.DataFrame({
    ...     "customer": ["A", "A", "B", "B", "C", "C"], "rater": ["Li", "Wu"] * 3,
    ...     "score": [2, 4, 1, 3, 3, 5],
    ... }))
    >>> severity.table["verdict"].to_dict()
    {'Li': 'harsh', 'Wu': 'lenient'}
    """

    table: pd.DataFrame
    var_customer: float
    var_rater: float
    var_rest: float
    mean: float

    @property
    def rater_share(self) -> float:
        """Share of the variance that hangs on who rates, from 0 to 1."""
        total = self.var_customer + self.var_rater + self.var_rest
        return self.var_rater / total if total > 0 else 0.0

    @property
    def agreement(self) -> float:
        """Share of the variance that hangs on the customer: intraclass correlation ICC(2,1)."""
        total = self.var_customer + self.var_rater + self.var_rest
        return self.var_customer / total if total > 0 else float("nan")

    def __repr__(self) -> str:
        """Say in one line how much hangs on the rater."""
        verdicts, alone = self.table["verdict"], int(self.table["effect"].isna().sum())
        others = f", {alone} not compared" if alone else ""
        return (
            f"RaterSeverity({counted(len(self.table), 'rater')}, "
            f"{(verdicts == 'harsh').sum()} harsh, {(verdicts == 'lenient').sum()} lenient"
            f"{others}; {self.rater_share:.0%} of the variance is theirs)"
        )

    def _repr_html_(self) -> str:
        """Show the raters."""
        formats = {"n": "{:,}", **dict.fromkeys(["mean", "effect", "std_error"], "{:.2f}")}
        shown = self.table.reset_index()
        return html_table(shown, caption=repr(self), formats={**formats, "p_value": "{:.4f}"})


def rater_severity(
    ratings: Any, *, level: float = 0.95, least_effect: float = 0.5
) -> RaterSeverity:
    """Estimate how harsh each rater is, though each has rated other customers.

    Parameters
    ----------
    ratings : table
        A row a judgement: customer, rater and score (a number; higher is better). Customers that
        several raters judged tie the raters together.
    level : float, default=0.95
        Confidence with which a rater is called harsh or lenient, all raters taken together,
        above 0 and below 1.
    least_effect : float, default=0.5
        Smallest effect that is called harsh or lenient, as a multiple of the standard deviation
        of a single judgement about its customer and rater, 0 or more: with many ratings, small
        effects are sure too.

    Returns
    -------
    RaterSeverity

    Raises
    ------
    MissingColumnError
        A column is not there.
    InvalidDataError
        A customer, a rater or a score is missing; there is one rater or one customer, or no
        customer was rated by two raters; or all scores are one.

    Warns
    -----
    ResponseWarning
        Raters have no customer in common with the others, and are not compared with them.
    NonConvergenceWarning
        The search for the variances did not come to rest.

    Notes
    -----
    score = mean + customer + rater + rest, with customers, raters and rest normal and independent.
    The variances are those of restricted maximum likelihood; effects are the best linear unbiased
    predictions, which draw raters of few judgements towards the mean, less their mean over the
    raters. p-values are those of effect / std_error in a normal distribution, adjusted by Holm's
    method. A rater to whom mostly weak customers are sent is not called harsh, as far as others
    judged these customers too.

    Only raters that a chain of common customers ties together can be compared: that one gives
    higher scores than another says nothing if no third one saw customers of both. Of several such
    groups that with most raters (of equal ones, with most ratings) is fitted, and variances are
    those of it; the others have no effect and no verdict.
    O(n_ratings + n_raters³) time a step of the search.

    References
    ----------
    .. [1] Henderson, C. R. (1975). Best linear unbiased estimation and prediction under a
       selection model. Biometrics 31, 423–447.
    .. [2] Patterson, H. D. and Thompson, R. (1971). Recovery of inter-block information when
       block sizes are unequal. Biometrika 58, 545–554.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import rater_severity
    >>> scores = {"A": [4, 5, 3], "B": [2, 3, 1], "C": [5, 5, 4], "D": [3, 4, 2]}
    >>> ratings = pd.DataFrame(
    ...     [(name, f"r{k}", score) for name, row in scores.items() for k, score in enumerate(row)],
    ...     columns=["customer", "rater", "score"],
    ... )
    >>> severity = rater_severity(ratings)
    >>> severity
    RaterSeverity(3 raters, 1 harsh, 1 lenient; 35% of the variance is theirs)
    >>> severity.table["effect"].round(2).to_dict()
    {'r2': -0.89, 'r0': 0.08, 'r1': 0.81}
    """
    owner = "rater_severity"
    check_real(level, "level", owner, low=0, high=1, closed="neither")
    check_real(least_effect, "least_effect", owner, low=0, high=np.inf, closed="left")
    table = read_named(ratings, ("customer", "rater", "score"), reader=owner)
    score = check_finite(table.numeric("score"), name="score")
    customer, _ = table.levels("customer")
    rater, raters = table.levels("rater")
    for name, missing in (
        ("score", np.isnan(score)), ("customer", customer < 0), ("rater", rater < 0)
    ):  # fmt: skip
        if missing.any():
            place = int(np.flatnonzero(missing)[0])
            msg = f"The column {name!r} is missing in row {place}. Leave out such rows."
            raise InvalidDataError(msg)
    tied = _largest_group(customer, rater)
    _check_enough(score[tied], customer[tied], rater[tied], len(raters))
    fitted, codes = np.unique(rater[tied], return_inverse=True)
    _warn_of_others([raters[code] for code in np.setdiff1d(rater, fitted)], len(raters))
    fit = fit_crossed(
        score[tied], np.unique(customer[tied], return_inverse=True)[1].ravel(), codes.ravel()
    )
    if not fit.converged:
        msg = "The search for the variances of raters did not come to rest. They may be off."
        warn_user(msg, NonConvergenceWarning)
    return RaterSeverity(
        table=_table(fit, fitted, score, rater, raters).pipe(
            _judged, level, least_effect, fit.var_rest
        ),
        var_customer=fit.var_customer, var_rater=fit.var_rater, var_rest=fit.var_rest,
        mean=fit.mean,
    )  # fmt: skip


def _largest_group(customer: Int1D, rater: Int1D) -> Bool1D:
    """Tell which ratings are of the largest group of raters that customers tie together."""
    n_raters, n = int(rater.max()) + 1, int(customer.max()) + 1
    pairs = (np.ones(len(rater)), (rater, n_raters + customer))
    graph = coo_matrix(pairs, shape=(n_raters + n, n_raters + n))
    group = connected_components(graph, directed=False)[1]
    n_raters_of, n_ratings = np.bincount(group[:n_raters]), np.bincount(group[rater])
    largest = max(range(len(n_ratings)), key=lambda k: (n_raters_of[k], n_ratings[k], -k))
    found: Bool1D = group[rater] == largest
    return found


def _check_enough(score: Float1D, customer: Int1D, rater: Int1D, n_raters: int) -> None:
    if n_raters > 1 and len(np.unique(rater)) == 1:
        msg = (
            "No customer was rated by two raters, so that a harsh rater cannot be told from weak "
            "customers. Let some customers be rated by several people."
        )
        raise InvalidDataError(msg)
    n_customers = len(np.unique(customer))
    if n_raters < 2 or n_customers < 2:
        msg = (
            "Severity needs two raters and two customers or more. Got "
            f"{counted(n_raters, 'rater')} and {counted(n_customers, 'customer')}."
        )
        raise InvalidDataError(msg)
    if score.min() == score.max():
        msg = f"All scores are {score.min():g}: nothing can be said of the raters."
        raise InvalidDataError(msg)


def _warn_of_others(others: list[Any], n_raters: int) -> None:
    if others:
        warn_user(
            f"{len(others)} of {n_raters} raters, such as {others[0]!r}, have no customer in "
            "common with the others, and are not compared with them. Let some customers be rated "
            "by both.",
            ResponseWarning,
        )


def _table(
    fit: CrossedFit, fitted: Int1D, score: Float1D, rater: Int1D, names: Sequence[Any]
) -> pd.DataFrame:
    n = np.bincount(rater)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(fit.rater_error > 0, fit.rater / fit.rater_error, 0.0)
    found = pd.DataFrame(
        {
            "effect": fit.rater, "std_error": fit.rater_error,
            "p_value": holm(2 * norm.sf(np.abs(z))),
        },
        index=fitted,
    )  # fmt: skip
    told = pd.DataFrame({"n": n, "mean": np.bincount(rater, score) / n}).join(found)
    return told.set_index(pd.Index(list(names), name="rater"))


def _judged(table: pd.DataFrame, level: float, least: float, var_rest: float) -> pd.DataFrame:
    effect = table["effect"]
    sure = (table["p_value"] < 1 - level) & (effect.abs() >= least * np.sqrt(var_rest))
    verdict = np.select([sure & (effect < 0), sure], ["harsh", "lenient"], default="")
    return table.assign(verdict=verdict).sort_values("effect", kind="stable")
