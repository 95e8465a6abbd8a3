"""Hints of leaks: planted ones are found, honest columns give none."""

from __future__ import annotations

import datetime as dt

import matplotlib as mpl
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from creditscore._frame import as_table
from creditscore.datasets import load_german_credit
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    MissingColumnError,
)
from creditscore.metrics import information_value
from creditscore.validate import (
    LeakageDisplay,
    LeakageHint,
    LeakageHints,
    LeakageSettings,
    ValidationSample,
    leakage_hints,
    validate_scores,
)
from creditscore.validate._data._column_facts import ColumnFacts, Outcome

mpl.use("Agg")
N = 2000


def outcomes(seed: int = 0, rate: float = 0.2) -> np.ndarray:
    return np.random.default_rng(seed).random(N) < rate


def found_in(values: object, is_bad: np.ndarray | None = None, **options: object) -> dict[str, str]:
    """Return how sure each hint of one column is, by its check."""
    target = outcomes() if is_bad is None else is_bad
    hints = leakage_hints(pd.DataFrame({"x": values}), target, **options).hints  # type: ignore[arg-type]
    return {hint.check: hint.sureness for hint in hints if hint.column == "x"}


class TestPlantedLeaks:
    def test_the_outcome_and_its_complement(self) -> None:
        y = outcomes()
        assert found_in(y.astype(int)) == {"equals the outcome": "certain"}
        assert found_in(1.0 - y) == {"equals the outcome": "certain"}
        assert found_in(np.where(y, "no", "yes")) == {"separates perfectly": "certain"}

    def test_perfect_separation_by_an_order_and_by_missing_values(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        apart = rng.random(N) + 2 * y
        assert found_in(apart) == {"separates perfectly": "certain"}
        assert found_in(-apart) == {"separates perfectly": "certain"}
        gone = np.where(y, np.nan, rng.normal(size=N))
        assert found_in(gone) == {"separates perfectly": "certain"}

    def test_a_value_that_bads_alone_have(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        fee = np.where(y & (rng.random(N) < 0.1), rng.exponential(size=N), 0.0)
        hints = leakage_hints(pd.DataFrame({"fee": fee}), y).hints
        # all goods are zero, which says the same and more
        assert [(h.check, h.sureness) for h in hints] == [
            ("constant within an outcome", "likely"), ("strong alone", "possible"),
        ]  # fmt: skip
        assert hints[0].reason.startswith(f"all {int((~y).sum()):,} good rows have '0', and 9")
        state = np.where(y & (rng.random(N) < 0.1), "written off", rng.choice(["a", "b"], N))
        hints = leakage_hints(pd.DataFrame({"state": state}), y).hints
        n = int((state == "written off").sum())
        assert hints[0].reason == f"all {n} rows with 'written off' are bad"
        assert (hints[0].check, hints[0].sureness) == ("pure value", "likely")

    def test_a_value_that_goods_alone_have_is_possible(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        state = np.where(~y & (rng.random(N) < 0.1), "prepaid", rng.choice(["a", "b"], N))
        assert found_in(state) == {"pure value": "possible"}

    def test_missing_values_that_tell(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        gone = rng.random(N) < np.where(y, 0.5, 0.1)
        values = np.where(gone, np.nan, rng.normal(size=N))
        assert found_in(values)["missing values tell"] == "likely"
        hint = next(
            h for h in leakage_hints(pd.DataFrame({"x": values}), y).hints
            if h.check == "missing values tell"
        )  # fmt: skip
        assert hint.statistic == pytest.approx(gone[y].mean() - gone[~y].mean())
        assert "missing values tell" not in found_in(
            values, settings=LeakageSettings(missing_gap=0.9)
        )

    def test_a_strong_column_by_both_bounds(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        for shift, sureness in ((0.2, None), (0.8, "possible"), (2.5, "likely")):
            values = rng.normal(size=N) + shift * y
            assert found_in(values).get("strong alone") == sureness

    def test_identifiers(self) -> None:
        y = outcomes()
        assert found_in([f"K{i}" for i in range(N)]) == {"identifier": "possible"}
        assert found_in(np.random.default_rng(1).permutation(N)) == {"identifier": "possible"}
        order = np.argsort(np.argsort(np.random.default_rng(1).normal(size=N) + 0.8 * y))
        assert found_in(order)["identifier"] == "likely"
        # amounts with decimals are different in all rows too
        assert found_in(np.random.default_rng(1).normal(size=N)) == {}

    def test_rows_in_the_order_of_the_outcome(self) -> None:
        X = pd.DataFrame({"x": np.random.default_rng(1).normal(size=N)})
        hints = leakage_hints(X, np.sort(outcomes())).hints
        assert [(h.column, h.check, h.sureness) for h in hints] == [
            ("(rows)", "row order", "likely")
        ]
        drifting = outcomes(0, 0.2) | (np.arange(N) > N * 0.8) & outcomes(3, 0.3)
        hints = leakage_hints(X, drifting).hints
        assert [(h.check, h.sureness) for h in hints] == [("row order", "possible")]
        assert hints[0].statistic == pytest.approx(roc_auc_score(drifting, np.arange(N)))

    def test_rows_that_repeat(self) -> None:
        rng = np.random.default_rng(1)
        X = pd.DataFrame(rng.normal(size=(N, 3)), columns=list("abc"))
        again = pd.concat([X[:-40], X[:40]], ignore_index=True)
        hints = leakage_hints(again, outcomes()).hints
        assert [(h.check, h.statistic) for h in hints] == [("repeated rows", 40)]
        # in coarse columns equal rows are no wonder
        coarse = pd.DataFrame(rng.integers(0, 3, size=(N, 3)), columns=list("abc"))
        assert leakage_hints(coarse, outcomes()).hints == ()

    def test_a_jump_between_periods(self) -> None:
        rng, y = np.random.default_rng(1), outcomes()
        period = np.repeat(["2021", "2022", "2023", "2024"], N // 4)
        values = rng.normal(size=N) + 2.5 * (y & (period == "2024"))
        found = leakage_hints(pd.DataFrame({"x": values, "when": period}), y, period="when")
        jump = next(h for h in found.hints if h.check == "jump between periods")
        assert "in period 2024" in jump.reason
        for when, told in ((period.astype(int), "2024"), (pd.to_datetime(period), "2024-01-01")):
            hints = leakage_hints(pd.DataFrame({"x": values, "when": when}), y, period="when").hints
            assert any(f"in period {told}, and" in hint.reason for hint in hints)
        steady = rng.normal(size=N) + y
        assert "jump between periods" not in found_in(steady, period=period)


class TestDates:
    def test_a_column_known_after_the_decision_or_with_the_outcome(self) -> None:
        y = outcomes()
        X = pd.DataFrame({"limit": np.random.default_rng(1).normal(size=N)})
        known = {"limit": dt.date(2024, 3, 31)}
        late = leakage_hints(X, y, known_on=known, as_of="2024-03-30").hints[0]
        assert (late.check, late.sureness, late.statistic) == ("known too late", "certain", 1)
        assert late.reason == "known after the decision in 100.0% of rows, by a median of 1 day"
        assert leakage_hints(X, y, known_on=known, as_of="2024-03-31").hints == ()
        with_it = leakage_hints(X, y, known_on=known, outcome_on="2024-03-31").hints[0]
        assert "known with the outcome or after it in 100.0%" in with_it.reason
        assert leakage_hints(X, y, known_on=known, outcome_on="2024-04-01").hints == ()
        outcome = pd.date_range("2024-03-31", periods=N)
        both = leakage_hints(X, y, known_on=known, outcome_on=outcome, as_of="2024-03-30").hints[0]
        assert both.statistic == 1
        assert "after the decision in 100.0% of rows" in both.reason
        assert "with the outcome or after it in 0.1% of rows" in both.reason

    def test_dates_of_each_row_and_names_of_columns(self) -> None:
        y = outcomes()
        days = pd.date_range("2020-01-01", periods=N)
        X = pd.DataFrame({"x": np.random.default_rng(1).normal(size=N), "applied": days})
        known = days + pd.to_timedelta(np.where(np.arange(N) < 30, 5, -5), unit="D")
        for frame in (X, pl.from_pandas(X)):
            hint = leakage_hints(frame, y, known_on={"x": known}, as_of="applied").hints[0]
            assert hint.statistic == 30 / N
            assert "by a median of 5 days" in hint.reason
        gaps = pd.Series(known).where(np.arange(N) >= 30)
        assert leakage_hints(X, y, known_on={"x": gaps}, as_of="applied").hints == ()

    def test_columns_of_dates_after_the_decision(self) -> None:
        X = pd.DataFrame(
            {"x": np.random.default_rng(1).normal(size=N), "paid": pd.Timestamp("2024-05-01")}
        )
        hints = leakage_hints(X, outcomes(), as_of="2024-01-01").hints
        assert [(h.column, h.sureness) for h in hints] == [("paid", "possible")]
        assert leakage_hints(X, outcomes(), as_of="2024-06-01").hints == ()

    def test_a_date_that_bads_alone_have_needs_no_other_date(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        days = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, N), "D"))
        assert found_in(days) == {}
        # different in all rows, and yet no identifier
        assert found_in(pd.date_range("2015-01-01", periods=N)) == {}
        assert found_in(days.where(y)) == {"separates perfectly": "certain"}
        half = found_in(days.where(y & (rng.random(N) < 0.5)))
        assert half["constant within an outcome"] == "likely"
        assert found_in(days.where(y | (rng.random(N) < 0.3)))["missing values tell"] == "likely"
        measures = leakage_hints(pd.DataFrame({"day": days}), y).measures
        assert measures[["column", "kind", "n_distinct"]].to_numpy().tolist() == [
            ["day", "date", days.nunique()]
        ]

    def test_attributes_of_dates_are_named_by_their_days(self) -> None:
        y = outcomes()
        days = pd.Series(np.where(y, np.datetime64("2024-05-01"), np.datetime64("2023-01-01")))
        mixed = days.where(np.random.default_rng(1).random(N) < 0.5, pd.Timestamp("2023-01-01"))
        one = leakage_hints(pd.DataFrame({"paid": mixed}), y).hints[0]
        assert one.reason.startswith(f"all {int((~y).sum()):,} good rows have '2023-01-01', and ")
        spread = pd.Series(pd.date_range("2020-01-01", periods=N)).where(
            y | (np.arange(N) < N * 0.7)
        )
        pure = [
            h.reason for h in leakage_hints(pd.DataFrame({"paid": spread}), y).hints
            if h.check == "pure value"
        ]  # fmt: skip
        assert len(pure) == 2
        assert "rows with 'from 202" in pure[0]
        assert "'Missing' are good" in pure[1]

    def test_columns_of_dates_with_the_outcome_or_after_it(self) -> None:
        X = pd.DataFrame(
            {"x": np.random.default_rng(1).normal(size=N), "paid": pd.Timestamp("2024-05-01")}
        )
        X.loc[: N // 2 - 1, "paid"] = pd.NaT
        hints = leakage_hints(X, outcomes(), outcome_on="2024-05-01").hints
        assert [(h.column, h.sureness) for h in hints] == [("paid", "possible")]
        assert hints[0].reason == (
            "its dates: with the outcome or after it in 100.0% of the 1,000 rows with dates, by a "
            "median of 0 days"
        )

    def test_what_was_not_looked_at_is_said(self) -> None:
        X = pd.DataFrame({"x": [1.0, 2, 3], "lasted": pd.to_timedelta([1, 2, 3], unit="D")})
        found = leakage_hints(X, [0, 1, 0])
        assert set(found.not_made) == {"lasted", "dates", "jumps between periods"}
        assert found.not_made["lasted"].startswith("holds neither numbers nor levels nor dates")
        assert found.not_made["dates"] == "neither as_of nor outcome_on is given"
        X = X.assign(paid=pd.Timestamp("2023-01-01"))
        dated = leakage_hints(X, [0, 1, 0], as_of="2024-01-01")
        assert "does not say when 1 were known: x" in dated.not_made["dates"]
        assert {f.verdict for f in found.findings()} == {"information", "not tested"}


class TestMeasures:
    def test_auc_and_information_value_are_those_of_other_tools(self) -> None:
        german = load_german_credit()
        X, y = german.drop(columns="is_bad"), german["is_bad"]
        measures = leakage_hints(X, y).measures.set_index("column")
        counts = pd.crosstab(german["checking_status"], y)
        noise = 3 * (1 / 700 + 1 / 300)
        # the guide has 0.6660115 for the same column
        value = information_value(counts[0], counts[1])
        assert value == pytest.approx(0.6660115, abs=1e-7)
        assert measures.loc["checking_status", "iv"] == pytest.approx(value - noise)
        rate = german.groupby("checking_status")["is_bad"].transform("mean")
        assert measures.loc["checking_status", "auc"] == pytest.approx(roc_auc_score(y, rate))
        assert measures.loc["duration_months", "auc"] >= roc_auc_score(y, X["duration_months"])
        assert measures.loc["housing", "n_distinct"] == 3

    def test_the_known_hint_of_german_credit(self) -> None:
        german = load_german_credit()
        found = leakage_hints(german.drop(columns="is_bad"), german["is_bad"])
        assert [(h.column, h.check, h.sureness) for h in found.hints] == [
            ("checking_status", "strong alone", "possible")
        ]

    def test_noise_gives_no_hint(self) -> None:
        rng = np.random.default_rng(0)
        for rate in (0.02, 0.5):
            X = pd.DataFrame(rng.normal(size=(N, 40)), columns=[f"x{i}" for i in range(40)])
            X = X.assign(
                c=rng.choice(list("abcdefghij"), N), m=np.where(rng.random(N) < 0.3, np.nan, 1)
            )
            found = leakage_hints(X, outcomes(5, rate), period=rng.integers(0, 4, N))
            assert found.hints == ()
            assert "proves nothing" in repr(found)

    def test_rows_without_a_number_are_ties_of_the_order(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        known = rng.random(N) < np.where(y, 0.3, 0.6)
        values = np.where(known, rng.random(N) + y, np.nan)
        facts = ColumnFacts.of(
            as_table(pd.DataFrame({"x": values})), "x", Outcome(y, None), LeakageSettings()
        )
        bads, goods = values[y], values[~y]
        above = bads[:, None] > goods
        tied = np.isnan(bads)[:, None] | np.isnan(goods)
        assert facts.order_auc == pytest.approx((above + 0.5 * tied).mean())

    def test_numbers_of_weight_zero_have_no_order(self) -> None:
        y = outcomes()
        values = np.where(y & (np.arange(N) % 2 == 0), 5.0, np.where(y, np.nan, np.arange(N) % 7))
        weights = np.where(y & (np.arange(N) % 2 == 0), 0.0, 1.0)
        found = leakage_hints(pd.DataFrame({"x": values}), y, sample_weight=weights)
        assert found.measures.loc[0, "auc"] == pytest.approx(1, abs=1e-9)

    def test_weights_are_rows_written_out(self) -> None:
        german = load_german_credit()
        X, y = german[["duration_months", "housing"]], german["is_bad"]
        weights = np.random.default_rng(0).integers(1, 4, len(y))
        told = leakage_hints(X, y, sample_weight=weights).measures
        rate = pd.Series(weights * y).groupby(X["housing"].to_numpy()).transform("sum")
        rate = rate / pd.Series(weights).groupby(X["housing"].to_numpy()).transform("sum")
        expected = roc_auc_score(y, rate, sample_weight=weights)
        assert told["auc"][1] == pytest.approx(expected)
        assert told["iv"].to_numpy() != pytest.approx(leakage_hints(X, y).measures["iv"].to_numpy())

    @settings(deadline=None, max_examples=20)
    @given(st.integers(0, 1000), st.floats(0.1, 50), st.floats(-5, 5))
    def test_units_and_the_order_of_columns_do_not_matter(
        self, seed: int, factor: float, shift: float
    ) -> None:
        rng = np.random.default_rng(seed)
        y = rng.random(300) < 0.3
        X = pd.DataFrame({"a": rng.integers(0, 50, 300) + 20 * y, "b": rng.integers(0, 4, 300)})
        plain = leakage_hints(X, y).measures.set_index("column")
        moved = leakage_hints(X[["b", "a"]] * factor + shift, y).measures.set_index("column")
        names = ["iv", "auc", "n_distinct"]
        np.testing.assert_allclose(
            moved.loc[["a", "b"], names].astype(float), plain[names].astype(float), rtol=1e-9
        )


class TestWhatIsShown:
    def test_the_lines_go_into_a_report(self) -> None:
        y = outcomes()
        X = pd.DataFrame({"fee": y * 1.0, "ok": np.random.default_rng(0).normal(size=N)})
        found = leakage_hints(X, y)
        sample = ValidationSample(is_bad=[0, 0, 1, 0], prob_default=[0.1, 0.1, 0.3, 0.2])
        table = validate_scores(sample).with_findings(found).table().query("part == 'data'")
        assert table.iloc[0][["test", "subject", "verdict"]].tolist() == [
            "leakage: equals the outcome", "characteristic fee", "fail",
        ]  # fmt: skip
        assert "certain: it is the outcome" in table.iloc[0]["note"]
        assert found.columns == ("fee",)
        assert "1 hint; 2,000 rows" in found._repr_html_()
        assert found.table().columns.tolist() == [
            "column", "check", "sureness", "statistic", "reason",
        ]  # fmt: skip

    def test_the_surest_come_first(self) -> None:
        hints = [
            LeakageHint(column="a", check="strong alone", sureness=word, statistic=1, reason="")
            for word in ("possible", "certain", "likely")
        ]
        y = outcomes()
        empty = leakage_hints(pd.DataFrame({"x": np.random.default_rng(0).normal(size=N)}), y)
        found = LeakageHints(
            hints=tuple(hints), measures=empty.measures, not_made={}, n=1, n_bad=1,
            settings=LeakageSettings(),
        )  # fmt: skip
        assert [hint.sureness for hint in found.hints] == ["certain", "likely", "possible"]

    def test_picture(self) -> None:
        y, rng = outcomes(), np.random.default_rng(0)
        X = pd.DataFrame({"ok": rng.normal(size=N), "fee": y * 1.0, "id": range(N)})
        X = X.assign(id=lambda frame: frame["id"].astype(str) + "K")
        display = LeakageDisplay.from_hints(leakage_hints(X, y))
        assert display.frame()["column"].tolist() == ["fee", "id", "ok"]
        assert display.frame()["sureness"].tolist() == ["certain", "possible", "no hint"]
        ax = display.plot().ax_
        assert [text.get_text() for text in ax.get_legend().get_texts()] == [
            "certain", "possible", "no hint",
        ]  # fmt: skip
        assert repr(display) == "LeakageDisplay(3 columns, 2 of them with a hint)"
        with pytest.raises(InvalidParameterError, match="must be a LeakageHints"):
            LeakageDisplay.from_hints(X)  # type: ignore[arg-type]
        lasted = pd.to_timedelta(np.arange(N), unit="D")
        dates = leakage_hints(pd.DataFrame({"d": lasted}), y)
        with pytest.raises(InvalidDataError, match="No column was looked at"):
            LeakageDisplay.from_hints(dates)


class TestErrors:
    def test_outcomes_dates_periods_and_bounds(self) -> None:
        X, y = pd.DataFrame({"x": [1.0, 2, 3, 4]}), [0, 1, 0, 1]
        with pytest.raises(InvalidTargetError, match="one class only"):
            leakage_hints(X, [0, 0, 0, 0])
        with pytest.raises(MissingColumnError, match="Column 'xx'"):
            leakage_hints(X, y, known_on={"xx": "2024-01-01"})
        with pytest.raises(InvalidParameterError, match="must map names of columns to dates"):
            leakage_hints(X, y, known_on=["x"])  # type: ignore[arg-type]
        with pytest.raises(InvalidParameterError, match="as_of must be a date"):
            leakage_hints(X, y, as_of="applied")
        with pytest.raises(InvalidDataError, match="as_of must hold one date for each of the 4"):
            leakage_hints(X, y, as_of=pd.date_range("2024-01-01", periods=3))
        with pytest.raises(InvalidDataError, match="must hold dates"):
            leakage_hints(X, y, as_of=["2024-01-01"] * 4)
        with pytest.raises(InvalidDataError, match="one value for each of the 4 rows"):
            leakage_hints(X, y, period=[1, 2])
        with pytest.raises(InvalidDataError, match="period has 1 missing"):
            leakage_hints(X, y, period=[1, 2, None, 3])
        with pytest.raises(InvalidParameterError, match="'order_auc'"):
            LeakageSettings(order_auc=0.5)
        with pytest.raises(InvalidParameterError, match="'sureness'"):
            LeakageHint(column="x", check="pure value", sureness="sure", statistic=1, reason="")  # type: ignore[arg-type]

    def test_numbers_with_words_among_them_are_looked_at(self) -> None:
        y, rng = outcomes(), np.random.default_rng(1)
        values = rng.normal(size=N).round(3).astype(object)
        values[rng.random(N) < 0.2] = "refused"
        assert found_in(values) == {}
        values[y & (rng.random(N) < 0.5)] = "in court"
        assert found_in(values)["pure value"] == "likely"

    def test_many_levels_tell_a_few_outcomes_apart_by_chance(self) -> None:
        levels, y = np.repeat([f"L{i}" for i in range(20)], 3), np.arange(60) < 6
        assert "separates perfectly" not in found_in(levels, y)
        assert "separates perfectly" in found_in(np.tile(levels, 10), np.tile(y, 10))

    def test_few_rows_give_no_hint(self) -> None:
        assert leakage_hints(pd.DataFrame({"x": [0, 1, 0, 1]}), [0, 1, 0, 1]).hints == ()
