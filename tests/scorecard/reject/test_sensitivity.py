"""The sensitivity report: its figures by hand, its laws, its picture."""

from __future__ import annotations

import math
import re
import warnings
from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from creditscore import GradeScale, LogisticScorecard, PointsScale
from creditscore.exceptions import InvalidDataError, InvalidParameterError, RejectInferenceWarning
from creditscore.metrics import auc, brier_score
from creditscore.scorecard.reject import (
    Applications,
    FuzzyAugmentation,
    HardCutoff,
    HeckmanTwoStep,
    Parcelling,
    RejectInferenceScorecard,
    RejectSensitivity,
    RejectSensitivityDisplay,
    Reweighting,
    reject_sensitivity,
)

METHODS = (
    Reweighting(),
    FuzzyAugmentation(),
    FuzzyAugmentation(odds_ratio=3.0),
    HardCutoff(bad_rate=0.4),
)


@pytest.fixture(scope="module")
def report(seen: Applications) -> RejectSensitivity:
    return reject_sensitivity(seen, methods=METHODS, target_bad_rate=0.05)


@pytest.fixture(scope="module")
def table(report: RejectSensitivity) -> pd.DataFrame:
    return report.table()


# --- figures by hand -----------------------------------------------------------------


def test_cards_are_those_of_the_estimator(seen: Applications, report: RejectSensitivity) -> None:
    for method, card in zip(METHODS, report.cards[1:], strict=True):
        model = RejectInferenceScorecard(method=method)
        model.fit(seen.accepted, seen.is_bad, rejected=seen.rejected)
        assert model.scorecard_ == card
    assert report.cards[0] == LogisticScorecard().fit(seen.accepted, seen.is_bad).scorecard_


def test_discrimination_and_rates(
    seen: Applications, report: RejectSensitivity, table: pd.DataFrame
) -> None:
    everybody = pd.concat([seen.accepted, seen.rejected])
    truth = np.concatenate([seen.is_bad, seen.rejected_is_bad])
    for card, row in zip(report.cards, table.itertuples(), strict=True):
        prob = card.prob_default(everybody).to_numpy()
        assert row.auc_accepted == pytest.approx(auc(seen.is_bad, card.score(seen.accepted)))
        assert row.auc_all == pytest.approx(auc(truth, -prob))
        assert row.brier_all == pytest.approx(brier_score(truth, prob))
    known = table.set_index(["method", "assumption"])["reject_bad_rate"]
    assert known["HardCutoff", "bad_rate=0.4"] == pytest.approx(0.4, abs=0.02)
    assert known["accepted only", ""] == pytest.approx(
        report.cards[0].prob_default(seen.rejected).mean()
    )
    assert known["Reweighting", ""] == pytest.approx(
        report.cards[1].prob_default(seen.rejected).mean()
    )
    expected = 0.6 * seen.is_bad.mean() + 0.4 * table["reject_bad_rate"]
    np.testing.assert_allclose(table["bad_rate"], expected)
    assert report.true_reject_bad_rate == seen.rejected_is_bad.mean()


def test_cutoffs_and_decisions(
    seen: Applications, report: RejectSensitivity, table: pd.DataFrame
) -> None:
    everybody = pd.concat([seen.accepted, seen.rejected])
    accepted = np.arange(len(everybody)) < len(seen.accepted)
    before = None
    for card, row in zip(report.cards, table.itertuples(), strict=True):
        score, prob = card.score(everybody).to_numpy(), card.prob_default(everybody).to_numpy()
        fine = [s for s in np.unique(score) if prob[score >= s].mean() <= 0.05]
        assert row.cutoff_score == pytest.approx(min(fine))
        assert row.approval_rate == pytest.approx((score >= min(fine)).mean())
        shares = {s: abs((score >= s).mean() - 0.6) for s in np.unique(score)}
        approved = score >= row.same_approval_score - 1e-9
        assert abs(approved.mean() - 0.6) == pytest.approx(min(shares.values()), abs=1e-12)
        assert row.same_approval_bad_rate == pytest.approx(prob[approved].mean())
        assert row.swapped_in == pytest.approx((approved & ~accepted).mean())
        before = approved if before is None else before
        assert row.decision_changed == pytest.approx((approved != before).mean())


