"""Are the customers that a model is used on those that it was made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import Format, html_table
from creditscore._typing import NativeFrame
from creditscore.binning import Partition
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.scorecard import Scorecard
from creditscore.validate._battery._finding import (
    Finding,
    Verdict,
    not_tested,
    worst_of,
)
from creditscore.validate._data._bounds import PRACTICE
from creditscore.validate._data._representativeness_settings import RepresentativenessSettings
from creditscore.validate._data._samples import TwoSamples
from creditscore.validate._data._shift import Parted, shift_row
from creditscore.validate._data._two_sample_test import TwoSampleTest, told_apart

_SIDDIQI = "Siddiqi, Intelligent Credit Scoring, 2nd ed., 2017, ch. 14"
_CSI = "characteristic stability"
_ALL = "all characteristics"
_SHARES = (
    *("csi", "benchmark", "missing_development", "missing_current", "out_of_range", "unseen"),
    *("smd",),
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Representativeness:
    """How two samples differ, column by column and as a whole; by :func:`representativeness`.

    Attributes
    ----------
    table : DataFrame
        A row a characteristic, the largest index first: characteristic; bins ("card", "given",
        "quantiles" or "levels"); n_bins; csi, benchmark, beyond_chance and p_value, as
        :func:`creditscore.metrics.csi_table` has them of counts; missing_development and
        missing_current (shares); unseen (share of current rows with levels that no bin holds);
        out_of_range (share of current rows below the least or above the largest value of
        development) and range_beyond_chance; mean_development, mean_current and smd (their
        difference over the standard deviation); points_shift (mean points of the card, current less
        development); csi_verdict, missing_verdict, range_verdict and unseen_verdict; verdict, the
        worst of them, and because_of, those that are not "pass". NaN, or "not tested", where a
        measure does not apply.
    attributes : DataFrame
        A row an attribute that holds a case: characteristic, attribute, development and current
        (shares), csi_part.
    two_samples : TwoSampleTest or None
        Whether a classifier can tell the samples apart; None where there were too few rows.
    skipped : Mapping of str to str
        Columns that were left out, and why.
    n_development, n_current : int
        Rows.
    settings : RepresentativenessSettings
        Bounds.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import representativeness
    >>> german = load_german_credit()[["age_years", "housing"]]
    >>> old = german["age_years"] > 40
    >>> representativeness(german[~old], german[old])
    <Representativeness: fail; 2 characteristics, largest CSI 8.380 of 'age_years'; AUC 1.00 of \
telling the samples apart>
    """

    table: pd.DataFrame
    attributes: pd.DataFrame
    two_samples: TwoSampleTest | None
    skipped: Mapping[str, str]
    n_development: int
    n_current: int
    settings: RepresentativenessSettings

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of all: "fail", "watch" or "pass"."""
        return worst_of(finding.verdict for finding in self.findings())

    def findings(self) -> tuple[Finding, ...]:
        """Return the lines of a report: the index of each characteristic, then what is strange."""
        lines = [_index_line(row, self.settings) for row in self.table.to_dict("records")]
        for measure, test, bounds in _MEASURES:
            lines += _strange_lines(self.table, measure, test, getattr(self.settings, bounds))
        if self.two_samples is None:
            why = f"too few rows for {self.settings.n_folds} folds"
            test = "classifier two-sample test"
            lines.append(not_tested("data", test, "AUC", PRACTICE, why))
        else:
            lines += self.two_samples.findings()
        lines += [
            not_tested("data", _CSI, "CSI", _SIDDIQI, why, f"characteristic {name}")
            for name, why in self.skipped.items()
        ]
        return tuple(lines)

    def __repr__(self) -> str:
        """Say in one line how they differ."""
        first = self.table.iloc[0]
        told = (
            "" if self.two_samples is None
            else f"; AUC {self.two_samples.auc.estimate:.2f} of telling the samples apart"
        )  # fmt: skip
        return (
            f"<Representativeness: {self.verdict}; {len(self.table)} characteristics, largest CSI "
            f"{first['csi']:.3f} of {first['characteristic']!r}{told}>"
        )

    def _repr_html_(self) -> str:
        shown = ["characteristic", "n_bins", *_SHARES, "mean_development", "mean_current"]
        table = self.table[[*shown, "verdict", "because_of"]]
        formats: dict[str, Format] = dict.fromkeys(_SHARES, "{:.3f}")
        formats |= dict.fromkeys(("mean_development", "mean_current"), "{:.4g}")
        caption = (
            f"{self.n_current:,} current rows against {self.n_development:,} of development: "
            f"{self.verdict}"
        )
        return html_table(table, caption=caption, formats=formats)


