"""Fairness of a score and a decision: every group, and the differences between them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri

from creditscore._checks import check_kind
from creditscore._typing import Bool1D
from creditscore.metrics import SignificanceTest, auc_interval
from creditscore.validate._battery._finding import Verdict, verdict_of
from creditscore.validate._fairness._adverse_impact import AdverseImpact, adverse_impact
from creditscore.validate._fairness._fairness_cases import FairnessCases, read_fairness_cases
from creditscore.validate._fairness._fairness_report import FairnessReport
from creditscore.validate._fairness._fairness_settings import FairnessSettings
from creditscore.validate._fairness._group_calibration import (
    group_lines,
    one_line_test,
    same_rate_test,
)
from creditscore.validate._fairness._groups import large_groups
from creditscore.validate._fairness._mean_difference import (
    MeanDifference,
    difference_verdict,
    differences,
)

_HARDT = "Hardt, Price and Srebro 2016"
_CHOULDECHOVA = "Chouldechova 2017"
_IMPOSSIBLE = (
    "Bad rates differ between groups. Calibration within groups and equalised odds then cannot "
    "both hold, unless the score foretells without error (Kleinberg et al. 2016; Chouldechova "
    "2017): which of the two is asked for is a decision, not a result."
)


def fairness_table(
    is_bad: Any,
    prob_default: Any,
    group: Any,
    *,
    approved: Any = None,
    cutoff: float | None = None,
    score: Any = None,
    sample_weight: Any = None,
    settings: FairnessSettings | None = None,
) -> FairnessReport:
    """Compare approvals, errors, discrimination and calibration of groups.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good. Outcomes of the refused must be known too, or inferred: without
        them, errors are those of the booked alone.
    prob_default : array-like of shape (n_samples,) or None
        Fractions strictly between 0 and 1. None leaves calibration out.
    group : array-like of shape (n_samples,), or table or mapping of columns
        Protected attribute; several columns are crossed into intersections, such as
        "female × under 25".
    approved : array-like of shape (n_samples,), optional
        1 or True for approved. Either this or `cutoff`.
    cutoff : float, optional
        Approve scores of at least it; without a `score`, probabilities of at most it.
    score : array-like of shape (n_samples,), optional
        Higher is safer; by default the log-odds of being good. AUC and mean differences use it.
        With neither this nor `prob_default`, the decision itself is the score, 1 for approved.
    sample_weight : array-like of shape (n_samples,), optional
        Counts of rows, whole numbers, zero or more.
    settings : FairnessSettings, optional
        Reference, least size of groups, bounds of verdicts, treatment of missing groups.

    Returns
    -------
    FairnessReport
        Its `groups` have a row a group: group, count, share, n_bad, bad_rate, n_approved,
        approval_rate (approval_lower, approval_upper: Wilson), impact_ratio, adverse,
        bad_rate_approved, approval_rate_goods, false_positive_rate (bads approved),
        false_negative_rate (goods refused), auc (auc_lower, auc_upper: DeLong), mean_score,
        mean_difference, judged, note; and with `prob_default`: predicted, observed_to_predicted,
        in_the_large and slope of Cox's line, with intervals.

    Raises
    ------
    InvalidTargetError, InvalidWeightError
        Outcomes or weights that cannot be used.
    InvalidDataError
        Missing groups (unless the settings make a group of them), scores or probabilities;
        columns of different lengths.
    InvalidParameterError
        Both or neither of approved and cutoff, a cutoff of nothing; a reference that is no group.

    See Also
    --------
    adverse_impact : From counts alone.
    fairness_metric_frame : The same rates as a MetricFrame of fairlearn.
    less_discriminatory_alternatives : Looks for a fairer card.

    Notes
    -----
    The wanted decision is the approval, and the wanted outcome a good. Equal opportunity compares
    approval rates among goods; equalised odds [1]_ those among goods and among bads: the larger of
    the two spreads, and the smaller of the two ratios of least to largest. Predictive parity [2]_
    compares bad rates of the approved. Spreads are largest less least over the groups that are
    large enough; p-values are those of chi-square tests that all groups share one rate. A
    difference fails if it is above its bound and significant.

    Calibration within groups: the line logit P(bad) = a + b · logit(prob_default) of each group,
    and the likelihood ratio test that one line serves all. Where bad rates differ, calibration
    within groups and equalised odds cannot both hold but for a score without error [2]_ [3]_; the
    report then says so.

    All this indicates where to look; whether a difference is unlawful is a legal question (in the
    United States of the Equal Credit Opportunity Act, 15 USC 1691), and this is not legal advice.
    O(n log n) time.

    References
    ----------
    .. [1] M. Hardt, E. Price and N. Srebro, "Equality of opportunity in supervised learning",
       *NIPS*, 2016.
    .. [2] A. Chouldechova, "Fair prediction with disparate impact: a study of bias in recidivism
       prediction instruments", *Big Data* 5, 2017, pp. 153-163.
    .. [3] J. Kleinberg, S. Mullainathan and M. Raghavan, "Inherent trade-offs in the fair
       determination of risk scores", arXiv:1609.05807, 2016.

    Examples
    --------
    >>> from creditscore.validate import fairness_table
    >>> report = fairness_table(
    ...     [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.4, 0.2, 0.3, 0.5], list("aaabbb"), cutoff=0.25
    ... )
    >>> report.groups[["group", "bad_rate", "approval_rate", "impact_ratio"]].round(3)
      group  bad_rate  approval_rate  impact_ratio
    0     a     0.333          0.667           1.0
    1     b     0.667          0.333           0.5
    >>> report.measure("equal opportunity difference")
    0.0
    """
    settings = settings or FairnessSettings()
    check_kind(settings, "settings", "fairness_table", FairnessSettings)
    cases = read_fairness_cases(
        is_bad, prob_default, group, score, approved, cutoff, sample_weight, settings
    )
    counts = _counts(cases)
    impact = adverse_impact(
        counts["n_approved"],
        counts["count"],
        cases.groups.names,
        reference=settings.reference,
        threshold=settings.threshold,
        min_share=settings.min_share,
        min_count=settings.min_count,
        level=settings.level,
    )
    place = cases.groups.names.index(impact.reference)
    differs = _mean_difference(cases, place, settings)
    table = _group_table(cases, counts, impact, differs, settings.level)
    large = large_groups(
        counts["count"], min_share=settings.min_share, min_count=settings.min_count
    )
    large[place] = True
    measures, base_rates = _between(table[large], settings)
    if cases.log_odds is not None:
        table, line = _with_lines(cases, table, large, settings.level)
        measures = pd.concat([measures, _test_row(line, settings)], ignore_index=True)
    notes = (_IMPOSSIBLE,) if base_rates.p_value < settings.watch_below else ()
    return FairnessReport(
        groups=table.drop(columns=["n_approved_good", "n_approved_bad"]),
        measures=measures,
        impact=impact,
        mean_difference=differs,
        notes=notes,
        settings=settings,
    )


def _counts(cases: FairnessCases) -> pd.DataFrame:
    """Count goods and bads, approved and refused, in each group: one pass."""
    n = len(cases.groups.names)
    cell = cases.groups.codes * 4 + cases.is_bad * 2 + cases.approved
    cells = np.bincount(cell, cases.weights, minlength=4 * n).astype(np.float64).reshape(n, 2, 2)
    return pd.DataFrame(
        {
            "count": cells.sum(axis=(1, 2)),
            "n_bad": cells[:, 1].sum(axis=1),
            "n_approved": cells[:, :, 1].sum(axis=1),
            "n_approved_good": cells[:, 0, 1],
            "n_approved_bad": cells[:, 1, 1],
        }
    )


def _mean_difference(
    cases: FairnessCases, place: int, settings: FairnessSettings
) -> MeanDifference:
    table, reference = differences(
        cases.score, cases.groups, cases.weights, place=place, sd="pooled", level=settings.level
    )
    large = large_groups(table["count"], min_share=settings.min_share, min_count=settings.min_count)
    bounds = settings.mean_difference_watch, settings.mean_difference_fail
    verdicts = [
        difference_verdict(row["difference"], row["note"], *bounds) if judged else "information"
        for row, judged in zip(table.to_dict("records"), large, strict=True)
    ]
    table.insert(len(table.columns) - 1, "verdict", verdicts)
    return MeanDifference(table=table, reference=reference, level=settings.level)


def _group_table(
    cases: FairnessCases,
    counts: pd.DataFrame,
    impact: AdverseImpact,
    differs: MeanDifference,
    level: float,
) -> pd.DataFrame:
    n_good = counts["count"] - counts["n_bad"]
    told, differ = impact.table, differs.table
    table = counts.assign(
        group=list(cases.groups.names),
        share=counts["count"] / counts["count"].sum(),
        bad_rate=_ratio(counts["n_bad"], counts["count"]),
        approval_rate=told["rate"],
        approval_lower=told["lower"],
        approval_upper=told["upper"],
        impact_ratio=told["ratio"],
        adverse=told["adverse"],
        bad_rate_approved=_ratio(counts["n_approved_bad"], counts["n_approved"]),
        approval_rate_goods=_ratio(counts["n_approved_good"], n_good),
        false_positive_rate=_ratio(counts["n_approved_bad"], counts["n_bad"]),
        false_negative_rate=1 - _ratio(counts["n_approved_good"], n_good),
        mean_score=differ["mean"],
        mean_difference=differ["difference"],
        judged=told["judged"],
    )
    areas = [_area(cases, place, level) for place in range(len(table))]
    table[["auc", "auc_lower", "auc_upper"]] = areas
    table["note"] = [
        _note(count, bad, note)
        for count, bad, note in zip(counts["count"], counts["n_bad"], told["note"], strict=True)
    ]
    first = ["group", "count", "share", "n_bad", "bad_rate", "n_approved"]
    return table[[*first, *(name for name in table if name not in first)]]


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Divide counts; nothing of nothing is not known."""
    return part / whole.where(whole > 0)


