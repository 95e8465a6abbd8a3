"""What the encoder can be asked for: each parameter through fit, transform, card and file."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import sklearn
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline

from creditscore import LogisticScorecard, Scorecard
from creditscore.binning import BinConstraints, BinPolicy, Solution, WOEEncoder, solve_bins
from creditscore.binning._cross_fit import folds
from creditscore.exceptions import (
    AlteredDocumentError,
    ConstantColumnWarning,
    DocumentError,
    InfiniteValueError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    MixedColumnWarning,
    RefusedValueError,
    SingleBinWarning,
    UnseenCategoryWarning,
)

N = 4_000
TREATMENTS = ("empirical", "neutral", "most_risky", "least_risky", "nearest")


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    """Make firms with a column of each kind, special codes and gaps among the values."""
    rng = np.random.default_rng(33)
    risk = rng.normal(size=N)
    income = np.round(100 * np.exp(0.5 * rng.normal(size=N) - 0.4 * risk))
    income[rng.random(N) < 0.06] = -9
    income[rng.random(N) < 0.06] = np.nan
    place = np.clip(np.round(risk + rng.normal(size=N) + 2), 0, 4).astype(int)
    housing = np.array(["own", "family", "rent", "shared", "none"], dtype=object)[place]
    housing[rng.random(N) < 0.05] = "n/a"
    housing[rng.random(N) < 0.05] = None
    size = np.clip(np.round(2 - risk + rng.normal(size=N)), 0, 4).astype(int)
    debt = np.round(50 * np.exp(rng.normal(size=N) + 0.4 * risk), 1).astype(object)
    debt[rng.random(N) < 0.1] = "no file"
    sizes = ["micro", "small", "medium", "large", "giant"]
    return pd.DataFrame(
        {
            "income": income,
            "housing": housing,
            "size": pd.Categorical.from_codes(size, sizes, ordered=True),
            "debt": debt,
            "risk": risk,
        }
    )


@pytest.fixture(scope="module")
def is_bad(firms: pd.DataFrame) -> np.ndarray:
    rng = np.random.default_rng(34)
    return (rng.random(N) < 1 / (1 + np.exp(1.6 - firms["risk"]))).astype(int)


COLUMNS = ["income", "housing", "size", "debt"]


@pytest.fixture(scope="module", name="X")
def _columns(firms: pd.DataFrame) -> pd.DataFrame:
    return firms[COLUMNS]


@pytest.fixture(scope="module")
def two(X: pd.DataFrame) -> pd.DataFrame:
    return X[["income", "housing"]]


def encoder(**params: Any) -> WOEEncoder:
    kinds = {"debt": "mixed"}
    return WOEEncoder(
        **{"special_codes": {"income": [-9], "housing": ["n/a"]}, "kinds": kinds} | params
    )


def encoder_of_two(**params: Any) -> WOEEncoder:
    return encoder(kinds=None, **params)


# --- objective -------------------------------------------------------------------------------


def worth(objective: str, good: np.ndarray, bad: np.ndarray) -> float:
    """Return what bins are worth, by the textbook's formula, up to a factor."""
    p, q = good / good.sum(), bad / bad.sum()
    m = (p + q) / 2
    n = good + bad
    terms = {
        "iv": lambda: (p - q) * np.log(p / q),
        "js": lambda: p * np.log(p / m) + q * np.log(q / m),
        "hellinger": lambda: (np.sqrt(p) - np.sqrt(q)) ** 2,
        "triangular": lambda: (p - q) ** 2 / (p + q),
        "log_likelihood": lambda: good * np.log(good / n) + bad * np.log(bad / n),
    }
    return float(terms[objective]().sum())


OBJECTIVES = ("iv", "js", "hellinger", "triangular", "log_likelihood")


