"""Campaigns: what may follow what, rates by hand, weights and their laws, early and late."""

from __future__ import annotations

import math
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from creditscore.collect import (
    Campaign,
    CampaignDisplay,
    CampaignEvent,
    ResponseRates,
    class_weights,
    early_late,
    propensity_weights,
    raking_weights,
    response_table,
)
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    NonConvergenceWarning,
    ResponseWarning,
    SeparationWarning,
)

mpl.use("Agg")


def campaign_of(n: int = 6) -> Campaign:
    names = {f"C{i}": "small" if i < n // 2 else "large" for i in range(n)}
    return Campaign.from_sample(names, name="terms").record("sent", list(names), on="2024-03-04")


# --- what happens ---------------------------------------------------------------------------


def test_the_way_of_a_questionnaire() -> None:
    campaign = (
        campaign_of()
        .record("returned", ["C0"], on="2024-03-08")
        .record("reminded", ["C1", "C2"], on="2024-03-20")
        .record("returned_in_part", ["C1"], on="2024-03-22")
        .record("undeliverable", ["C3"], on="2024-03-22")
        .record("sent", ["C3"], on="2024-03-25", note="new address")
        .record("refused", ["C4"], on="2024-03-26")
        .record("reminded", ["C1"], on="2024-04-05")
        .record("returned", ["C1", "C4"], on="2024-04-08")
        .record("ineligible", ["C5"], on="2024-04-08", note="closed in 2023")
    )
    status = campaign.status()
    assert status["status"].to_dict() == {
        "C0": "returned", "C1": "returned", "C2": "sent", "C3": "sent", "C4": "returned",
        "C5": "ineligible",
    }  # fmt: skip
    assert status["n_reminders"].tolist() == [0, 2, 1, 0, 0, 0]
    assert status["answered_on"].dt.strftime("%m-%d").tolist()[:2] == ["03-08", "03-22"]
    assert status["after_reminders"].tolist()[:2] == [0, 1]
    assert status["after_reminders"].isna().tolist() == [False, False, True, True, False, True]
    before = campaign.status("2024-03-21")["status"]
    assert before.tolist() == ["returned", "sent", "sent", "sent", "sent", "sent"]
    assert campaign.status("2024-03-03")["status"].eq("not_sent").all()
    assert repr(campaign) == (
        "Campaign(terms: 6 customers, 2 strata; 2 sent, 3 returned, 1 ineligible)"
    )
    assert Campaign.from_json(campaign.to_json()) == campaign
    assert "<table" in campaign._repr_html_()
    assert len(campaign.frame()) == len(campaign.events)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (None, "returned"), (None, "reminded"), (None, "refused"), ("returned", "refused"),
        ("returned", "reminded"), ("returned", "returned"), ("refused", "reminded"),
        ("undeliverable", "reminded"), ("undeliverable", "returned"), ("ineligible", "sent"),
        ("sent", "sent"), ("returned_in_part", "undeliverable"),
    ],
)  # fmt: skip
def test_what_cannot_follow_is_refused(first: Any, second: Any) -> None:
    campaign = Campaign.from_sample({"C1": "all"}, name="terms")
    if first is not None:
        campaign = campaign.record("sent", ["C1"], on="2024-03-04")
    if first not in (None, "sent"):
        campaign = campaign.record(first, ["C1"], on="2024-03-05")
    with pytest.raises(InvalidDataError, match=f"cannot be '{second}' on 2024-03-06. What may"):
        campaign.record(second, ["C1"], on="2024-03-06")


