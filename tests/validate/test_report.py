"""The report: verdicts, adjusted p-values, further lines, Markdown, JSON."""

from __future__ import annotations

import math

import numpy as np
import pytest

from creditscore.exceptions import InvalidParameterError
from creditscore.validate import (
    Finding,
    ValidationReport,
    ValidationSettings,
    adjust_p_values,
)


def finding(p_value: float = math.nan, **changed: object) -> Finding:
    given: dict[str, object] = {
        "part": "calibration",
        "test": "Jeffreys",
        "measure": "default rate",
        "statistic": 0.1,
        "p_value": p_value,
        "source": "ECB 2019",
    }
    verdict = ValidationSettings().verdict(p_value) if not math.isnan(p_value) else "information"
    return Finding(**{**given, "verdict": verdict, **changed})


def report(*findings: Finding, **options: object) -> ValidationReport:
    return ValidationReport(
        findings=findings, settings=ValidationSettings(**options), sample="loans, 10 cases, 1 bad"
    )


def test_the_worst_verdict_is_that_of_the_report() -> None:
    assert report(finding(0.5), finding(0.04)).verdict == "watch"
    assert report(finding(0.5), finding(0.04), finding(0.001)).verdict == "fail"
    assert report(finding(0.5)).verdict == "pass"
    assert report(finding()).verdict == "information"
    assert report().verdict == "information"


def test_adjusted_p_values_are_over_the_lines_that_are_judged_by_one() -> None:
    p_values = [0.04, 0.02, 0.5]
    found = report(*map(finding, p_values), finding(), finding(0.001, verdict="information"))
    adjusted = found.table()["p_adjusted"].to_numpy()
    np.testing.assert_allclose(adjusted[:3], adjust_p_values(p_values, method="holm"))
    assert np.isnan(adjusted[3:]).all()
    assert found.n_tests == 3
    assert "3 tests judged by a p-value: at 0.05, chance alone would make about 0.2" in (
        found.multiplicity
    )


def test_verdicts_go_by_adjusted_p_values_if_that_is_asked() -> None:
    lines = [finding(0.02) for _ in range(10)]
    assert report(*lines).verdict == "watch"
    assert report(*lines, judge_adjusted=True).verdict == "pass"
    assert "go by adjusted p-values" in report(*lines, judge_adjusted=True).multiplicity
    # a line that no p-value judges keeps its verdict
    for options in (
        {"verdict": "fail"},
        {"p_value": 0.9, "verdict": "fail", "judged_by": "bound"},
        {"p_value": 0.9, "verdict": "fail", "band": "acceptance", "lower": 0.0, "upper": 1.0},
    ):
        psi = finding(part="stability", test="PSI", **options)
        found = report(*lines, psi, judge_adjusted=True)
        assert (found.verdict, found.n_tests) == ("fail", 10)
        assert found.table()["judged_by"].tolist() == [*["p-value"] * 10, "bound"]
    assert finding().judged_by == ""


def test_the_summary_counts_verdicts_by_part() -> None:
    summary = report(
        finding(0.5), finding(0.001), finding(part="stability", verdict="watch")
    ).summary()
    assert summary["part"].tolist() == ["calibration", "stability"]
    assert summary.loc[0, ["pass", "watch", "fail"]].tolist() == [1, 0, 1]
    assert summary["worst"].tolist() == ["fail", "watch"]


def test_further_lines_are_added_and_the_first_report_stays() -> None:
    class Result:
        def findings(self) -> tuple[Finding, ...]:
            return (finding(part="fairness", verdict="watch"),)

    first = report(finding(0.5))
    more = first.with_findings(Result(), [finding(part="data", verdict="pass")])
    assert more.table()["part"].tolist() == ["calibration", "fairness", "data"]
    assert len(first.findings) == 1
    assert first.with_findings(more).table()["part"].tolist()[1:] == more.table()["part"].tolist()
    for wrong in ("text", 3):
        with pytest.raises(InvalidParameterError, match="with_findings takes results"):
            first.with_findings(wrong)
    with pytest.raises(InvalidParameterError, match="must be a Finding"):
        first.with_findings([1])


