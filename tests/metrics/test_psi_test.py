"""PSI beside what chance makes, and the table of characteristics."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.metrics import csi_table, psi, psi_benchmark, psi_test

# --- benchmark -------------------------------------------------------------------------


def test_benchmark_by_hand() -> None:
    # qchisq(0.95, 9) of R is 16.91898
    assert psi_benchmark(1000, 500, 10) == pytest.approx(16.91898 * 0.003, rel=1e-6)
    assert psi_benchmark(200, 200, 2, level=0.99) == pytest.approx(6.634897 / 100, rel=1e-6)


def test_published_shares_at_two_sizes() -> None:
    # the shares are the reference vector of PSI, 0.0445608547
    small = psi_test([40, 30, 30], [35, 25, 40])
    assert small.statistic == pytest.approx(0.0445608547 * 50, rel=1e-8)
    assert small.p_value == pytest.approx(chi2.sf(0.0445608547 * 50, 2), rel=1e-8)
    large = psi_test([4000, 3000, 3000], [3500, 2500, 4000])
    assert large.statistic == pytest.approx(100 * small.statistic, rel=1e-10)
    assert (small.df, small.n, large.n) == (2, 200, 20_000)


def test_one_sample_in_twenty_is_beyond_it() -> None:
    rng = np.random.default_rng(1)
    share = np.array([0.05, 0.1, 0.15, 0.2, 0.2, 0.3])
    drawn = [rng.multinomial(n, share, size=2_000) for n in (3_000, 1_000)]
    limit = psi_benchmark(3_000, 1_000, 6)
    beyond = np.mean([psi(*pair) > limit for pair in zip(*drawn, strict=True)])
    assert beyond == pytest.approx(0.05, abs=0.02)


counts = st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90)), min_size=2, max_size=10)


@settings(deadline=None)
@given(counts=counts, level=st.floats(0.5, 0.999))
def test_the_p_value_and_the_benchmark_agree(counts: list, level: float) -> None:
    old, new = map(np.array, zip((5, 4), (3, 9), *counts, strict=True))
    found, back = psi_test(old, new), psi_test(new, old)
    assert found.p_value == pytest.approx(back.p_value, abs=1e-12)
    assert psi_test(old, old).p_value == 1
    n_bins = np.count_nonzero(old + new)
    limit = psi_benchmark(old.sum(), new.sum(), n_bins, level=level)
    if abs(found.p_value - (1 - level)) > 1e-9:
        assert (psi(old, new) > limit) == (found.p_value < 1 - level)


def test_a_bin_that_is_empty_in_both_is_no_bin() -> None:
    with_it, without = psi_test([4, 0, 6], [5, 0, 3]), psi_test([4, 6], [5, 3])
    assert with_it.df == without.df == 1
    assert with_it.p_value == pytest.approx(without.p_value, rel=1e-12)


def test_errors() -> None:
    with pytest.raises(InvalidDataError, match=r"add up to 1, which look like shares"):
        psi_test([0.4, 0.6], [30, 70])
    with pytest.raises(InvalidDataError, match="two bins that hold a case"):
        psi_test([3, 0], [4, 0])
    with pytest.raises(InvalidDataError, match="the same bins"):
        psi_test([3, 4], [4, 5, 6])
    with pytest.raises(InvalidDataError, match="counts or shares, zero or more"):
        psi_test([3, -4], [4, 5])
    with pytest.raises(InvalidParameterError, match="'n_bins' parameter of psi_benchmark"):
        psi_benchmark(10, 10, 1)
    with pytest.raises(InvalidParameterError, match="'n_actual' parameter of psi_benchmark"):
        psi_benchmark(10, 0, 5)


# --- table -----------------------------------------------------------------------------


def test_the_table_reads_by_both_rules() -> None:
    table = csi_table({
        "calm": ([400, 300, 300], [402, 299, 299]),
        "many": ([4000, 3000, 3000], [3500, 2500, 4000]),
        "few": ([8, 6, 6], [5, 5, 10]),
        "moved": ([400, 300, 300], [100, 300, 600]),
        "empty": ([400, 600, 0], [500, 490, 10]),
    })  # fmt: skip
    rows = table.set_index("characteristic")
    assert rows.index.tolist() == ["calm", "many", "few", "moved", "empty"]
    assert rows["reading"].tolist() == ["stable", "stable", "watch", "shifted", "stable"]
    assert rows["beyond_chance"].tolist() == [False, True, False, True, True]
    assert (rows["beyond_chance"] == (rows["p_value"] < 0.05)).all()
    assert rows["n_bins"].tolist() == [3] * 5
    assert rows.loc["many", ["n_expected", "n_actual"]].tolist() == [10_000, 10_000]
    assert rows.loc["many", "csi"] == pytest.approx(0.0445608547, abs=5e-11)
    assert rows.loc["many", "benchmark"] == pytest.approx(psi_benchmark(10_000, 10_000, 3))


def test_the_limits_are_customary() -> None:
    for shift, reading in ((0.09, "stable"), (0.11, "watch"), (0.24, "watch"), (0.26, "shifted")):
        # two bins of a half, moved so that PSI is d ln((1/2 + d) / (1/2 - d))
        low, high = 0.0, 0.45
        for _ in range(60):
            d = (low + high) / 2
            low, high = (d, high) if d * np.log((0.5 + d) / (0.5 - d)) < shift else (low, d)
        table = csi_table({"x": ([500, 500], [1000 * (0.5 - d), 1000 * (0.5 + d)])})
        assert table.loc[0, "csi"] == pytest.approx(shift, rel=1e-6)
        assert table.loc[0, "reading"] == reading


def test_table_errors_name_the_characteristic() -> None:
    with pytest.raises(InvalidDataError, match=r"'age': .* must have the same bins"):
        csi_table({"sex": ([5, 5], [4, 6]), "age": ([5, 5], [4, 6, 1])})
    with pytest.raises(InvalidDataError, match=r"'age': .* look like shares"):
        csi_table({"age": ([0.5, 0.5], [4, 6])})
    with pytest.raises(InvalidDataError, match=r"'age': .*unpack"):
        csi_table({"age": ([5, 5],)})  # type: ignore[dict-item]
    expected, actual = pd.Series([5, 3], index=["a", "b"]), pd.Series([4, 2], index=["b", "a"])
    with pytest.raises(InvalidDataError, match=r"'age': .*different orders"):
        csi_table({"age": (expected, actual)})
    with pytest.raises(InvalidDataError, match="must map the name"):
        csi_table({})
    with pytest.raises(InvalidParameterError, match="'level' parameter of csi_table"):
        csi_table({"age": ([5, 5], [4, 6])}, level=95)