def test_a_log_is_read_with_the_words_it_has() -> None:
    log = pd.DataFrame({
        "customer": ["C1", "C2", "C1", "C2", "C1"], "stratum": ["a", "b", "a", "b", "a"],
        "event": ["sent", "sent", "reminder 1", "returned", "came back"],
        "on": ["2024-03-04", "2024-03-04", "2024-03-20", "2024-03-08", "2024-03-28"],
    })  # fmt: skip
    words: Any = {"reminder 1": "reminded", "came back": "returned"}
    campaign = Campaign.from_log(log, name="terms", words=words)
    assert campaign.status()["after_reminders"].tolist() == [1, 0]
    assert Campaign.from_log(pl.from_pandas(log), name="terms", words=words) == campaign
    turned = Campaign.from_log(log.iloc[::-1], name="terms", words=words)
    assert turned.status().loc[["C1", "C2"]].equals(campaign.status())
    with pytest.raises(InvalidDataError, match="'came back', 'reminder 1', whose meaning"):
        Campaign.from_log(log, name="terms")
    with pytest.raises(InvalidDataError, match=r"Row 2 of the log has no day in 'on'. Got 'soon'"):
        Campaign.from_log(log.assign(on=log["on"].where(log.index != 2, "soon")), name="t",
                          words=words)  # fmt: skip
    with pytest.raises(MissingColumnError, match="needs the columns 'on'"):
        Campaign.from_log(log.drop(columns="on"), name="terms")
    with pytest.raises(InvalidDataError, match="'C1' stands twice in the sample"):
        Campaign.from_log(log.assign(stratum=list("abcde")), name="terms", words=words)


@pytest.mark.parametrize("number", [int, float, np.int64, np.float32, str])
def test_numbers_of_customers_are_customers_whatever_their_type(number: Any) -> None:
    by_text = Campaign.from_sample({"1": "7", "2": "7"}, name="terms")
    campaign = Campaign.from_sample({number(1): 7, number(2): 7.0}, name="terms")
    assert campaign == by_text
    table = pd.DataFrame({"customer": [number(1), number(2)], "stratum": 7})
    assert Campaign.from_sample(table, name="terms") == by_text
    sent = campaign.record("sent", [number(1), number(2)], on="2024-03-04")
    assert sent == by_text.record("sent", ["1", "2"], on="2024-03-04")
    assert Campaign.from_json(sent.to_json()) == sent
    with pytest.raises(InvalidDataError, match="'1' stands twice in the sample"):
        Campaign.from_sample({"1 ": "a", number(1): "b"}, name="terms")


def test_whom_to_remind_next() -> None:
    campaign = (
        campaign_of()
        .record("returned", ["C0", "C3", "C4"], on="2024-03-08")
        .record("reminded", ["C1"], on="2024-03-11")
        .record("refused", ["C2"], on="2024-03-11")
    )
    found = campaign.to_remind("2024-03-25", after_days=14)
    # one third of the small ones answered, and two thirds of the large ones
    assert found["customer"].tolist() == ["C1", "C5"]
    assert found["days_since"].tolist() == [14, 21]
    assert found["stratum_rate"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert campaign.to_remind("2024-03-24")["customer"].tolist() == ["C5"]
    assert campaign.to_remind("2024-03-25", max_reminders=1)["customer"].tolist() == ["C5"]
    assert campaign.to_remind("2024-03-03").empty


def test_what_a_campaign_refuses() -> None:
    with pytest.raises(EmptyDataError, match="needs a sample"):
        Campaign(name="terms", sample=())
    with pytest.raises(InvalidDataError, match=r"'C9' has the event 'sent' .* not in the sample"):
        campaign_of().record("sent", ["C9"], on="2024-03-04")
    with pytest.raises(InvalidDataError, match="of 2024-03-01, before the last one of 2024-03-04"):
        campaign_of().record("returned", ["C1"], on="2024-03-01")
    with pytest.raises(InvalidParameterError, match="'event' parameter of CampaignEvent"):
        CampaignEvent(customer="C1", event="lost", on="2024-03-04")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'on' parameter of CampaignEvent"):
        CampaignEvent(customer="C1", event="sent", on="4/3/2024")
    with pytest.raises(InvalidParameterError, match=r"'customers' .* a list or another"):
        campaign_of().record("returned", "C1", on="2024-03-05")
    with pytest.raises(InvalidDataError, match="Row 1 has no customer"):
        Campaign.from_sample(pd.DataFrame({"customer": ["a", ""], "stratum": "x"}), name="t")
    with pytest.raises(InvalidDataError, match="Row 0 has no customer"):
        Campaign.from_sample({np.nan: "x"}, name="t")
    with pytest.raises(InvalidParameterError, match="'customer' parameter of CampaignEvent"):
        CampaignEvent(customer=True, event="sent", on="2024-03-04")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="must be pairs of texts"):
        Campaign(name="t", sample=(("a", 1),))  # type: ignore[arg-type]