def test_each_objective_has_the_bins_that_are_best_by_it() -> None:
    """On few values all are optima, so none is better by another's measure than that one's own."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 40, size=N)
    y = (rng.random(N) < 0.02 + 0.9 * (x / 40) ** 5).astype(int)
    found = {}
    for objective in OBJECTIVES:
        model = WOEEncoder(objective=objective, max_n_bins=4, min_bin_size=0.02)
        found[objective] = model.fit(pd.DataFrame({"x": x}), y).tables_["x"]
    for objective, table in found.items():
        worths = {
            name: worth(objective, np.array(other.n_good[:4]), np.array(other.n_bad[:4]))
            for name, other in found.items()
        }
        assert worths[objective] >= max(worths.values()) - 1e-9 * abs(worths[objective])
        assert table.n_bins == 4
    assert len({table.partition for table in found.values()}) >= 2


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_objective_holds_for_ordered_levels(
    X: pd.DataFrame, is_bad: np.ndarray, objective: str
) -> None:
    asked = BinConstraints(max_n_bins=2)
    fitted = encoder(objective=objective, constraints=asked).fit(X, is_bad)
    table = fitted.tables_["size"]
    counts = pd.crosstab(X["size"], is_bad).to_numpy().astype(float)
    splits = [np.add.reduceat(counts, [0, cut]) for cut in range(1, 5)]
    allowed = [split for split in splits if split.sum(axis=1).min() >= 0.05 * N]
    best = max(allowed, key=lambda split: worth(objective, *split.T))
    assert len(allowed) >= 2
    assert table.n_good[:2] == tuple(best[:, 0])
    assert table.n_bad[:2] == tuple(best[:, 1])


# --- constraints -----------------------------------------------------------------------------


def test_constraints_for_all_columns(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    asked = BinConstraints(min_bad=150, max_n_bins=3)
    fitted = encoder(constraints=asked).fit(X, is_bad)
    free = encoder().fit(X, is_bad)
    for name, table in fitted.tables_.items():
        assert 2 <= table.n_bins <= 3
        assert min(table.n_bad[: table.n_bins]) >= 150
        assert free.tables_[name].n_bins > 3


def test_constraints_by_column_leave_the_others_alone(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    asked = {"income": BinConstraints(max_n_bins=2), "housing": BinConstraints(max_n_bins=3)}
    fitted, free = (encoder(constraints=c).fit(X, is_bad).tables_ for c in (asked, None))
    assert (fitted["income"].n_bins, fitted["housing"].n_bins) == (2, 3)
    assert fitted["size"] == free["size"]
    assert fitted["debt"] == free["debt"]


def test_what_constraints_leave_out_is_as_the_encoder_says(
    X: pd.DataFrame, is_bad: np.ndarray
) -> None:
    model = encoder(
        min_bin_size=0.1,
        max_n_bins=4,
        trend={"income": "descending"},
        constraints={
            "income": BinConstraints(min_bad=10),
            "debt": BinConstraints(min_bin_size=0.2, max_n_bins=3, trend="none"),
        },
    ).fit(X, is_bad)
    income, debt = model.tables_["income"].constraints, model.tables_["debt"].constraints
    assert (income.trend, income.min_bin_size, income.max_n_bins) == ("descending", 0.1, 4)
    assert income.min_bad == 10
    assert (debt.trend, debt.min_bin_size, debt.max_n_bins) == ("none", 0.2, 3)
    assert model.tables_["housing"].constraints.min_bin_size == 0.1


@pytest.mark.parametrize(
    ("constraints", "message"),
    [
        (
            {"income": BinConstraints(min_n_bins=4)},
            "'income' contradicts.*at least 4 .* most 3",
        ),
        (BinConstraints(min_n_bins=4), "asks for at least 4 bins and at most 3"),
        ({"income": BinConstraints(min_rate_difference=1.0)}, "must be below 1.*'income'"),
        ({"housing": BinConstraints(fixed_cuts=[1])}, "fixed_cuts of column 'housing'"),
        ({"income": BinConstraints(fixed_cuts=[1, 2, 3])}, "'income'.*fixes 3 cuts, which make 4"),
        ({"housing": BinConstraints(trend="peak")}, "trend of column 'housing'"),
        ({"housing": BinConstraints(cut_digits=2)}, "cut_digits of column 'housing'"),
        ({"income": {"min_bad": 10}}, "BinConstraints"),
        ([BinConstraints()], "a mapping of column names to BinConstraints"),
    ],
)
def test_constraints_that_cannot_be(
    two: pd.DataFrame, is_bad: np.ndarray, constraints: Any, message: str
) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        encoder_of_two(max_n_bins=3, constraints=constraints).fit(two, is_bad)


@pytest.mark.parametrize("parameter", ["constraints", "policy", "kinds"])
def test_mapping_of_an_unknown_column(
    two: pd.DataFrame, is_bad: np.ndarray, parameter: str
) -> None:
    entry = {"constraints": BinConstraints(), "policy": BinPolicy(), "kinds": "numeric"}[parameter]
    model = WOEEncoder(**{parameter: {"incme": entry}})
    with pytest.raises(MissingColumnError, match=r"'incme' \(near: 'income'\)"):
        model.fit(two, is_bad)


def test_readable_cuts_for_a_whole_table(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    """Levels have no cuts, and what is asked for all columns passes them by, as a trend does."""
    asked = BinConstraints(cut_digits=1)
    fitted = encoder_of_two(constraints=asked).fit(two, is_bad)
    cuts = fitted.tables_["income"].partition.cuts
    assert len(cuts) >= 2
    assert [float(f"{cut:.0e}") for cut in cuts] == list(cuts)


# --- policy, from the bins to the card and its file ------------------------------------------


NEW = pd.DataFrame(
    {
        "income": [50.0, 250.0, -9, np.nan, 90.0, np.nan],
        "housing": ["own", None, "n/a", "castle", "rent", "castle"],
    },
    index=list("abcdef"),
)


def refer(policy: BinPolicy, table: Any, attribute: str) -> float:
    """Return the WOE that a treatment gives, from the counts alone."""
    good, bad = np.array(table.n_good), np.array(table.n_bad)
    kinds = np.array(table.partition.attribute_kinds)
    (place,) = np.flatnonzero(kinds == attribute)
    shares = good / good.sum(), bad / bad.sum()
    n = table.n_bins
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.log(shares[0] / shares[1])
    how = {"missing": policy.missing, "special": policy.special, "other": policy.unseen}[attribute]
    if how == "neutral" or (how == "empirical" and not good[place] + bad[place]):
        return 0.0
    if how == "empirical":
        return float(own[place])
    if how in ("most_risky", "least_risky"):
        return float(min(own[:n]) if how == "most_risky" else max(own[:n]))
    if not good[place] + bad[place]:
        return float(own[np.abs(own[:n]).argmin()])
    rate = bad[: place + 1] / (good + bad)[: place + 1]
    near = np.abs(rate[:n] - rate[place]).argmin()
    both = [place, near]
    return float(np.log(shares[0][both].sum() / shares[1][both].sum()))


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")
@pytest.mark.parametrize("how", TREATMENTS)
@pytest.mark.parametrize("what", ["missing", "special", "unseen"])
def test_policy_is_the_same_in_woe_points_reasons_and_files(
    two: pd.DataFrame, is_bad: np.ndarray, what: str, how: str, tmp_path: Path
) -> None:
    policy = BinPolicy(**{what: how})
    model = LogisticScorecard(encoder=encoder_of_two(policy=policy)).fit(two, is_bad)
    fitted, card = model.encoder_, model.scorecard_
    encoded = fitted.transform(NEW)
    attribute = "other" if what == "unseen" else what
    rows = {
        "missing": [("d", "income"), ("b", "housing")],
        "special": [("c", "income"), ("c", "housing")],
        "unseen": [("d", "housing"), ("f", "housing")],
    }[what]
    for row, name in rows:
        expected = refer(policy, fitted.tables_[name], attribute)
        assert encoded.loc[row, name] == pytest.approx(expected, rel=1e-12, abs=1e-15)
    # points and shortfalls are in proportion to the WOE
    factor, n = model.scale_.factor, len(model.coef_)
    assert card.names == ("income", "housing")
    neutral = -model.intercept_ / n * factor + model.scale_.offset / n
    points = neutral - encoded * model.coef_ * factor
    pd.testing.assert_frame_equal(card.score_parts(NEW), points, rtol=1e-12)
    shortfalls = card.shortfalls(NEW)
    pd.testing.assert_frame_equal(shortfalls, encoded * model.coef_ * factor, atol=1e-9)
    worst = shortfalls.idxmax(axis=1).where(shortfalls.max(axis=1) > 1e-9)
    assert card.reasons(NEW, n=1)["reason_1"].fillna("").tolist() == worst.fillna("").tolist()
    # and so in both files
    again = WOEEncoder.from_json(fitted.to_json())
    pd.testing.assert_frame_equal(again.transform(NEW), encoded, check_exact=True)
    card.to_json(tmp_path / "card.json")
    parts = Scorecard.from_json(tmp_path / "card.json").score_parts(NEW)
    pd.testing.assert_frame_equal(parts, card.score_parts(NEW), check_exact=True)


@pytest.mark.filterwarnings("ignore::creditscore.exceptions.UnseenCategoryWarning")
@pytest.mark.parametrize("what", ["missing", "special", "unseen"])
def test_what_is_refused_is_refused_everywhere(
    two: pd.DataFrame, is_bad: np.ndarray, what: str
) -> None:
    fine = two["income"].notna() & two["income"].ne(-9)
    fine &= two["housing"].notna() & two["housing"].ne("n/a")
    model = LogisticScorecard(encoder=encoder_of_two(policy=BinPolicy(**{what: "error"})))
    model.fit(two[fine], is_bad[fine])
    row = {"missing": "b", "special": "c", "unseen": "d"}[what]
    label = {"missing": "Missing", "special": "Special n/a", "unseen": "Other"}[what]
    card = Scorecard.from_json(model.scorecard_.to_json())
    again = WOEEncoder.from_json(model.encoder_.to_json())
    asked = (
        *(model.encoder_.transform, again.transform, model.predict_proba),
        *(model.scorecard_.score, card.score, card.reasons),
    )
    for ask in asked:
        assert len(ask(NEW.loc[["a", "e"]])) == 2
        with pytest.raises(RefusedValueError, match=f"'housing'.* '{label}' in 1 row"):
            ask(NEW.loc[["a", row]].assign(income=50.0))


def test_policy_by_column(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    policy = {"income": BinPolicy(missing="neutral")}
    asked, plain = (encoder_of_two(policy=p).fit(two, is_bad) for p in (policy, None))
    rows = NEW.iloc[:4].assign(housing=["own", None, "n/a", "rent"])
    encoded, before = asked.transform(rows), plain.transform(rows)
    assert encoded.loc["d", "income"] == 0
    assert before.loc["d", "income"] != 0
    pd.testing.assert_series_equal(encoded["housing"], before["housing"])
    assert encoded.loc["c", "income"] == before.loc["c", "income"]


def test_each_special_code_may_have_its_own_treatment(is_bad: np.ndarray, firms: Any) -> None:
    values = firms["income"].where(firms.index % 11 != 0, -8)
    policy = BinPolicy(special={-9: "most_risky", -8: "neutral"})
    model = WOEEncoder(special_codes=[-9, -8], policy=policy)
    model.fit(pd.DataFrame({"v": values}), is_bad)
    woe = model.transform(pd.DataFrame({"v": [-9.0, -8, 100]}))["v"]
    table = model.tables_["v"]
    assert woe.tolist()[:2] == [table.woe[: table.n_bins].min(), 0.0]


def test_policy_does_not_move_the_bins(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    policy = BinPolicy(missing="nearest", special="most_risky", unseen="least_risky")
    asked, plain = (encoder(policy=p).fit(X, is_bad) for p in (policy, None))
    for name, table in plain.tables_.items():
        assert asked.tables_[name].partition == table.partition
        assert asked.tables_[name].n_bad == table.n_bad


# --- kinds -----------------------------------------------------------------------------------


def test_dtypes_in_the_summary(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    summary = encoder().fit(X, is_bad).summary().set_index("feature")
    assert summary["dtype"].to_dict() == {
        "income": "numeric",
        "housing": "categorical",
        "size": "ordered",
        "debt": "mixed",
    }


def test_ordered_levels_stay_in_order(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    table = encoder().fit(X, is_bad).tables_["size"]
    order = [level for group in table.partition.groups for level in group]
    assert order == ["micro", "small", "medium", "large", "giant"]
    rates = table.bad_rate[: table.n_bins]
    assert (np.diff(rates) < 0).all()


def test_numbers_that_are_codes(firms: pd.DataFrame, is_bad: np.ndarray) -> None:
    """A code of a branch has no order: 10 to 14, of which 10 and 13 are the risky ones."""
    codes = np.array([13, 11, 10, 14, 12])[pd.qcut(-firms["risk"], 5, labels=False)]
    branch = pd.DataFrame({"branch": codes})
    model = WOEEncoder(kinds={"branch": "categorical"}).fit(branch, is_bad)
    table = model.tables_["branch"]
    assert table.dtype == "categorical"
    assert sorted(level for group in table.partition.groups for level in group) == [
        *(10, 11, 12, 13, 14)
    ]
    assert table.iv > WOEEncoder().fit(branch, is_bad).tables_["branch"].iv
    encoded = model.transform(branch)
    again = WOEEncoder.from_json(model.to_json())
    for other in (branch.astype(float), pl.from_pandas(branch), branch.to_numpy()):
        with warnings.catch_warnings():
            # an array has no names, which is said
            warnings.filterwarnings("ignore", message="X does not have valid feature names")
            for one in (model, again):
                np.testing.assert_array_equal(np.asarray(one.transform(other)), encoded.to_numpy())
    card = LogisticScorecard(encoder=model).fit(branch, is_bad).scorecard_
    assert card.score(branch).nunique() == encoded["branch"].nunique()


def test_mixed_column_says_that_it_is_one_unless_asked_for(
    X: pd.DataFrame, is_bad: np.ndarray
) -> None:
    with pytest.warns(MixedColumnWarning, match=r"'debt'.*'no file'"):
        guessed = WOEEncoder().fit(X[["debt"]], is_bad)
    asked = WOEEncoder(kinds={"debt": "mixed"}).fit(X[["debt"]], is_bad)
    assert asked.tables_ == guessed.tables_
    table = asked.tables_["debt"]
    rate = is_bad[X["debt"].eq("no file").to_numpy()].mean()
    place = table.partition.attribute_kinds.index("special")
    assert table.bad_rate[place] == pytest.approx(rate)
    levels = WOEEncoder(kinds={"debt": "categorical"}).fit(X[["debt"]].astype(str), is_bad)
    assert levels.tables_["debt"].dtype == "categorical"


@pytest.mark.parametrize("library", ["polars", "pyarrow"])
def test_mixed_column_of_text_has_the_same_bins(
    X: pd.DataFrame, is_bad: np.ndarray, library: str
) -> None:
    text = X[["debt"]].map(str)
    other: Any = pl.from_pandas(text) if library == "polars" else pa.Table.from_pandas(text)
    kinds = {"debt": "mixed"}
    fitted = WOEEncoder(kinds=kinds).fit(other, is_bad)
    assert fitted.tables_ == WOEEncoder(kinds=kinds).fit(X[["debt"]], is_bad).tables_


@pytest.mark.parametrize("kinds", ["categorical", ["income"], {"income": "text"}])
def test_kinds_that_are_none(two: pd.DataFrame, is_bad: np.ndarray, kinds: Any) -> None:
    with pytest.raises(InvalidParameterError, match="kind"):
        WOEEncoder(kinds=kinds).fit(two, is_bad)


# --- solver ----------------------------------------------------------------------------------


class Recorder:
    """A solver that notes what it is asked and cuts every other place."""

    def __init__(self) -> None:
        self.calls: list[tuple[np.ndarray, np.ndarray, dict]] = []

    def __call__(self, good: Any, bad: Any, **asked: Any) -> Solution:
        self.calls.append((good, bad, asked))
        starts = tuple(range(0, len(good), max(2, len(good) // 3)))
        return Solution(starts=starts, value=1.0, trend="none", feasible=True)


def test_a_solver_of_ones_own_is_asked_and_followed(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    solver = Recorder()
    asked = BinConstraints(min_bad=7)
    fitted = encoder(solver=solver, objective="js", constraints=asked, smoothing=0.25)
    fitted.fit(X, is_bad)
    assert len(solver.calls) >= len(fitted.tables_)
    for good, bad, settings in solver.calls:
        assert set(settings) == {
            *("constraints", "objective", "total_good", "total_bad", "smoothing", "periods"),
        }
        assert settings["constraints"].min_bad == 7
        assert settings["objective"] == "js"
        assert settings["smoothing"] == 0.25
        assert (settings["total_good"], settings["total_bad"]) == (
            N - is_bad.sum(),
            is_bad.sum(),
        )
        assert len(good) == len(bad) <= 64
    ordered = fitted.tables_["size"]
    assert [len(group) for group in ordered.partition.groups] == [2, 2, 1]


def test_our_own_solver_in_the_slot_changes_nothing_on_few_values(is_bad: np.ndarray) -> None:
    few = pd.DataFrame({"v": np.arange(N) % 23 + 3 * is_bad})
    ours = WOEEncoder(solver=solve_bins).fit(few, is_bad)
    assert ours.tables_["v"].partition == WOEEncoder().fit(few, is_bad).tables_["v"].partition


@pytest.mark.parametrize("answer", [None, (0, 3), "cp"])
def test_a_solver_that_solves_nothing(two: pd.DataFrame, is_bad: np.ndarray, answer: Any) -> None:
    model = encoder_of_two(solver=lambda *_, **__: answer)
    with pytest.raises(InvalidParameterError, match="solver"):
        model.fit(two, is_bad)


def test_optbinning_in_the_slot(
    is_bad: np.ndarray, firms: pd.DataFrame, require_engine: Callable[[str, str], ModuleType]
) -> None:
    require_engine("optbinning", "optbinning")
    from creditscore.binning.foreign import OptbinningSolver

    few = pd.DataFrame({"v": np.round(firms["risk"] * 3), "housing": firms["housing"]})
    params: dict[str, Any] = {"max_n_bins": 4, "min_bin_size": 0.05}
    theirs = WOEEncoder(solver=OptbinningSolver(), **params).fit(few, is_bad)
    ours = WOEEncoder(**params).fit(few, is_bad)
    for name, table in ours.tables_.items():
        assert theirs.tables_[name].iv <= table.iv + 1e-9
        assert theirs.tables_[name].iv >= 0.999 * table.iv
    again = WOEEncoder.from_json(theirs.to_json())
    pd.testing.assert_frame_equal(again.transform(few), theirs.transform(few), check_exact=True)


# --- output ----------------------------------------------------------------------------------


def convert(rows: pd.DataFrame, library: str) -> Any:
    return {
        "pandas": lambda: rows,
        "polars": lambda: pl.from_pandas(rows),
        "pyarrow": lambda: pa.Table.from_pandas(rows, preserve_index=False),
        "numpy": lambda: rows.to_numpy(dtype=object),
    }[library]()


def expected(fitted: WOEEncoder, rows: pd.DataFrame, output: str) -> pd.DataFrame:
    """Look each row up in the tables of the bins, by label."""
    columns = {}
    for name, table in fitted.tables_.items():
        frame = table.frame()
        codes = fitted.set_params(output="bin").transform(rows)[name]
        shown = {"woe": frame["woe"], "label": frame["bin"], "bad_rate": frame["bad_rate"]}
        columns[name] = codes if output == "bin" else shown[output].to_numpy()[codes]
    fitted.set_params(output=output)
    return pd.DataFrame(columns, index=rows.index)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow", "numpy"])
@pytest.mark.parametrize("output", ["woe", "bin", "label", "bad_rate"])
def test_output_in_every_library(
    two: pd.DataFrame, is_bad: np.ndarray, output: str, library: str
) -> None:
    fitted = encoder_of_two(output=output).fit(two, is_bad)
    rows = two.iloc[100:130]
    native = convert(rows, library)
    shown = fitted.transform(native)
    assert type(shown) is type(native)
    wanted = expected(fitted, rows, output)
    if library == "numpy":
        found = pd.DataFrame(shown, columns=wanted.columns, index=wanted.index)
    else:
        found = shown if library == "pandas" else shown.to_pandas()
        found = found.set_axis(wanted.index)
    for name in wanted:
        if output == "label":
            assert found[name].tolist() == wanted[name].tolist()
        else:
            np.testing.assert_allclose(
                found[name].astype(float), wanted[name].astype(float), rtol=1e-12
            )
    types = {"woe": "f", "bad_rate": "f", "bin": "i"}
    if library != "numpy" and output != "label":
        assert {kind.kind for kind in found.dtypes} == {types[output]}


def test_bin_and_label_are_those_of_the_table(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    fitted = encoder_of_two(output="label").fit(two, is_bad)
    counts = fitted.transform(two)["income"].value_counts()
    frame = fitted.tables_["income"].frame().set_index("bin")
    held = frame.loc[frame["count"] > 0, "count"]
    assert counts.sort_index().to_dict() == held.sort_index().to_dict()


def test_bad_rate_goes_with_the_woe_that_a_policy_gives(
    two: pd.DataFrame, is_bad: np.ndarray
) -> None:
    policy = BinPolicy(missing="neutral", special="most_risky")
    fitted = encoder_of_two(output="bad_rate", policy=policy).fit(two, is_bad)
    rates = fitted.transform(NEW.iloc[:4].assign(housing="own"))["income"]
    table = fitted.tables_["income"]
    assert rates["d"] == pytest.approx(is_bad.mean())
    assert rates["c"] == pytest.approx(table.bad_rate[: table.n_bins].max())


# --- cross_fit -------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["woe", "bad_rate"])
def test_each_fold_is_encoded_by_bins_found_without_it(
    two: pd.DataFrame, is_bad: np.ndarray, output: str
) -> None:
    model = encoder_of_two(cross_fit=3, output=output)
    encoded = model.fit_transform(two, is_bad)
    fold_of = folds(is_bad == 1, 3)
    for fold in range(3):
        held_out = fold_of == fold
        # not even the number of bads in the fold is known to its bins
        alone = encoder_of_two(output=output).fit(two[~held_out], is_bad[~held_out])
        pd.testing.assert_frame_equal(
            encoded[held_out], alone.transform(two[held_out]), check_exact=True
        )
    # what is kept are the bins of all rows
    assert model.tables_ == encoder_of_two().fit(two, is_bad).tables_
    assert not encoded.equals(model.transform(two))


@pytest.mark.parametrize("output", ["bin", "label"])
def test_codes_of_different_folds_are_not_mixed(
    two: pd.DataFrame, is_bad: np.ndarray, output: str
) -> None:
    message = f"each fold has bins of its own. Got output='{output}'"
    with pytest.raises(InvalidParameterError, match=message):
        encoder_of_two(cross_fit=3, output=output).fit_transform(two, is_bad)


def test_more_folds_than_bads_are_refused(two: pd.DataFrame) -> None:
    few = (np.arange(len(two)) < 3).astype(int)
    with pytest.raises(InvalidParameterError, match=r"asks for 5 folds.* and 3 bads"):
        encoder_of_two(cross_fit=5).fit_transform(two, few)


def test_folds_share_the_bads_evenly(is_bad: np.ndarray) -> None:
    fold_of = folds(is_bad == 1, 5)
    for rows in (is_bad == 1, is_bad == 0):
        counts = np.bincount(fold_of[rows], minlength=5)
        assert counts.max() - counts.min() <= 1
    np.testing.assert_array_equal(folds(is_bad == 1, 5), fold_of)


@pytest.mark.parametrize("rows_a_level", [1, 3])
def test_identifiers_tell_nothing_once_cross_fitted(rows_a_level: int) -> None:
    """Levels of chance: the bins of the sample know its outcomes, those of the other folds not."""
    rng = np.random.default_rng(5)
    y = (rng.random(N) < 0.3).astype(int)
    name = pd.DataFrame({"id": [f"C{i:05}" for i in rng.permutation(N) // rows_a_level]})
    model = WOEEncoder(cross_fit=5, constraints=BinConstraints(min_level_size=1))
    encoded = model.fit_transform(name, y)["id"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        leaked = model.transform(name)["id"]
    assert roc_auc_score(1 - y, leaked) > 0.8
    assert roc_auc_score(1 - y, encoded) == pytest.approx(0.5, abs=0.03)


def test_a_true_signal_survives_cross_fitting(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    model = encoder_of_two(cross_fit=5)
    encoded = model.fit_transform(two, is_bad)
    apart, within = (
        roc_auc_score(1 - is_bad, e["income"]) for e in (encoded, model.transform(two))
    )
    assert apart == pytest.approx(within, abs=0.02)
    assert apart > 0.6


def test_cross_fit_takes_weights_and_periods(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    weight, periods = np.arange(N) % 3, np.where(np.arange(N) % 2, "2024-01", "2024-02")
    model = encoder_of_two(cross_fit=2, min_bin_size=0.15)
    encoded = model.fit_transform(two, is_bad, weight, periods)
    held_out = folds(is_bad == 1, 2) == 1
    rest = ~held_out
    alone = encoder_of_two(min_bin_size=0.15)
    alone.fit(two[rest], is_bad[rest], weight[rest], periods[rest])
    pd.testing.assert_frame_equal(
        encoded[held_out], alone.transform(two[held_out]), check_exact=True
    )


@pytest.mark.parametrize("n_folds", [1, 0, 2.5, "5", True])
def test_folds_that_are_none(two: pd.DataFrame, is_bad: np.ndarray, n_folds: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'cross_fit' parameter of WOEEncoder"):
        encoder_of_two(cross_fit=n_folds).fit_transform(two, is_bad)


# --- n_jobs and progress ---------------------------------------------------------------------


def test_two_processes_find_the_same_and_say_the_same(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    table = X.assign(branch="Leeds", noise=np.arange(N) % 2)
    asked = {"noise": BinConstraints(max_bin_size=0.2)}
    said, tables = [], []
    for n_jobs in (None, 2):
        with warnings.catch_warnings(record=True, action="always") as caught:
            tables.append(encoder(n_jobs=n_jobs, constraints=asked).fit(table, is_bad).tables_)
        ours = [one for one in caught if one.category.__module__ == "creditscore.exceptions"]
        assert all(one.filename == __file__ for one in ours)
        said.append({(one.category, str(one.message)) for one in ours})
    assert tables[0] == tables[1]
    assert list(tables[0]) == list(tables[1]) == list(table.columns)
    assert said[0] == said[1]
    assert {category for category, _ in said[0]} == {ConstantColumnWarning, SingleBinWarning}


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_progress_is_shown_on_standard_error_only(
    two: pd.DataFrame, is_bad: np.ndarray, capfd: pytest.CaptureFixture[str], n_jobs: Any
) -> None:
    encoder_of_two(n_jobs=n_jobs).fit(two, is_bad)
    assert capfd.readouterr() == ("", "")
    encoder_of_two(n_jobs=n_jobs, progress=True).fit(two, is_bad)
    out, err = capfd.readouterr()
    assert out == ""
    assert "Binning" in err
    assert "100%" in err


# --- tables edited by hand -------------------------------------------------------------------


def test_with_tables_is_a_copy_that_keeps_its_bins(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    fitted = encoder_of_two().fit(two, is_bad)
    income = fitted.tables_["income"]
    fewer = income.merge(0, 1, by="M. Chen", reason="one policy for both")
    edited = fitted.with_tables(fewer)
    assert edited.tables_["income"] is fewer
    assert edited.tables_["housing"] == fitted.tables_["housing"]
    assert fitted.tables_["income"] is income
    assert fitted.user_cuts is None
    assert edited.get_feature_names_out().tolist() == ["income", "housing"]
    # other rows, the same bins
    half = np.arange(N) % 2 == 0
    edited.fit(two[half], is_bad[half])
    table = edited.tables_["income"]
    assert table.partition == fewer.partition
    assert table.history == fewer.history
    assert sum(table.n_good) + sum(table.n_bad) == half.sum()
    assert edited.summary().set_index("feature").loc["income", "status"] == "edited"
    with pytest.raises(InvalidDataError, match="not fitted on a column 'income'"):
        WOEEncoder().fit(two[["housing"]], is_bad).with_tables(fewer)


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("output", ["woe", "bin", "label", "bad_rate"])
def test_json_encodes_bit_for_bit(
    X: pd.DataFrame, is_bad: np.ndarray, output: str, tmp_path: Path
) -> None:
    periods = np.where(np.arange(N) % 2, "2024-01", "2024-02")
    policy = BinPolicy(missing="nearest", special="most_risky", unmet="least_risky")
    asked = {"income": BinConstraints(cut_digits=2), "size": BinConstraints(trend="descending")}
    fitted = encoder(output=output, policy=policy, constraints=asked)
    fitted.fit(X, is_bad, np.arange(N) % 3, periods)
    path = tmp_path / "bins.json"
    fitted.to_json(path)
    for again in (WOEEncoder.from_json(path), WOEEncoder.from_json(fitted.to_json())):
        assert again.tables_ == fitted.tables_
        pd.testing.assert_frame_equal(again.transform(X), fitted.transform(X), check_exact=True)
        pd.testing.assert_frame_equal(again.summary(), fitted.summary(), check_exact=True)
        assert again.classes_.tolist() == [0, 1]
        assert again.n_features_in_ == 4
        assert again.get_feature_names_out().tolist() == COLUMNS
        assert again.to_json() == fitted.to_json()


def test_json_is_fitted_again_on_the_same_bins(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    fitted = encoder().fit(X, is_bad)
    again = WOEEncoder.from_json(fitted.to_json())
    half = np.arange(N) % 2 == 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MixedColumnWarning)
        again.fit(X[half], is_bad[half])
    for name, table in again.tables_.items():
        assert table.partition == fitted.tables_[name].partition
        assert sum(table.n_bad) == is_bad[half].sum()


def test_json_of_labels_and_of_arrays(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    labels = np.where(is_bad, "charged off", "paid")
    fitted = encoder_of_two(bad_label="charged off").fit(two, labels)
    again = WOEEncoder.from_json(fitted.to_json())
    assert again.classes_.tolist() == ["charged off", "paid"]
    assert again.bad_label == "charged off"
    again.fit(two, labels)
    assert again.tables_["income"].n_bad == fitted.tables_["income"].n_bad
    numbers = two[["income"]].to_numpy()
    by_place = WOEEncoder().fit(numbers, is_bad)
    read = WOEEncoder.from_json(by_place.to_json())
    assert not hasattr(read, "feature_names_in_")
    np.testing.assert_array_equal(read.transform(numbers), by_place.transform(numbers))


@pytest.mark.parametrize("asked", [{}, {"cut_digits": 2}, {"preferred_cuts": (2.0,)}], ids=str)
def test_an_infinite_woe_can_be_shown_and_saved(asked: dict) -> None:
    """Without smoothing a bin of one class has no finite WOE; only its rows are refused."""
    values = pd.DataFrame({"v": np.repeat([0.0, 1, 2, 3], 50)})
    y = np.where(values["v"] == 3, 1, np.arange(200) % (values["v"].to_numpy() + 3) == 0)
    periods = np.arange(200) // 2 % 2
    model = WOEEncoder(smoothing=0, constraints=BinConstraints(**asked))
    model.fit(values, y.astype(int), None, periods)
    assert model.summary()["iv"].item() == np.inf
    assert "inf" in model._repr_html_()
    again = WOEEncoder.from_json(model.to_json())
    assert again.tables_ == model.tables_
    with pytest.raises(InfiniteValueError, match="'v'"):
        again.transform(values)


def test_json_that_was_altered_or_is_of_another_kind(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    fitted = encoder_of_two().fit(two, is_bad)
    text = fitted.to_json()
    cut = fitted.tables_["income"].partition.cuts[0]
    altered = json.loads(text)
    tables = altered["content"]["tables"] if "content" in altered else altered["tables"]
    assert tables[0]["partition"]["cuts"][0] == cut
    tables[0]["partition"]["cuts"][0] = cut - 1
    with pytest.raises(AlteredDocumentError):
        WOEEncoder.from_json(json.dumps(altered))
    with pytest.raises(DocumentError, match=r"not a creditscore.encoder document"):
        WOEEncoder.from_json(fitted.tables_["income"].to_json())
    with pytest.raises(AlteredDocumentError):
        WOEEncoder.from_json(fitted.to_json(key=b"one key of ours"), key=b"another key")


def test_json_before_a_fit() -> None:
    with pytest.raises(NotFittedError):
        WOEEncoder().to_json()


# --- metadata --------------------------------------------------------------------------------


def test_weights_and_periods_are_routed(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    weight, periods = np.arange(N) % 3, np.where(np.arange(N) % 2, "2024-01", "2024-02")
    with sklearn.config_context(enable_metadata_routing=True):
        step = encoder_of_two().set_fit_request(sample_weight=True, periods=True)
        model = Pipeline(
            [
                ("bins", step),
                ("model", LogisticRegression().set_fit_request(sample_weight=True)),
            ]
        )
        model.fit(two, is_bad, sample_weight=weight, periods=periods)
    alone = encoder_of_two().fit(two, is_bad, weight, periods)
    assert model["bins"].tables_ == alone.tables_
    assert alone.tables_["income"].periods.labels == ("2024-01", "2024-02")
    logistic = LogisticRegression().fit(alone.transform(two), is_bad, weight)
    np.testing.assert_allclose(model["model"].coef_, logistic.coef_)


def test_what_is_not_asked_for_is_not_routed(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    with sklearn.config_context(enable_metadata_routing=True):
        step = encoder_of_two().set_fit_request(sample_weight=False, periods=False)
        request = LogisticRegression().set_fit_request(sample_weight=True)
        model = Pipeline([("bins", step), ("model", request)])
        model.fit(two, is_bad, sample_weight=np.arange(N) % 3)
        assert model["bins"].tables_ == encoder_of_two().fit(two, is_bad).tables_


# --- summary and display ---------------------------------------------------------------------


def test_columns_of_the_summary(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    periods = np.arange(N) % 2
    asked = {"housing": BinConstraints(min_bin_size=0.9)}
    with pytest.warns(SingleBinWarning, match="'housing'"):
        fitted = encoder(constraints=asked).fit(X, is_bad, None, periods)
    summary = fitted.summary()
    assert list(summary.columns) == [
        *("feature", "dtype", "n_bins", "iv", "iv_se", "iv_ceiling", "trend", "status"),
        *("missing_share", "stability_cost", "notes"),
    ]
    by_name = summary.set_index("feature")
    for name, table in fitted.tables_.items():
        row = by_name.loc[name]
        assert (row["iv"], row["iv_se"], row["n_bins"]) == (table.iv, table.iv_se, table.n_bins)
        assert row["stability_cost"] == table.stability_cost
        assert row["iv"] <= row["iv_ceiling"] + 1e-9
    assert "min_bin_size" in by_name.loc["housing", "status"]
    assert "min_bin_size" in by_name.loc["housing", "notes"]


def test_html_shows_what_there_is_and_escapes_it(two: pd.DataFrame, is_bad: np.ndarray) -> None:
    table = two.rename(columns={"income": "<income>"})[["<income>"]]
    plain = WOEEncoder().fit(table, is_bad)._repr_html_()
    assert "&lt;income&gt;" in plain
    assert "<income>" not in plain
    assert "stability_cost" not in plain
    with_periods = WOEEncoder().fit(table, is_bad, None, np.arange(N) % 2)._repr_html_()
    assert "stability_cost" in with_periods
    edited = WOEEncoder(constraints=BinConstraints(cut_digits=1)).fit(table, is_bad)
    assert "cuts of 1 digit cost" in edited._repr_html_()


def test_html_lists_the_strongest_column_first(X: pd.DataFrame, is_bad: np.ndarray) -> None:
    fitted = encoder().fit(X, is_bad)
    html = fitted._repr_html_()
    order = fitted.summary().sort_values("iv", ascending=False)["feature"]
    places = [html.index(f">{name}<") for name in order]
    assert all(a < b for a, b in pairwise(places))


def test_clone_and_params_hold_every_option() -> None:
    params: dict[str, Any] = {
        "objective": "js",
        "constraints": {"a": BinConstraints(trend="peak", forbidden_cuts=[(1, 2), 3])},
        "policy": BinPolicy(special={-9: "neutral"}),
        "kinds": {"a": "mixed"},
        "solver": solve_bins,
        "output": "label",
        "cross_fit": 5,
        "n_jobs": 2,
        "progress": True,
    }
    model = WOEEncoder(**params)
    copied = clone(model)
    assert {name: copied.get_params()[name] for name in params} == params
    assert "constraints" in repr(model)


def test_levels_never_seen_are_said_once_for_each_column(
    two: pd.DataFrame, is_bad: np.ndarray
) -> None:
    fitted = encoder_of_two().fit(two, is_bad)
    with pytest.warns(UnseenCategoryWarning, match="'castle'") as caught:
        fitted.transform(NEW)
    assert len(caught) == 1
