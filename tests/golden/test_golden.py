"""Golden: files of every schema version load, and score as on the day they were written."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from creditscore import GradeScale, Scorecard
from creditscore.calibrate import Calibration
from creditscore.exceptions import UnseenValueWarning
from creditscore.grade import (
    GeneratorMatrix,
    GradeCaps,
    GradeMapping,
    GradeOverride,
    MasterScale,
    MigrationMatrix,
    OverridePolicy,
    RatingRules,
)
from creditscore.scorecard import ReasonCodes, SegmentedScorecard, adverse_reasons
from creditscore.segment import (
    RFM,
    Bands,
    Confirmation,
    CustomerGrid,
    Hysteresis,
    KMeansSegments,
    RiskBands,
    RuleSet,
    ServiceTiers,
    rfm_facts,
)
from creditscore.validate import ValidationReport

FOLDER = Path(__file__).parent
VERSIONS = (1,)
KEY = b"golden"  # as in regenerate.py

DOCUMENTS = {
    "scorecard": Scorecard,
    "grade_scale": GradeScale,
    "boosted_card": Scorecard,
    "edited_card": Scorecard,
    "segmented_card": SegmentedScorecard,
    "reason_codes": ReasonCodes,
    "master_scale": MasterScale,
    "grade_mapping": GradeMapping,
    "override_policy": OverridePolicy,
    "grade_caps": GradeCaps,
    "rating_rules": RatingRules,
    "migration_matrix": MigrationMatrix,
    "generator_matrix": GeneratorMatrix,
    "calibration_logistic": Calibration,
    "calibration_isotonic": Calibration,
    "calibration_beta": Calibration,
    "calibration_quasi_moment": Calibration,
    "bands": Bands,
    "risk_bands": RiskBands,
    "customer_grid": CustomerGrid,
    "rfm": RFM,
    "rule_set": RuleSet,
    "hysteresis": Hysteresis,
    "confirmation": Confirmation,
    "service_tiers": ServiceTiers,
    "k_means_segments": KMeansSegments,
    "validation_report": ValidationReport,
}
TEXTS = ["checking_status", "savings_status", "grade", "segment"]
TEXTS += [f"{what}_{rank}" for what in ("code", "english", "chinese") for rank in (1, 2)]

versions = pytest.mark.parametrize("version", VERSIONS)


def read_table(name: str, version: int) -> pd.DataFrame:
    """Read numbers with Python's own float(), which is exact; an empty cell is missing."""
    cases = pd.read_csv(FOLDER / f"{name}_v{version}.csv", dtype=object, na_values=[""])
    numbers = cases.columns.difference(TEXTS)
    return cases.assign(**{name: cases[name].map(float) for name in numbers})


def read_scores(version: int) -> pd.DataFrame:
    return read_table("scores", version)


def read_document(name: str, version: int) -> Any:
    return DOCUMENTS[name].from_json(FOLDER / f"{name}_v{version}.json", key=KEY)


def read_card(version: int) -> Scorecard:
    return Scorecard.from_json(FOLDER / f"scorecard_v{version}.json", key=KEY)


def read_scale(version: int) -> GradeScale:
    return GradeScale.from_json(FOLDER / f"grade_scale_v{version}.json", key=KEY)


def test_every_file_is_tested() -> None:
    expected = {"regenerate.py", "test_golden.py"}
    for version in VERSIONS:
        expected |= {f"{name}_v{version}.json" for name in DOCUMENTS}
        expected |= {f"{name}_v{version}.csv" for name in ("scores", "answers", "calibrated")}
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == expected


@versions
def test_scores_to_the_last_bit(version: int) -> None:
    cases = read_scores(version)
    assert len(cases) == 120
    with pytest.warns(UnseenValueWarning):
        score = read_card(version).score(cases)
    assert score.tolist() == cases["score"].tolist()