# --- rates ----------------------------------------------------------------------------------


def test_rates_by_the_formulas_of_aapor() -> None:
    rates = ResponseRates(
        n_returned=40, n_in_part=10, n_refused=20, n_no_answer=24, n_undeliverable=6,
        n_ineligible=7,
    )  # fmt: skip
    assert rates.response_1 == 40 / 100
    assert rates.response_2 == 50 / 100
    assert rates.response_5 == 40 / 94
    assert rates.response_6 == 50 / 94
    assert rates.cooperation_1 == 40 / 70
    assert rates.cooperation_2 == 50 / 70
    assert rates.refusal_1 == 20 / 100
    assert rates.contact_1 == 70 / 100
    assert math.isnan(ResponseRates(n_returned=0, n_ineligible=3).response_1)
    with pytest.raises(EmptyDataError, match="Nobody was asked"):
        ResponseRates(n_returned=0)
    with pytest.raises(InvalidParameterError, match="'n_refused' parameter"):
        ResponseRates(n_returned=1, n_refused=-1)


counts = st.integers(0, 50)


@settings(deadline=None, max_examples=50)
@given(i=st.integers(1, 50), p=counts, r=counts, nc=counts, u=counts)
def test_rates_lie_in_order(i: int, p: int, r: int, nc: int, u: int) -> None:
    rates = ResponseRates(
        n_returned=i, n_in_part=p, n_refused=r, n_no_answer=nc, n_undeliverable=u
    )  # fmt: skip
    assert 0 < rates.response_1 <= rates.response_5 <= rates.cooperation_1 <= 1
    assert rates.response_1 <= rates.response_2 <= rates.response_6 <= rates.cooperation_2 <= 1
    # who cooperates among those who were reached: RR2 = COOP2 · CON1
    assert rates.response_2 == pytest.approx(rates.cooperation_2 * rates.contact_1)
    assert rates.contact_1 == pytest.approx(rates.response_2 + rates.refusal_1)


def test_table_of_strata_names_thin_ones() -> None:
    names = {f"C{i}": "large" if i < 60 else "small" for i in range(70)}
    campaign = Campaign.from_sample(names | {"N1": "new"}, name="terms")
    campaign = campaign.record("sent", list(names), on="2024-03-04")
    campaign = campaign.record("returned", [f"C{i}" for i in range(30)], on="2024-03-09")
    with pytest.warns(ResponseWarning, match=r"2 of 3 strata .* 30 .*'new' \(0\), 'small' \(10\)"):
        table = response_table(campaign)
    assert table.index.tolist() == ["large", "new", "small", "all"]
    assert table["response_1"].tolist()[::2] == [0.5, 0.0]
    assert table.loc["all", "response_1"] == 30 / 70
    assert table["n_not_sent"].tolist() == [0, 1, 0, 1]
    assert math.isnan(table.loc["new", "response_1"])
    assert 0 < table.loc["large", "lower"] < 0.5 < table.loc["large", "upper"] < 1
    with pytest.raises(EmptyDataError, match="Nobody was asked"):
        response_table(campaign, "2024-03-01")


# --- weights --------------------------------------------------------------------------------

people = st.lists(
    st.tuples(st.booleans(), st.sampled_from("abc"), st.floats(0.5, 5)), min_size=6, max_size=40
)


@settings(deadline=None, max_examples=50)
@given(drawn=people)
def test_weights_of_a_cell_add_up_to_all_of_it(drawn: Any) -> None:
    drawn = [*drawn, *((True, cell, 1.0) for cell in "abc")]
    answered, cells, base = (np.array(column) for column in zip(*drawn, strict=True))
    found = class_weights(answered, cells, base_weights=base, min_cell=1)
    w = found.weights
    for cell in "abc":
        of_cell = w[cells[answered] == cell].sum()
        assert of_cell == pytest.approx(base[cells == cell].sum())
    assert found.design_effect >= 1 - 1e-12
    cv = w.std(ddof=0) / w.mean()
    assert found.design_effect == pytest.approx(1 + cv**2)
    assert found.effective_n == pytest.approx(w.sum() ** 2 / (w**2).sum())
    cut = found.trimmed(1.5)
    assert cut.weights.sum() == pytest.approx(w.sum())
    assert cut.weights.max() <= 1.5 * w.mean() * (1 + 1e-9)
    assert cut.design_effect <= found.design_effect + 1e-9
    assert cut.n_trimmed >= int((w > 1.5 * w.mean() * (1 + 1e-9)).sum())
    assert (cut.n_trimmed == 0) == (cut.moved < 1e-12)


