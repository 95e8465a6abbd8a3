"""The model card: what it holds, what it leaves open, its file, and its text."""

from __future__ import annotations

import copy
import hashlib
import json
import math
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from creditscore import BinTable, LogisticScorecard, PointsScale, Scorecard
from creditscore.exceptions import (
    AlteredDocumentError,
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
    InvalidTargetError,
    InvalidWeightError,
    SampleMismatchWarning,
)
from creditscore.metrics import (
    auc_interval,
    brier_score,
    calibration_table,
    gini_interval,
    information_value,
    ks,
)
from creditscore.scorecard import (
    BinEvidence,
    CandidateFate,
    Characteristic,
    ModelCard,
    ModelStatement,
    SamplePerformance,
    SegmentedScorecard,
    Segments,
    SelectionSummary,
)
from creditscore.scorecard.selection import Selection, Stepwise

HOSTILE = (
    "a | b\n\n# no heading <script>alert(1)</script> [link](javascript:x) `code` **x** $y$ & c"
)
STATEMENT = ModelStatement(
    name="German credit",
    purpose="Decide on consumer credit.",
    version="1.2",
    created=date(2026, 1, 31),
    owner="Risk",
    author="A. Analyst",
    target_definition="90 days past due within 12 months",
    data=("applications", "bureau"),
    period="1973 to 1975",
    exclusions={"staff": 12, "fraud": 3},
    limits="Not for mortgages.",
    fairness="Ages were compared.",
    monitoring="Monthly PSI.",
)
BARE = ModelStatement(name="Bare", purpose="Show what is missing.")


@pytest.fixture(scope="module")
def parts(german: pd.DataFrame) -> dict[str, tuple]:
    """Two samples of the German credits."""
    train, test = german.iloc[:700], german.iloc[700:]
    return {"train": (train, train["is_bad"]), "test": (test, test["is_bad"])}


@pytest.fixture(scope="module")
def fit(parts: dict) -> LogisticScorecard:
    train, is_bad = parts["train"]
    columns = ["checking_status", "duration_months", "dependents"]
    return LogisticScorecard().fit(train[columns], is_bad)


@pytest.fixture(scope="module")
def full(fit: LogisticScorecard, parts: dict) -> ModelCard:
    return ModelCard.from_scorecard(
        fit.scorecard_,
        statement=STATEMENT,
        samples=parts,
        tables=fit.encoder_.tables_,
        selection=fit.selection_,
    )


@pytest.fixture(scope="module")
def bare() -> ModelCard:
    part = Characteristic.numeric("x", cuts=[1], points=[0, 10], missing_points=0)
    return ModelCard.from_scorecard(Scorecard(characteristics=(part,)), statement=BARE)


def parse(markdown: str) -> list:
    """Return the tokens of Markdown with tables; HTML in it would be seen as such."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown)
    return [part for token in tokens for part in (token, *(token.children or ()))]


def headings(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [
        "".join(child.content for child in inline.children or ())
        for opening, inline in pairwise(tokens)
        if opening.type == "heading_open"
    ]


def table_below(markdown: str, title: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, entities read back."""
    lines = markdown.split("\n")
    start = next(i for i, line in enumerate(lines) if line.lstrip("# ") == title)
    rows = []
    for line in lines[start + 1 :]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif rows or line.startswith("#"):
            break
    return [rows[0], *rows[2:]]


# --- what is measured --------------------------------------------------------------------


def test_performance_is_that_of_the_measures(
    full: ModelCard, fit: LogisticScorecard, parts: dict
) -> None:
    for sample in full.samples:
        X, y = parts[sample.name]
        score, prob = fit.scorecard_.score(X), fit.scorecard_.prob_default(X)
        assert sample.auc == auc_interval(y, score)
        assert sample.gini == pytest.approx(gini_interval(y, score))
        assert sample.ks == ks(y, score)
        assert sample.brier == brier_score(y, prob)
        assert sample.predicted == pytest.approx(prob.mean())
        assert (sample.n_cases, sample.n_bad) == (len(X), y.sum())
        assert sample.bad_rate == pytest.approx(y.mean())
        expected = calibration_table(y, prob)
        frame = sample.calibration_frame()
        for column in ("prob_lower", "predicted", "observed", "observed_upper", "n_bad"):
            np.testing.assert_array_equal(frame[column], expected[column])
        assert frame["n_cases"].tolist() == expected["count"].tolist()
    train, test = full.samples
    assert train.psi is None
    assert test.psi is not None
    assert test.psi > 0