@versions
def test_what_the_fit_never_met_is_named(version: int) -> None:
    # German credit has no gaps; the points of the amount were written by hand, gaps included
    with pytest.warns(UnseenValueWarning) as caught:
        read_card(version).score(read_scores(version))
    (message,) = (str(warning.message) for warning in caught)
    for column in ("checking_status", "savings_status", "age_years"):
        assert f"{column!r} is 'Missing' in 11 row(s), 127.9 points each" in message
    assert "'duration_months' is 'Special -9' in 11 row(s), 127.9 points each" in message
    assert "credit_amount" not in message


@versions
def test_probabilities_and_grades(version: int) -> None:
    cases = read_scores(version)
    with pytest.warns(UnseenValueWarning):
        prob = read_card(version).prob_default(cases)
    # the exponential function may differ in the last bit between builds of scipy
    assert prob.tolist() == pytest.approx(cases["pd"].tolist(), rel=1e-14)
    assert read_scale(version).grade(prob).tolist() == cases["grade"].tolist()
    assert cases["grade"].nunique() >= 6


@versions
def test_golden_rows_hold_what_a_card_can_meet(version: int) -> None:
    cases, card = read_scores(version), read_card(version)
    assert cases[["checking_status", "age_years", "credit_amount"]].isna().any().all()
    assert (cases["duration_months"] == -9).any()
    table = card.table()
    assert table["slope"].any()
    assert set(table["kind"]) == {"base", "bin", "special", "missing", "other"}
    assert card.fit_summary is not None
    assert card.scale is not None


@versions
@pytest.mark.parametrize("name", ["boosted", "edited", "segmented"])
def test_scores_of_other_cards_to_the_last_bit(version: int, name: str) -> None:
    cases = read_table("answers", version)
    card = read_document(f"{name}_card", version)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnseenValueWarning)
        score = card.score(cases)
    assert score.tolist() == cases[f"score_{name}"].tolist()
    assert score.nunique() > 20


@versions
def test_segments_and_their_alignment(version: int) -> None:
    cases, card = read_table("answers", version), read_document("segmented_card", version)
    assert card.segments.assign(cases).tolist() == cases["segment"].tolist()
    assert set(cases["segment"]) == set(card.segments.names) == {"no account", "small", "large"}
    assert len(card.alignments) == 3


@versions
def test_edits_and_who_made_them(version: int) -> None:
    card = read_document("edited_card", version)
    assert not card.higher_is_safer
    assert [edit.action for edit in card.history] == ["with_points", "rounded", "with_points"]
    history = card.history_table()
    assert {("A. Analyst", "gaps"), ("B. Buyer", "审查 é")} <= set(
        zip(history["by"], history["reason"], strict=True)
    )
    table = card.table()
    assert (table["points"] % 1 == 0).all()
    assert table.loc[table["overridden"], ["characteristic", "points"]].to_numpy().tolist() == [
        ["savings_status", 31],
        ["age_years", 13],
    ]


@versions
def test_reasons_by_code_in_two_languages(version: int) -> None:
    cases, codes = read_table("answers", version), read_document("reason_codes", version)
    for language, column in (("en", "english"), ("zh", "chinese")):
        with pytest.warns(UnseenValueWarning):
            found = adverse_reasons(
                read_card(version), cases, codes, n=2, baseline="maximum", language=language
            )
        for rank in (1, 2):
            for title, name in (("code", f"code_{rank}"), ("text", f"{column}_{rank}")):
                told = found[f"reason_{rank}_{title}"].astype(object)
                expected = cases[name].astype(object)
                assert told.fillna("").tolist() == expected.fillna("").tolist()
            points, expected = found[f"reason_{rank}_points"], cases[f"points_{rank}"]
            assert points.fillna(0).tolist() == expected.fillna(0).tolist()
    assert "X9" in set(cases["code_1"])


@versions
@pytest.mark.parametrize("kind", ["logistic", "isotonic", "beta", "quasi_moment"])
def test_probabilities_of_calibrations(version: int, kind: str) -> None:
    cases = read_table("calibrated", version)
    calibration = read_document(f"calibration_{kind}", version)
    prob = calibration.prob_default(cases[calibration.measure])
    # the exponential function may differ in the last bit between builds of scipy
    assert prob.tolist() == pytest.approx(cases[kind].tolist(), rel=1e-13)
    assert prob.nunique() > 5