def test_a_campaign_is_weighted_without_those_who_were_not_to_be_asked() -> None:
    sample = {f"C{i}": "small" if i < 6 else "large" for i in range(10)} | {"N": "small"}
    campaign = Campaign.from_sample(sample, name="terms")
    campaign = campaign.record("sent", [f"C{i}" for i in range(10)], on="2024-03-04")
    campaign = campaign.record("returned", ["C0", "C6", "C7"], on="2024-03-05")
    campaign = campaign.record("returned_in_part", ["C1"], on="2024-03-05")
    campaign = campaign.record("ineligible", ["C4", "C5", "C9"], on="2024-03-06")
    campaign = campaign.record("refused", ["C2"], on="2024-03-06")
    campaign = campaign.record("undeliverable", ["C3"], on="2024-03-06")
    answered = campaign.answered()
    assert answered.to_dict() == {
        "C0": 1, "C1": 1, "C2": 0, "C3": 0, "C6": 1, "C7": 1, "C8": 0,
    }  # fmt: skip
    assert campaign.answered("2024-03-04").sum() == 0
    found = class_weights(campaign, min_cell=1).weights
    # two of four small ones answered, and two of three large ones
    assert found.to_dict() == {"C0": 2, "C1": 2, "C6": 1.5, "C7": 1.5}
    by_hand = class_weights(answered, pd.Series(sample)[answered.index], min_cell=1)
    assert found.equals(by_hand.weights)
    # other cells and base weights go by customer, in whatever order, also of those not asked
    region = dict.fromkeys(reversed(sample), "west")
    base = pd.Series(3.0, index=sorted(sample, reverse=True))
    west = class_weights(campaign, region, base_weights=base, min_cell=1)
    assert west.weights.to_dict() == dict.fromkeys(found.index, 21 / 4)
    with pytest.raises(InvalidDataError, match="it has none of customer 'C0'"):
        class_weights(campaign, {"C1": "west"})
    with pytest.raises(InvalidDataError, match="it names a customer twice"):
        class_weights(campaign, pd.Series("west", index=[*sample, "C0"]))
    with pytest.raises(InvalidParameterError, match=r"'cells' parameter .* Got list"):
        class_weights(campaign, ["west"] * 7)
    with pytest.raises(InvalidParameterError, match="needs the 'cells'"):
        class_weights([1, 0])


def test_weights_take_away_the_bias_that_their_cells_explain() -> None:
    rng = np.random.default_rng(0)
    n = 4000
    size = rng.choice(["small", "large"], size=n)
    revenue = np.where(size == "large", 10.0, 1.0) + rng.normal(size=n)
    answered = rng.random(n) < np.where(size == "large", 0.8, 0.3)
    truth = revenue.mean()
    assert revenue[answered].mean() - truth > 1
    frame = pd.DataFrame({"size": size, "noise": rng.normal(size=n)})
    for found in (
        class_weights(answered, size),
        propensity_weights(answered, frame[["size"]], n_classes=2),
        propensity_weights(answered, frame, n_classes=None),
        raking_weights(frame[answered], {"size": dict(frame["size"].value_counts())}),
    ):
        weighted = np.average(revenue[answered], weights=found.weights)
        assert weighted == pytest.approx(truth, abs=0.1)
        assert found.weights.sum() == pytest.approx(n)


def test_propensities_are_those_of_the_logistic_model() -> None:
    # two values and a saturated model: the propensity is the response rate of the value
    answered = pd.Series([1, 1, 0, 0, 1, 0, 0, 0], index=list("abcdefgh"))
    frame = pd.DataFrame({"size": ["s", "s", "s", "s", "l", "l", "l", "l"]}, index=answered.index)
    found = propensity_weights(answered, frame, n_classes=None)
    assert found.weights.to_dict() == pytest.approx({"a": 2, "b": 2, "e": 4})
    assert found.method == "propensity"


