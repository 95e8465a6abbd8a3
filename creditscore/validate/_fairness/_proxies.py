"""Proxies: which characteristics tell the protected group, alone and together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import chdtrc

from creditscore._display import html_table
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Float1D, Int1D, NativeFrame
from creditscore._validation import check_choice, check_integer, check_outcomes
from creditscore.exceptions import InvalidDataError
from creditscore.metrics import auc_interval, information_value
from creditscore.validate._battery._finding import Finding
from creditscore.validate._fairness._groups import (
    Groups,
    MissingGroup,
    check_rows_agree,
    read_groups,
)

ProxyModel: TypeAlias = Literal["logistic", "boosted"]
"""What guesses the group from all characteristics."""

_LEAST_CELL = 5
"""Cases a bin and group, in the mean, below which chi-square is rough (Cochran 1954)."""
_OWNER = "protected_proxies"
_SOURCE = "Theil 1970; Miller 1955"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ProtectedProxies:
    """How much characteristics tell of a protected group; by :func:`protected_proxies`.

    Attributes
    ----------
    table : DataFrame
        A row a characteristic, strongest first: feature, n_bins, mutual_information (nats,
        corrected for chance), strength (the share of the uncertainty about the group that it
        takes away, 0 to 1), p_value, iv (its information value for the outcome, where that was
        given), note.
    joint : DataFrame
        A row a group: group, count, auc, lower, upper: how well all characteristics together tell
        it from the others, on cases that they were not fitted on; 0.5 is not at all.
    model : {"logistic", "boosted"}
        What guessed the groups.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import protected_proxies
    >>> german = load_german_credit()
    >>> found = protected_proxies(german[["housing", "telephone"]], german["foreign_worker"])
    >>> found
    <ProtectedProxies: 2 characteristics, strongest 'telephone' (0.039), together AUC 0.607>
    """

    table: pd.DataFrame
    joint: pd.DataFrame
    model: ProxyModel

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report; none is judged."""
        alone = [
            Finding(
                part="fairness",
                test="proxy of the protected group",
                subject=f"characteristic {row['feature']}",
                measure="share of uncertainty",
                statistic=row["strength"],
                p_value=row["p_value"],
                source=_SOURCE,
                note=row["note"],
            )
            for row in self.table.to_dict("records")
        ]
        together = [
            Finding(
                part="fairness",
                test="group guessed from all characteristics",
                subject=f"group {row['group']}",
                measure="AUC",
                statistic=row["auc"],
                lower=row["lower"],
                upper=row["upper"],
                band="interval",
                source="DeLong, DeLong and Clarke-Pearson 1988",
                note=f"{self.model}, out of fold",
            )
            for row in self.joint.to_dict("records")
        ]
        return (*alone, *together)

    def __repr__(self) -> str:
        """Say in one line what tells most."""
        n, first = len(self.table), self.table.iloc[0]
        together = "" if not len(self.joint) else f", together AUC {self.joint['auc'].max():.3f}"
        return (
            f"<ProtectedProxies: {n} characteristic{'s' * (n != 1)}, strongest "
            f"{first['feature']!r} ({first['strength']:.3f}){together}>"
        )

    def _repr_html_(self) -> str:
        formats = dict.fromkeys(("mutual_information", "strength", "p_value", "iv"), "{:.4f}")
        formats = {name: how for name, how in formats.items() if name in self.table}
        first = html_table(self.table, caption="Proxies of the group", formats=formats)
        areas = {"count": "{:,.0f}", **dict.fromkeys(("auc", "lower", "upper"), "{:.3f}")}
        return first + html_table(self.joint, caption="All together", formats=areas)