@pytest.mark.parametrize("measure", ["prob_default", "score"])
def test_grades(seen: Applications, report: RejectSensitivity, measure: str) -> None:
    scale = GradeScale.odds_ladder(labels=("A", "B", "C", "D1", "E"), best_odds=32, ratio=3)
    grades = scale if measure == "prob_default" else scale.on_score(PointsScale())
    table = reject_sensitivity(seen, methods=METHODS, grades=grades).table()
    everybody = pd.concat([seen.accepted, seen.rejected])
    place = {label: i for i, label in enumerate(scale.labels)}
    codes = [
        scale.grade(card.prob_default(everybody)).map(place).to_numpy() for card in report.cards
    ]
    moved = [np.abs(code - codes[0]) for code in codes]
    np.testing.assert_allclose(table["grade_changed"], [(move > 0).mean() for move in moved])
    np.testing.assert_allclose(table["notch_shift"], [move.mean() for move in moved])


def test_default_grades_double_the_odds(
    seen: Applications, report: RejectSensitivity, table: pd.DataFrame
) -> None:
    everybody = pd.concat([seen.accepted, seen.rejected])
    odds = [(1 - p) / p for p in (card.prob_default(everybody) for card in report.cards)]
    bands = [np.floor(np.log2(one)) for one in odds]
    np.testing.assert_allclose(
        table["grade_changed"], [(band != bands[0]).mean() for band in bands]
    )
    shift = [(card.score(everybody) - report.cards[0].score(everybody)).mean()
             for card in report.cards]  # fmt: skip
    np.testing.assert_allclose(table["score_shift"], shift, atol=1e-9)


def test_largest_move(report: RejectSensitivity, table: pd.DataFrame) -> None:
    base = {c.name: c.coefficient for c in report.cards[0].characteristics}
    for card, row in zip(report.cards[1:], table[1:].itertuples(), strict=True):
        moves = {c.name: c.coefficient - base[c.name] for c in card.characteristics}
        assert row.largest_move == pytest.approx(moves[row.moved])
        assert abs(row.largest_move) == pytest.approx(max(map(abs, moves.values())))


# --- laws ----------------------------------------------------------------------------


def test_the_accepted_alone_do_not_differ_from_themselves(table: pd.DataFrame) -> None:
    first = table.iloc[0]
    same = ["decision_changed", "grade_changed", "notch_shift", "score_shift", "largest_move"]
    assert (first[same] == 0).all()
    assert first["moved"] == ""


def test_a_reversed_scale_turns_scores_and_nothing_else(
    seen: Applications, table: pd.DataFrame
) -> None:
    turned = reject_sensitivity(
        seen,
        estimator=LogisticScorecard(scale=PointsScale(reverse=True)),
        methods=METHODS,
        target_bad_rate=0.05,
    ).table()
    for name in ("cutoff_score", "same_approval_score"):
        np.testing.assert_allclose(turned[name] - 600, 600 - table[name])
    np.testing.assert_allclose(turned["score_shift"], -table["score_shift"], atol=1e-9)
    same = table.columns.difference(["cutoff_score", "same_approval_score", "score_shift"])
    pd.testing.assert_frame_equal(turned[same], table[same])


def test_weights_count_as_rows(seen: Applications) -> None:
    rng = np.random.default_rng(1)
    times, others = (rng.integers(0, 3, len(part)) for part in (seen.accepted, seen.rejected))
    weighted = replace(seen, sample_weight=times, rejected_weight=others)
    written = Applications(
        accepted=seen.accepted.loc[seen.accepted.index.repeat(times)],
        is_bad=seen.is_bad.repeat(times),
        rejected=seen.rejected.loc[seen.rejected.index.repeat(others)],
        rejected_is_bad=seen.rejected_is_bad.repeat(others),
    )
    methods = [FuzzyAugmentation(odds_ratio=2.0), HardCutoff(bad_rate=0.4)]
    a, b = (reject_sensitivity(one, methods=methods).table() for one in (weighted, written))
    pd.testing.assert_frame_equal(a, b, rtol=1e-6)