@versions
def test_what_a_calibration_says_of_its_probabilities(version: int) -> None:
    found = read_document("calibration_logistic", version)
    assert found.philosophy == "hybrid"
    assert [margin.size for margin in found.margins] == ["+5.00 %", "+0.1 log-odds"]
    assert found.margins[0].reason == "申请被拒的客户不在样本中"
    assert (found.floor, found.sample.n, found.sample.n_bad) == (0.0005, 1000, 300)
    assert found.sample.period == "1973 至 1975"
    assert found.shift < -1


@versions
def test_what_grades_mean_and_are_mapped_to(version: int) -> None:
    master, mapping = (
        read_document("master_scale", version),
        read_document("grade_mapping", version),
    )
    grades = master.grade([0.0099, 0.01, 0.05, 0.2], in_default=[False, False, False, True])
    assert grades.tolist() == ["优", "良", "差", "违约"]
    assert master.prob_default_of(grades).tolist() == [0.005, 0.02, 0.125, 1.0]
    assert master.names == ("good", "fair", "poor")
    assert master.names_zh == ("优秀", "良好", "较差")
    assert master.agency_grades == ("BB", "B+", "CCC+")
    assert (master.philosophy, master.margin) == (None, None)
    assert mapping.apply(grades).tolist() == ["BB", "B", "CCC", "D"]
    assert mapping.covers[0] == ("AAA", "AA", "A", "BBB", "BB")


@versions
def test_rules_that_change_grades(version: int) -> None:
    customers = ["P", "S", "T", "U", "V"]
    firms = pd.DataFrame(
        {
            "母公司": [None, "P", "P", None, None],
            "letter": [False, False, True, False, False],
            "state": ["DE", "DE", "?", "阿根廷", "DE"],
            "years": [9, 9, 9, 9, None],
            "court": [False, False, False, False, True],
        },
        index=customers,
    )
    model = pd.Series(["BBB", "AA", "CCC", "A", "A"], index=customers)
    guarantee = GradeOverride(
        customer="P", grade_before="BB", grade_after="BBB", reason="担保", text="银行保函",
        author="王", decided_on="2025-01-31",
    )  # fmt: skip
    rules, scale = read_document("rating_rules", version), GradeScale.agency()
    found = rules.apply(model, firms, scale, overrides=[guarantee], as_of="2025-07-30")
    assert found.frame()[["overrides", "caps", "vetoes", "grade"]].to_numpy().tolist() == [
        ["A", "A", "A", "A"],
        ["AA", "AA", "AA", "AA"],
        # supported up to two notches below its parent
        ["CCC", "BB", "BB", "BB"],
        ["A", "B", "B", "B"],
        ["A", "BB", "CCC", "CCC"],
    ]
    late = rules.apply(model, firms, scale, overrides=[guarantee], as_of="2025-07-31")
    assert late.overridden.rulings[0].status == "expired"
    assert rules.overrides == read_document("override_policy", version)
    assert rules.caps == read_document("grade_caps", version)
    assert rules.overrides.reasons[0].text_zh == "银行保函"
    assert rules.overrides.forbidden == ("CCC",)


@versions
def test_migrations_and_their_rates(version: int) -> None:
    matrix = read_document("migration_matrix", version)
    assert (matrix.labels, matrix.years) == (("A", "B", "C", "D", "NR"), 0.5)
    assert matrix.frame().loc["B"].tolist() == [0.1, 0.8, 0.08, 0.02, 0]
    assert matrix.frame().loc["C"].isna().all()
    assert matrix.counts_frame().loc["A", ["A", "n_withdrawn"]].tolist() == [90, 10]
    generator = read_document("generator_matrix", version)
    assert generator.over(1).frame().loc["B"].tolist() == pytest.approx(
        [0.0498, 0.8500, 0.1002], abs=1e-4
    )
    assert generator.n_negative == 1