def protected_proxies(
    X: NativeFrame,
    group: Any,
    *,
    is_bad: Any = None,
    n_bins: int = 10,
    n_permutations: int = 0,
    model: ProxyModel = "logistic",
    missing: MissingGroup = "error",
    random_state: int = 0,
) -> ProtectedProxies:
    """Measure how much each characteristic, and all together, tell of a protected group.

    Parameters
    ----------
    X : table of shape (n_samples, n_features)
        Characteristics, raw or already binned; numbers with more than `n_bins` different values
        are cut at quantiles.
    group : array-like of shape (n_samples,), or table or mapping of columns
        Protected attribute; several columns are crossed. Leave it out of `X`.
    is_bad : array-like of shape (n_samples,), optional
        1 for bad; with it the table has the information value of the same bins, to weigh what a
        proxy is worth for prediction.
    n_bins : int, default=10
        Most bins of a number, 2 or more; missing values have one of their own.
    n_permutations : int, default=0
        Shuffles of the groups for the p-values, 0 for those of chi-square (the likelihood ratio
        test of independence), which are not exact where cells are small.
    model : {"logistic", "boosted"}, default="logistic"
        What guesses the group in five folds: a logistic regression on the bins, penalised as is
        scikit-learn's default, or gradient boosting.
    missing : {"error", "group"}, default="error"
        Whether a missing group is an error, or a group of its own.
    random_state : int, default=0
        Seed of shuffles, folds and boosting, zero or more.

    Returns
    -------
    ProtectedProxies

    Raises
    ------
    InvalidDataError
        Missing groups, one group only, columns of different lengths.
    InvalidParameterError
        A parameter out of its range.

    See Also
    --------
    ProxyDisplay : Draws strength against information value.

    Notes
    -----
    The mutual information of bins x and groups g is Σ p(x, g) ln(p(x, g) / (p(x) p(g))), less its
    bias (bins - 1)(groups - 1) / (2 n) [1]_, and not below 0. Strength divides it by the entropy of
    the groups: the uncertainty coefficient [2]_. A strong proxy that foretells little is a
    candidate to leave out; one that foretells much is a question for
    :func:`less_discriminatory_alternatives`. Characteristics that are weak alone may tell the
    group together, which the AUC shows. A link with a group indicates no cause.
    O(n) time a column and shuffle.

    References
    ----------
    .. [1] G. A. Miller, "Note on the bias of information estimates", in *Information Theory in
       Psychology*, Free Press, 1955, pp. 95-100.
    .. [2] H. Theil, "On the estimation of relationships involving qualitative variables", *American
       Journal of Sociology* 76, 1970, pp. 103-154.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import protected_proxies
    >>> german = load_german_credit()
    >>> X = german[["housing", "telephone", "credit_amount"]]
    >>> found = protected_proxies(X, german["age_years"] < 25, is_bad=german["is_bad"])
    >>> found.table[["feature", "n_bins", "strength", "iv"]].round(3)
             feature  n_bins  strength     iv
    0        housing       3     0.096  0.083
    1      telephone       2     0.023  0.006
    2  credit_amount      10     0.002  0.114
    """
    check_integer(n_bins, "n_bins", _OWNER, low=2)
    check_integer(n_permutations, "n_permutations", _OWNER, low=0)
    check_integer(random_state, "random_state", _OWNER, low=0)
    check_choice(model, "model", _OWNER, ("logistic", "boosted"))
    check_rows_agree(X=X, group=group, is_bad=is_bad)
    table = as_table(X)
    groups = read_groups(group, n_rows=table.n_rows, missing=missing, owner=_OWNER)
    groups = _present(groups)
    bad = None if is_bad is None else check_outcomes(is_bad, n_rows=table.n_rows, beside="X")
    bins = {name: binned_codes(table, name, n_bins) for name in table.names}
    rng = np.random.default_rng(random_state)
    shuffled = [rng.permutation(groups.codes) for _ in range(n_permutations)]
    rows = [_alone(name, codes, groups, bad, shuffled) for name, codes in bins.items()]
    found = pd.DataFrame(rows).sort_values("strength", ascending=False, kind="stable")
    joint = _together(list(bins.values()), groups, model, random_state)
    return ProtectedProxies(table=found.reset_index(drop=True), joint=joint, model=model)


def binned_codes(table: Table, name: str, n_bins: int) -> Int1D:
    """Return a bin for each row: quantiles of many numbers, else each value; gaps are a bin."""
    kind = table.kind(name)
    if kind == "numeric":
        codes = _number_codes(table.numeric(name), n_bins)
    elif kind == "mixed":
        parts = table.mixed(name)
        codes = _number_codes(parts.values, n_bins)
        # words come after all numbers, one bin each
        codes[parts.word_rows] = codes.max(initial=0) + 1 + parts.word_codes
    else:
        codes = np.asarray(table.levels(name)[0])
    _, dense = np.unique(codes, return_inverse=True)
    return np.asarray(dense, dtype=np.intp)


def _number_codes(values: Float1D, n_bins: int) -> Int1D:
    """Return the quantile, or the place among few distinct values, of each number; -1 for a gap."""
    known = ~np.isnan(values)
    ends = np.unique(values[known])
    if len(ends) > n_bins:
        ends = np.unique(np.quantile(values[known], np.linspace(0, 1, n_bins + 1)[1:-1]))
    return np.where(known, np.searchsorted(ends, values, side="left"), -1).astype(np.intp)


