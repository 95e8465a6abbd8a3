"""Write the golden files of the present schema version: ``python tests/golden/regenerate.py``.

Files that are there stay as they are: they must load and score as on the day they were written.
Run this for a new schema version, or for a new kind of file; to make a failing test pass, never.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from creditscore import GradeScale, LogisticScorecard, PointsScale, Scorecard, WOEEncoder
from creditscore._document import JsonDocument
from creditscore.calibrate import (
    Calibration,
    Margin,
    beta_calibration,
    isotonic_calibration,
    logistic_calibration,
    quasi_moment_calibration,
)
from creditscore.datasets import load_german_credit
from creditscore.grade import (
    CountryCap,
    GeneratorMatrix,
    GradeCaps,
    GradeMapping,
    MasterScale,
    MigrationMatrix,
    OverridePolicy,
    OverrideReason,
    ParentCap,
    RatingRules,
    VetoRules,
    generator_of,
    migration_from_counts,
)
from creditscore.scorecard import (
    BoostedScorecard,
    Characteristic,
    ReasonCodes,
    SegmentedLogisticScorecard,
    SegmentedScorecard,
    Segments,
    VetoRule,
    adverse_reasons,
)
from creditscore.segment import (
    RFM,
    Bands,
    Condition,
    Confirmation,
    CustomerClass,
    CustomerGrid,
    Hysteresis,
    KMeansSegments,
    RiskBands,
    Rule,
    RuleSet,
    ServiceTiers,
    find_segments,
)
from creditscore.validate import Finding, ValidationReport, ValidationSettings

FOLDER = Path(__file__).parent
VERSION = 1
ESTIMATED = ["checking_status", "duration_months", "savings_status", "age_years"]
COLUMNS = [*ESTIMATED, "credit_amount"]
KEY = b"golden"


def applicants(n: int = 120) -> pd.DataFrame:
    """Take the first rows of German credit and blank a value here and there, special codes too."""
    rows = (
        load_german_credit()[COLUMNS].head(n).astype({"age_years": float, "credit_amount": float})
    )
    place = np.arange(n)
    for offset, column in enumerate(COLUMNS):
        if column == "duration_months":
            rows.loc[place % 11 == offset, column] = -9
        else:
            rows.loc[place % 11 == offset, column] = None
    return rows


def make_card() -> Scorecard:
    """Estimate four characteristics and add one by hand, with linear points."""
    german = load_german_credit()
    encoder = WOEEncoder(
        special_codes={"duration_months": [-9]},
        user_cuts={
            "checking_status": [
                ["< 0 DM"],
                ["0 to < 200 DM"],
                [">= 200 DM or salary account", "no checking account"],
            ],
            "duration_months": [8, 16, 36, 45],
            "age_years": [25.5, 35.5],
        },
    )
    scale = PointsScale(base_score=600, base_odds=50, pdo=20)
    model = LogisticScorecard(encoder=encoder, scale=scale)
    card = model.fit(german[ESTIMATED], german["is_bad"]).scorecard_
    amount = Characteristic.numeric(
        "credit_amount",
        cuts=[1_000, 5_000, 12_500.5],
        points=[10, 10, 4, -6],
        slopes=[0, -0.0015, -1 / 750, 0],
        special_points={0: 1.25},
        missing_points=0.1,
    )
    characteristics = (*card.characteristics, amount)
    return replace(card, characteristics=characteristics, base_points=-3.3)


def make_grade_scale() -> GradeScale:
    """Double the odds nine times; a customer in default is D."""
    return GradeScale.odds_ladder(best_odds=30.0, ratio=1.7)


def make_master_scale() -> MasterScale:
    """Give Chinese grades probabilities, names in two languages, and an agency's grades."""
    scale = GradeScale(
        labels=("优", "良", "差"), bounds=(0.01, 0.05), closed="left", default_label="违约"
    )
    master = MasterScale(
        scale=scale,
        prob_default=(0.005, 0.02, 0.125),
        names=("good", "fair", "poor"),
        names_zh=("优秀", "良好", "较差"),
    )
    return master.with_agency_grades()


def make_grade_mapping() -> GradeMapping:
    """Map those grades to an agency's letters."""
    return make_master_scale().map_to(MasterScale.agency())


def make_override_policy() -> OverridePolicy:
    """Differ from every default, with reasons in two languages."""
    return OverridePolicy(
        reasons=(
            OverrideReason(code="担保", text="A guarantee", text_zh="银行保函", direction="up"),
            OverrideReason(code="news", text="Bad news", direction="down"),
        ),
        max_up=1,
        max_down=3,
        alone_up=1,
        alone_down=2,
        authors=("Li", "王"),
        approvers=("Wang",),
        min_text=4,
        valid_months=6,
        forbidden=("CCC",),
        grade_changed="keep_notches",
    )


