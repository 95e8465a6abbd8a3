"""Files of expert scorecards that people edit, and the templates: form, errors, round trips."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore import ExpertScorecard
from creditscore.datasets import load_enterprises
from creditscore.exceptions import (
    CreditScoreError,
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.expert import (
    BandScore,
    CategoryScore,
    MinMaxScore,
    WeightHierarchy,
    Weights,
    list_templates,
    load_template,
    template_path,
)
from creditscore.indicators import (
    ENVIRONMENT,
    FINANCIAL,
    OPERATING,
    PERSON,
    REPUTATION,
    CustomerRecords,
    IndicatorSet,
)
from creditscore.scorecard import VetoRule

TEXT = """\
format: creditscore.expert_card
version: 1
title: Try
criteria:
  financial:
    weight: 3
    label: Financial condition
    label_zh: 财务状况
    parts:
      debt_ratio: {weight: 2, five_c: capital, score: {kind: min_max, low: 0, high: 1}}
      answer:
        weight: 1
        score: {kind: categories, scores: {yes: 100, no: 0, 1: 5, true: 7}, other_score: 1}
  years:
    weight: 1
    score: {kind: bands, cuts: [010, 2e1], scores: [0, 50, 100], special_scores: {-9: 3}}
vetoes:
  - {column: court, operator: "==", value: true, cap: CCC, reason: a judgement, missing: cap}