def mutual_information(codes: Int1D, groups: Int1D) -> tuple[float, int]:
    """Return the mutual information in nats, not corrected, and the degrees of freedom."""
    n_bins, n_groups = int(codes.max()) + 1, int(groups.max()) + 1
    cells = np.bincount(codes * n_groups + groups, minlength=n_bins * n_groups)
    joint = cells.reshape(n_bins, n_groups) / len(codes)
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    held = joint > 0
    information = float((joint[held] * np.log(joint[held] / independent[held])).sum())
    return max(0.0, information), (n_bins - 1) * (n_groups - 1)


def _present(groups: Groups) -> Groups:
    """Leave out groups without a case, of which nothing can be told."""
    present, codes = np.unique(groups.codes, return_inverse=True)
    if len(present) < 2:
        msg = (
            "Proxies tell groups apart, and all cases are in one group: "
            f"{groups.names[int(present[0])]!r}."
        )
        raise InvalidDataError(msg)
    return Groups(codes.astype(np.intp), tuple(groups.names[i] for i in present.tolist()))


def _alone(
    name: str, codes: Int1D, groups: Groups, bad: Bool1D | None, shuffled: list[Int1D]
) -> dict[str, Any]:
    """Measure one characteristic."""
    n, n_bins = len(codes), int(codes.max()) + 1
    information, df = mutual_information(codes, groups.codes)
    corrected = max(0.0, information - df / (2 * n))
    shares = groups.sums() / n
    entropy = -float((shares * np.log(shares)).sum())
    note = ""
    if n_bins == 1:
        p_value, note = math.nan, "one value only: it tells nothing"
    elif shuffled:
        as_much = sum(mutual_information(codes, other)[0] >= information for other in shuffled)
        p_value = (1 + as_much) / (1 + len(shuffled))
    else:
        p_value = float(chdtrc(df, 2 * n * information))
        if n < _LEAST_CELL * n_bins * len(shares):
            note = "few cases a bin, so chi-square is rough: see n_permutations"
    row: dict[str, Any] = {
        "feature": name,
        "n_bins": n_bins,
        "mutual_information": corrected,
        "strength": corrected / entropy,
        "p_value": p_value,
    }
    if bad is not None:
        counts = [np.bincount(codes[rows], minlength=n_bins) for rows in (~bad, bad)]
        row["iv"] = information_value(*counts)
    return row | {"note": note}


def _together(
    bins: list[Int1D], groups: Groups, model: ProxyModel, random_state: int
) -> pd.DataFrame:
    """Guess the groups out of fold, and measure how well each is told from the others."""
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415 - takes time to import

    count = groups.sums()
    n_folds = int(min(5, count.min()))
    if n_folds < 2:
        small = groups.names[int(count.argmin())]
        msg = f"Group {small!r} has one case, and folds need two: join it with another group."
        raise InvalidDataError(msg)
    features = _features(bins, model)
    prob = np.zeros((len(groups.codes), len(groups.names)))
    folds = StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
    for train, test in folds.split(features, groups.codes):
        fitted = _classifier(model, random_state).fit(features[train], groups.codes[train])
        prob[test] = fitted.predict_proba(features[test])
    rows = []
    for place, name in enumerate(groups.names):
        # the case that is told is "bad", and is told by a low score
        found = auc_interval(groups.codes == place, -prob[:, place])
        rows.append((name, count[place], found.estimate, found.lower, found.upper))
    return pd.DataFrame(rows, columns=["group", "count", "auc", "lower", "upper"])


def _features(bins: list[Int1D], model: ProxyModel) -> Any:
    """Return a column a bin for a regression, and a column a characteristic for trees."""
    codes = np.column_stack(bins)
    if model == "boosted":
        return codes.astype(np.float64)
    n_bins = codes.max(axis=0) + 1
    n_rows, n_columns = codes.shape
    columns = (codes + np.cumsum(n_bins) - n_bins).ravel()
    starts = np.arange(0, codes.size + 1, n_columns)
    return csr_array((np.ones(codes.size), columns, starts), shape=(n_rows, int(n_bins.sum())))


def _classifier(model: ProxyModel, random_state: int) -> Any:
    if model == "logistic":
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - takes time to import

        return LogisticRegression(max_iter=1000)
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415 - as above

    return HistGradientBoostingClassifier(max_iter=100, random_state=random_state)