def make_grade_caps() -> GradeCaps:
    """Cap by parents who may support, by countries, and by a rule."""
    young = VetoRule(
        column="years", operator="<", value=2.5, cap="BB", reason="young", reason_zh="成立不久",
        missing="cap",
    )  # fmt: skip
    return GradeCaps(
        parent=ParentCap(
            column="母公司", notches_above=1, unknown="pass", support_column="letter",
            support_below=2,
        ),
        country=CountryCap(ceilings={"DE": "AAA", "阿根廷": "B"}, column="state", unknown="pass"),
        rules=(young,),
    )  # fmt: skip


def make_rating_rules() -> RatingRules:
    """Put both before a veto."""
    court = VetoRule(column="court", operator="==", value=True, cap="CCC", reason="a judgement")
    return RatingRules(
        overrides=make_override_policy(), caps=make_grade_caps(), vetoes=VetoRules(rules=[court])
    )


def make_migration_matrix() -> MigrationMatrix:
    """Keep withdrawn ratings as a state; nobody is in the grade C."""
    counts = [[90, 8, 0, 2, 10], [5, 40, 4, 1, 0], [0, 0, 0, 0, 0]]
    return migration_from_counts(counts, labels=["A", "B", "C"], withdrawals="keep", years=0.5)


def make_generator() -> GeneratorMatrix:
    """Adjust a rate below zero, that of A to D."""
    table = [[90, 10, 0], [5, 85, 10]]
    return generator_of(MigrationMatrix.from_percent(table, labels=["A", "B", "D"]))


def make_bands() -> Bands:
    """Name bands in Chinese, with a bound that no short decimal is."""
    return Bands(labels=("小", "中", "大"), bounds=(0.1 + 0.2, 1e6), closed="right")


def make_risk_bands() -> RiskBands:
    """Part an agency's grades with notches."""
    return RiskBands.from_scale(MasterScale.agency(notches=True))


def make_customer_grid() -> CustomerGrid:
    """Give four cells classes of two."""
    return CustomerGrid(
        value=Bands(labels=("low", "high"), bounds=(50_000,)),
        potential=Bands(labels=("all",), bounds=()),
        risk=RiskBands(grades={"A": "good", "B": "good", "C": "bad"}, bands=("good", "bad")),
        cells=(
            ("low", "all", "good", "keep"), ("high", "all", "good", "key"),
            ("low", "all", "bad", "keep"), ("high", "all", "bad", "keep"),
        ),
        classes=(
            CustomerClass(name="key", name_zh="重点客户", meaning="large and safe"),
            CustomerClass(name="keep", name_zh="维持客户"),
        ),
    )  # fmt: skip


def make_rfm() -> RFM:
    """Give a cut twice, a segment another name, and that name Chinese."""
    rfm = RFM(
        recency_cuts=(30, 60, 90.5, 180),
        frequency_cuts=(1, 1, 4, 8),
        monetary_cuts=(100, 500, 1_000, 2_000),
        names_zh={"best": "最佳客户"},
    )
    names = rfm.to_frame().replace({"segment": {"champions": "best"}})
    return rfm.with_segments(names)


def make_rule_set() -> RuleSet:
    """Compare texts, numbers and truth values; a value that is missing changes nothing."""
    weak = Condition(column="grade", operator="in", value=["B", "C"])
    late = Condition(column="overdue_days", operator=">", value=60.5)
    fraud = Condition(column="fraud", operator="==", value=True)
    return RuleSet(
        rules=(
            Rule(conditions=(fraud,), label="stop"),
            Rule(conditions=(weak, late), label="risk", reason="pays late", reason_zh="付款逾期"),
        ),
        default="ordinary",
        default_reason="no doubt is known",
        default_reason_zh="未发现疑点",
        missing="pass",
    )


def make_hysteresis() -> Hysteresis:
    """Take a margin in parts of the bound, reviews in a row, and the riskiest class at once."""
    scale = GradeScale(labels=("A", "B", "C"), bounds=(0.02, 0.1))
    return Hysteresis.from_scale(
        scale, margin=0.25, relative=True, n_confirmations=3, immediate=("C",)
    )


def make_confirmation() -> Confirmation:
    """Wait for three reviews, except with those in default."""
    return Confirmation(n_confirmations=3, immediate=("default",))


def make_service_tiers() -> ServiceTiers:
    """Illustrate tiers of four grades."""
    risk = RiskBands(grades={"A": "low", "B": "medium", "C": "high", "D": "default"})
    return ServiceTiers.illustration(risk)