def test_raking_by_hand_and_its_margins() -> None:
    answers = pd.DataFrame({
        "region": ["w", "w", "e", "e", "e"], "size": ["s", "l", "s", "l", "l"],
    }, index=list("pqrst"))  # fmt: skip
    margins = {"region": {"w": 40, "e": 60}, "size": {"s": 70, "l": 30}}
    found = raking_weights(answers, margins, min_cell=1)
    for column, totals in margins.items():
        sums = found.weights.groupby(answers[column]).sum()
        assert sums.to_dict() == pytest.approx(totals)
    assert found.method == "raking"
    # the odds ratio of the table stays that of the base weights: 1 · 2 / (1 · 1)
    w = found.weights
    assert w["p"] * (w["s"] + w["t"]) / (w["q"] * w["r"]) == pytest.approx(2)
    alone = raking_weights(answers, {"region": {"w": 40, "e": 60}}, min_cell=1)
    assert alone.weights.tolist() == pytest.approx([20, 20, 20, 20, 20])
    assert alone.method == "post-stratification"
    polars = raking_weights(pl.from_pandas(answers), margins, min_cell=1)
    assert polars.weights.tolist() == pytest.approx(found.weights.tolist())


def test_margins_that_cannot_be_reached_are_said() -> None:
    answers = pd.DataFrame({"a": ["x", "y"], "b": ["u", "v"]})
    margins = {"a": {"x": 40, "y": 60}, "b": {"u": 70, "v": 30}}
    with pytest.warns(NonConvergenceWarning, match="Raking stopped after 50 rounds"):
        raking_weights(answers, margins, min_cell=1, max_iterations=50)


def test_thin_and_empty_cells() -> None:
    with pytest.warns(ResponseWarning, match=r"1 of 2 cells has fewer than 2 answers: 'b' \(1\)"):
        class_weights([1, 1, 0, 1], cells=list("aaab"), min_cell=2)
    with pytest.raises(InvalidDataError, match="Nobody answered in 1 cell: 'b'"):
        class_weights([1, 1, 0, 0], cells=list("aabb"), min_cell=1)
    with pytest.raises(InvalidDataError, match="Nobody answered in 1 value of 'a': 'z'"):
        raking_weights(pd.DataFrame({"a": ["x"]}), {"a": {"x": 1, "z": 1}}, min_cell=1)
    with pytest.warns(ResponseWarning, match="2 of 2 values of 'a' have fewer than 3 answers"):
        raking_weights(pd.DataFrame({"a": ["x", "y"]}), {"a": {"x": 1, "y": 1}}, min_cell=3)


def test_low_propensities_and_separation_are_said() -> None:
    rng = np.random.default_rng(0)
    x = np.linspace(-3, 3, 400)
    answered = rng.random(400) < 1 / (1 + np.exp(-3 * x))
    with pytest.warns(ResponseWarning, match="chance below 0.02"):
        propensity_weights(answered, pd.DataFrame({"x": x}), n_classes=None)
    with (
        pytest.warns(SeparationWarning, match="without error who answers"),
        pytest.warns(ResponseWarning, match="chance below"),
    ):
        propensity_weights(x > 0, pd.DataFrame({"x": x}))