_MEASURES = (
    ("missing", "change of missing values", "missing_bounds"),
    ("range", "values out of range", "strange_bounds"),
    ("unseen", "levels never seen", "strange_bounds"),
)


def representativeness(
    development: NativeFrame,
    current: NativeFrame,
    *,
    scorecard: Scorecard | None = None,
    partitions: Mapping[str, Partition] | None = None,
    columns: Sequence[str] | None = None,
    development_weight: Any = None,
    current_weight: Any = None,
    settings: RepresentativenessSettings | None = None,
) -> Representativeness:
    """Compare the customers that a model is used on with those that it was made of.

    Parameters
    ----------
    development, current : table of shape (n_samples, n_columns)
        The old sample and the new one; they need not have equally many rows.
    scorecard : Scorecard, optional
        Its characteristics are compared on their attributes, and their points beside them.
    partitions : mapping of str to Partition, optional
        Bins of columns that the card does not hold, such as
        ``{name: bins.partition for name, bins in encoder.tables_.items()}``.
    columns : sequence of str, optional
        Columns that are compared. By default those of the card, or without a card all that both
        samples have; dates are left out and named.
    development_weight, current_weight : array-like of shape (n_samples,), optional
        Sampling weights, zero or more, on any scale.
    settings : RepresentativenessSettings, optional
        Bounds, bins and the parameters of the classifier.

    Returns
    -------
    Representativeness

    Raises
    ------
    MissingColumnError
        A column that was asked for, or is of the card, is not in a sample.
    InvalidDataError
        No column in common.
    InvalidParameterError
        Bins of a column that is not compared, or that the card parts.

    See Also
    --------
    two_sample_test : The classifier alone.
    creditscore.metrics.csi_table : The index of counts.

    Notes
    -----
    Each characteristic has its stability index (CSI), Σ (current - development) · ln(current /
    development) over shares of attributes [1]_, with missing values and unseen levels as
    attributes of their own. Attributes are those of the card, or of `partitions`; else bins of
    nearly equal size of the development sample, a frequent value alone, and its 19 most frequent
    levels with the others together.

    The verdict goes by the bounds of the settings. Beside it stands what sampling alone would make
    [2]_; an index that is not beyond it never fails, but is watched, as so few rows cannot tell.
    With weights, the benchmark takes the effective size (Σw)² / Σw² in the place of the rows.

    Of a sample of n rows, 2 / (n + 1) of a second one from the same population lie out of its
    range on average. All at once are tested by a classifier, see :func:`two_sample_test`, on the
    values and not on the card's attributes. O(n log n) for each column.

    References
    ----------
    .. [1] N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed., Wiley, 2017, ch. 14.
    .. [2] B. Yurdakul, *Statistical Properties of Population Stability Index*, dissertation,
       Western Michigan University, 2018.

    Examples
    --------
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.validate import representativeness
    >>> german = load_german_credit()
    >>> young = german["age_years"] < 30
    >>> found = representativeness(
    ...     german[~young], german[young], columns=["age_years", "housing", "credit_amount"]
    ... )
    >>> found.table[["characteristic", "csi", "benchmark", "verdict"]].round(2)
      characteristic   csi  benchmark verdict
    0      age_years  7.86       0.07    fail
    1        housing  0.45       0.03    fail
    2  credit_amount  0.04       0.07    pass
    >>> found.table.loc[0, "because_of"]
    'csi, range'
    """
    owner = "representativeness"
    settings = settings or RepresentativenessSettings()
    check_kind(settings, "settings", owner, RepresentativenessSettings)
    cards = {}
    if scorecard is not None:
        check_kind(scorecard, "scorecard", owner, Scorecard)
        cards = {
            characteristic.name: characteristic for characteristic in scorecard.characteristics
        }
        columns = tuple(cards) if columns is None else columns
    weights = development_weight, current_weight
    samples = TwoSamples.read(development, current, columns, weights, settings)
    given = _checked_partitions(partitions or {}, samples.names, cards)
    rows, parts = [], []
    for name in samples.names:
        row, part = shift_row(Parted.of(samples, name, given.get(name), cards.get(name)), samples)
        rows.append(row)
        parts.append(part)
    table = pd.DataFrame(rows).sort_values("csi", ascending=False, kind="stable")
    try:
        two_samples = told_apart(samples)
    except InvalidDataError:
        two_samples = None
    return Representativeness(
        table=table.reset_index(drop=True),
        attributes=pd.concat(parts, ignore_index=True),
        two_samples=two_samples,
        skipped=dict(samples.skipped),
        n_development=samples.development.n_rows,
        n_current=samples.current.n_rows,
        settings=settings,
    )