def make_segments() -> KMeansSegments:
    """Find three groups, and give one a Chinese name."""
    rng = np.random.default_rng(0)
    centres = np.repeat([[0, 0], [6, 0], [3, 6]], 40, axis=0)
    found = pd.DataFrame(centres + rng.normal(size=(120, 2)), columns=["sales", "增长"])
    segments = find_segments(found, max_segments=4, n_resamples=5)
    return segments.named({"segment 1": "大客户"})


def make_edited_card() -> Scorecard:
    """Reverse the scale, lay the card out anew, set points by hand, and round to whole ones."""
    card = make_card().on_scale(PointsScale(base_score=400, base_odds=20, pdo=15, reverse=True))
    when = "2026-01-31T12:00:00+00:00"
    return (
        card.with_layout("lowest")
        .with_points({("age_years", "Missing"): 12.5}, by="A. Analyst", reason="gaps", when=when)
        .rounded()
        .with_points({("savings_status", 0): 31}, by="B. Buyer", reason="审查 é", when=when)
    )


def make_boosted_card() -> Scorecard:
    """Turn a small boosting into a card."""
    german = load_german_credit()
    encoder = WOEEncoder(special_codes={"duration_months": [-9]})
    model = BoostedScorecard(encoder=encoder, n_iterations=40)
    card: Scorecard = model.fit(german[COLUMNS], german["is_bad"]).scorecard_
    return card


def make_segmented_card() -> SegmentedScorecard:
    """Estimate a card for each of three segments, by two columns in turn, and align their odds."""
    german = load_german_credit()
    by_status = Segments.by_levels(
        "checking_status",
        {"no account": ["no checking account"], "account": ["< 0 DM", "0 to < 200 DM"]},
        missing="no account",
        other="account",
    )
    by_amount = Segments.by_cuts(
        "credit_amount", [2_500.5], ["small", "large"], missing="small", special={0: "small"}
    )
    segments = by_status.divided("account", by_amount)
    encoder = WOEEncoder(special_codes={"duration_months": [-9]})
    estimator = LogisticScorecard(encoder=encoder)
    model = SegmentedLogisticScorecard(estimator=estimator, segments=segments)
    first, last = german.iloc[:600], german.iloc[600:]
    card: SegmentedScorecard = model.fit(first[COLUMNS], first["is_bad"]).scorecard_
    return card.aligned(last[COLUMNS], last["is_bad"])


def make_reason_codes() -> ReasonCodes:
    """Give the card codes in two languages: a group, and attributes that are told otherwise."""
    names = {
        "checking_status": ("Checking account", "支票账户"),
        "duration_months": ("Term", "期限"),
        "savings_status": ("Savings", "储蓄"),
        "age_years": ("Age", "年龄"),
        "credit_amount": ("Amount", "金额"),
    }
    codes = ReasonCodes.for_card(make_card(), names=names)
    return codes.with_attribute(
        "duration_months",
        "Special -9",
        english="Term is not known",
        chinese="期限未知",
        code="X9",
    )


def make_calibration(kind: str) -> Calibration:
    """Calibrate the card by one of the curves, with a shift, margins, a floor and a period."""
    german, card = load_german_credit(), make_card()
    is_bad = german["is_bad"]
    # few values, so that the files are short
    values, prob = card.score(german).round(-1), card.prob_default(german).round(2) + 0.001
    if kind == "logistic":
        found = logistic_calibration(
            is_bad, values, philosophy="point_in_time", floor=0.0005, period="1973 至 1975"
        )
        margin = Margin(category="A", value=0.05, reason="申请被拒的客户不在样本中")
        shift = Margin(category="B", value=0.1, unit="log_odds", reason="a new market")
        return found.moved_to(0.05, on=values, philosophy="hybrid").with_margin(margin, shift)
    if kind == "isotonic":
        found = isotonic_calibration(
            is_bad, values, philosophy="point_in_time", between="step", floor=0.0005
        )
        return found.moved_to(0.1, how="prior")
    if kind == "beta":
        return beta_calibration(is_bad, prob, philosophy="point_in_time")
    return quasi_moment_calibration(
        is_bad, values, philosophy="through_the_cycle", central_tendency=0.04, accuracy_ratio=0.5
    )


def calibrated(found: dict[str, Calibration]) -> pd.DataFrame:
    """Return scores and raw probabilities with what each calibration makes of them."""
    values = {"score": np.linspace(350, 700, 60), "prob_default": np.linspace(0.0005, 0.9995, 60)}
    answers = {kind: one.prob_default(values[one.measure]) for kind, one in found.items()}
    return pd.DataFrame({**values, **answers})


