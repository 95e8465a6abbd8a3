"""Methods on the score: against hand counts, their laws, and the edges of the data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy.special import expit

from creditscore import LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore.exceptions import (
    InvalidParameterError,
    MissingColumnError,
    RejectInferenceWarning,
    SeparationWarning,
    UncalibratedCardError,
    UnseenCategoryWarning,
    UnseenValueWarning,
)
from creditscore.scorecard import Characteristic
from creditscore.scorecard.reject import (
    Applications,
    Extrapolation,
    FuzzyAugmentation,
    HardCutoff,
    Parcelling,
    RejectMethod,
    Reweighting,
    simulate_applications,
)
from creditscore.scorecard.reject._draw import draw_outcomes

METHODS: tuple[RejectMethod, ...] = (
    HardCutoff(bad_rate=0.4),
    Parcelling(random_state=0),
    Parcelling(assignment="expected"),
    FuzzyAugmentation(odds_ratio=2.0),
    Reweighting(),
    Reweighting(acceptance=LogisticScorecard()),
    Extrapolation(random_state=0),
    Extrapolation(degree=1, assignment="expected"),
)

# a card by hand: the score is the column, the odds double in 20 points
BY_HAND = Scorecard(
    characteristics=(
        Characteristic.numeric(
            "score",
            cuts=[0, 1_000],
            points=[0, 0, 1_000],
            slopes=[0, 1, 0],
            missing_points=500,
        ),
    ),
    scale=PointsScale(base_score=500, base_odds=1, pdo=20),
)


def by_hand(
    accepted: list[float], is_bad: list[int], rejected: list[float], **others: Any
) -> Applications:
    return Applications(
        accepted=pd.DataFrame({"score": accepted}),
        is_bad=is_bad,
        rejected=pd.DataFrame({"score": rejected}),
        **others,
    )


def reversed_scale(card: Scorecard) -> Scorecard:
    return card.on_scale(PointsScale(base_score=400, base_odds=20, pdo=30, reverse=True))


# --- hand counts ---------------------------------------------------------------------


def test_hard_cutoff_by_score() -> None:
    seen = by_hand([400, 500, 600], [1, 0, 0], [399, 400, 401])
    sample = HardCutoff(cutoff_score=400).augment(seen, BY_HAND)
    assert sample.is_bad.tolist() == [True, False, False, True, False, False]
    assert sample.inferred.tolist() == [False] * 3 + [True] * 3
    assert sample.row.tolist() == [0, 1, 2, 0, 1, 2]
    assert sample.weights.tolist() == [1.0] * 6
    assert sample.X["score"].tolist() == [400, 500, 600, 399, 400, 401]


def test_hard_cutoff_by_bad_rate_keeps_ties_together() -> None:
    seen = by_hand([400, 600], [1, 0], [300, 310, 310, 320, 330])
    sample = HardCutoff(bad_rate=0.6).augment(seen, BY_HAND)
    assert sample.is_bad[2:].tolist() == [True, True, True, False, False]
    with pytest.warns(RejectInferenceWarning, match=r"allow a bad rate of 20\.0% .* the 38\.0%"):
        sample = HardCutoff(bad_rate=0.38).augment(seen, BY_HAND)
    assert sample.reject_bad_rate == pytest.approx(0.2)


def test_hard_cutoff_counts_weights() -> None:
    seen = by_hand([400, 600], [1, 0], [300, 310, 320], rejected_weight=[6, 3, 1])
    sample = HardCutoff(bad_rate=0.6).augment(seen, BY_HAND)
    assert sample.is_bad[2:].tolist() == [True, False, False]
    assert sample.reject_bad_rate == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("cutoff", "what"),
    [
        (900, "bad: none is as safe as the cut-off of 900"),
        (100, "good: none is riskier than the c"),
    ],
)
def test_hard_cutoff_that_parts_nothing_is_said(cutoff: float, what: str) -> None:
    seen = by_hand([400, 600], [1, 0], [300, 310])
    with pytest.warns(RejectInferenceWarning, match=f"all rejected cases are {what}"):
        sample = HardCutoff(cutoff_score=cutoff).augment(seen, BY_HAND)
    assert sample.reject_bad_rate in (0.0, 1.0)


def test_fuzzy_augmentation() -> None:
    # 500 points are even odds, 520 are 2:1, 480 are 1:2
    seen = by_hand([400, 600], [1, 0], [500, 520, 480], rejected_weight=[1, 3, 3])
    sample = FuzzyAugmentation().augment(seen, BY_HAND)
    assert sample.is_bad[2:].tolist() == [True] * 3 + [False] * 3
    np.testing.assert_allclose(sample.weights[2:], [0.5, 1, 2, 0.5, 2, 1])
    assert sample.row.tolist() == [0, 1, 0, 1, 2, 0, 1, 2]
    twice = FuzzyAugmentation(odds_ratio=2.0).augment(seen, BY_HAND)
    np.testing.assert_allclose(twice.weights[2:5], [2 / 3, 3 / 2, 12 / 5])


def test_parcelling_by_bands() -> None:
    accepted = [410, 420, 430, 440, 510, 520, 530, 540]
    seen = by_hand(accepted, [1, 1, 0, 0, 1, 0, 0, 0], [415, 425, 435, 445, 515, 525, 535, 545])
    sample = Parcelling(n_bands=2, factor=1.5, assignment="expected").augment(seen, BY_HAND)
    np.testing.assert_allclose(sample.weights[8:16], [0.75] * 4 + [0.375] * 4)
    details = sample.details
    assert details["upper"].tolist() == [510, np.inf]
    assert details["bad_rate"].tolist() == [0.5, 0.25]
    assert details["reject_bad_rate"].tolist() == [0.75, 0.375]
    assert details[["accepted", "rejected"]].to_numpy().tolist() == [[4, 4], [4, 4]]
    drawn = Parcelling(n_bands=2, factor=1.5, random_state=1).augment(seen, BY_HAND)
    assert drawn.is_bad[8:12].sum() == 3
    assert drawn.is_bad[12:].sum() in (1, 2)


@pytest.mark.parametrize("factor", [(1.5, 2), [1.5, 2.0], np.array([1.5, 2.0])])
def test_parcelling_by_a_factor_for_each_band(factor: Any) -> None:
    accepted = [410, 420, 430, 440, 510, 520, 530, 540]
    seen = by_hand(accepted, [1, 1, 0, 0, 1, 0, 0, 0], [415, 425, 435, 445, 515, 525, 535, 545])
    method = Parcelling(n_bands=2, factor=factor, assignment="expected")
    sample = method.augment(seen, BY_HAND)
    # the riskiest band first: 1.5 · 2/4 and 2 · 1/4
    np.testing.assert_allclose(sample.weights[8:16], [0.75] * 4 + [0.5] * 4)
    assert sample.details["reject_bad_rate"].tolist() == [0.75, 0.5]
    assert method == Parcelling(n_bands=2, factor=(1.5, 2.0), assignment="expected")
    assert "factor=(1.5, 2.0)" in str(method)
    turned = BY_HAND.on_scale(PointsScale(base_score=500, base_odds=1, pdo=20, reverse=True))
    np.testing.assert_allclose(method.augment(seen, turned).weights, sample.weights)
    equal = replace(method, factor=(1.5, 1.5)).augment(seen, BY_HAND)
    same = replace(method, factor=1.5).augment(seen, BY_HAND)
    np.testing.assert_array_equal(equal.weights, same.weights)


def test_factors_of_bands_that_are_not_there() -> None:
    # two bands of 500 points cannot be told apart
    seen = by_hand([400, 500, 500, 600], [1, 0, 1, 0], [500, 500, 500, 500])
    with pytest.raises(InvalidParameterError, match="there are 4 factors, and the scores give 2"):
        Parcelling(n_bands=4, factor=(4, 3, 2, 1)).augment(seen, BY_HAND)
    # a band without an accepted case is joined, so that one factor has no band
    seen = by_hand([510, 520, 530, 540], [1, 0, 0, 0], [410, 420, 430, 440])
    with (
        pytest.warns(RejectInferenceWarning, match="in bands of the score without an accepted"),
        pytest.raises(InvalidParameterError, match="there are 2 factors, and the scores give 1 b"),
    ):
        Parcelling(n_bands=2, factor=(4, 2)).augment(seen, BY_HAND)


def test_parcelling_caps_and_says_so() -> None:
    seen = by_hand([410, 420, 510, 520], [1, 1, 1, 0], [415, 425, 516, 517])
    method = Parcelling(n_bands=2, factor=1.8, assignment="expected")
    with pytest.warns(RejectInferenceWarning, match=r"of 50\.0% .* \(up to 1\.80\).* capped at 1"):
        sample = method.augment(seen, BY_HAND)
    np.testing.assert_allclose(sample.weights[4:8], [1.0, 1.0, 0.9, 0.9])


def test_a_band_without_accepted_cases_is_joined_and_said() -> None:
    seen = by_hand([510, 520, 530, 540], [1, 0, 0, 0], [410, 420, 430, 440])
    method = Parcelling(n_bands=2, assignment="expected")
    with pytest.warns(RejectInferenceWarning, match=r"100\.0% of the rejected are in bands"):
        sample = method.augment(seen, BY_HAND)
    np.testing.assert_allclose(sample.weights[4:8], 0.25)
    # at the safe end there is no safer band to join
    seen = by_hand([410, 420, 430, 440], [1, 0, 0, 0], [510, 520, 530, 540])
    with pytest.warns(RejectInferenceWarning, match=r"100\.0% of the rejected are in bands"):
        sample = method.augment(seen, BY_HAND)
    np.testing.assert_allclose(sample.weights[4:8], 0.25)


def test_reweighting_by_bands() -> None:
    seen = by_hand([410, 510, 520, 530], [1, 0, 0, 1], [415, 420, 515], sample_weight=[1, 1, 1, 0])
    sample = Reweighting(n_bands=2).augment(seen, BY_HAND)
    # acceptance 1 of 3 and 2 of 3, and 3 of 6 in all
    np.testing.assert_allclose(sample.weights, [0.5 / (1 / 3), 0.75, 0.75, 0])
    assert sample.weights.sum() == pytest.approx(seen.weights.sum())
    assert sample.weight_type == "sampling"
    assert not sample.inferred.any()
    assert np.isnan(sample.reject_bad_rate)
    assert sample.details["acceptance_rate"].tolist() == pytest.approx([1 / 3, 2 / 3])


def test_reweighting_on_few_cases_is_said() -> None:
    seen = by_hand([410, *range(500, 540)], [1, *[0] * 39, 1], [415.0] * 160)
    with (
        pytest.warns(RejectInferenceWarning, match="few accepted cases stand for many"),
        pytest.warns(RejectInferenceWarning, match=r"100\.0% of the rejected are in bins"),
    ):
        Reweighting(n_bands=2).augment(seen, BY_HAND)


@pytest.mark.parametrize("exceptions", [0, 6])
def test_reweighting_under_a_rule_is_said(exceptions: int) -> None:
    # accepted if and only if the credit is short, but for a few; the risk lies elsewhere
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"months": rng.integers(6, 48, 2_000), "income": rng.normal(size=2_000)})
    is_bad = rng.random(2_000) < expit(-1.5 - X["income"] + (X["months"] - 24) / 24)
    accepted = np.array(X["months"] < 24)
    accepted[np.flatnonzero(~accepted)[:exceptions]] = True
    seen = Applications(
        accepted=X[accepted], is_bad=np.array(is_bad)[accepted], rejected=X[~accepted]
    )
    card = LogisticScorecard().fit(seen.accepted, seen.is_bad).scorecard_
    with pytest.warns(RejectInferenceWarning, match=r"rejected are in bins of 'months' .* a rule"):
        sample = Reweighting().augment(seen, card)
    assert (sample.details["accepted"] > 0).all()
    # where the rule is on what the card does not use, its columns show nothing
    by_income = LogisticScorecard().fit(seen.accepted[["income"]], seen.is_bad).scorecard_
    Reweighting().augment(seen, by_income)


def test_extrapolation_by_a_parabola(seen: Applications, card: Scorecard) -> None:
    score = card.score(seen.accepted).to_numpy()
    design = np.column_stack([np.ones(len(score)), score / 100, (score / 100) ** 2])
    sample = Extrapolation(degree=2, assignment="expected").augment(seen, card)
    import statsmodels.api as sm

    fit = sm.Logit(seen.is_bad.astype(float), design).fit(disp=False)
    new = card.score(seen.rejected).to_numpy() / 100
    expected = fit.predict(np.column_stack([np.ones(len(new)), new, new**2]))
    n = len(new)
    np.testing.assert_allclose(sample.weights[len(score) : len(score) + n], expected, atol=1e-6)


def test_a_parabola_that_turns_is_said() -> None:
    rng = np.random.default_rng(0)
    score = rng.uniform(500, 600, 2_000)
    is_bad = rng.random(2_000) < 0.1 + 0.5 * ((score - 560) / 60) ** 2
    seen = by_hand(score.tolist(), is_bad.astype(int).tolist(), [505, 520])
    with pytest.warns(RejectInferenceWarning, match="turn somewhere among the scores"):
        Extrapolation(degree=2, assignment="expected").augment(seen, BY_HAND)


@pytest.mark.parametrize("degree", [1, 2])
def test_a_curve_through_separated_cases_is_said(degree: int) -> None:
    seen = by_hand([400, 410, 500, 510], [1, 1, 0, 0], [405, 450, 505])
    with pytest.warns(RejectInferenceWarning, match="tells good from bad among the accepted with"):
        Extrapolation(degree=degree, assignment="expected").augment(seen, BY_HAND)
    # one score for all separates nothing, and every case has the bad rate
    seen = by_hand([500, 500, 500, 500], [1, 0, 0, 0], [500, 500])
    sample = Extrapolation(degree=degree, assignment="expected").augment(seen, BY_HAND)
    np.testing.assert_allclose(sample.weights[4:6], 0.25)


@pytest.mark.parametrize("method", [FuzzyAugmentation(), Extrapolation(random_state=0)])
def test_rejected_beyond_the_accepted_are_said(method: RejectMethod) -> None:
    rng = np.random.default_rng(0)
    score = rng.uniform(500, 600, 200)
    is_bad = (rng.random(200) < 1 / (1 + 2 ** ((score - 500) / 20))).astype(int)
    seen = by_hand(score.tolist(), is_bad.tolist(), [480, 490, 550, 560])
    with pytest.warns(RejectInferenceWarning, match=r"50\.0% of the rejected score outside"):
        method.augment(seen, BY_HAND)


# --- laws ----------------------------------------------------------------------------


def test_a_line_through_the_scores_is_the_card_itself(seen: Applications, card: Scorecard) -> None:
    line = Extrapolation(assignment="expected").augment(seen, card)
    fuzzy = FuzzyAugmentation().augment(seen, card)
    np.testing.assert_allclose(line.weights, fuzzy.weights, atol=1e-8)


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_weights_add_up_to_the_stated_approval_rate(
    seen: Applications, card: Scorecard, method: RejectMethod
) -> None:
    stated = replace(seen, approval_rate=0.8)
    sample = method.augment(stated, card)
    accepted, rejected = (
        sample.weights[side].sum() for side in (~sample.inferred, sample.inferred)
    )
    assert accepted == pytest.approx(len(seen.accepted))
    if not isinstance(method, Reweighting):
        assert accepted / (accepted + rejected) == pytest.approx(0.8)
    assert sample.X.shape == (len(sample.weights), seen.accepted.shape[1])


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_a_reversed_scale_changes_nothing(
    seen: Applications, card: Scorecard, method: RejectMethod
) -> None:
    sample = method.augment(seen, card)
    turned = method.augment(seen, reversed_scale(card))
    assert turned.is_bad.tolist() == sample.is_bad.tolist()
    np.testing.assert_allclose(turned.weights, sample.weights, atol=1e-9)
    details = turned.details
    if details is not None and getattr(method, "acceptance", None) is None:
        assert details["lower"].is_monotonic_decreasing
        assert (details["lower"] < details["upper"]).all()


def test_a_cutoff_on_a_reversed_scale() -> None:
    seen = by_hand([400, 600], [1, 0], [399, 400, 401])
    turned = BY_HAND.on_scale(PointsScale(base_score=500, base_odds=1, pdo=20, reverse=True))
    sample = HardCutoff(cutoff_score=600).augment(seen, turned)
    assert turned.score(seen.rejected).tolist() == [601, 600, 599]
    assert sample.is_bad[2:].tolist() == [True, False, False]


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_rows_of_the_rejected_and_columns_in_another_order(
    seen: Applications, card: Scorecard, method: RejectMethod
) -> None:
    turned = replace(seen, rejected=seen.rejected[seen.rejected.columns[::-1]].assign(other=1))
    sample, same = method.augment(seen, card), method.augment(turned, card)
    pd.testing.assert_frame_equal(sample.X, same.X)
    np.testing.assert_array_equal(sample.weights, same.weights)
    np.testing.assert_array_equal(sample.is_bad, same.is_bad)


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_a_row_of_weight_zero_is_no_row(
    seen: Applications, card: Scorecard, method: RejectMethod
) -> None:
    """Expectations do not see it; draws are of places, so those of the others may change."""
    if getattr(method, "assignment", "expected") == "random":
        method = replace(method, assignment="expected")  # type: ignore[call-arg,type-var]
    kept = np.arange(len(seen.rejected)) % 3 > 0
    zero = replace(seen, rejected_weight=kept.astype(float))
    fewer = replace(
        seen,
        rejected=seen.rejected[kept],
        rejected_is_bad=seen.rejected_is_bad[kept],
        rejected_weight=None,
    )
    a, b = method.augment(zero, card), method.augment(fewer, card)
    np.testing.assert_allclose(a.weights[a.weights > 0], b.weights[b.weights > 0], atol=1e-9)
    np.testing.assert_array_equal(a.is_bad[a.weights > 0], b.is_bad[b.weights > 0])


@pytest.mark.parametrize(
    "method",
    [one for one in METHODS if getattr(one, "assignment", "expected") == "expected"],
    ids=str,
)
def test_weights_count_as_rows(seen: Applications, card: Scorecard, method: RejectMethod) -> None:
    rng = np.random.default_rng(0)
    times, others = (rng.integers(0, 3, len(table)) for table in (seen.accepted, seen.rejected))
    # the weights of goods and bads differ, so that a bad rate cannot do without them
    times[seen.is_bad] += 1
    weighted = method.augment(replace(seen, sample_weight=times, rejected_weight=others), card)
    written = method.augment(
        Applications(
            accepted=seen.accepted.loc[seen.accepted.index.repeat(times)],
            is_bad=seen.is_bad.repeat(times),
            rejected=seen.rejected.loc[seen.rejected.index.repeat(others)],
        ),
        card,
    )
    if weighted.details is not None:
        pd.testing.assert_frame_equal(weighted.details, written.details)
    for inferred in (False, True):
        a, b = (one.weights[one.inferred == inferred].sum() for one in (weighted, written))
        assert a == pytest.approx(b)
    np.testing.assert_allclose(weighted.reject_bad_rate, written.reject_bad_rate, rtol=1e-6)


@pytest.mark.filterwarnings(
    "ignore:.*coefficients are estimated from 1 bad:creditscore.exceptions.CreditScoreWarning"
)
@pytest.mark.parametrize("method", METHODS, ids=str)
def test_one_reject(seen: Applications, card: Scorecard, method: RejectMethod) -> None:
    one = replace(seen, rejected=seen.rejected.iloc[[5]], rejected_is_bad=None)
    if isinstance(method, HardCutoff):
        with pytest.warns(RejectInferenceWarning, match="all rejected cases are good"):
            sample = method.augment(one, card)
    elif isinstance(method, Reweighting) and method.acceptance is not None:
        # a model of the acceptance tells it apart from all others
        with pytest.warns(SeparationWarning, match="told apart without error"):
            sample = method.augment(one, card)
    else:
        sample = method.augment(one, card)
    assert sample.inferred.sum() in (0, 1, 2)


@settings(max_examples=60)
@given(
    prob=npst.arrays(np.float64, st.integers(1, 60), elements=st.floats(0, 1)),
    seed=st.integers(0, 2**32),
)
def test_draws_meet_their_expectation(prob: np.ndarray[Any, Any], seed: int) -> None:
    drawn = draw_outcomes(prob, seed)
    assert abs(drawn.sum() - prob.sum()) < 1 + 1e-9
    assert not drawn[prob == 0].any()
    # so it is within any run of equal probabilities, which is what a band is
    for value in np.unique(prob):
        same = prob == value
        assert abs(drawn[same].sum() - value * same.sum()) < 1 + 1e-9


def test_each_case_is_drawn_with_its_own_probability() -> None:
    prob = np.array([0.1, 0.9, 0.5, 0.5, 0.02])
    drawn = np.mean([draw_outcomes(prob, seed) for seed in range(4_000)], axis=0)
    # four standard errors
    np.testing.assert_allclose(drawn, prob, atol=0.032)


def test_a_seed_fixes_the_draw_and_none_does_not(seen: Applications, card: Scorecard) -> None:
    drawn = [Parcelling(random_state=s).augment(seen, card).is_bad for s in (3, 3, 4, None, None)]
    assert (drawn[0] == drawn[1]).all()
    assert (drawn[0] != drawn[2]).any()
    assert (drawn[3] != drawn[4]).any()


# --- edges of the data ---------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_what_the_accepted_never_held_is_said(
    seen: Applications, known: LogisticScorecard, method: RejectMethod
) -> None:
    strange = seen.rejected.copy()
    strange.loc[strange.index[:3], "housing"] = "houseboat"
    strange.loc[strange.index[3:5], "debt_ratio"] = np.nan
    odd = replace(seen, rejected=strange)
    with (
        pytest.warns(UnseenCategoryWarning, match="'houseboat'"),
        pytest.warns(UnseenValueWarning, match="column 'debt_ratio' is 'Missing' in 2 row"),
    ):
        sample = method.augment(odd, known.scorecard_)
    assert (sample.weights >= 0).all()


def test_special_codes_among_the_rejected(seen: Applications) -> None:
    accepted, rejected = seen.accepted.copy(), seen.rejected.copy()
    accepted.loc[accepted.index[:60], "income_amount"] = -9
    rejected.loc[rejected.index[:60], "income_amount"] = -9
    odd = replace(seen, accepted=accepted, rejected=rejected)
    encoder = WOEEncoder(special_codes={"income_amount": [-9]})
    model = LogisticScorecard(encoder=encoder).fit(accepted, seen.is_bad)
    sample = FuzzyAugmentation().augment(odd, model.scorecard_)
    again = model.fit(sample.X, sample.is_bad, sample.weights)
    row = again.scorecard_.table().query("characteristic == 'income_amount' and kind == 'special'")
    assert row["count"].item() == pytest.approx(120)


def test_several_methods_need_no_scale_and_one_does(seen: Applications, card: Scorecard) -> None:
    bare = replace(card, scale=None, fit_summary=None)
    for method in METHODS:
        if isinstance(method, FuzzyAugmentation):
            with pytest.raises(UncalibratedCardError, match="no scale, so it gives the rejected"):
                method.augment(seen, bare)
        else:
            assert len(method.augment(seen, bare).weights)


# --- errors --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (HardCutoff, "one of 'cutoff_score' and 'bad_rate'"),
        (lambda: HardCutoff(cutoff_score=1, bad_rate=0.2), "one of 'cutoff_score'"),
        (lambda: HardCutoff(cutoff_score=np.inf), "'cutoff_score' parameter of HardCutoff"),
        (lambda: HardCutoff(bad_rate=1.0), "'bad_rate' parameter of HardCutoff"),
        (lambda: Parcelling(n_bands=0), "'n_bands' parameter of Parcelling"),
        (lambda: Parcelling(factor=0.9), r"'factor' parameter of Parcelling .* \[1, inf\)"),
        (lambda: Parcelling(factor="2"), "'factor' parameter of Parcelling"),
        (lambda: Parcelling(factor=(2, 2)), r"one for each of the 10 bands.* Got 2 of them"),
        (lambda: Parcelling(n_bands=2, factor=(2, 0.5)), r"'factor' parameter .* Got 0\.5"),
        (lambda: Parcelling(assignment="fuzzy"), "'assignment' parameter of Parcelling"),
        (lambda: Parcelling(random_state=-1), "'random_state' parameter of Parcelling"),
        (lambda: FuzzyAugmentation(odds_ratio=0), "'odds_ratio' parameter of FuzzyAugmentation"),
        (lambda: Reweighting(n_bands=2.5), "'n_bands' parameter of Reweighting"),
        (lambda: Reweighting(acceptance="logit"), "'acceptance' parameter of Reweighting"),
        (lambda: Extrapolation(degree=3), "'degree' parameter of Extrapolation must be 1 or 2"),
        (lambda: Extrapolation(assignment=None), "'assignment' parameter of Extrapolation"),
    ],
)
def test_parameters_out_of_range(make: Any, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        make()


def test_augment_takes_applications_and_a_card(seen: Applications, card: Scorecard) -> None:
    with pytest.raises(InvalidParameterError, match="'card' parameter of FuzzyAugmentation"):
        FuzzyAugmentation().augment(seen, "card")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'applications' parameter of Fuzzy"):
        FuzzyAugmentation().augment(seen.accepted, card)
    fewer = seen.without([card.names[0]])
    with pytest.raises(MissingColumnError, match=repr(card.names[0])):
        FuzzyAugmentation().augment(fewer, card)


def test_an_interface_is_no_method() -> None:
    with pytest.raises(TypeError, match="abstract"):
        RejectMethod()  # type: ignore[abstract]


def test_methods_say_what_they_are() -> None:
    assert str(Parcelling(factor=2, random_state=1)) == "Parcelling(factor=2, random_state=1)"
    assert Parcelling(factor=2) == Parcelling(factor=2.0)
    seen = simulate_applications(200, random_state=0)
    assert repr(seen).startswith("<Applications: 120 accepted, ")