def test_a_sample_has_no_shift_from_itself(fit: LogisticScorecard, parts: dict) -> None:
    X, y = parts["train"]
    card = ModelCard.from_scorecard(
        fit.scorecard_, statement=BARE, samples={"a": (X, y), "b": (X, y, np.full(len(X), 2))}
    )
    assert card.samples[1].psi == 0
    assert card.samples[1].n_bad == 2 * y.sum()


def test_whole_weights_are_repeated_rows(fit: LogisticScorecard, parts: dict) -> None:
    X, y = parts["test"]
    weights = np.arange(len(X)) % 3
    again = X.loc[X.index.repeat(weights)]
    one, other = (
        ModelCard.from_scorecard(fit.scorecard_, statement=BARE, samples={"s": sample}).samples[0]
        for sample in ((X, y, weights), (again, again["is_bad"]))
    )
    assert one.auc == pytest.approx(other.auc)
    assert (one.ks, one.brier, one.predicted) == pytest.approx(
        (other.ks, other.brier, other.predicted)
    )
    pd.testing.assert_frame_equal(one.calibration_frame(), other.calibration_frame())


def test_reversed_scale_measures_the_same(full: ModelCard, parts: dict) -> None:
    turned = full.card.on_scale(PointsScale(base_score=0, reverse=True))
    other = ModelCard.from_scorecard(turned, statement=STATEMENT, samples=parts)
    for one, two in zip(full.samples, other.samples, strict=True):
        assert one.auc == pytest.approx(two.auc)
        assert (one.ks, one.brier) == pytest.approx((two.ks, two.brier))
    assert "a higher score is riskier" in other.to_markdown()
    assert "a higher score is safer" in full.to_markdown()


@pytest.mark.parametrize("is_bad", [0, 1])
def test_samples_of_one_class_lack_what_needs_two(fit: LogisticScorecard, is_bad: int) -> None:
    X = pd.DataFrame({"checking_status": ["< 0 DM"] * 3, "duration_months": [6, 12, 48]})
    card = ModelCard.from_scorecard(
        fit.scorecard_, statement=BARE, samples={"oot": (X, [is_bad] * 3)}
    )
    (sample,) = card.samples
    assert sample.auc is sample.gini is sample.ks is None
    assert sample.brier is not None
    row = table_below(card.to_markdown(), "Performance")[1]
    assert row[:4] == ["oot", "", "", ""]
    assert ModelCard.from_json(card.to_json()) == card


def test_evidence_from_tables_and_from_counts(full: ModelCard, fit: LogisticScorecard) -> None:
    tables = fit.encoder_.tables_
    assert [e.name for e in full.evidence] == list(full.card.names)
    assert [e.iv for e in full.evidence] == [tables[name].iv for name in full.card.names]
    assert [e.trend for e in full.evidence] == [tables[name].trend for name in full.card.names]
    without = ModelCard.from_scorecard(full.card, statement=STATEMENT)
    for entry, part in zip(without.evidence, full.card.characteristics, strict=True):
        n_good, n_bad = ([getattr(a, n) for a in part.attributes] for n in ("n_good", "n_bad"))
        assert entry.iv == information_value(n_good, n_bad)
        assert entry.trend is None


def test_overrides_and_rounding_are_listed(fit: LogisticScorecard) -> None:
    when = "2026-01-31T12:00:00+00:00"
    card = fit.scorecard_.with_points(
        {("duration_months", 0): 99}, by="A. Analyst", reason="fairness", when=when
    ).rounded()
    made = ModelCard.from_scorecard(card, statement=BARE)
    text = made.to_markdown()
    changes = text[text.index("## Changes by hand") : text.index("## Limits")]
    override, rounding = (line for line in changes.split("\n") if line.startswith("- points: "))
    assert "to 99 points; fairness (A. Analyst, 2026-01-31T12:00:00+00:00)" in override
    assert "rounded" in rounding
    assert table_below(text, "duration_months")[1][-2:] == ["99", "set by hand"]
    assert ModelCard.from_json(made.to_json()) == made


