"""Expert cards held against outcomes, once these have arrived."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from creditscore._checks import unknown_name
from creditscore._display import html_table, p_value_text
from creditscore._frame import as_table
from creditscore._typing import Bool1D, Float1D, NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore._warn import warn_user
from creditscore.exceptions import InvalidDataError, SmallSampleWarning
from creditscore.expert._backtest._backtest_groups import attribute_table, band_table, reversals_of
from creditscore.expert._backtest._backtest_parts import characteristic_evidence
from creditscore.expert._backtest._backtest_verdicts import characteristic_verdict, verdicts_of
from creditscore.expert._outcomes._cases import LEAST_CASES, counts_of, plain_card, read_outcomes
from creditscore.expert._outcomes._logit import fit_logit, log_likelihood
from creditscore.expert._weights._weights import Weights
from creditscore.metrics import Interval, auc_interval, gini_interval
from creditscore.scorecard import PointsScale


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ExpertBacktest:
    """What outcomes say of a card of judgement; by :func:`backtest_expert`.

    Attributes
    ----------
    auc, gini : Interval
        Of the score, with DeLong's interval.
    n_good, n_bad : float
        Cases (weights).
    calibration : tuple of float
        a, b and the p-value of a = 0 and b = 1 in ln(odds) = a + b · (that of the scale); NaN for
        a card without a scale.
    verdicts : tuple of str
        What the outcomes bear out, in sentences.
    tables : mapping of str to DataFrame
        "characteristics", "attributes", "reversals" and "bands", of which the methods hand out
        copies.

    See Also
    --------
    backtest_expert : Makes one.
    BacktestDisplay : Draws it.

    Notes
    -----
    Two back-tests are equal if they are one and the same object.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore import Scorecard
    >>> from creditscore.expert import backtest_expert
    >>> from creditscore.scorecard import Characteristic
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric("years", cuts=[5], points=[0, 30], missing_points=0),
    ...     Characteristic.numeric("cover", cuts=[2], points=[0, 30], missing_points=0),
    ... ))
    >>> firms = pd.DataFrame({"years": np.tile([2, 9], 200), "cover": np.repeat([1, 3], 200)})
    >>> is_bad = np.arange(400) % 20 < np.where(firms["cover"] > 2, 2, 8) - firms["years"] / 4
    >>> found = backtest_expert(card, firms, is_bad)
    >>> found.table()[["characteristic", "weight", "implied_weight", "verdict"]].round(2)
      characteristic  weight  implied_weight          verdict
    0          years     0.5            0.24  weight too high
    1          cover     0.5            0.76   weight too low
    """

    auc: Interval
    gini: Interval
    n_good: float
    n_bad: float
    calibration: tuple[float, float, float]
    verdicts: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]

    def table(self) -> pd.DataFrame:
        """Return a row a characteristic.

        Returns
        -------
        DataFrame
            characteristic; auc, auc_lower, auc_upper of it alone and auc_p_holm, of the
            hypothesis that it is 0.5 (exact where it is 0 or 1, else by DeLong's error); weight,
            its share of the points that the card can give; implied_weight, the share that a refit
            gives, below zero where it turns round; weight_ratio, the one over the other, with
            ratio_lower, ratio_upper and ratio_p_holm, of the hypothesis that it is 1; verdict
            (empty where nothing speaks clearly against it). NaN where the cases tell nothing.
        """
        return self.tables["characteristics"].copy()

    def attributes(self) -> pd.DataFrame:
        """Return a row an attribute that holds a case, those of a characteristic by points.

        Returns
        -------
        DataFrame
            characteristic, attribute, points (mean of its cases), count, n_bad, bad_rate with
            bad_rate_lower and bad_rate_upper (Jeffreys), log_odds (ln good / bad, half a case
            added to both).
        """
        return self.tables["attributes"].copy()

    def reversals(self) -> pd.DataFrame:
        """Return neighbours in points whose bad rates stand the other way, the clearest first.

        Returns
        -------
        DataFrame
            characteristic, riskier and safer (attributes, by the card), points_riskier,
            points_safer, bad_rate_riskier, bad_rate_safer, p_value (Fisher's exact test, one
            side), p_holm (for all neighbours of the card that were compared).
        """
        return self.tables["reversals"].copy()

    def bands(self) -> pd.DataFrame:
        """Return a row a band of the score, the safest first.

        Returns
        -------
        DataFrame
            band (a number from 1), score_lower, score_upper, mean_score, count, n_bad, bad_rate
            with bad_rate_lower and bad_rate_upper (Jeffreys), predicted (mean probability of
            default, NaN without a scale), log_odds (ln good / bad, half a case added to both).
        """
        return self.tables["bands"].copy()

    def implied_weights(self) -> Weights:
        """Return the weights that a refit gives the characteristics, those below zero as 0.

        Returns
        -------
        Weights
            Characteristics of which the cases tell nothing are left out.

        Raises
        ------
        InvalidDataError
            No weights follow from these cases; `verdicts` say why.
        """
        known = self.tables["characteristics"].dropna(subset="implied_weight")
        if known.empty:
            msg = "No weights follow from these cases. " + " ".join(self.verdicts)
            raise InvalidDataError(msg)
        shares = known["implied_weight"].clip(lower=0)
        amounts = dict(zip(known["characteristic"], shares, strict=True))
        return Weights.of(amounts, method="backtest", evidence={"n_bad": self.n_bad})

    def characteristic(self, name: str) -> pd.DataFrame:
        """Return the attributes of one characteristic, as :meth:`attributes` has them.

        Parameters
        ----------
        name : str
            A characteristic of the card.

        Returns
        -------
        DataFrame

        Raises
        ------
        InvalidParameterError
            There is none of this name; near names are listed.
        """
        names = self.tables["characteristics"]["characteristic"].tolist()
        if name not in names:
            raise unknown_name(name, names, "characteristic", "this back-test")
        found = self.tables["attributes"][self.tables["attributes"]["characteristic"] == name]
        return found.reset_index(drop=True)

    def __repr__(self) -> str:
        """Say in one line how the card ranks and how much speaks against it."""
        return f"<{type(self).__name__}: {self._said()}>"

    def _said(self) -> str:
        table = self.tables["characteristics"]
        against = int((table["verdict"] != "").sum())
        return (
            f"AUC {self.auc} on {self.n_good + self.n_bad:,.0f} cases, {self.n_bad:,.0f} bad; "
            f"{against} of {len(table)} characteristics with a verdict against them"
        )

    def __str__(self) -> str:
        """Write the verdicts, a line each."""
        return "\n".join(self.verdicts)

    def _repr_html_(self) -> str:
        """Show the table of characteristics, and below it the verdicts."""
        numbers = [
            *("auc", "auc_lower", "auc_upper", "weight", "implied_weight"),
            *("weight_ratio", "ratio_lower", "ratio_upper"),
        ]
        formats: dict[str, Any] = dict.fromkeys(numbers, "{:.3f}")
        formats |= dict.fromkeys(("auc_p_holm", "ratio_p_holm"), p_value_text)
        table = html_table(self.table(), caption=f"Back-test: {self._said()}", formats=formats)
        verdicts = "".join(f"<li>{escape(verdict)}</li>" for verdict in self.verdicts)
        return f"<div>{table}<ul>{verdicts}</ul></div>"


def backtest_expert(
    card: Any,
    X: NativeFrame,
    is_bad: Any,
    *,
    sample_weight: Any = None,
    level: float = 0.95,
    n_bands: int = 5,
) -> ExpertBacktest:
    """Hold a card of judgement against outcomes, characteristic by characteristic.

    Parameters
    ----------
    card : Scorecard or ExpertScorecard
        The card; it was not made from these outcomes.
    X : table of shape (n_samples, n_columns)
        pandas, polars or pyarrow; holds the card's columns as they were when it was used.
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good; two cases of each or more.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more.
    level : float, default=0.95
        Confidence level of intervals and verdicts in (0, 1).
    n_bands : int, default=5
        Bands of the score of nearly equal size, 1 or more.

    Returns
    -------
    ExpertBacktest

    Raises
    ------
    InvalidTargetError, InvalidWeightError, InvalidParameterError
        Outcomes, weights or parameters out of range.
    InvalidDataError
        Fewer than two cases of a class; also what :meth:`Scorecard.score` refuses.

    Warns
    -----
    SmallSampleWarning
        Fewer than 5 cases of the rarer class for each characteristic.

    Notes
    -----
    The refit is a logistic regression of the outcomes on the points of all characteristics. The
    weight of a characteristic is its share of the points that the card can give; that of the refit
    is the same for points times slopes. If the card's weights are right, all slopes are one, so
    that the ratio of both weights is slope over mean slope, the mean being by the card's weights;
    its interval is by the delta method. Correlated characteristics share their weight in ways that
    few cases cannot settle: intervals are then wide.

    There are as many tests as characteristics, and as neighbouring attributes; p-values are
    adjusted for their number by Holm's method [1]_, so that a right card gets a verdict against
    any weight with a probability of 1 - `level` at most, and so for directions and for orders.
    Intervals are each by itself. Where few cases went bad, no verdict means that little could be
    seen, not that all is well.

    References
    ----------
    .. [1] S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", *Scandinavian
       Journal of Statistics* 6, 1979, pp. 65-70.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.expert import backtest_expert
    >>> from creditscore.scorecard import Characteristic
    >>> german = load_german_credit()
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric(
    ...         "duration_months", cuts=[12, 24], points=[40, 20, 0], missing_points=0,
    ...     ),
    ...     Characteristic.numeric(
    ...         "age_years", cuts=[25, 35], points=[30, 15, 0], missing_points=0,
    ...     ),
    ... ))
    >>> found = backtest_expert(card, german, german["is_bad"])
    >>> found
    <ExpertBacktest: AUC 0.555 (0.517 to 0.593) on 1,000 cases, 300 bad; 1 of 2 characteristics \