def _area(cases: FairnessCases, place: int, level: float) -> tuple[float, float, float]:
    """Return the AUC of a group with its interval; NaN where it has none."""
    rows = cases.groups.codes == place
    bad = cases.is_bad[rows]
    weights = None if cases.weights is None else cases.weights[rows]
    n_bad = bad.sum() if weights is None else weights[bad].sum()
    n_good = (~bad).sum() if weights is None else weights[~bad].sum()
    if n_bad < 2 or n_good < 2:
        return math.nan, math.nan, math.nan
    area = auc_interval(bad, cases.score[rows], sample_weight=weights, level=level)
    return area.estimate, area.lower, area.upper


def _note(count: float, n_bad: float, note: str) -> str:
    few = [
        f"{n:,.0f} {name} case{'' if n == 1 else 's'}"
        for n, name in ((n_bad, "bad"), (count - n_bad, "good"))
        if n < 2
    ]
    return "; ".join(part for part in (note, *few) if part)


def _between(
    table: pd.DataFrame, settings: FairnessSettings
) -> tuple[pd.DataFrame, SignificanceTest]:
    """Compare the groups that are large enough."""
    n_good = table["count"] - table["n_bad"]
    goods = same_rate_test("", "the approval rate of goods", table["n_approved_good"], n_good)
    bads = same_rate_test("", "the approval rate of bads", table["n_approved_bad"], table["n_bad"])
    booked = same_rate_test("", "the bad rate", table["n_approved_bad"], table["n_approved"])
    base = same_rate_test("same bad rate", "the bad rate", table["n_bad"], table["count"])
    everyone = same_rate_test("", "the approval rate", table["n_approved"], table["count"])
    good, bad = table["approval_rate_goods"], table["false_positive_rate"]
    odds = _both(goods, bads)
    wide = np.array([_spread(good), _spread(bad)])
    narrow = np.array([_least_ratio(good), _least_ratio(bad)])
    opportunity, parity = float(wide[0]), _spread(table["bad_rate_approved"])
    largest = float(wide.max()) if not np.isnan(wide).any() else math.nan
    least = float(narrow.min()) if not np.isnan(narrow).any() else math.nan
    area, p_area = _spread(table["auc"]), _area_p_value(table, settings.level)
    grade = settings.difference_verdict
    lines: list[tuple[str, float, float, Verdict, str, str]] = [
        *_told("bad rate difference", _spread(table["bad_rate"]), base.p_value, base.source),
        *_told(
            "demographic parity difference",
            _spread(table["approval_rate"]),
            everyone.p_value,
            "Calders and Verwer 2010",
            "judged by the ratio, group by group",
        ),
        (
            "equal opportunity difference", opportunity, goods.p_value,
            grade(opportunity, goods.p_value), _HARDT, "approval rates among goods",
        ),
        (
            "false positive rate difference", float(wide[1]), bads.p_value,
            grade(float(wide[1]), bads.p_value), _HARDT, "approval rates among bads",
        ),
        (
            "equalised odds difference", largest, odds,
            grade(largest, odds), _HARDT, "the larger of the two above",
        ),
        *_told("equalised odds ratio", least, odds, _HARDT, "least over largest, the smaller one"),
        (
            "predictive parity difference", parity, booked.p_value,
            grade(parity, booked.p_value), _CHOULDECHOVA, "bad rates of the approved",
        ),
        (
            "AUC difference", area, p_area,
            verdict_of(
                p_area, watch_below=settings.watch_below, fail_below=settings.fail_below
            ),
            "DeLong, DeLong and Clarke-Pearson 1988", "largest less least AUC of a group",
        ),
    ]  # fmt: skip
    names = ["measure", "statistic", "p_value", "verdict", "source", "note"]
    return pd.DataFrame(lines, columns=names), base