def test_edits_of_bins_and_points_are_listed(fit: LogisticScorecard, parts: dict) -> None:
    when = "2026-01-31T12:00:00+00:00"
    tables = dict(fit.encoder_.tables_)
    tables["duration_months"] = tables["duration_months"].merge(
        0, 1, by="A. Analyst", reason="alike", when=when
    )
    part = Characteristic(
        name="duration_months",
        partition=tables["duration_months"].partition,
        attributes=fit.scorecard_.characteristics[1].attributes[1:],
    )
    card = Scorecard(characteristics=(fit.scorecard_.characteristics[0], part))
    text = ModelCard.from_scorecard(card, statement=BARE, tables=tables).to_markdown()
    assert "bins of duration_months: merge" in text
    assert "alike (A. Analyst, 2026-01-31" in text
    assert "None is recorded." not in text


# --- selection ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def searched(parts: dict) -> tuple[LogisticScorecard, ModelCard]:
    """A card of a search, and its model card."""
    train, is_bad = parts["train"]
    asked = Selection(forced_out=("savings_status",), search=Stepwise())
    columns = ["checking_status", "duration_months", "credit_amount", "dependents"]
    fit = LogisticScorecard(selection=asked).fit(train[[*columns, "savings_status"]], is_bad)
    card = ModelCard.from_scorecard(fit.scorecard_, statement=BARE, selection=fit.selection_)
    return fit, card


def test_selection_log_is_in_the_card(searched: tuple[LogisticScorecard, ModelCard]) -> None:
    fit, card = searched
    log, text = fit.selection_.table(), card.to_markdown()
    shown = table_below(text, "Selection")
    assert shown[0] == [
        *("Candidate", "In the card", "Stage", "Step", "IV", "Statistic", "Limit", "Reason"),
    ]
    assert len(shown) == 1 + len(log)
    for row, cells in zip(log.itertuples(), shown[1:], strict=True):
        assert cells[0].replace("\\", "") == row.feature
        assert cells[1] == ("yes" if row.kept else "no")
        assert cells[2] == row.stage
        assert cells[3] == ("" if pd.isna(row.step) else str(row.step))
        assert cells[4] == f"{row.iv:.4f}"
        assert cells[5] == ("" if pd.isna(row.statistic) else f"{row.statistic:,.4g}")
    stages = {row[0].replace("\\", ""): row[2] for row in shown[1:]}
    assert stages["savings_status"] == "forced"
    assert any(row[3] for row in shown[1:])
    assert f"{len(card.card.names)} of 5 candidates in the card; " in text
    # what the search means for the errors stands beside them, once
    assert text.count(f"{fit.selection_.caveat}.") == 1
    assert card.selection is not None
    assert card.selection.kept == card.card.names
    assert card.selection.frame()["reason"].tolist() == log["reason"].tolist()
    assert "selection" not in card.not_stated


def test_selection_reads_back(searched: tuple[LogisticScorecard, ModelCard]) -> None:
    _, card = searched
    read = ModelCard.from_json(card.to_json())
    assert read == card
    assert read.to_markdown() == card.to_markdown()
    endless = CandidateFate(
        "x", kept=False, stage="filter", reason="r", statistic=math.inf, limit=5.0
    )
    summary = SelectionSummary(candidates=(endless, CandidateFate("y", True, "kept", "k", step=3)))
    written = json.loads(json.dumps(summary.to_dict(), allow_nan=False))
    assert SelectionSummary.from_dict(written) == summary


def test_a_selection_log_of_another_card(
    searched: tuple[LogisticScorecard, ModelCard], fit: LogisticScorecard
) -> None:
    part = Characteristic.numeric("x", cuts=[1], points=[0, 10], missing_points=0)
    other = Scorecard(characteristics=(part,))
    with pytest.raises(InvalidParameterError, match=r"log is that of another card: .*, 'x'"):
        ModelCard.from_scorecard(other, statement=BARE, selection=fit.selection_)
    with pytest.raises(InvalidParameterError, match="'selection' parameter"):
        ModelCard.from_scorecard(fit.scorecard_, statement=BARE, selection=fit.dropped_)
    with pytest.raises(InvalidParameterError, match="'selection' parameter of ModelCard must be"):
        ModelCard(card=fit.scorecard_, statement=BARE, selection=fit.selection_)


