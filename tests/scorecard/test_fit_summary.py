"""FitSummary: Wald statistics, criteria, what goes to and comes from a file."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from creditscore._display import p_value_text
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard import FitSummary

SUMMARY = FitSummary(
    names=("a", "b"),
    intercept=-0.85,
    coefficients=(-1.0, -0.5),
    intercept_error=0.1,
    standard_errors=(0.25, 0.5),
    n_good=700.0,
    n_bad=300.0,
    log_likelihood=-521.0,
)


def test_wald_statistics() -> None:
    table = SUMMARY.table()
    assert table["characteristic"].tolist() == ["(intercept)", "a", "b"]
    assert table["z"].tolist() == [-8.5, -4.0, -1.0]
    # scipy.stats.norm: two-sided p-values, quantile of the 95 % interval
    np.testing.assert_allclose(table["p_value"], 2 * stats.norm.sf([8.5, 4, 1]), rtol=1e-12)
    quantile = stats.norm.ppf(0.975)
    np.testing.assert_allclose(table["upper"] - table["coefficient"],
                               quantile * table["std_error"], rtol=1e-12)  # fmt: skip
    middle = (table["lower"] + table["upper"]) / 2
    np.testing.assert_allclose(middle, table["coefficient"], rtol=1e-12)


def test_criteria() -> None:
    # three parameters, 1,000 cases
    assert SUMMARY.aic == pytest.approx(2 * 3 + 2 * 521)
    assert SUMMARY.bic == pytest.approx(3 * np.log(1_000) + 2 * 521)


def test_level_sets_the_width() -> None:
    narrow, wide = SUMMARY.table(level=0.5), SUMMARY.table(level=0.99)
    assert (narrow["upper"] < wide["upper"]).all()
    quartile = stats.norm.ppf(0.75)
    assert narrow["upper"][1] == pytest.approx(-1.0 + quartile * 0.25)


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, float("nan"), "0.95"])
def test_level_out_of_range(level: object) -> None:
    with pytest.raises(InvalidParameterError, match=r"'level' parameter of FitSummary.table"):
        SUMMARY.table(level=level)


FULL = replace(SUMMARY, null_log_likelihood=-610.0, robust_errors=(0.2, 0.3, 0.4), vif=(1.5, 1e18))


@pytest.mark.parametrize(
    "summary",
    [SUMMARY, FULL, replace(FULL, weight_type="sampling")],
    ids=["old", "new", "sampling"],
)
def test_round_trip(summary: FitSummary) -> None:
    assert FitSummary.from_dict(json.loads(json.dumps(summary.to_dict()))) == summary


def test_files_of_before_say_no_more_than_they_did() -> None:
    assert set(SUMMARY.to_dict()) == {
        *("names", "intercept", "coefficients", "intercept_error", "standard_errors"),
        *("n_good", "n_bad", "log_likelihood"),
    }


def test_errors_are_chosen() -> None:
    assert FULL.table()["std_error"].tolist() == [0.1, 0.25, 0.5]
    assert FULL.table(errors="robust")["std_error"].tolist() == [0.2, 0.3, 0.4]
    sampling = replace(FULL, weight_type="sampling")
    assert sampling.table()["std_error"].tolist() == [0.2, 0.3, 0.4]
    with pytest.raises(InvalidParameterError, match="which sampling weights are not"):
        sampling.table(errors="model")
    with pytest.raises(InvalidParameterError, match="holds no robust errors"):
        SUMMARY.table(errors="robust")
    with pytest.raises(InvalidParameterError, match="'errors' parameter"):
        SUMMARY.table(errors="HC3")


def test_mcfadden_and_inflation() -> None:
    assert FULL.mcfadden == pytest.approx(1 - 521 / 610)
    assert np.isnan(SUMMARY.mcfadden)
    np.testing.assert_array_equal(FULL.table()["vif"], [np.nan, 1.5, 1e18])
    assert SUMMARY.table()["vif"].isna().all()
    assert "∞" in FULL._repr_html_()
    assert "McFadden R² 0.146" in str(FULL)


def test_what_is_known_beforehand_is_said() -> None:
    for shown in (str(FULL), FULL._repr_html_()):
        assert "Errors: model, with bins and characteristics taken as given beforehand" in shown
    assert "Errors: robust" in str(replace(FULL, weight_type="sampling"))


@pytest.mark.parametrize(
    "change",
    [
        {"coefficients": (-1.0,)},
        {"coefficients": (-1.0, "2")},
        {"standard_errors": (0.1, -0.1)},
        {"intercept": float("nan")},
        {"n_bad": -1},
        {"robust_errors": (0.1, 0.2)},
        {"vif": (1.0,)},
        {"vif": (1.0, -1.0)},
        {"weight_type": "analytic"},
        {"weight_type": "sampling"},
    ],
)
def test_what_is_no_estimate(change: dict[str, object]) -> None:
    with pytest.raises(InvalidParameterError, match="FitSummary"):
        replace(SUMMARY, **change)


def test_html() -> None:
    html = SUMMARY._repr_html_()
    assert "1,000 cases, 300 of them bad" in html
    assert "(intercept)" in html


def test_no_p_value_is_shown_as_zero() -> None:
    # z of the intercept -8.5, of a -4, of b -1: p of 1.9e-17, 6.3e-5 and 0.3173
    text, html = str(SUMMARY), SUMMARY._repr_html_()
    assert text.count("< 0.0001") == 2
    assert html.count("&lt; 0.0001") == 2
    for shown in (text, html):
        assert "0.3173" in shown
        assert "0.0000" not in shown


def test_p_values_about_the_least_that_is_shown() -> None:
    assert [p_value_text(value) for value in (0, 9.999e-5, 1e-4, 0.05, 1)] == [
        "< 0.0001", "< 0.0001", "0.0001", "0.0500", "1.0000",
    ]  # fmt: skip


def test_an_estimate_without_error_has_no_p_value() -> None:
    # 0 / 0, where the whole of the fit was zero
    summary = replace(SUMMARY, intercept=0.0, intercept_error=0.0)
    assert "nan" not in summary._repr_html_()
    assert "nan" not in str(summary).lower()


def test_repr_is_a_line_and_text_is_a_table() -> None:
    assert repr(SUMMARY) == (
        "<FitSummary: 2 coefficients beside the intercept, fitted on 1,000 cases, 300 of them bad; "
        "log-likelihood -521.000, AIC 1,048.0>"
    )
    caption, head, *rows = str(SUMMARY).splitlines()
    assert caption.startswith("Logistic fit on 1,000 cases, 300 of them bad")
    assert head.split()[:2] == ["characteristic", "coefficient"]
    assert [row.split()[:2] for row in rows] == [
        ["(intercept)", "-0.8500"], ["a", "-1.0000"], ["b", "-0.5000"],
    ]  # fmt: skip


def test_criteria_need_a_likelihood() -> None:
    sampling = replace(FULL, weight_type="sampling")
    assert np.isnan(sampling.aic)
    assert np.isnan(sampling.bic)
    assert "AIC" not in repr(sampling)
    assert "1,000 units of weight" in repr(sampling)
