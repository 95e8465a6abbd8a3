"""Agreement of several raters: published figures, other implementations, laws, edges, errors."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as fleiss_of_statsmodels

from creditscore import expert, metrics
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.metrics import (
    fleiss_kappa,
    icc_table,
    intraclass_correlation,
    krippendorff_alpha,
    percent_agreement,
)

# K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section E
_ = None
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
# P. E. Shrout, J. L. Fleiss (1979), table 2: six targets by four judges, here a row a judge
JUDGES = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
# 14 raters put ten cases into five grades; the example of the article "Fleiss' kappa" of Wikipedia
FOURTEEN = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip

ratings = st.integers(2, 5).flatmap(
    lambda n: st.lists(
        st.lists(st.integers(1, 4), min_size=n, max_size=n), min_size=2, max_size=15
    )
).map(lambda cases: np.array(cases).T)  # fmt: skip


def pairs_apart(values: np.ndarray[Any, Any], distance: Any) -> float:
    """Return Krippendorff's alpha for interval or nominal data, from its pairs one by one."""
    of_case = [[v for v in case if v is not None] for case in values.T.tolist()]
    of_case = [case for case in of_case if len(case) > 1]
    every = [v for case in of_case for v in case]
    within = sum(
        2 * sum(distance(a, b) for a, b in combinations(case, 2)) / (len(case) - 1)
        for case in of_case
    )
    overall = 2 * sum(distance(a, b) for a, b in combinations(every, 2)) / (len(every) - 1)
    return float("nan") if overall == 0 else 1 - within / overall


# --- published ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_alpha_is_that_of_krippendorff(level: Any, alpha: float) -> None:
    found = krippendorff_alpha(OBSERVERS, level=level)
    assert found.estimate == pytest.approx(alpha, abs=5e-4)
    assert found.lower < found.estimate < found.upper <= 1


def test_intraclass_correlations_are_those_of_shrout_and_fleiss() -> None:
    found = icc_table(JUDGES).set_index("form")
    published = {"1,1": 0.17, "2,1": 0.29, "3,1": 0.71, "1,k": 0.44, "2,k": 0.62, "3,k": 0.91}
    assert found["icc"].round(2).to_dict() == published
    # intervals: pingouin 0.6.1, intraclass_corr
    ends = {
        "1,1": (-0.13, 0.72), "2,1": (0.02, 0.76), "3,1": (0.34, 0.95),
        "1,k": (-0.88, 0.91), "2,k": (0.07, 0.93), "3,k": (0.68, 0.99),
    }  # fmt: skip
    assert {f: (row["lower"], row["upper"]) for f, row in found.round(2).iterrows()} == ends


def test_fleiss_kappa_of_fourteen_raters() -> None:
    raters = np.array([np.repeat(np.arange(5), case) for case in FOURTEEN]).T
    assert fleiss_kappa(raters).estimate == pytest.approx(0.210, abs=5e-4)
    assert percent_agreement(raters) == pytest.approx(0.378, abs=5e-4)