# --- file --------------------------------------------------------------------------------


def test_file_brings_back_all(full: ModelCard, bare: ModelCard, tmp_path: Path) -> None:
    for number, card in enumerate((full, bare)):
        path = tmp_path / f"{number}.json"
        card.to_json(path)
        read = ModelCard.from_json(path)
        assert read == card
        assert read.to_markdown() == card.to_markdown()
        assert read.to_json() == path.read_text(encoding="utf-8") == card.to_json()


def test_hash_is_that_of_the_cards_own_file(full: ModelCard, tmp_path: Path) -> None:
    full.card.to_json(tmp_path / "card.json")
    document = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert full.card_sha256 == document["sha256"]
    del document["sha256"]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert full.card_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert full.card_sha256 in full.to_markdown()
    assert full.card_sha256 in full._repr_html_()


def test_altered_files_are_refused(full: ModelCard) -> None:
    document = json.loads(full.to_json())
    changed = copy.deepcopy(document)
    changed["content"]["samples"][0]["auc"][0] = 0.99
    with pytest.raises(AlteredDocumentError, match="altered or damaged"):
        ModelCard.from_json(json.dumps(changed))
    with pytest.raises(DocumentError, match=r"is not a creditscore\.model_card document"):
        ModelCard.from_json(full.card.to_json())
    # a card that was changed inside and sealed anew outside carries its old hash
    inside = copy.deepcopy(document)
    inside["content"]["card"]["content"]["base_points"] = 7
    del inside["sha256"]
    text = json.dumps(inside, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    inside["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(DocumentError, match="altered or damaged"):
        ModelCard.from_json(json.dumps(inside))


def test_signed_file(full: ModelCard) -> None:
    signed = full.to_json(key=b"secret")
    assert ModelCard.from_json(signed, key=b"secret") == full
    with pytest.raises(AlteredDocumentError, match="was not signed with this key"):
        ModelCard.from_json(signed, key=b"other")


# --- text --------------------------------------------------------------------------------


def test_the_same_content_makes_the_same_text(
    full: ModelCard, fit: LogisticScorecard, parts: dict
) -> None:
    again = ModelCard.from_scorecard(
        fit.scorecard_,
        statement=STATEMENT,
        samples=parts,
        tables=fit.encoder_.tables_,
        selection=fit.selection_,
    )
    assert again == full
    assert again.to_markdown() == full.to_markdown()
    assert again._repr_html_() == full._repr_html_()
    assert again.to_json() == full.to_json()


def test_sections_stand_in_their_order(full: ModelCard) -> None:
    assert headings(full.to_markdown()) == [
        "Model card: German credit",
        "Data",
        "Samples",
        "Exclusions",
        "Selection",
        "Characteristics",
        "Bins and points",
        "checking_status",
        "duration_months",
        "Coefficients",
        "Performance",
        "Calibration on train",
        "Calibration on test",
        "Changes by hand",
        "Limits",
        "Fairness",
        "Monitoring",
        "Not stated",
    ]


def test_tables_hold_the_numbers_of_the_card(full: ModelCard) -> None:
    text = full.to_markdown()
    identity = dict(table_below(text, "Model card: German credit")[1:])
    assert identity["Purpose"] == "Decide on consumer credit."
    assert identity["Created"] == "2026-01-31"
    assert identity["Scale"] == "600 points at odds of 50:1, 20 to double them"
    samples = table_below(text, "Samples")
    assert samples[1] == ["train", "700", "493", "207", "29.57%"]
    assert table_below(text, "Exclusions")[1:] == [["staff", "12"], ["fraud", "3"]]
    rows = full.card.table().query("characteristic == 'duration_months'")
    shown = table_below(text, "duration_months")
    assert shown[0] == ["Attribute", "Cases", "Share", "Bad rate", "WOE", "Points", "Note"]
    assert [row[1] for row in shown[1:]] == [f"{count:.0f}" for count in rows["count"]]
    assert [row[5] for row in shown[1:]] == [f"{points:.6g}" for points in rows["points"]]
    assert shown[-1][6] == "no case in the sample"
    performance = table_below(text, "Performance")
    assert performance[1][1] == str(full.samples[0].auc)
    summary = full.card.fit_summary.table()
    coefficients = table_below(text, "Coefficients")
    assert [row[1] for row in coefficients[1:]] == [f"{c:.4f}" for c in summary["coefficient"]]


def test_caveats_of_coefficients(fit: LogisticScorecard) -> None:
    summary = replace(
        fit.scorecard_.fit_summary,
        coefficients=(0.4, -0.1),
        standard_errors=(0.1, 0.2),
        vif=(7.5, 1e18),
        caveat="Outcomes were inferred",
    )
    parts = tuple(replace(c, neutral_points=None) for c in fit.scorecard_.characteristics)
    card = replace(fit.scorecard_, characteristics=parts, fit_summary=summary)
    text = ModelCard.from_scorecard(card, statement=BARE).to_markdown()
    rows = table_below(text, "Coefficients")
    assert rows[2][-2:] == ["7.50", "against the direction of its WOE; VIF above 5"]
    assert rows[3][-2:] == ["∞", "interval holds zero; VIF above 5"]
    assert "Outcomes were inferred." in text


def test_what_nobody_said_is_called_so(bare: ModelCard) -> None:
    text = bare.to_markdown()
    identity = dict(table_below(text, "Model card: Bare")[1:])
    for item in ("Version", "Created", "Owner", "Author", "Target"):
        assert identity[item] == "not stated"
    assert identity["Scale"] == "none: scores have no probabilities"
    assert "not stated: the card holds no standard errors. Its points were written" in text
    for title in (
        *("Limits", "Fairness", "Monitoring", "Performance", "Samples", "Exclusions"),
        "Selection",
    ):
        assert f"# {title}\n\nnot stated" in text
    assert bare.not_stated == (
        *("version", "created", "owner", "author", "target definition", "data", "period"),
        *("exclusions", "limits", "fairness", "monitoring", "performance"),
        "scale (no probabilities)",
        "standard errors of the coefficients",
        "selection",
    )
    assert all(f"- {name}" in text for name in bare.not_stated)


def test_where_all_is_said_nothing_is_listed(full: ModelCard) -> None:
    assert full.not_stated == ()
    assert full.to_markdown().endswith("## Not stated\n\nNothing.\n")


def test_one_line(full: ModelCard, bare: ModelCard) -> None:
    assert repr(full).startswith(
        "<ModelCard 'German credit': 2 characteristics, 2 samples, AUC 0.7"
    )
    assert repr(bare) == "<ModelCard 'Bare': 1 characteristic, 0 samples>"


# --- hostile text ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile() -> ModelCard:
    part = Characteristic.categorical(
        HOSTILE, points={(HOSTILE, "1. x"): 1, "- y": 2}, missing_points=0, other_points=0
    )
    card = Scorecard(characteristics=(part,), scale=PointsScale())
    statement = ModelStatement(
        name=HOSTILE,
        purpose=HOSTILE,
        data=[HOSTILE, "---", "1. one", "+ two", "=== three", "\x00\u2028x"],
        exclusions={HOSTILE: 1},
        limits=HOSTILE,
        monitoring="# x\n- y",
    )
    X = pd.DataFrame({HOSTILE: [HOSTILE, "- y", None]})
    made = ModelCard.from_scorecard(card, statement=statement, samples={HOSTILE: (X, [1, 0, 1])})
    fate = CandidateFate(HOSTILE, kept=False, stage=HOSTILE, reason=HOSTILE)
    summary = SelectionSummary(candidates=(fate,), said=HOSTILE)
    return replace(made, selection=summary)


def test_hostile_text_is_no_markdown(hostile: ModelCard) -> None:
    text = hostile.to_markdown()
    tokens = parse(text)
    kinds = {token.type for token in tokens}
    assert not kinds & {
        *("html_block", "html_inline", "link_open", "image", "code_inline", "fence", "code_block"),
        *("strong_open", "em_open", "s_open", "hr", "ordered_list_open", "blockquote_open"),
    }
    plain = " ".join(HOSTILE.split())
    assert [title for title in headings(text) if "script" in title] == [
        f"Model card: {plain}",
        plain,
        f"Calibration on {plain}",
    ]
    # each text comes out as it went in, line breaks apart
    words = ["".join(c.content for c in t.children) for t in tokens if t.type == "inline"]
    for said in (plain, "---", "1. one", "+ two", "=== three", "\ufffd x", "# x - y"):
        assert said in words


def test_hostile_text_does_not_break_tables(hostile: ModelCard) -> None:
    text = hostile.to_markdown()
    widths = {"Samples": 5, "Exclusions": 2, "Selection": 8, "Performance": 8}
    for title, width in widths.items():
        assert {len(row) for row in table_below(text, title)} == {width}
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    cells = [token for token in tokens if token.type in ("th_open", "td_open")]
    pipes = [line for line in text.split("\n") if line.startswith("|") and "---" not in line]
    assert len(cells) == sum(len(re.findall(r"(?<!\\)\|", line)) - 1 for line in pipes)


def test_hostile_text_is_no_html(hostile: ModelCard) -> None:
    seen: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list) -> None:
            seen.append(tag)
            assert [name for name, _ in attrs] in ([], ["style"])

    Reader().feed(hostile._repr_html_())
    assert set(seen) == {
        *("div", "h2", "h3", "h4", "p", "ul", "li"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }


# --- errors ------------------------------------------------------------------------------


def test_kinds_of_the_parts(fit: LogisticScorecard, parts: dict) -> None:
    card = fit.scorecard_
    with pytest.raises(InvalidParameterError, match="'card' parameter"):
        ModelCard.from_scorecard(fit, statement=BARE)
    with pytest.raises(InvalidParameterError, match="'statement' parameter"):
        ModelCard.from_scorecard(card, statement="Bare")
    with pytest.raises(InvalidParameterError, match=r"'train' must be a tuple .*Got DataFrame"):
        ModelCard.from_scorecard(card, statement=BARE, samples={"train": parts["train"][0]})
    with pytest.raises(InvalidParameterError, match="Got 1 of them"):
        ModelCard.from_scorecard(card, statement=BARE, samples={"train": (parts["train"][0],)})
    with pytest.raises(InvalidParameterError, match="'samples' parameter"):
        ModelCard.from_scorecard(card, statement=BARE, samples={1: parts["train"]})
    with pytest.raises(InvalidParameterError, match="'tables' parameter"):
        ModelCard.from_scorecard(card, statement=BARE, tables={"checking_status": 1})
    sample = SamplePerformance(name="x", n_good=1, n_bad=1)
    with pytest.raises(InvalidParameterError, match="different names"):
        ModelCard(card=card, statement=BARE, samples=(sample, sample))


def test_a_card_of_segments_has_a_model_card_each(fit: LogisticScorecard, parts: dict) -> None:
    train, is_bad = parts["train"]
    at_home = Segments.by_levels("housing", {"own": ["own"], "other": ["rent", "for free"]})
    both = SegmentedScorecard.from_cards(at_home, dict.fromkeys(at_home.names, fit.scorecard_))
    with pytest.raises(InvalidParameterError, match=r"has 2 segments\. Make a model card for each"):
        ModelCard.from_scorecard(both, statement=BARE)
    own = train["housing"] == "own"
    made = ModelCard.from_scorecard(
        both.card("own"), statement=BARE, samples={"own": (train[own], is_bad[own])}
    )
    assert made.samples[0].n_cases == own.sum()


def test_tables_of_other_bins(fit: LogisticScorecard) -> None:
    table = fit.encoder_.tables_["duration_months"]
    other = table.merge(0, 1, by="A. Analyst", reason="alike")
    assert isinstance(other, BinTable)
    with pytest.raises(InvalidParameterError, match="'duration_months' has other bins"):
        ModelCard.from_scorecard(fit.scorecard_, statement=BARE, tables={"duration_months": other})


def test_samples_that_cannot_be_measured(fit: LogisticScorecard, parts: dict) -> None:
    X, y = parts["test"]
    for sample, error, message in (
        ((X, y[::-1]), InvalidDataError, "same index in different orders"),
        ((X, y.to_numpy()[:5]), InvalidTargetError, "inconsistent numbers"),
        ((X, y + 1), InvalidTargetError, "Only binary outcomes"),
        ((X, y, np.full(len(X), 0.5)), InvalidWeightError, "whole numbers"),
        ((X, y, np.zeros(len(X))), InvalidWeightError, "zero in every row"),
    ):
        with pytest.raises(error, match=message):
            ModelCard.from_scorecard(fit.scorecard_, statement=BARE, samples={"s": sample})


# --- statement ---------------------------------------------------------------------------


def test_statement_reads_texts_dates_and_pairs() -> None:
    read = ModelStatement.from_dict(STATEMENT.to_dict())
    assert read == STATEMENT
    assert STATEMENT.created == "2026-01-31"
    assert STATEMENT.limits == ("Not for mortgages.",)
    assert STATEMENT.exclusions == (("staff", 12.0), ("fraud", 3.0))
    assert STATEMENT.not_stated == ()
    assert ModelStatement(name="a", purpose="b", owner=" ").not_stated[2] == "owner"
    assert BARE.to_dict() == {"name": "Bare", "purpose": "Show what is missing."}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "must say something"),
        ({"purpose": " "}, "must say something"),
        ({"name": 1}, "'name' parameter"),
        ({"owner": 1}, "'owner' parameter"),
        ({"data": 1}, "'data' parameter .* must hold texts"),
        ({"limits": ["a", None]}, "'limits' parameter .* must hold texts"),
        ({"created": "31.1.2026"}, "must be a day"),
        ({"created": "20260131"}, "must be a day"),
        ({"created": 2026}, "must be a day"),
        ({"exclusions": "staff"}, "must map reasons"),
        ({"exclusions": {"staff": -1}}, "'exclusions' parameter"),
        ({"exclusions": {"staff": math.nan}}, "'exclusions' parameter"),
        ({"exclusions": {1: 2}}, "'exclusions' parameter"),
    ],
)
def test_statements_that_are_none(wrong: dict, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        ModelStatement(**({"name": "a", "purpose": "b"} | wrong))


def test_evidence_reads_back() -> None:
    entry = BinEvidence(name="x", iv=0.5, trend="ascending", status="edited", edits=("merge",))
    assert BinEvidence.from_dict(json.loads(json.dumps(entry.to_dict()))) == entry


# --- the sample of the fit -----------------------------------------------------------------


def test_performance_says_which_sample_the_card_was_fitted_on(
    full: ModelCard, fit: LogisticScorecard, parts: dict
) -> None:
    assert "The first sample, train, is taken for the one that the card was made on" in (
        full.to_markdown()
    )
    other = ModelCard.from_scorecard(
        fit.scorecard_, statement=BARE, samples={"oot": parts["test"]}
    ).to_markdown()
    n_bad = int(parts["train"][1].sum())
    assert (
        "The first sample, oot, is not the one that the card was fitted on: the fit counted 700 "
        f"cases, {n_bad} of them bad."
    ) in other


def test_a_training_sample_that_the_fit_never_counted(fit: LogisticScorecard, parts: dict) -> None:
    X, is_bad = parts["train"]
    for samples in ({"train": parts["test"]}, {"test": parts["test"], "train": (X[1:], is_bad[1:])},
                    {"train": (X, is_bad, [2] * len(X))}):  # fmt: skip
        with pytest.warns(SampleMismatchWarning, match="the fit of the card counted 700 cases"):
            ModelCard.from_scorecard(fit.scorecard_, statement=BARE, samples=samples)
    # the same counts by weight are the same sample, and a card without a fit has none
    weighted = (X, is_bad, [1] * len(X))
    bare = replace(fit.scorecard_, fit_summary=None)
    ModelCard.from_scorecard(fit.scorecard_, statement=BARE, samples={"train": weighted})
    ModelCard.from_scorecard(bare, statement=BARE, samples={"train": parts["test"]})