def test_what_weights_refuse() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    with pytest.raises(EmptyDataError, match="Nobody answered"):
        class_weights([0, 0], cells=["a", "b"])
    with pytest.raises(
        InvalidDataError, match=r"not the Campaign\. Give .* campaign\.answered\(\)"
    ):
        propensity_weights(campaign_of(), frame)
    with pytest.raises(InvalidDataError, match="must be 1 for each customer"):
        class_weights([1, 2], cells=["a", "b"])
    with pytest.raises(InvalidDataError, match="must be one for each of 2"):
        class_weights([1, 1], cells=["a"])
    with pytest.raises(InvalidDataError, match="missing for 1 customers, the first at row 1"):
        class_weights([1, 1], cells=["a", None])
    with pytest.raises(InvalidDataError, match="must be above 0"):
        class_weights([1, 1], cells=["a", "a"], base_weights=[1, 0])
    with pytest.raises(InvalidDataError, match="Everybody answered"):
        propensity_weights([1, 1, 1], frame)
    with pytest.raises(InvalidDataError, match=r"a row for each of 2 customers. Got 3"):
        propensity_weights([1, 0], frame)
    with pytest.raises(InvalidDataError, match="'x' has 1 gaps, the first at row 1"):
        propensity_weights([1, 0, 1], frame.where(frame["x"] != 2))
    with pytest.raises(InvalidDataError, match=r"add up to one total. Got 'a' 2, 'b' 3"):
        raking_weights(pd.DataFrame({"a": ["x"], "b": ["u"]}), {"a": {"x": 2}, "b": {"u": 3}},
                       min_cell=1)  # fmt: skip
    with pytest.raises(InvalidDataError, match=r"2 answers\. They add up to 1: .* shares"):
        raking_weights(pd.DataFrame({"a": ["x", "y"]}), {"a": {"x": 0.4, "y": 0.6}}, min_cell=1)
    with pytest.raises(InvalidDataError, match="'a' has the value 'x', whose total is not"):
        raking_weights(pd.DataFrame({"a": ["x"]}), {"a": {"y": 2}})
    with pytest.raises(MissingColumnError, match="'region'"):
        raking_weights(pd.DataFrame({"a": ["x"]}), {"region": {"y": 2}})
    with pytest.raises(InvalidParameterError, match="must name a column or more"):
        raking_weights(pd.DataFrame({"a": ["x"]}), {})
    with pytest.raises(InvalidParameterError, match="'at' parameter"):
        class_weights([1, 1], cells=["a", "a"], min_cell=1).trimmed(0.5)


# --- early and late -------------------------------------------------------------------------