def make_validation_report() -> ValidationReport:
    """Write lines of all kinds by hand: numbers that are missing, infinite or long."""
    jeffreys = Finding(
        part="calibration",
        test="Jeffreys",
        subject="grade 优",
        measure="default rate",
        statistic=0.1 + 0.2,
        p_value=1 / 300,
        verdict="fail",
        source="ECB 2019",
        note="one-sided",
    )
    lines = (
        replace(jeffreys, subject="grade BB", p_value=0.02, verdict="watch"),
        jeffreys,
        replace(jeffreys, subject="grade C", p_value=float("nan"), verdict="not tested",
                judged_by="", statistic=float("nan"), note="无客户"),
        replace(jeffreys, test="normal", statistic=float("inf"), p_value=0.0),
        Finding(part="stability", test="population stability of the score", measure="PSI",
                statistic=0.12, p_value=0.001, lower=0, upper=0.1, band="acceptance",
                verdict="watch", source="Siddiqi 2017"),
        Finding(part="discrimination", test="AUC", measure="AUC", statistic=0.75, lower=0.7,
                upper=0.8, band="interval", source="DeLong et al. 1988"),
    )  # fmt: skip
    settings = ValidationSettings(judge_adjusted=True, adjustment="benjamini_hochberg", min_auc=0.7)
    return ValidationReport(
        findings=lines, settings=settings, sample="loans, 9 cases, 2 bad", reference="贷款"
    )


def score(card: Scorecard, scale: GradeScale, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what card and scale say about them."""
    prob = card.prob_default(rows)
    return rows.assign(score=card.score(rows), pd=prob, grade=scale.grade(prob))


def answers(
    cards: dict[str, Scorecard | SegmentedScorecard],
    reasons_of: Scorecard,
    codes: ReasonCodes,
    rows: pd.DataFrame,
) -> pd.DataFrame:
    """Return the rows with scores by several cards, their segment, and reasons by code."""
    found = {f"score_{name}": card.score(rows) for name, card in cards.items()}
    segmented = cards["segmented"]
    assert isinstance(segmented, SegmentedScorecard)
    found["segment"] = segmented.segments.assign(rows)
    english, chinese = (
        adverse_reasons(reasons_of, rows, codes, n=2, baseline="maximum", language=language)
        for language in ("en", "zh")
    )
    for rank in (1, 2):
        found[f"code_{rank}"] = english[f"reason_{rank}_code"]
        found[f"points_{rank}"] = english[f"reason_{rank}_points"]
        found[f"english_{rank}"] = english[f"reason_{rank}_text"]
        found[f"chinese_{rank}"] = chinese[f"reason_{rank}_text"]
    return rows.assign(**found)


Document = TypeVar("Document", bound=JsonDocument)


def written(name: str, make: Callable[[], Document]) -> Document:
    """Write a document that is not there yet; one that is there stays, and is read."""
    path, document = FOLDER / f"{name}_v{VERSION}.json", make()
    if path.exists():
        return type(document).from_json(path, key=KEY)
    document.to_json(path, key=KEY)
    return document


def main() -> None:
    """Write the files that are not there yet."""
    warnings.simplefilter("ignore")
    card, scale = written("scorecard", make_card), written("grade_scale", make_grade_scale)
    codes = written("reason_codes", make_reason_codes)
    written("master_scale", make_master_scale)
    written("grade_mapping", make_grade_mapping)
    written("override_policy", make_override_policy)
    written("grade_caps", make_grade_caps)
    written("rating_rules", make_rating_rules)
    written("migration_matrix", make_migration_matrix)
    written("generator_matrix", make_generator)
    written("bands", make_bands)
    written("risk_bands", make_risk_bands)
    written("customer_grid", make_customer_grid)
    written("rfm", make_rfm)
    written("rule_set", make_rule_set)
    written("hysteresis", make_hysteresis)
    written("confirmation", make_confirmation)
    written("service_tiers", make_service_tiers)
    written("k_means_segments", make_segments)
    written("validation_report", make_validation_report)
    cards: dict[str, Scorecard | SegmentedScorecard] = {
        "boosted": written("boosted_card", make_boosted_card),
        "edited": written("edited_card", make_edited_card),
        "segmented": written("segmented_card", make_segmented_card),
    }
    calibrations = {
        kind: written(f"calibration_{kind}", partial(make_calibration, kind))
        for kind in ("logistic", "isotonic", "beta", "quasi_moment")
    }
    for name, table in (
        ("scores", score(card, scale, applicants())),
        ("answers", answers(cards, card, codes, applicants())),
        ("calibrated", calibrated(calibrations)),
    ):
        path = FOLDER / f"{name}_v{VERSION}.csv"
        if not path.exists():
            # repr() of a float is read back to the last bit
            table.to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