"""
CARD = ExpertScorecard(
    title="Try",
    subscores={
        "debt_ratio": MinMaxScore(low=0, high=1),
        "answer": CategoryScore(scores={"yes": 100, "no": 0, 1: 5}, other_score=1),
        "years": BandScore(cuts=[10, 20], scores=[0, 50, 100], special_scores={-9: 3}),
    },
    weights=WeightHierarchy.of({"financial": (3, {"debt_ratio": 2, "answer": 1}), "years": 1}),
    labels={"financial": "Financial condition"},
    labels_zh={"financial": "财务状况"},
    five_c={"debt_ratio": ("capital",)},
    vetoes=(
        VetoRule(
            column="court",
            operator="==",
            value=True,
            cap="CCC",
            reason="a judgement",
            missing="cap",
        ),
    ),
)  # fmt: skip


def read(folder: Path, text: str | bytes) -> ExpertScorecard:
    path = folder / "card.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return ExpertScorecard.from_yaml(path)


# --- reading and writing ---------------------------------------------------------------------


def test_a_file_is_read_as_a_person_means_it(tmp_path: Path) -> None:
    # yes and no are text, and 010 is ten, as in YAML 1.2
    assert read(tmp_path, TEXT.replace(", true: 7", "")) == CARD
    # saved by an editor that puts a mark at the beginning
    assert read(tmp_path, b"\xef\xbb\xbf" + TEXT.replace(", true: 7", "").encode()) == CARD


def test_one_and_true_are_one_level(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="the entry True stands twice"):
        read(tmp_path, TEXT)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "card.yaml"
    CARD.to_yaml(path)
    assert ExpertScorecard.from_yaml(path) == CARD
    assert path.read_text(encoding="utf-8") == CARD.to_yaml()
    assert "财务状况" in CARD.to_yaml()


def test_weights_lose_their_method_and_keep_their_values(tmp_path: Path) -> None:
    names = ["debt_ratio", "answer", "years"]
    weights = Weights.of(dict.fromkeys(names, 1), method="ahp", evidence={"cr": 0.1})
    card = CARD.with_weights(weights)
    again = read(tmp_path, card.to_yaml())
    assert again.weights == Weights(names=tuple(names), values=weights.values, method="direct")


levels = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8),
    st.integers(-10, 10),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["yes", "no", "null", "~", "1e5", "010", "0x1f", "2020-01-01", "12:30", "=", "-"]
    ),
    st.sampled_from(
        ["<<", "*a", "&a", "!x", "? x", "# x", "{", "[", "'", '"', "%", "@", "`", ".5"]
    ),
)


@given(
    scores=st.dictionaries(levels, st.floats(-1e6, 1e6), min_size=1, max_size=6),
    name=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8),
    share=st.floats(0.01, 100),
)
@settings(max_examples=80)
def test_any_level_and_name_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, scores: Any, name: str, share: float
) -> None:
    if name == "other":
        return
    card = ExpertScorecard(
        subscores={name: CategoryScore(scores=scores), "other": MinMaxScore(low=0, high=share)},
        weights=Weights.of({name: share, "other": 1}),
        labels={name: name},
        description=name,
    )
    again = read(tmp_path_factory.mktemp("yaml"), card.to_yaml())
    assert again == card
    kinds = [type(level) for level in again.subscores[name].scores]
    assert kinds == [type(level) for level in card.subscores[name].scores]


def test_a_text_that_yaml_would_change_is_refused(tmp_path: Path) -> None:
    card = replace(CARD, description="one\x85two")
    with pytest.raises(InvalidDataError, match="control character"):
        card.to_yaml(tmp_path / "card.yaml")
    assert not (tmp_path / "card.yaml").exists()
    tabs = replace(CARD, description="one\ttwo\nthree \x01 'x' \"y\" \\")
    assert read(tmp_path, tabs.to_yaml()) == tabs


# --- templates -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list_templates())
def test_templates_are_cards(name: str, tmp_path: Path) -> None:
    card = load_template(name)
    assert set(card.labels) == set(card.labels_zh) >= set(card.names)
    assert set(card.five_c) >= set(card.names)
    assert card.title
    assert card.title_zh
    assert "llustrative" in card.description
    assert all(veto.reason_zh for veto in card.vetoes)
    assert card.scorecard.score_range == pytest.approx((0, 100), abs=1)
    copy = tmp_path / "mine.yaml"
    shutil.copy(template_path(name), copy)
    assert ExpertScorecard.from_yaml(copy) == card
    assert read(tmp_path, card.to_yaml()) == card
    assert ExpertScorecard.from_json(card.to_json()) == card
    # it is plain for other readers of YAML too
    assert set(yaml.safe_load(copy.read_text(encoding="utf-8"))) >= {"criteria", "title"}


@pytest.mark.parametrize("name", list_templates())
def test_columns_are_indicators_or_are_said_to_be_given(name: str) -> None:
    card = load_template(name)
    kinds = (FINANCIAL, OPERATING, REPUTATION, ENVIRONMENT, PERSON)
    known = {indicator.name: indicator for kind in kinds for indicator in kind}
    text = template_path(name).read_text(encoding="utf-8").replace("\n#", "")
    said = re.search(r"# ?.*Judged or given by you: ([^.]*)\.", text)
    assert said is not None
    columns = {*card.names, *(veto.column for veto in card.vetoes)}
    assert set(said[1].split(", ")) == columns - set(known)
    # and none has the Chinese name of another
    named = {indicator.label_zh: indicator.name for indicator in known.values()}
    for column in card.names:
        assert named.get(card.labels_zh[column], column) == column


def test_trade_credit_has_the_four_groups() -> None:
    card = load_template("trade_credit")
    assert list(card.groups) == ["financial", "operating", "reputation", "environment"]
    assert load_template("performance_2006").weights.n_levels == 3  # type: ignore[union-attr]
    best = {
        "years_in_business": 20, "owner_experience_years": 12, "premises": "owned",
        "average_balance_months": 4, "debt_service_cover": 3, "on_time_rate": 1,
        "worst_days_past_due": 0,
    }  # fmt: skip
    assert load_template("small_business").score(pd.DataFrame([best])).tolist() == pytest.approx(
        [100]
    )


def test_trade_credit_separates_how_firms_pay() -> None:
    card = load_template("trade_credit")
    records = CustomerRecords(**load_enterprises().tables)
    wanted = IndicatorSet(indicators=(*FINANCIAL, *REPUTATION)).only(
        ["interest_cover", "on_time_rate"]
    )
    table = wanted.compute(records, as_of="2024-06-30")
    paid = card.subscores["on_time_rate"].score(table.values["on_time_rate"].dropna())
    assert (paid == 0).mean() < 0.2
    assert (paid == 100).mean() < 0.1
    assert 30 < np.median(paid) < 60
    # a firm without interest to pay and one without data
    cover = card.subscores["interest_cover"]
    kinds = table.reason_kinds["interest_cover"]
    plain = cover.score(table.values["interest_cover"])
    assert set(plain[kinds != ""]) == {50}
    coded = cover.score(table.coded({"zero_denominator": -99})["interest_cover"])
    assert set(coded[kinds == "zero_denominator"]) == {100}
    assert (kinds == "zero_denominator").sum() > 50
    others = kinds != "zero_denominator"
    assert (coded[others] == plain[others]).all()


def test_labels_read_well_in_reasons() -> None:
    for name in list_templates():
        card = load_template(name)
        for label in (card.labels[criterion] for criterion in card.names):
            assert not re.search(r"[,(:;]", label), label


def test_templates_that_are_not_there() -> None:
    with pytest.raises(InvalidParameterError, match=r"Did you mean 'trade_credit'"):
        load_template("trade_credits")
    with pytest.raises(InvalidParameterError, match=r"no template '\.\./x'"):
        template_path("../x")


# --- errors name the file and the entry ------------------------------------------------------

OLD_DEBT = "{kind: min_max, low: 0, high: 1}"


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("creditscore.expert_card", "card", "'format: creditscore.expert_card'.*Got 'card'"),
        (
            "format: creditscore.expert_card",
            "format: creditscore.expert_scorecard\nschema_version: 1",
            r"Got 'creditscore.expert_scorecard' .*read by from_json\(\)",
        ),
        ("version: 1", "version: 2", "'version: 1'.*Got .* 2"),
        ("version: 1\n", "", "lacks 'version'"),
        ("title: Try", "title: 3", "entry 'title', must be a text. Got 3"),
        ("title: Try", "tilte: Try", "no entry 'tilte'.*Did you mean 'title'"),
        ("title: Try", "title: [Try", "cannot be read as YAML"),
        ("title: Try", "title: Try\ntitle: Two", "'title' stands twice, the second time at line 4"),
        ("title: Try", "title: &a Try\ndescription: *a", "line 4 refers to another entry"),
        ("title: Try", "title: !!python/name:os.system x", "could not determine a constructor"),
        ("title: Try", "title: Try\nscale_to: -1", "'scale_to'"),
        ("weight: 3", "weight: -3", "entry 'criteria': The weight of 'financial'"),
        ("weight: 3", "weight: three", "entry 'criteria': .*must hold numbers"),
        ("weight: 3", "weight: .nan", "entry 'criteria': The weight of 'financial'"),
        ("weight: 3", "weight: .inf", "entry 'criteria': The weight of 'financial'"),
        ("weight: 3", "wieght: 3", "entry 'criteria.financial': .*'wieght'.*Did you mean 'weight'"),
        ("weight: 3\n", "label_zh: x\n", "'label_zh' stands twice"),
        ("    label: Financial condition", "    label: [a]", "'criteria.financial.label', must"),
        ("five_c: capital", "five_c: captial", "Did you mean 'capital'"),
        (OLD_DEBT, "{kind: minmax}", r"parts.debt_ratio.score': .*Did you mean 'min_max'"),
        (OLD_DEBT, "{kind: min_max, low: 0}", "needs the entries high"),
        (OLD_DEBT, "{kind: min_max, low: 0, hihg: 1}", "Did you mean 'high'"),
        (OLD_DEBT, "{kind: min_max, low: 0, high: .inf}", "'high' parameter of MinMaxScore"),
        (OLD_DEBT, "{kind: min_max, low: 2, high: 1}", "strictly increase"),
        (OLD_DEBT, "{kind: min_max, low: 0, high: 1" + "0" * 400 + "}", "debt_ratio.score'"),
        (OLD_DEBT, "{kind: min_max, low: 0, high: 1" + "0" * 9000 + "}", "cannot be read as YAML"),
        (OLD_DEBT, "7", "score': .*must be a Mapping"),
        (", score: " + OLD_DEBT, "", "debt_ratio', needs either 'score' or 'parts'"),
        ("{-9: 3}", "{-9: a}", "years.score': .*'special_scores'"),
        ("{-9: 3}", "{[1]: 3}", "a key that is no single value"),
        ("[0, 50, 100]", "[0, 50]", "2 cuts and 2 scores"),
        ("years:", "debt_ratio:", "has the name of another criterion"),
        ("years:", "3:", "'criteria.3', needs a text for a name"),
        ("years:", "financial:", "'financial' stands twice"),
        ("years:", "? [a]\n  :", "a key that is no single value"),
        ('"=="', '"="', "vetoes, rule 1': The 'operator'"),
        ("cap: CCC, ", "", "vetoes, rule 1': .*needs the entries cap"),
        ("column: court", "colunm: court", "Did you mean 'column'"),
        ("value: true", "value: [1]", "vetoes, rule 1': The 'value'"),
        ("value: true", "value: 2020-01-01", None),
        ("  - {column", "  {column", "cannot be read as YAML|must be a list"),
    ],
)  # fmt: skip
def test_errors_name_file_and_entry(tmp_path: Path, old: str, new: str, match: str | None) -> None:
    text = TEXT.replace(", true: 7", "")
    assert old in text
    if match is None:
        # a date is the text of it
        assert read(tmp_path, text.replace(old, new)).vetoes[0].value == "2020-01-01"
        return
    with pytest.raises(DocumentError, match=rf"card\.yaml.*(?:{match})"):
        read(tmp_path, text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "must hold entries, and is empty"),
        ("- a", "must hold entries, and is list"),
        ("a", "must hold entries, and is str"),
        (b"\xff\xfe\x00", "cannot be read as YAML"),
        ("title: a\x00b", "cannot be read as YAML"),
        ("[" * 100_000, "cannot be read as YAML"),
        ("a: b: c", "cannot be read as YAML"),
        ("--- a\n--- b", "cannot be read as YAML"),
    ],
)
def test_files_that_are_none(tmp_path: Path, text: str | bytes, match: str) -> None:
    with pytest.raises(DocumentError, match=match):
        read(tmp_path, text)


def test_levels_without_end_are_refused(tmp_path: Path) -> None:
    inner = "{weight: 1, score: {kind: min_max, low: 0, high: 1}}"
    for depth in range(25):
        inner = f"{{weight: 1, parts: {{x{depth}: {inner}}}}}"
    text = f"format: creditscore.expert_card\nversion: 1\ncriteria: {{x: {inner}}}"
    with pytest.raises(DocumentError, match="more than 20 levels"):
        read(tmp_path, text)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path, "a\0b"):
        with pytest.raises(DocumentNotFoundError, match="no file"):
            ExpertScorecard.from_yaml(path)
    with pytest.raises(InvalidParameterError, match="must be a str or a Path"):
        ExpertScorecard.from_yaml(3)  # type: ignore[arg-type]


tokens = st.sampled_from([
    *("criteria", "weight", "score", "parts", "kind", "min_max", "low", "high", "version"),
    *("creditscore.expert_card", "1", "0", ": ", "\n", "\n  ", "\n    ", "- ", "{", "}", "[", "]"),
    *(", ", '"', "'", "&a", "*a", "!!set", "!!binary", "<<", "? ", "|", ">", "#", "null", ".nan"),
    *("!!omap", "!!timestamp", "~", "true", "-1e400", "bands", "cuts", "vetoes", "财", "\t", "%"),
])  # fmt: skip


@given(parts=st.lists(tokens, max_size=25), place=st.integers(0, 700), cut=st.integers(0, 30))
@settings(max_examples=250)
def test_any_text_is_a_card_or_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str], place: int, cut: int
) -> None:
    good = TEXT.replace(", true: 7", "")
    folder = tmp_path_factory.mktemp("fuzz")
    for text in ("".join(parts), good[:place] + "".join(parts) + good[place + cut :]):
        try:
            found = read(folder, text)
        except CreditScoreError as error:
            assert str(error)  # noqa: PT017 - either of the two is right
        else:
            assert isinstance(found, ExpertScorecard)