def halves(n: int) -> Campaign:
    names = [f"C{i}" for i in range(n)]
    campaign = Campaign.from_sample(dict.fromkeys(names, "all"), name="terms")
    campaign = campaign.record("sent", names, on="2024-03-04")
    campaign = campaign.record("returned", names[: n // 2], on="2024-03-08")
    campaign = campaign.record("reminded", names[n // 2 :], on="2024-03-25")
    return campaign.record("returned", names[n // 2 : -1], on="2024-03-28")


def test_a_difference_between_early_and_late_is_found() -> None:
    rng = np.random.default_rng(0)
    answers = pd.DataFrame({
        "customer": [f"C{i}" for i in range(200)],
        "days_late": np.where(np.arange(200) < 100, 5, 15) + rng.normal(size=200),
        "noise": rng.normal(size=200),
        "kind": np.where(np.arange(200) < 100, "shop", "mill"),
        "colour": rng.choice(["red", "blue", "green"], 200),
    })  # fmt: skip
    found = early_late(halves(200), answers).set_index(["variable", "level"])
    found = found.sort_index()
    assert found.loc[("days_late", ""), "difference"] == pytest.approx(10, abs=0.5)
    assert found.loc[("days_late", ""), "p_adjusted"] < 1e-6
    assert found.loc[("noise", ""), "p_adjusted"] > 0.05
    assert abs(found.loc[("kind",), "difference"].iloc[0]) == 1
    # the last customer was reminded and did not answer
    assert found["n_early"].eq(100).all()
    assert found["n_late"].eq(99).all()
    assert found.loc["colour"].index.tolist() == ["blue", "green", "red"]
    assert (found["p_adjusted"] >= found["p_value"]).all()


def test_answers_are_joined_whatever_the_type_of_their_customers() -> None:
    numbers = [float(i) for i in range(80)]
    campaign = Campaign.from_sample(dict.fromkeys(numbers, "all"), name="terms")
    campaign = campaign.record("sent", numbers, on="2024-03-04")
    campaign = campaign.record("returned", numbers[:40], on="2024-03-08")
    campaign = campaign.record("reminded", numbers[40:], on="2024-03-25")
    campaign = campaign.record("returned", numbers[40:], on="2024-03-28")
    answers = pd.DataFrame({"customer": numbers, "x": np.arange(80) % 7})
    expected = early_late(campaign, answers.astype({"customer": int}))
    assert expected[["n_early", "n_late"]].to_numpy().tolist() == [[40, 40]]
    pd.testing.assert_frame_equal(early_late(campaign, answers), expected)


def test_few_answers_and_none_of_a_kind() -> None:
    campaign = halves(20)
    answers = pd.DataFrame({"customer": [f"C{i}" for i in range(20)], "x": range(20)})
    with pytest.warns(ResponseWarning, match="Only 10 answers came before a reminder and 9 after"):
        early_late(campaign, answers)
    with pytest.raises(EmptyDataError, match="There are 10 answers before a reminder, 0 after"):
        early_late(campaign, answers.head(10))
    with pytest.raises(EmptyDataError, match="0 variables"):
        early_late(campaign, answers[["customer"]])
    with pytest.raises(MissingColumnError, match="need a column 'customer'"):
        early_late(campaign, answers[["x"]])
    with pytest.raises(InvalidDataError, match="Customer 'C3' stands in two rows of the answers"):
        early_late(campaign, pd.concat([answers, answers.iloc[3:4]]))
    with pytest.raises(InvalidDataError, match="infinite number in 'x'"):
        early_late(campaign, answers.assign(x=np.inf), min_cases=1)


# --- picture --------------------------------------------------------------------------------


def test_the_picture_holds_shares_by_day() -> None:
    campaign = halves(20)
    display = CampaignDisplay.from_campaign(campaign)
    frame = display.frame()
    assert frame["all"].iloc[[0, 4, 24]].tolist() == [0, 0.5, 0.95]
    assert display.reminders.to_dict() == {21: 10}
    assert frame["all"].is_monotonic_increasing
    axes = display.plot().ax_
    assert axes.get_xlabel() == "days since the first letter"
    assert "10 reminded" in [text.get_text() for text in axes.texts]
    # the answers of the last day are drawn, and not at the edge only
    days, shares = axes.lines[0].get_data()
    assert (list(days[-2:]), list(shares[-3:])) == ([24, 25], [0.5, 0.95, 0.95])
    assert axes.get_xlim() == (0, 25)
    early = CampaignDisplay.from_campaign(campaign, as_of="2024-03-10")
    assert early.frame()["all"].iloc[-1] == 0.5
    assert early.reminders.empty
    assert repr(display) == "CampaignDisplay(terms: 95.0% answered by day 24, 1 day of reminders)"
    with pytest.raises(EmptyDataError, match="Nothing was sent"):
        CampaignDisplay.from_campaign(Campaign.from_sample({"C1": "a"}, name="t"))


def test_a_stratum_cannot_be_named_as_all_of_them_are() -> None:
    campaign = Campaign.from_sample({"A": "all", "B": "west"}, name="terms")
    campaign = campaign.record("sent", ["A", "B"], on="2024-03-04")
    with pytest.raises(InvalidParameterError, match="named 'all'"):
        response_table(campaign)


@pytest.mark.parametrize(
    "call",
    [response_table, CampaignDisplay.from_campaign, lambda x: early_late(x, pd.DataFrame())],
)
def test_what_is_no_campaign(call: Any) -> None:
    with pytest.raises(InvalidParameterError, match=r"'campaign' .* must be a Campaign\. Got 'x'"):
        call("x")


def test_early_and_late_answers_that_do_not_vary_have_no_test() -> None:
    customers = [f"C{k}" for k in range(12)]
    campaign = Campaign.from_sample(dict.fromkeys(customers, "west"), name="terms")
    campaign = campaign.record("sent", customers, on="2024-03-04")
    campaign = campaign.record("returned", customers[:6], on="2024-03-05")
    campaign = campaign.record("reminded", customers[6:], on="2024-03-10")
    campaign = campaign.record("returned", customers[6:], on="2024-03-12")
    answers = pd.DataFrame({
        "customer": customers, "same": 3.0, "apart": [1.0] * 6 + [2.0] * 6,
        "one": [*[4.0] * 6, *range(6)],
    })  # fmt: skip
    # warnings are errors here, and that of lost precision was one
    found = early_late(campaign, answers, min_cases=1).set_index("variable")["p_value"]
    assert np.isnan(found["same"])
    assert found["apart"] == 0.0
    assert found["one"] == pytest.approx(ttest_1samp(np.arange(6.0), 4.0).pvalue)
