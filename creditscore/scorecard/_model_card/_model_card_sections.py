"""What stands in a model card, section by section, as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from creditscore._display import p_value_text
from creditscore.metrics import Interval
from creditscore.scorecard._fit_summary import FitSummary
from creditscore.scorecard._model_card._markdown import Grid, Section
from creditscore.scorecard._model_card._model_statement import ModelStatement
from creditscore.scorecard._model_card._sample_performance import SamplePerformance
from creditscore.scorecard._model_card._selection_summary import SelectionSummary
from creditscore.scorecard._scorecard import Scorecard

NOT_STATED = "not stated"
_HIGH_VIF = 5.0
"""From here on, a variance inflation factor is customarily looked into."""
_ENDLESS_VIF = 1e18
"""Stands for what has no end; see FitSummary."""

Evidence = tuple[float | None, str | None, str | None, tuple[str, ...]]
"""Information value, trend and status of bins, and their edits in words."""


def model_card_sections(
    card: Scorecard,
    statement: ModelStatement,
    samples: Sequence[SamplePerformance],
    evidence: Mapping[str, Evidence],
    selection: SelectionSummary | None,
    sha256: str,
    not_stated: Sequence[str],
) -> list[Section]:
    """Return the sections of a model card in their order."""
    return [
        _identity(card, statement, sha256),
        *_data(statement, samples),
        _selection(selection),
        _characteristics(card, evidence),
        *_points(card),
        _coefficients(card.fit_summary),
        *_performance(samples, card.fit_summary),
        _edits(card, evidence),
        _stated("Limits", statement.limits),
        _stated("Fairness", statement.fairness),
        _stated("Monitoring", statement.monitoring),
        Section("Not stated", 2, (() if not_stated else ("Nothing.",)), tuple(not_stated)),
    ]


def _identity(card: Scorecard, statement: ModelStatement, sha256: str) -> Section:
    low, high = card.score_range
    safer = "a higher score is safer" if card.higher_is_safer else "a higher score is riskier"
    scale = "none: scores have no probabilities" if card.scale is None else str(card.scale)
    rows = (
        ("Purpose", _said(statement.purpose)),
        ("Version", _said(statement.version)),
        ("Created", _said(None if statement.created is None else str(statement.created))),
        ("Owner", _said(statement.owner)),
        ("Author", _said(statement.author)),
        ("Target", _said(statement.target_definition)),
        ("Scale", scale),
        ("Scores", f"{low:.6g} to {high:.6g}; {safer}"),
        ("Base points", f"{card.base_points:.6g}"),
        ("Characteristics", str(len(card.names))),
        ("SHA-256 of the card", sha256),
    )
    grid = Grid(("Item", "Value"), rows, (False, False))
    return Section(f"Model card: {statement.name}", 1, grid=grid)


def _data(statement: ModelStatement, samples: Sequence[SamplePerformance]) -> list[Section]:
    period = f"Period: {_said(statement.period)}."
    sources = Section("Data", 2, (period, "Sources:"), tuple(statement.data) or (NOT_STATED,))
    counted = Section("Samples", 3, (NOT_STATED,))
    if samples:
        rows = tuple(
            (s.name, _count(s.n_cases), _count(s.n_good), _count(s.n_bad), f"{s.bad_rate:.2%}")
            for s in samples
        )
        counted = Section("Samples", 3, grid=_grid("Sample|Cases|Good|Bad|Bad rate", rows, 1))
    excluded = Section("Exclusions", 3, (NOT_STATED,))
    if statement.exclusions:
        given = statement.exclusions
        pairs = given.items() if isinstance(given, Mapping) else given
        reasons = tuple((reason, _count(n)) for reason, n in pairs)
        excluded = Section("Exclusions", 3, grid=_grid("Reason|Cases", reasons, 1))
    return [sources, counted, excluded]


def _selection(selection: SelectionSummary | None) -> Section:
    """Say which candidates are in the card, which left, at which step and why."""
    if selection is None:
        return Section("Selection", 2, (NOT_STATED,))
    n = len(selection.candidates)
    said = f"; {selection.said}" if selection.said else ""
    told = f"{len(selection.kept)} of {n} candidate{'' if n == 1 else 's'} in the card{said}."
    rows = tuple(
        (
            fate.feature,
            "yes" if fate.kept else "no",
            fate.stage,
            "" if fate.step is None else str(fate.step),
            _number(fate.iv, "{:.4f}"),
            _number(fate.statistic, "{:,.4g}"),
            _number(fate.limit, "{:,.4g}"),
            fate.reason,
        )
        for fate in selection.candidates
    )
    header = "Candidate|In the card|Stage|Step|IV|Statistic|Limit|Reason"
    numbers = (False, False, False, True, True, True, True, False)
    grid = Grid(tuple(header.split("|")), rows, numbers)
    return Section("Selection", 2, (told,), grid=grid)


def _characteristics(card: Scorecard, evidence: Mapping[str, Evidence]) -> Section:
    rows = []
    for c in card.characteristics:
        iv, trend, status, _ = evidence.get(c.name, (None, None, None, ()))
        low, high = c.points_range
        rows.append(
            (
                c.name,
                c.partition.kind,
                str(len(c.attributes)),
                _number(iv, "{:.4f}"),
                trend or "",
                status or "",
                _number(c.coefficient, "{:.4f}"),
                f"{low:.6g}",
                f"{high:.6g}",
            )
        )
    header = "Characteristic|Kind|Attributes|IV|Trend|Bins|Coefficient|Least points|Most points"
    grid = Grid(
        tuple(header.split("|")),
        tuple(rows),
        (False, False, True, True, False, False, True, True, True),
    )
    return Section("Characteristics", 2, grid=grid)


def _points(card: Scorecard) -> list[Section]:
    """Return bins and points of each characteristic."""
    table = card.table()
    sections = [Section("Bins and points", 2)]
    for c in card.characteristics:
        own = table[(table["characteristic"] == c.name) & (table["kind"] != "base")]
        total = own["count"].sum()
        rows = tuple(
            (
                row.attribute,
                _count(row.count),
                _number(row.count / total if total > 0 else math.nan, "{:.2%}"),
                _number(row.bad_rate, "{:.2%}"),
                _number(row.woe, "{:+.4f}"),
                _number(row.points, "{:.6g}"),
                _note(row, attribute.treatment),
            )
            for row, attribute in zip(own.itertuples(index=False), c.attributes, strict=True)
        )
        header = "Attribute|Cases|Share|Bad rate|WOE|Points|Note"
        numbers = (False, True, True, True, True, True, False)
        sections.append(Section(c.name, 3, grid=Grid(tuple(header.split("|")), rows, numbers)))
    return sections


def _note(row: object, treatment: str | None) -> str:
    """Say what is special about the points of an attribute."""
    slope = getattr(row, "slope", 0.0)
    notes = {
        "refused": treatment == "error",
        f"WOE by policy: {treatment}": treatment not in (None, "error"),
        f"{slope:+.6g} points a unit": bool(slope),
        "set by hand": bool(getattr(row, "overridden", False)),
        "no case in the sample": getattr(row, "count", math.nan) == 0,
    }
    return "; ".join(text for text, holds in notes.items() if holds)


def _coefficients(summary: FitSummary | None) -> Section:
    if summary is None:
        told = (
            f"{NOT_STATED}: the card holds no standard errors. Its points were written by hand, or "
            "come from an estimate that has none, such as a penalised one."
        )
        return Section("Coefficients", 2, (told,))
    rows = tuple(
        (
            row.characteristic,
            f"{row.coefficient:.4f}",
            f"{row.std_error:.4f}",
            f"{row.lower:.4f} to {row.upper:.4f}",
            "" if math.isnan(row.p_value) else p_value_text(row.p_value),
            "∞" if row.vif >= _ENDLESS_VIF else _number(row.vif, "{:.2f}"),
            "" if row.Index == 0 else _caveats(row.coefficient, row.lower, row.upper, row.vif),
        )
        for row in summary.table().itertuples()
    )
    header = "Characteristic|Coefficient|Standard error|95 % interval|p|VIF|Caveat"
    numbers = (False, True, True, True, True, True, False)
    kind = "robust" if summary.weight_type == "sampling" else "from the information matrix"
    told = (
        f"Logistic regression of being bad on the WOE: {_count(summary.n_good + summary.n_bad)} "
        f"cases, {_count(summary.n_bad)} of them bad; log-likelihood "
        f"{summary.log_likelihood:,.3f}. Standard errors are {kind}. They take bins and "
        "characteristics as given beforehand: where the same data chose them, true errors are "
        "larger."
    )
    paragraphs = (told, f"{summary.caveat}.") if summary.caveat else (told,)
    grid = Grid(tuple(header.split("|")), rows, numbers)
    return Section("Coefficients", 2, paragraphs, grid=grid)


def _caveats(coefficient: float, lower: float, upper: float, vif: float) -> str:
    caveats = {
        "against the direction of its WOE": coefficient > 0,
        "interval holds zero": lower <= 0 <= upper,
        f"VIF above {_HIGH_VIF:g}": vif > _HIGH_VIF,
    }
    return "; ".join(text for text, holds in caveats.items() if holds)


def _performance(samples: Sequence[SamplePerformance], fit: FitSummary | None) -> list[Section]:
    if not samples:
        return [Section("Performance", 2, (NOT_STATED,))]
    rows = tuple(
        (
            s.name,
            _interval(s.auc),
            _interval(s.gini),
            _number(s.ks, "{:.4f}"),
            _number(s.brier, "{:.4f}"),
            _number(s.predicted, "{:.2%}"),
            f"{s.bad_rate:.2%}",
            _number(s.psi, "{:.4f}"),
        )
        for s in samples
    )
    header = "Sample|AUC (95 %)|Gini (95 %)|KS|Brier|Predicted|Observed|PSI"
    told = (
        f"Intervals are DeLong's. PSI is that of the scores from {samples[0].name} to the sample. "
        "An empty field could not be measured: classes of fewer than two cases, or no scale."
    )
    paragraphs = (_of_the_fit(samples[0], fit), told)
    sections = [Section("Performance", 2, paragraphs, grid=_grid(header, rows, 1))]
    sections += [_calibration(sample) for sample in samples if sample.calibration]
    return sections


def _of_the_fit(first: SamplePerformance, fit: FitSummary | None) -> str:
    """Say whether the first sample is that of the fit, as far as counts tell."""
    if fit is None or first.counts_as(fit):
        return (
            f"The first sample, {first.name}, is taken for the one that the card was made on: on "
            "it, a card looks better than on cases to come."
        )
    return (
        f"The first sample, {first.name}, is not the one that the card was fitted on: the fit "
        f"counted {_count(fit.n_good + fit.n_bad)} cases, {_count(fit.n_bad)} of them bad."
    )


def _calibration(sample: SamplePerformance) -> Section:
    rows = tuple(
        (
            f"{group.prob_lower:.2%} to {group.prob_upper:.2%}",
            _count(group.n_cases),
            _count(group.n_bad),
            f"{group.predicted:.2%}",
            f"{group.observed:.2%}",
            f"{group.observed_lower:.2%} to {group.observed_upper:.2%}",
            "" if group.observed_lower <= group.predicted <= group.observed_upper else "outside",
        )
        for group in sample.calibration
    )
    header = "Probability|Cases|Bad|Predicted|Observed|95 % interval|Prediction"
    return Section(f"Calibration on {sample.name}", 3, grid=_grid(header, rows, 0))


def _edits(card: Scorecard, evidence: Mapping[str, Evidence]) -> Section:
    """List what was done by hand, to bins and to points."""
    bins = [f"bins of {name}: {edit}" for name, (*_, edits) in evidence.items() for edit in edits]
    points = [f"points: {edit}" for edit in card.history]
    told = () if bins or points else ("None is recorded.",)
    return Section("Changes by hand", 2, told, (*bins, *points))


def _stated(title: str, text: str | Sequence[str] | None) -> Section:
    if text and not isinstance(text, str):
        return Section(title, 2, bullets=tuple(text))
    return Section(title, 2, (_said(text if isinstance(text, str) else None),))


def _said(text: str | None) -> str:
    return text if text and text.strip() else NOT_STATED


def _grid(header: str, rows: tuple[tuple[str, ...], ...], texts: int) -> Grid:
    """Make a table of which the first columns are text and the others numbers."""
    names = tuple(header.split("|"))
    return Grid(names, rows, tuple(place >= texts for place in range(len(names))))


def _number(value: float | None, pattern: str) -> str:
    return "" if value is None or math.isnan(value) else pattern.format(value)


def _count(value: float) -> str:
    """Write a number of cases, with the fraction that weights may leave."""
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _interval(interval: Interval | None) -> str:
    return "" if interval is None else str(interval)
