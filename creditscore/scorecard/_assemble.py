"""From bins and coefficients to a card: pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from creditscore.binning import BinTable
from creditscore.scorecard._characteristic import Attribute, Characteristic
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._layout import PointsLayout
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard


def assemble_scorecard(
    tables: Sequence[BinTable],
    coefficients: Sequence[float],
    intercept: float,
    scale: PointsScale,
    fit_summary: FitSummary | None = None,
    *,
    layout: PointsLayout = "spread",
) -> Scorecard:
    """Turn a logistic model on WOE into points.

    Parameters
    ----------
    tables : sequence of BinTable
        Bins of the characteristics.
    coefficients : sequence of float
        Of their WOE, in a model of the log-odds of being bad.
    intercept : float
        Of the same model.
    scale : PointsScale
        Points and odds.
    fit_summary : FitSummary, optional
        Kept in the card.
    layout : {"spread", "base", "lowest"}, default="spread"
        Where intercept and offset stand: spread evenly over the characteristics, or in base
        points, where WOE 0 or the least points of each characteristic earn 0; see
        :meth:`Scorecard.with_layout`.

    Returns
    -------
    Scorecard

    Notes
    -----
    points = -(woe · coefficient + intercept / n) · factor + offset / n, for each of n
    characteristics, spread evenly [1]_; other layouts are made of that. WOE 0 earns the neutral
    points of a characteristic. The WOE is that of
    the tables, policy and edits included; what a policy refuses, the card refuses too.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 10.

    Examples
    --------
    >>> from creditscore import PointsScale, WOEEncoder
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import assemble_scorecard
    >>> german = load_german_credit()
    >>> X = german[["checking_status"]]
    >>> tables = WOEEncoder().fit(X, german["is_bad"]).tables_
    >>> card = assemble_scorecard(list(tables.values()), [-1.0], -0.8473, PointsScale())
    >>> card.table()[["attribute", "points"]].head(4).round(1)
                         attribute  points
    0          no checking account   545.5
    1  >= 200 DM or salary account   523.3
    2              0 to < 200 DM   500.0
    3                       < 0 DM   488.0
    """
    n = len(tables)
    neutral = -intercept / n * scale.factor + scale.offset / n
    characteristics = tuple(
        _characteristic(table, coefficient, intercept / n, scale, scale.offset / n, neutral)
        for table, coefficient in zip(tables, coefficients, strict=True)
    )
    card = Scorecard(characteristics=characteristics, scale=scale, fit_summary=fit_summary)
    return card if layout == "spread" else card.with_layout(layout)


def _characteristic(
    table: BinTable,
    coefficient: float,
    intercept: float,
    scale: PointsScale,
    offset: float,
    neutral: float,
) -> Characteristic:
    attributes = tuple(
        Attribute(
            points=-(float(woe) * coefficient + intercept) * scale.factor + offset,
            woe=float(woe),
            n_good=good,
            n_bad=bad,
            treatment=treatment,
        )
        for woe, good, bad, treatment in zip(
            table.woe, table.n_good, table.n_bad, _treatments(table), strict=True
        )
    )
    return Characteristic(
        name=table.feature,
        partition=table.partition,
        attributes=attributes,
        coefficient=coefficient,
        neutral_points=neutral,
    )


def _treatments(table: BinTable) -> Iterator[str | None]:
    """Yield what a policy did with each attribute; None where it did the usual."""
    for treatment, kind in zip(table.treatments, table.partition.attribute_kinds, strict=True):
        usual = treatment in ("empirical", "merged", "unmet neutral")
        if usual or (treatment == "neutral" and kind == "other"):
            yield None
        elif treatment.endswith("error"):
            yield "error"
        else:
            yield treatment.split()[0]