def _told(
    name: str, value: float, p_value: float, source: str, note: str = ""
) -> list[tuple[str, float, float, Verdict, str, str]]:
    verdict: Verdict = "not tested" if math.isnan(value) else "information"
    return [(name, value, p_value, verdict, source, note)]


def _spread(rates: pd.Series) -> float:
    """Return the largest less the least; NaN for less than two groups."""
    known = rates.dropna()
    return float(known.max() - known.min()) if len(known) > 1 else math.nan


def _least_ratio(rates: pd.Series) -> float:
    known = rates.dropna()
    if len(known) < 2 or known.max() == 0:
        return math.nan
    return float(known.min() / known.max())


def _both(goods: SignificanceTest, bads: SignificanceTest) -> float:
    """Return the p-value of two tests on cases of their own together."""
    known = [test for test in (goods, bads) if not math.isnan(test.p_value)]
    if not known:
        return math.nan
    return float(chdtrc(sum(t.df for t in known), sum(t.statistic for t in known)))


def _area_p_value(table: pd.DataFrame, level: float) -> float:
    """Test whether all groups share one AUC, by the spread about the weighted mean."""
    # an end that is clipped to 0 or 1 lies nearer than the other
    ends = table["auc"] - table["auc_lower"], table["auc_upper"] - table["auc"]
    error = np.maximum(*ends) / float(ndtri(0.5 + level / 2))
    held = error > 0
    if held.sum() < 2:
        return math.nan
    weight = 1 / error[held] ** 2
    area = table.loc[held, "auc"]
    mean = (weight * area).sum() / weight.sum()
    return float(chdtrc(held.sum() - 1, (weight * (area - mean) ** 2).sum()))