def test_an_approval_rate_is_where_decisions_are_compared(seen: Applications) -> None:
    report = reject_sensitivity(replace(seen, approval_rate=0.2), methods=METHODS[:1])
    assert report.share_accepted == pytest.approx(0.2)


def test_columns_of_the_acceptance_alone_are_in_no_card(with_office: Applications) -> None:
    methods = [FuzzyAugmentation(), HeckmanTwoStep(exclusion=("office_load",))]
    report = reject_sensitivity(with_office, methods=methods)
    assert not any("office_load" in card.names for card in report.cards)
    apart = reject_sensitivity(with_office.without(["office_load"]), methods=methods[:1])
    pd.testing.assert_frame_equal(report.table()[:2], apart.table())


def test_kinds_hold_in_all_fits(seen: Applications) -> None:
    def coded(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(housing=frame["housing"].map({"own": 2, "rent": 1, "with parents": 3}))

    numbers = replace(
        seen,
        accepted=coded(seen.accepted),
        rejected=coded(seen.rejected),
        kinds={"housing": "categorical"},
    )
    methods = METHODS[1:3]
    a, b = (reject_sensitivity(one, methods=methods).table() for one in (numbers, seen))
    pd.testing.assert_frame_equal(a, b)


# --- edges and errors ----------------------------------------------------------------


def test_periods_hold_in_all_fits(seen: Applications) -> None:
    rng = np.random.default_rng(0)
    periods = [rng.choice(["2023", "2024"], len(t)) for t in (seen.accepted, seen.rejected)]
    dated = replace(seen, periods=periods[0], rejected_periods=periods[1])
    method = FuzzyAugmentation(odds_ratio=2.0)
    report = reject_sensitivity(dated, methods=[method])
    model = RejectInferenceScorecard(method=method).fit(
        seen.accepted, seen.is_bad, periods=periods[0],
        rejected=seen.rejected, rejected_periods=periods[1],
    )  # fmt: skip
    assert report.cards == (model.known_good_bad_.scorecard_, model.scorecard_)
    undated = reject_sensitivity(seen, methods=[method])
    assert report.cards != undated.cards


def test_no_score_is_safe_enough(seen: Applications) -> None:
    table = reject_sensitivity(seen, methods=METHODS[:1], target_bad_rate=1e-9).table()
    assert np.isposinf(table["cutoff_score"]).all()
    assert (table["approval_rate"] == 0).all()


def test_default_methods_and_no_truth(seen: Applications) -> None:
    unknown = replace(seen, rejected_is_bad=None)
    with pytest.warns(RejectInferenceWarning, match="capped at 1"):
        report = reject_sensitivity(unknown)
    table = report.table()
    assert table["method"].nunique() == 6
    assert len(table) == 9
    assert table[["auc_all", "brier_all"]].isna().all(axis=None)
    assert math.isnan(report.true_reject_bad_rate)
    assert "auc_all" not in report._repr_html_()
    assert "in truth" not in str(report)


def test_assumptions_have_few_digits(seen: Applications) -> None:
    report = reject_sensitivity(seen, methods=[HardCutoff(bad_rate=1 / 3)])
    assert report.table()["assumption"].tolist() == ["", "bad_rate=0.333333"]


def test_words(report: RejectSensitivity) -> None:
    assert repr(report).startswith("<RejectSensitivity: 4 methods beside the accepted only; ")
    assert "of the rejected 3" in str(report)
    html = report._repr_html_()
    assert "cut-off at a bad rate of 5.0%" in html
    assert "odds_ratio=3.0" in html
    table = report.table()
    table.loc[0, "method"] = "changed"
    assert report.table().loc[0, "method"] == "accepted only"
    with pytest.raises(FrozenInstanceError):
        report.share_accepted = 0.5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        ({"methods": ["fuzzy"]}, "'methods' parameter of reject_sensitivity must be a RejectM"),
        ({"target_bad_rate": 0}, "'target_bad_rate' parameter of reject_sensitivity"),
        ({"estimator": 3}, "'estimator' parameter of reject_sensitivity"),
    ],
)
def test_parameters(seen: Applications, parameters: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        reject_sensitivity(seen, **parameters)


def test_it_takes_applications(seen: Applications) -> None:
    with pytest.raises(InvalidParameterError, match="'applications' parameter"):
        reject_sensitivity(seen.accepted)


# --- picture -------------------------------------------------------------------------


def test_picture(report: RejectSensitivity) -> None:
    display = RejectSensitivityDisplay.from_sensitivity(report).plot()
    titles = [ax.get_title(loc="left") for ax in display.axes_]
    assert titles == [
        "Bad rate of the rejected", "AUC", "Cut-off for 5% bad", "Grades that change",
    ]  # fmt: skip
    labels = [label.get_text() for label in display.axes_[0].get_yticklabels()]
    assert labels[0] == "accepted only"
    assert labels[3] == "FuzzyAugmentation odds_ratio=3.0"
    marks = display.axes_[0].lines[1]
    np.testing.assert_allclose(marks.get_xdata(), report.table()["reject_bad_rate"])
    truth = display.axes_[0].lines[-1]
    assert truth.get_xdata()[0] == report.true_reject_bad_rate
    assert [t.get_text() for t in display.axes_[1].get_legend().get_texts()] == [
        "on the accepted", "on all, by the truth",
    ]  # fmt: skip
    low, high = display.axes_[1].get_xlim()
    assert high - low >= 0.02
    pd.testing.assert_frame_equal(display.frame(), report.table())
    assert "4 methods" in repr(display)


def test_picture_without_cutoffs_and_truth(seen: Applications) -> None:
    from matplotlib import pyplot as plt

    unknown = replace(seen, rejected_is_bad=None)
    report = reject_sensitivity(unknown, methods=METHODS[1:2], target_bad_rate=1e-9)
    figure, ax = plt.subplots()
    display = RejectSensitivityDisplay.from_sensitivity(report).plot(ax)
    assert display.figure_.figure is figure
    assert [text.get_text() for text in display.axes_[2].texts] == ["none", "none"]
    assert display.axes_[0].get_legend() is None
    with pytest.raises(InvalidParameterError, match="'report' parameter"):
        RejectSensitivityDisplay.from_sensitivity(report.table())  # type: ignore[arg-type]


# --- warnings ------------------------------------------------------------------------


def test_each_warning_is_said_once_with_its_rows(seen: Applications) -> None:
    gap = seen.rejected.copy()
    name = next(c for c in gap.columns if gap[c].dtype.kind == "f")
    gap.loc[gap.index[:5], name] = np.nan
    methods = (FuzzyAugmentation(), HardCutoff(bad_rate=0.4))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        report = reject_sensitivity(replace(seen, rejected=gap), methods=methods)
    said = [str(one.message) for one in caught]
    assert len(said) == len(set(said)) < 4
    unseen = [text for text in said if f"{name!r} is 'Missing'" in text]
    assert unseen
    for text in unseen:
        assert re.match(r"(All rows|Rows? \d \(.*\)): ", text)
    assert {one.filename for one in caught} == {__file__}
    assert len(report.table()) == 3


def test_warnings_say_which_row(seen: Applications) -> None:
    methods = (FuzzyAugmentation(), Parcelling(factor=9.0, assignment="expected"))
    with pytest.warns(RejectInferenceWarning, match=r"^Row 2: Parcelling\(.*factor=9.*\): "):
        reject_sensitivity(seen, methods=methods)


def test_warnings_of_a_fit_that_fails_are_said_too(seen: Applications) -> None:
    class Failing(FuzzyAugmentation):
        def _augment(self, scored: object) -> object:
            warnings.warn("no luck", RejectInferenceWarning, stacklevel=1)
            msg = f"failed on {type(scored).__name__}"
            raise InvalidDataError(msg)

    with (
        pytest.warns(RejectInferenceWarning, match=r"Row 1 \(Failing\): no luck"),
        pytest.raises(InvalidDataError, match="failed"),
    ):
        reject_sensitivity(seen, methods=[Failing()])


def test_warnings_of_other_libraries_pass(seen: Applications) -> None:
    class Old(FuzzyAugmentation):
        def _augment(self, scored: object) -> object:
            warnings.warn("old", DeprecationWarning, stacklevel=1)
            return super()._augment(scored)

    with pytest.warns(DeprecationWarning, match="^old$"):
        reject_sensitivity(seen, methods=[Old()])