def _checked_partitions(
    partitions: Mapping[str, Partition], names: tuple[str, ...], cards: Mapping[str, Any]
) -> Mapping[str, Partition]:
    for name, partition in partitions.items():
        if name not in names:
            raise unknown_name(name, names, "column", "what is compared")
        check_kind(partition, f"partitions[{name!r}]", "representativeness", Partition)
        if name in cards:
            msg = f"partitions holds bins of {name!r}, which the scorecard parts: leave them out."
            raise InvalidParameterError(msg)
    return partitions


def _index_line(row: dict[str, Any], settings: RepresentativenessSettings) -> Finding:
    benchmark = row["benchmark"]
    noise = (
        "constant in both samples" if math.isnan(benchmark)
        else f"sampling alone stays below {benchmark:.4g} in {settings.level:.0%} of cases"
    )  # fmt: skip
    return Finding(
        part="data",
        test=_CSI,
        subject=f"characteristic {row['characteristic']}",
        measure="CSI",
        statistic=row["csi"],
        p_value=row["p_value"],
        lower=0.0,
        upper=settings.csi_bounds[0],
        band="acceptance",
        verdict=row["csi_verdict"],
        source=_SIDDIQI,
        note=noise,
    )


def _strange_lines(
    table: pd.DataFrame, measure: str, test: str, bounds: tuple[float, float]
) -> list[Finding]:
    """Return a line for each characteristic that is strange, or one for the strangest of all."""
    values = _measured(table, measure)
    if values.isna().all():
        return []
    verdicts = table[f"{measure}_verdict"]
    rows = table.index[verdicts.isin(["watch", "fail"])]
    shown = rows if len(rows) else [values.idxmax()]
    return [
        Finding(
            part="data",
            test=test,
            subject=f"characteristic {table.loc[row, 'characteristic']}" if len(rows) else _ALL,
            measure="share of rows",
            statistic=float(values[row]),
            lower=0.0,
            upper=bounds[0],
            band="acceptance",
            verdict=verdicts[row],
            source=PRACTICE,
            note=_strange_note(table.loc[row], measure, alone=bool(len(rows))),
        )
        for row in shown
    ]


def _measured(table: pd.DataFrame, measure: str) -> pd.Series:
    if measure == "missing":
        return (table["missing_current"] - table["missing_development"]).abs()
    return table["out_of_range" if measure == "range" else measure]


def _strange_note(row: pd.Series, measure: str, *, alone: bool) -> str:
    told = "" if alone else f"the largest, of {row['characteristic']!r}"
    if measure != "missing":
        return told
    shares = f"{row['missing_development']:.1%} missing to {row['missing_current']:.1%}"
    return f"{told}, {shares}" if told else shares