# --- other implementations, and laws --------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(values=ratings)
def test_fleiss_kappa_is_that_of_statsmodels(values: Any) -> None:
    assume(len(np.unique(values)) > 1)
    theirs = fleiss_of_statsmodels(aggregate_raters(values.T)[0])
    found = fleiss_kappa(values, n_resamples=20)
    assert found.estimate == pytest.approx(theirs, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(values=ratings, data=st.data())
def test_alpha_is_that_of_pairs_one_by_one(values: Any, data: Any) -> None:
    with_gaps = values.astype(object)
    for place in data.draw(st.lists(st.integers(0, values.size - 1), max_size=values.size // 3)):
        with_gaps.flat[place] = None
    for level, distance in (
        ("nominal", lambda a, b: float(a != b)),
        ("interval", lambda a, b: float(a - b) ** 2),
    ):
        alpha = pairs_apart(with_gaps, distance)
        assume(not np.isnan(alpha))
        found = krippendorff_alpha(pd.DataFrame(with_gaps), level=level, n_resamples=5)
        assert found.estimate == pytest.approx(alpha, abs=1e-12)


@settings(deadline=None, max_examples=40)
@given(values=ratings, shift=st.floats(-3, 3))
def test_severity_of_a_rater_counts_as_disagreement_only_where_raters_are_a_sample(
    values: Any, shift: float
) -> None:
    assume(len(np.unique(values)) > 1)
    noisy = values + np.random.default_rng(0).normal(size=values.shape)
    moved = noisy.copy()
    moved[0] += shift
    same = [intraclass_correlation(table, form="3,1").estimate for table in (noisy, moved)]
    assert same[0] == pytest.approx(same[1], abs=1e-9)
    for form in ("1,1", "3,1"):
        single = intraclass_correlation(noisy, form=form)  # type: ignore[arg-type]
        assert single.lower <= single.estimate <= single.upper <= 1


def test_ratings_in_full_agreement_have_one_everywhere() -> None:
    same = [[1, 2, 3, 2], [1, 2, 3, 2], [1, 2, 3, 2]]
    assert percent_agreement(same) == 1
    assert fleiss_kappa(same)[:3] == pytest.approx((1, 1, 1))
    assert krippendorff_alpha(same, level="ordinal")[:3] == pytest.approx((1, 1, 1))
    assert icc_table(same)[["icc", "lower", "upper"]].to_numpy() == pytest.approx(np.ones((6, 3)))


def test_order_of_raters_cases_and_kind_of_table_do_not_matter() -> None:
    table = pd.DataFrame(OBSERVERS, dtype="Int64").rename(columns=str)
    found = krippendorff_alpha(table, level="ordinal").estimate
    turned = table.iloc[::-1, ::-1]
    assert krippendorff_alpha(turned, level="ordinal").estimate == pytest.approx(found)
    assert krippendorff_alpha(pl.from_pandas(table), level="ordinal").estimate == found
    words = table.map(lambda v: "abcde"[int(v) - 1], na_action="ignore").astype(object)
    by_word = krippendorff_alpha(words, level="ordinal", labels=list("abcde"))
    assert by_word.estimate == pytest.approx(found)


def test_the_same_seed_gives_the_same_interval() -> None:
    one, other = (krippendorff_alpha(OBSERVERS, level="nominal", random_state=3) for _ in "ab")
    assert one == other
    wider = krippendorff_alpha(OBSERVERS, level="nominal", random_state=3, confidence=0.99)
    assert wider.lower <= one.lower
    assert wider.upper >= one.upper


def test_names_of_agreement_are_the_same_in_both_stages() -> None:
    for name in ("WeightedKappa", "weighted_kappa", "RaterAgreement", "rater_agreement"):
        assert getattr(expert, name) is getattr(metrics, name)


# --- edges and errors -----------------------------------------------------------------------


def test_raters_who_differ_by_a_constant_only_have_no_interval_of_agreement() -> None:
    found = intraclass_correlation([[1, 2, 3], [2, 3, 4]])
    # by hand: mean squares of cases 2, of raters 1.5, of the rest 0
    assert found.estimate == pytest.approx(2 / (2 + 2 * 1.5 / 3))
    assert np.isnan(found.lower)
    assert intraclass_correlation([[1, 2, 3], [2, 3, 4]], form="3,1").estimate == 1


def test_the_mean_of_ratings_without_any_agreement_has_no_bound_below() -> None:
    found = intraclass_correlation([[1, 3], [3, 1]], form="3,k")
    assert found.estimate == -np.inf


@pytest.mark.parametrize("measure", [fleiss_kappa, percent_agreement, icc_table])
def test_one_rater_is_refused(measure: Any) -> None:
    with pytest.raises(EmptyDataError, match="needs two raters"):
        measure([[1, 2, 3]])


def test_what_is_refused() -> None:
    with pytest.raises(InvalidDataError, match=r"1 are missing, the first in column 1"):
        fleiss_kappa([[1, None, 2], [1, 2, 2]])
    with pytest.raises(InvalidDataError, match="1 are missing, the first in column 1"):
        icc_table([[1, None, 2], [1, 2, 2]])
    with pytest.raises(InvalidDataError, match=r"not defined \(0/0\)"):
        fleiss_kappa([[1, 1], [1, 1]])
    with pytest.raises(InvalidDataError, match=r"not defined \(0/0\)"):
        krippendorff_alpha([[1, 1, 2], [1, 1, None]], level="nominal")
    with pytest.raises(InvalidDataError, match=r"not defined \(0/0\)"):
        icc_table([[2, 2], [2, 2]])
    with pytest.raises(InvalidDataError, match="raters or more rated"):
        krippendorff_alpha([[1, None], [None, 2]], level="nominal")
    with pytest.raises(EmptyDataError, match="two cases"):
        icc_table([[2], [3]])
    with pytest.raises(InvalidDataError, match="Got the text 'a'"):
        krippendorff_alpha([["a", "b"], ["a", "b"]], level="interval")
    with pytest.raises(InvalidDataError, match="such as inf"):
        icc_table([[1.0, np.inf], [1.0, 2.0]])
    with pytest.raises(InvalidParameterError, match="have no order of their own"):
        krippendorff_alpha([["a", "b"], ["a", "b"]], level="ordinal")
    with pytest.raises(InvalidParameterError, match="'level' parameter"):
        krippendorff_alpha(OBSERVERS, level="ratio")  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'form' parameter"):
        intraclass_correlation(JUDGES, form="2,2")  # type: ignore[arg-type]
    with pytest.raises(InvalidDataError, match="Seen more than once: a"):
        percent_agreement(pd.DataFrame([[1, 2], [1, 2]], index=["a", "a"]))