with a verdict against them>
    >>> print(found.verdicts[2])
    Direction reversed in 'age_years': cases with more safety by the card are worse (AUC 0.423, \
p < 0.0001).
    """
    owner = "backtest_expert"
    check_real(level, "level", owner, low=0, high=1)
    check_integer(n_bands, "n_bands", owner, low=1)
    plain = plain_card(card, "card", owner)
    sign = 1.0 if plain.higher_is_safer else -1.0
    earned = as_table(plain.score_parts(X))
    parts = np.column_stack([earned.numeric(name) for name in plain.names])
    score = parts.sum(axis=1) + plain.base_points
    bad, weights = read_outcomes(X, is_bad, sample_weight, len(score))
    area = auc_interval(bad, sign * score, sample_weight=weights, level=level)
    n_good, n_bad = counts_of(bad, weights)
    counts = np.ones(len(bad)) if weights is None else weights
    spans = np.array([high - low for low, high in (c.points_range for c in plain.characteristics)])
    evidence = characteristic_evidence(plain.names, sign * parts, spans, bad, weights, level=level)
    table = evidence.table
    alpha = 1 - level
    table["verdict"] = [characteristic_verdict(row, alpha) for _, row in table.iterrows()]
    attributes = attribute_table(
        plain.characteristics, as_table(X, wanted=plain.names), parts, bad, counts, level=level
    )
    reversals = reversals_of(attributes, sign=sign)
    calibration = _calibration(score, plain.scale, bad, weights)
    _warn_of_few(min(n_good, n_bad), len(table))
    verdicts = verdicts_of(
        area,
        table,
        reversals,
        trouble=evidence.trouble,
        n_bad=n_bad,
        n_good=n_good,
        calibration=calibration,
    )
    return ExpertBacktest(
        auc=area,
        gini=gini_interval(bad, sign * score, sample_weight=weights, level=level),
        n_good=n_good,
        n_bad=n_bad,
        calibration=calibration,
        verdicts=tuple(verdicts),
        tables={
            "characteristics": table,
            "attributes": attributes,
            "reversals": reversals,
            "bands": band_table(
                score, plain.scale, bad, weights, n_bands=n_bands, level=level, sign=sign
            ),
        },
    )


def _calibration(
    score: Float1D, scale: PointsScale | None, is_bad: Bool1D, weights: Float1D | None
) -> tuple[float, float, float]:
    """Estimate the true log-odds on those of the scale, and test that they are one."""
    if scale is None or np.ptp(score) == 0:
        return math.nan, math.nan, math.nan
    claimed = scale.log_odds(score)
    fit = fit_logit(claimed[:, None], is_bad, weights)
    if fit.endless or fit.dependent.any():
        return math.nan, math.nan, math.nan
    gain = 2 * (fit.log_likelihood - log_likelihood(claimed, is_bad, weights))
    a, b = fit.params.tolist()
    return a, b, float(chdtrc(2, max(0.0, gain)))


def _warn_of_few(rarer: float, n_characteristics: int) -> None:
    if rarer < LEAST_CASES * n_characteristics:
        warn_user(
            f"The back-test has {rarer:,.0f} cases of the rarer class for {n_characteristics} "
            f"characteristics, fewer than {LEAST_CASES} for each, so that errors of the refit "
            "mean little. Wait for more outcomes, or join characteristics before judging weights.",
            SmallSampleWarning,
        )