def test_json_brings_every_number_back() -> None:
    odd = finding(0.1 + 0.2, lower=-math.inf, upper=math.inf, band="acceptance", note="ä 中文")
    first = report(odd, finding(), judge_adjusted=True)
    assert ValidationReport.from_json(first.to_json()).table().equals(first.table())
    assert ValidationReport.from_json(first.to_json()).settings == first.settings


def section(text: str, title: str) -> list[str]:
    """Return the lines below a title up to the next one."""
    after = text.split(f"{title}\n\n")[1]
    return after.split("\n\n")[0].splitlines()


def test_markdown_says_what_to_look_at_and_where_tests_are_from() -> None:
    text = report(
        finding(0.5, subject="grade A|B <b>", note="two\nlines"), finding(0.001)
    ).to_markdown()
    assert text.startswith("# Validation report\n\nSample: loans, 10 cases, 1 bad.\n")
    assert "Worst verdict: **fail**." in text
    head, _, row = section(text, "## To look at")
    assert head == "| test | measure | value | p | p adjusted | band | verdict | note |"
    assert row == "| Jeffreys | default rate | 0.1 | 0.001 | 0.002 |  | fail |  |"
    rows = section(text, "## Calibration")
    assert rows[2:] == [
        "| Jeffreys | grade A\\|B &lt;b> | default rate | 0.1 | 0.5 | 0.5 |  | pass |",
        "| Jeffreys | portfolio | default rate | 0.1 | 0.001 | 0.002 |  | fail |",
    ]
    assert "- Jeffreys, grade A\\|B &lt;b>: two lines" in text
    assert "- ECB 2019: Jeffreys" in text
    assert "No line fails" in report(finding(0.5)).to_markdown()


def test_markdown_has_a_row_a_grade_and_a_column_a_test() -> None:
    rate = {"test": "default rate", "p_value": math.nan, "statistic": 0.02, "band": "interval"}
    lines = [
        finding(0.5, subject="grade A"),
        finding(0.001, subject="grade B b"),
        finding(subject="grade A", lower=0.01, upper=0.05, **rate),
        finding(subject="grade C", test="default rate", verdict="not tested", statistic=math.nan),
    ]
    assert section(report(*lines).to_markdown(), "### By grade") == [
        "| grade | Jeffreys | default rate |",
        "| --- | --- | --- |",
        "| A | 0.5 ✓ | 0.02 (0.01 to 0.05) |",
        "| B b | 0.001 ✗ |  |",
        "| C |  | – |",
    ]
    # the p-value that the verdict goes by
    adjusted = report(*lines, judge_adjusted=True).to_markdown()
    assert "| B b | 0.002 ✗ |  |" in section(adjusted, "### By grade")


def test_markdown_shows_ways_between_grades_as_a_matrix() -> None:
    test = {"test": "stability of the migration matrix", "part": "stability"}
    ways = [("A", "B", 0.5), ("B", "C", 0.02), ("C", "A", 0.25)]
    lines = [finding(p, subject=f"{old} to {new}", **test) for old, new, p in ways]
    title = "### Stability of the migration matrix, from rows to columns"
    assert section(report(*lines).to_markdown(), title) == [
        "| from | A | B | C |",
        "| --- | --- | --- | --- |",
        "| A |  | 0.5 ✓ |  |",
        "| B |  |  | 0.02 ! |",
        "| C | 0.25 ✓ |  |  |",
    ]


def test_texts_say_how_it_came_out() -> None:
    found = report(finding(0.5), finding(0.001))
    assert repr(found) == "<ValidationReport of loans, 10 cases, 1 bad: 1 pass, 1 fail>"
    html = report(finding(0.5, subject="<script>"))._repr_html_()
    assert "&lt;script&gt;" in html
    assert "chance alone" in html


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"fail_below": 0.2}, "'fail_below' parameter of ValidationSettings must not be above"),
        ({"psi_watch": 0.5}, "'psi_watch' parameter of ValidationSettings must not be above"),
        ({"adjustment": "none"}, "'adjustment' parameter"),
        ({"correlation": 1}, "'correlation' parameter"),
        ({"n_groups": 1}, "'n_groups' parameter"),
        ({"min_auc": 75}, "'min_auc' parameter"),
    ],
)
def test_settings_out_of_range_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidParameterError, match=words):
        ValidationSettings(**options)