def _with_lines(
    cases: FairnessCases, table: pd.DataFrame, large: Bool1D, level: float
) -> tuple[pd.DataFrame, SignificanceTest]:
    """Add calibration within groups, and test whether one line serves those large enough."""
    assert cases.log_odds is not None  # noqa: S101
    assert cases.prob_default is not None  # noqa: S101
    n = len(table)
    predicted = cases.groups.sums(cases.rows * cases.prob_default)
    rows, fits = group_lines(
        cases.is_bad, cases.log_odds, cases.weights, cases.groups.codes, n_groups=n, level=level
    )
    held = {i: fit for i, fit in enumerate(fits) if fit is not None and large[i]}
    test = one_line_test(cases.is_bad, cases.log_odds, cases.weights, cases.groups.codes, held)
    lines = pd.DataFrame(rows, index=table.index)
    count = table["count"].where(table["count"] > 0)
    table = table.assign(
        predicted=predicted / count,
        observed_to_predicted=table["n_bad"] / np.where(predicted > 0, predicted, np.nan),
        **{name: lines[name] for name in lines},
    )
    return table[[*(name for name in table if name != "note"), "note"]], test


def _test_row(test: SignificanceTest, settings: FairnessSettings) -> pd.DataFrame:
    verdict = verdict_of(
        test.p_value, watch_below=settings.watch_below, fail_below=settings.fail_below
    )
    note = test.hypothesis if test.df > 0 else "fewer than two groups have a line"
    return pd.DataFrame(
        [
            {
                "measure": "one calibration line",
                "statistic": test.statistic,
                "p_value": test.p_value,
                "verdict": verdict,
                "source": test.source,
                "note": note,
            }
        ]
    )
