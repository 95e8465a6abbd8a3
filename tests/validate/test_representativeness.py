"""Two samples beside each other: indices, strange values, and a classifier between them."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

from creditscore import LogisticScorecard, Scorecard
from creditscore.binning import NumericPartition
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    ColumnTypeError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.metrics import csi_table, psi
from creditscore.scorecard import Characteristic, Folds
from creditscore.validate import (
    RepresentativenessDisplay,
    RepresentativenessSettings,
    ValidationSample,
    representativeness,
    two_sample_test,
    validate_scores,
)

mpl.use("Agg")
FAST = RepresentativenessSettings(n_folds=2, most_rows=200)


def row(found: object, name: str) -> pd.Series:
    table = found.table  # type: ignore[attr-defined]
    return table.set_index("characteristic").loc[name]


def invented(n: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"a": rng.normal(shift, size=n), "b": rng.normal(size=n)})


class TestIndex:
    def test_it_is_the_index_of_counts_by_hand(self) -> None:
        """Shares .40 .30 .30 and .35 .25 .40 are those of the docstring of psi: 0.0445609."""
        first = pd.DataFrame({"x": np.repeat(["a", "b", "c"], [400, 300, 300])})
        second = pd.DataFrame({"x": np.repeat(["a", "b", "c"], [175, 125, 200])})
        found = row(representativeness(first, second, settings=FAST), "x")
        whole = csi_table({"x": ([400, 300, 300], [175, 125, 200])}).iloc[0]
        assert found["csi"] == pytest.approx(0.0445609, abs=5e-8)
        for name in ("n_bins", "csi", "benchmark", "beyond_chance", "p_value"):
            assert found[name] == pytest.approx(whole[name])

    def test_numbers_go_by_quantiles_of_the_development_sample(self) -> None:
        first, second = invented(1000, 0), invented(400, 1, 0.5)
        found = representativeness(first, second, settings=FAST)
        cuts = np.quantile(first["a"], np.arange(1, 10) / 10)
        counts = [
            np.bincount(np.searchsorted(cuts, part["a"], side="right"), minlength=10)
            for part in (first, second)
        ]
        assert row(found, "a")["csi"] == pytest.approx(psi(*counts), abs=0.02)
        shares = found.attributes.query("characteristic == 'a'")["development"]
        np.testing.assert_allclose(shares, 0.1, atol=1e-12)

    def test_a_frequent_value_has_a_bin_of_its_own(self) -> None:
        rng = np.random.default_rng(0)
        amounts = np.where(rng.random(2000) < 0.97, 0.0, rng.exponential(size=2000))
        first, second = pd.DataFrame({"x": amounts}), pd.DataFrame({"x": amounts + 1})
        parts = representativeness(first, second, settings=FAST).attributes
        assert parts.iloc[0]["development"] == pytest.approx((amounts == 0).mean())
        assert parts["development"].sum() == pytest.approx(1)

    def test_a_constant_that_changed_is_seen(self) -> None:
        first, second = pd.DataFrame({"x": [1.0] * 50}), pd.DataFrame({"x": [2.0] * 50})
        same = row(representativeness(first, first, settings=FAST), "x")
        assert (same["csi"], same["verdict"], same["n_bins"]) == (0, "pass", 1)
        assert row(representativeness(first, second, settings=FAST), "x")["csi"] > 10

    def test_the_attributes_add_up_to_the_index(self) -> None:
        german = load_german_credit()
        found = representativeness(german[:500], german[500:], settings=FAST)
        sums = found.attributes.groupby("characteristic")["csi_part"].sum()
        table = found.table.set_index("characteristic")["csi"]
        np.testing.assert_allclose(sums.loc[table.index], table)

    @settings(deadline=None, max_examples=8)
    @given(
        st.lists(st.integers(-3, 3) | st.none(), min_size=5, max_size=60),
        st.sampled_from([-3.0, 0.5, 10.0]),
    )
    def test_a_sample_does_not_differ_from_itself_and_units_do_not_matter(
        self, values: list[int | None], factor: float
    ) -> None:
        frame = pd.DataFrame({"x": pd.array(values, dtype="Int64")})
        found = representativeness(frame, frame, settings=FAST)
        assert found.verdict in ("pass", "information")
        assert row(found, "x")["csi"] == 0
        first, second = frame["x"].astype(float).to_frame(), frame["x"].astype(float).to_frame()
        second = second.shift(1)
        plain = row(representativeness(first, second, settings=FAST), "x")
        scaled = row(representativeness(first * factor, second * factor, settings=FAST), "x")
        if factor > 0:
            assert scaled["csi"] == pytest.approx(plain["csi"])
        assert scaled["out_of_range"] == pytest.approx(plain["out_of_range"], nan_ok=True)


class TestCard:
    def test_points_shift_adds_up_to_that_of_the_score(self) -> None:
        german = load_german_credit()
        columns = ["checking_status", "duration_months", "age_years"]
        card = LogisticScorecard().fit(german[columns], german["is_bad"]).scorecard_
        young = german["age_years"] < 30
        found = representativeness(german[~young], german[young], scorecard=card, settings=FAST)
        assert set(found.table["bins"]) == {"card"}
        assert sorted(found.table["characteristic"]) == sorted(card.names)
        scores = card.score(german)
        shift = scores[young].mean() - scores[~young].mean()
        assert found.table["points_shift"].sum() == pytest.approx(shift)

    def test_slopes_count_in_the_points(self) -> None:
        years = Characteristic.numeric(
            "years", cuts=[2, 10], points=[0, 0, 40], slopes=[0, 5, 0], missing_points=0
        )
        card = Scorecard(characteristics=(years,))
        first, second = pd.DataFrame({"years": [4.0] * 30}), pd.DataFrame({"years": [6.0] * 30})
        found = row(representativeness(first, second, scorecard=card, settings=FAST), "years")
        assert found["points_shift"] == 10
        assert found["csi"] == 0

    def test_given_partitions_come_before_quantiles(self) -> None:
        partitions = {"a": NumericPartition(cuts=(0.0,))}
        found = representativeness(
            invented(300, 0), invented(300, 1), partitions=partitions, settings=FAST
        )
        assert (row(found, "a")["bins"], row(found, "b")["bins"]) == ("given", "quantiles")
        assert row(found, "a")["n_bins"] == 2

    def test_bins_beside_those_of_the_card_are_refused(self) -> None:
        years = Characteristic.numeric("years", cuts=[2], points=[0, 10], missing_points=0)
        frame = pd.DataFrame({"years": [1.0, 3.0] * 20})
        with pytest.raises(InvalidParameterError, match="'years', which the scorecard parts"):
            representativeness(
                frame, frame, scorecard=Scorecard(characteristics=(years,)),
                partitions={"years": NumericPartition()},
            )  # fmt: skip

    def test_special_codes_are_no_amounts(self) -> None:
        partitions = {"x": NumericPartition(cuts=(5.0,), special_codes=(-9.0,))}
        first = pd.DataFrame({"x": [1.0, 9.0] * 20})
        second = pd.DataFrame({"x": [1.0, 9.0, -9.0, 9.0] * 10})
        found = row(representativeness(first, second, partitions=partitions, settings=FAST), "x")
        assert found["out_of_range"] == 0
        assert found["mean_current"] == pytest.approx(19 / 3)


class TestStrangeValues:
    def test_missing_values_range_levels_and_means(self) -> None:
        first = pd.DataFrame({"x": np.arange(100.0), "c": ["a", "b"] * 50})
        second = pd.DataFrame({"x": np.arange(100.0) + 30, "c": ["a", "z"] * 50})
        second.loc[:19, "x"] = np.nan
        found = representativeness(first, second, settings=FAST)
        x, c = row(found, "x"), row(found, "c")
        assert (x["missing_development"], x["missing_current"]) == (0, 0.2)
        assert x["out_of_range"] == 0.3
        assert (x["mean_development"], x["mean_current"]) == (49.5, 89.5)
        spread = np.sqrt((first["x"].var(ddof=0) + second["x"].var(ddof=0)) / 2)
        assert x["smd"] == pytest.approx(40 / spread)
        assert c["unseen"] == 0.5
        assert np.isnan(c["out_of_range"])
        assert x["because_of"] == "csi, missing, range"
        assert c["because_of"] == "csi, unseen"
        tests = {line.test: line for line in found.findings() if line.verdict == "fail"}
        assert tests["levels never seen"].subject == "characteristic c"
        assert tests["change of missing values"].note == "0.0% missing to 20.0%"

    @pytest.mark.parametrize("unit", [1e300, 1e-300, 2.0**-1060])
    def test_means_of_huge_and_tiny_numbers(self, unit: float) -> None:
        first, second = invented(100, 0), invented(100, 1, 0.5)
        plain = row(representativeness(first, second, settings=FAST), "a")
        scaled = row(representativeness(first * unit, second * unit, settings=FAST), "a")
        assert scaled["smd"] == pytest.approx(plain["smd"], rel=1e-3)
        assert scaled["mean_current"] == pytest.approx(plain["mean_current"] * unit, rel=1e-3)

    def test_a_few_rows_out_of_a_small_range_are_chance(self) -> None:
        """Of continuous values the ends of the joint order fall to either sample."""
        first, second = invented(40, 0), invented(40, 3)
        found = row(representativeness(first, second, settings=FAST), "b")
        assert found["out_of_range"] > 0.01
        assert not found["range_beyond_chance"]
        assert found["range_verdict"] == "pass"

    def test_the_chance_of_being_out_of_range_is_that_of_simulation(self) -> None:
        rng = np.random.default_rng(0)
        draws = rng.normal(size=(20_000, 60))
        first, second = draws[:, :40], draws[:, 40:]
        low, high = first.min(axis=1)[:, None], first.max(axis=1)[:, None]
        n_outside = ((second < low) | (second > high)).sum(axis=1)
        # the formula has 0.111 for three and 0.045 for four
        assert (n_outside >= 3).mean() == pytest.approx(0.111, abs=0.03)
        assert (n_outside >= 4).mean() == pytest.approx(0.045, abs=0.02)
        first = pd.DataFrame({"x": np.arange(40.0)})
        for n, beyond in ((3, False), (4, True)):
            second = pd.DataFrame({"x": np.r_[np.full(n, 99.0), np.arange(20.0 - n)]})
            found = row(representativeness(first, second, settings=FAST), "x")
            assert found["range_beyond_chance"] == beyond

    def test_an_index_within_chance_never_fails(self) -> None:
        first, second = invented(30, 0), invented(12, 5)
        found = representativeness(first, second, settings=FAST).table
        large = found[(found["csi"] > 0.25) & ~found["beyond_chance"]]
        assert len(large)
        assert set(large["csi_verdict"]) == {"watch"}


class TestWeights:
    def test_weights_are_rows_written_out(self) -> None:
        first = invented(200, 0)
        weights = np.random.default_rng(1).integers(0, 4, 200)
        second = invented(300, 2).round(1)
        cut = {"a": NumericPartition(cuts=(-0.5, 0.5)), "b": NumericPartition(cuts=(0.0,))}
        told = representativeness(
            first, second, partitions=cut, development_weight=weights, settings=FAST
        )
        written = representativeness(
            first.loc[first.index.repeat(weights)], second, partitions=cut, settings=FAST
        )
        for name in ("csi", "mean_development", "smd"):
            np.testing.assert_allclose(row(told, "a")[name], row(written, "a")[name])

    def test_rows_of_weight_zero_have_no_range(self) -> None:
        first, second = pd.DataFrame({"x": [1.0, 2.0, 99.0] * 20}), pd.DataFrame({"x": [50.0] * 30})
        weights = np.tile([1, 1, 0], 20)
        found = representativeness(first, second, development_weight=weights, settings=FAST)
        assert row(found, "x")["out_of_range"] == 1
        found = representativeness(
            first,
            first[:30],
            development_weight=weights,
            current_weight=weights[:30],
            settings=FAST,
        )
        assert row(found, "x")["out_of_range"] == 0

    def test_the_benchmark_knows_that_weighted_rows_tell_less(self) -> None:
        first, second = invented(200, 0), invented(200, 2)
        weights = np.where(np.arange(200) < 100, 3.0, 1.0)
        plain, tripled, uneven = (
            row(representativeness(first, second, development_weight=w, settings=FAST), "a")
            for w in (None, np.full(200, 3.0), weights)
        )
        assert tripled["benchmark"] == pytest.approx(plain["benchmark"])
        effective = weights.sum() ** 2 / (weights**2).sum()
        ratio = (1 / effective + 1 / 200) / (2 / 200)
        assert uneven["benchmark"] == pytest.approx(plain["benchmark"] * ratio)

    def test_the_classifier_draws_rows_by_weight(self) -> None:
        """A stratum that was drawn ten times too often is put right by weights of one tenth."""
        rng = np.random.default_rng(0)
        second = pd.DataFrame({"x": rng.normal(size=2000)})
        first = pd.DataFrame({"x": rng.normal(size=8000)})
        often = first["x"] > 0
        kept = often | (rng.random(8000) < 0.1)
        first, often = first[kept], often[kept]
        weights = np.where(often, 0.1, 1.0)
        assert two_sample_test(first, second).verdict == "fail"
        assert two_sample_test(first, second, development_weight=weights).verdict == "pass"


class TestTwoSamples:
    def test_areas_are_those_of_a_loop_by_hand(self) -> None:
        first, second = invented(300, 0), invented(200, 1, 0.7)
        found = two_sample_test(first, second)
        X = np.concatenate([first, second])
        y = np.repeat([False, True], [300, 200])
        areas = []
        for train, test in Folds().split(y, 0):
            model = HistGradientBoostingClassifier(
                max_iter=40, max_leaf_nodes=15, learning_rate=0.15, early_stopping=False,
                random_state=0,
            ).fit(X[train], y[train])  # fmt: skip
            areas.append(roc_auc_score(y[test], model.predict_proba(X[test])[:, 1]))
        assert found.auc.estimate == pytest.approx(np.mean(areas))
        assert found.columns.loc[0, "column"] == "a"
        assert (found.n_development, found.n_current) == (300, 200)
        error = np.sqrt((1 / 5 + 1 / 4) * 101 / (12 * 60 * 40))
        assert found.test.statistic == pytest.approx((np.mean(areas) - 0.5) / error)

    def test_it_sees_what_no_column_shows_alone(self) -> None:
        rng = np.random.default_rng(0)
        first = pd.DataFrame(rng.normal(size=(1500, 2)), columns=["a", "b"])
        second = pd.DataFrame(
            rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 1500), columns=["a", "b"]
        )
        found = representativeness(first, second)
        assert set(found.table["verdict"]) == {"pass"}
        assert found.two_samples is not None
        assert found.two_samples.verdict == "fail"
        assert found.verdict == "fail"

    def test_it_rejects_no_more_often_than_it_says(self) -> None:
        p_values = [
            two_sample_test(
                invented(120, 2 * seed),
                invented(120, 2 * seed + 1),
                settings=RepresentativenessSettings(n_folds=3),
            ).test.p_value
            for seed in range(20)
        ]
        assert np.mean(np.array(p_values) < 0.1) <= 0.15
        assert 0.3 < np.mean(p_values) < 0.7

    def test_an_area_within_chance_passes_whatever_its_size(self) -> None:
        options = RepresentativenessSettings(n_folds=2)
        found = two_sample_test(invented(50, 25), invented(50, 125), settings=options)
        assert found.auc.estimate > options.auc_bounds[0]
        assert found.test.p_value > 0.05
        assert found.verdict == "pass"

    def test_permutations_give_the_p_value_of_counts(self) -> None:
        options = RepresentativenessSettings(n_folds=2, n_permutations=9)
        apart = two_sample_test(invented(150, 0), invented(150, 1, 2.0), settings=options)
        assert apart.test.p_value == pytest.approx(0.1)
        alike = two_sample_test(invented(150, 4), invented(150, 5), settings=options)
        assert alike.test.p_value > 0.1
        assert alike.test.statistic == alike.auc.estimate

    def test_the_seed_is_all_that_is_random(self) -> None:
        first, second = invented(900, 0), invented(900, 1, 0.2)
        same = [two_sample_test(first, second, settings=FAST).auc.estimate for _ in range(2)]
        other = RepresentativenessSettings(n_folds=2, most_rows=200, random_state=1)
        assert same[0] == same[1]
        assert two_sample_test(first, second, settings=other).auc.estimate != same[0]

    def test_few_rows_leave_it_out_of_the_comparison(self) -> None:
        first = invented(100, 0)
        found = representativeness(first, first[:3])
        assert found.two_samples is None
        lines = {line.test: line for line in found.findings()}
        assert lines["classifier two-sample test"].verdict == "not tested"
        with pytest.raises(InvalidDataError, match=r"needs 10 rows of each\. Got 3"):
            two_sample_test(first, first[:3])
        assert representativeness(first, first[:1]).n_current == 1


class TestTables:
    def test_any_library_gives_the_same(self) -> None:
        german = load_german_credit()
        first, second = german[:600], german[600:]
        pandas = representativeness(first, second, settings=FAST)
        polars = representativeness(pl.from_pandas(first), pl.from_pandas(second), settings=FAST)
        pd.testing.assert_frame_equal(pandas.table, polars.table)
        array = representativeness(
            invented(90, 0).to_numpy(), invented(90, 1).to_numpy(), settings=FAST
        )
        assert set(array.table["characteristic"]) == {"x0", "x1"}

    def test_columns_that_are_left_out_are_named(self) -> None:
        first = invented(60, 0).assign(day=pd.Timestamp("2024-01-01"), old=1)
        second = invented(60, 1).assign(day=pd.Timestamp("2025-01-01"), new=1)
        found = representativeness(first, second, settings=FAST)
        assert dict(found.skipped) == {
            "day": "holds dates, which always move on",
            "old": "not in the current sample",
            "new": "not in the development sample",
        }
        lines = [line for line in found.findings() if line.subject == "characteristic old"]
        assert lines[0].verdict == "not tested"

    def test_what_is_no_value_is_told_from_dates(self) -> None:
        first = invented(60, 0).assign(lasted=pd.Timedelta(days=1))
        found = representativeness(first, first, settings=FAST)
        assert found.skipped["lasted"].startswith("holds neither numbers nor levels nor dates")

    def test_columns_without_any_value_have_the_type_of_the_other(self) -> None:
        empty = pd.DataFrame({"x": [None] * 40, "a": range(40)})
        full = pd.DataFrame({"x": ["u", "v"] * 20, "a": range(40)})
        for first, second in ((empty, full), (full, empty)):
            assert row(representativeness(first, second, settings=FAST), "x")["csi"] > 5

    def test_errors(self) -> None:
        first = invented(60, 0)
        with pytest.raises(MissingColumnError, match="'aa'"):
            representativeness(first, first, columns=["aa"])
        with pytest.raises(InvalidDataError, match="no column in common"):
            representativeness(first[["a"]], first[["b"]])
        with pytest.raises(ColumnTypeError, match="numeric in the development sample"):
            representativeness(first, first.assign(a="text"))
        with pytest.raises(InvalidParameterError, match="no column 'c' in what is compared"):
            representativeness(first, first, partitions={"c": NumericPartition()})
        for columns in ("a", [], 3):
            with pytest.raises(InvalidParameterError, match="must be a list of names"):
                representativeness(first, first, columns=columns)  # type: ignore[arg-type]
        with pytest.raises(InvalidParameterError, match="must be a Partition"):
            representativeness(first, first, partitions={"a": [0.0]})  # type: ignore[dict-item]
        with pytest.raises(InvalidParameterError, match="must be a Scorecard"):
            representativeness(first, first, scorecard="card")  # type: ignore[arg-type]
        with pytest.raises(InvalidParameterError, match="'watch' first"):
            RepresentativenessSettings(csi_bounds=(0.3, 0.2))
        with pytest.raises(InvalidParameterError, match="must hold two numbers"):
            RepresentativenessSettings(auc_bounds=0.6)  # type: ignore[arg-type]
        with pytest.raises(InvalidParameterError, match="'most_rows'"):
            RepresentativenessSettings(most_rows=10)


class TestWhatIsShown:
    def test_the_lines_go_into_a_report(self) -> None:
        german = load_german_credit()
        young = german["age_years"] < 30
        found = representativeness(german[~young], german[young], settings=FAST)
        sample = ValidationSample(is_bad=[0, 0, 1, 0], prob_default=[0.1, 0.1, 0.3, 0.2])
        report = validate_scores(sample).with_findings(found)
        table = report.table().query("part == 'data'")
        assert len(table) == len(found.findings())
        assert table["verdict"].iloc[0] == "fail"
        assert table["p_value"].iloc[0] == found.table["p_value"].iloc[0]
        apart = table[table["test"] == "classifier two-sample test"].iloc[0]
        assert found.two_samples is not None
        assert apart["p_value"] == found.two_samples.test.p_value
        # large samples make any shift significant, so bounds judge
        assert set(table["judged_by"]) == {"bound"}
        first = found.table.iloc[0]
        cell = f"| {first['characteristic']} | {first['csi']:.4g} (0 to 0.1) ✗ |"
        assert cell in report.to_markdown()
        assert report.verdict == "fail"

    def test_picture_and_text(self) -> None:
        german = load_german_credit()
        found = representativeness(german[:500], german[500:], settings=FAST)
        display = RepresentativenessDisplay.from_result(found)
        assert display.plot().ax_.get_xscale() == "log"
        assert display.frame().equals(found.table)
        assert repr(display) == "RepresentativenessDisplay(21 characteristics)"
        assert "21 characteristics, largest CSI" in repr(found)
        assert "500 current rows against 500" in found._repr_html_()
        assert found.two_samples is not None
        assert repr(found.two_samples).startswith("<TwoSampleTest: AUC 0.")
        assert "auc_loss" in found.two_samples._repr_html_()
        with pytest.raises(InvalidParameterError, match="must be a Representativeness"):
            RepresentativenessDisplay.from_result(found.table)  # type: ignore[arg-type]