@versions
def test_bands_and_classes_of_customers(version: int) -> None:
    bands = read_document("bands", version)
    assert bands.assign([0.3, 0.1 + 0.2, 0.31, 1e6, 2e6]).tolist() == ["小", "小", "中", "中", "大"]
    risk = read_document("risk_bands", version)
    grades = ["BBB-", "BB+", "B-", "CCC+", "D", None]
    assert risk.assign(grades).tolist() == [
        "low", "medium", "medium", "high", "default", "unknown",
    ]  # fmt: skip
    found = read_document("customer_grid", version).classify(
        [50_000, 49_999, None, None], [1, 1, 1, 1], ["B", "A", "C", "A"]
    )
    frame = found.frame()
    assert frame["class"].tolist() == ["key", "keep", "keep", "unknown"]
    assert frame["class_zh"].tolist() == ["重点客户", "维持客户", "维持客户", "未知"]


@versions
def test_segments_by_purchases_and_by_centres(version: int) -> None:
    ledger = pd.DataFrame(
        {
            "customer": ["X", "X", "X", "Y"],
            "amount": [900, 800, 700, 50],
            "date": pd.to_datetime(["2024-04-01", "2024-05-01", "2024-06-20", "2023-08-01"]),
        }
    )
    scored = read_document("rfm", version).score(rfm_facts(ledger, "2024-06-30")).frame()
    assert scored["rfm"].tolist() == ["535", "111"]
    assert scored["segment_zh"].tolist() == ["最佳客户", "已流失客户"]
    segments = read_document("k_means_segments", version)
    cases = pd.DataFrame({"sales": [6.0, 3.0, 0.0, None], "增长": [0.0, 6.0, 0.0, 1.0]})
    assert segments.assign(cases).tolist() == ["大客户", "segment 2", "segment 3", "unknown"]
    assert segments.counts == (40, 40, 40)
    assert len(segments.evidence) == 4


@versions
def test_rules_reviews_and_service(version: int) -> None:
    cases = pd.DataFrame(
        {"grade": ["C", "A", "B"], "overdue_days": [61, None, 90], "fraud": [False, False, True]}
    )
    found = read_document("rule_set", version).apply(cases).frame()
    assert found["class"].tolist() == ["risk", "ordinary", "stop"]
    assert found["reason_zh"].tolist() == [
        "规则2：grade 属于 B、C 且 overdue_days 高于 60.5；付款逾期",
        "默认：未发现疑点",
        "规则1：fraud 为 True",
    ]
    hysteresis, confirmation = (
        read_document("hysteresis", version),
        read_document("confirmation", version),
    )
    reviewed = hysteresis.review(["A", "A", "B"], [0.024, 0.026, 0.101])
    assert reviewed.classes.tolist() == ["A", "B", "C"]
    reviewed = confirmation.review(["risk", "risk"], ["ordinary", "default"])
    assert reviewed.classes.tolist() == ["risk", "default"]
    assert reviewed.n_waiting.tolist() == [1, 0]
    tiers = read_document("service_tiers", version)
    served = tiers.assign(["high-value", "unknown", "default"], ["B", None, "A"])
    assert served["limit_factor"].tolist() == [0.9, 0.1, 0]
    assert served["payment_terms_days"].tolist() == [30, 15, 0]
    assert served["collection_tone_zh"].tolist()[::2] == ["明确催收", "法律追收"]


@versions
def test_verdicts_of_a_validation_report(version: int) -> None:
    table = read_document("validation_report", version).table()
    assert table["verdict"].tolist() == [
        "watch", "fail", "not tested", "fail", "watch", "information",
    ]  # fmt: skip
    assert table["judged_by"].tolist() == ["p-value", "p-value", "", "p-value", "bound", ""]
    expected = [0.02, 0.005, float("nan"), 0.0, float("nan"), float("nan")]
    assert table["p_adjusted"].tolist() == pytest.approx(expected, rel=1e-14, nan_ok=True)
    assert table["statistic"].tolist()[0] == 0.1 + 0.2
    assert table["statistic"].tolist()[3] == float("inf")
    assert table["note"].tolist()[2] == "无客户"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_present_version_is_written_as_it_stands(tmp_path: Path, name: str) -> None:
    path = FOLDER / f"{name}_v{VERSIONS[-1]}.json"
    read_document(name, VERSIONS[-1]).to_json(tmp_path / path.name, key=KEY)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
