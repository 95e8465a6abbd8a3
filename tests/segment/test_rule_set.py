"""Rules: the first that is met counts; missing values, reach, overlap, coverage, trees."""

from __future__ import annotations

import warnings
from itertools import product

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from creditscore._frame import as_table
from creditscore.exceptions import (
    ColumnTypeError,
    DoubtfulRuleWarning,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
    UnseenCategoryWarning,
)
from creditscore.segment import Condition, Rule, RuleSet, rules_from_tree

LATE = Condition(column="overdue_days", operator=">", value=60)
WEAK = Condition(column="grade", operator="in", value=["B", "C"])
RULES = RuleSet(
    rules=(
        Rule(conditions=[WEAK, LATE], label="risk", reason="weak, and pays late"),
        Rule(conditions=[LATE], label="watch"),
    ),
    default="ordinary",
)
X = pd.DataFrame(
    {"grade": ["C", "A", "A", "C", None], "overdue_days": [90, 90, 0, np.nan, 0]},
    index=list("vwxyz"),
)


def test_first_rule_met_counts() -> None:
    found = RULES.apply(X)
    # of z, the grade is missing but nothing hangs on it
    assert found.classes.to_dict() == {
        "v": "risk", "w": "watch", "x": "ordinary", "y": "unknown", "z": "ordinary",
    }  # fmt: skip
    assert found.frame()["rule"].tolist() == ["1", "2", "default", "unknown", "default"]
    assert found.frame()["reason"].tolist() == [
        "rule 1: grade in (B, C) and overdue_days > 60; weak, and pays late",
        "rule 2: overdue_days > 60",
        "default: no rule applies",
        (
            "unknown: overdue_days is missing, so rule 1 (grade in (B, C) and overdue_days > 60) "
            "is open"
        ),
        "default: no rule applies",
    ]
    assert found.frame()["reason_zh"].tolist() == [
        "规则1：grade 属于 B、C 且 overdue_days 高于 60",
        "规则2：overdue_days 高于 60",
        "默认：无适用规则",
        "未知：缺少overdue_days，规则1（grade 属于 B、C 且 overdue_days 高于 60）无法判定",
        "默认：无适用规则",
    ]
    in_polars = RULES.apply(pl.from_pandas(X))
    assert in_polars.classes.to_list() == found.classes.tolist()


def test_rules_in_chinese() -> None:
    words = [
        Condition(column="x", operator=operator, value=value).in_words_zh
        for operator, value in (
            ("==", "a"), ("!=", "a"), ("not in", ["a", "b"]), ("<", 1), ("<=", 1.5), (">=", 2),
        )
    ]  # fmt: skip
    assert words == [
        "x 为 a", "x 不为 a", "x 不属于 a、b", "x 低于 1", "x 不超过 1.5", "x 不低于 2",
    ]  # fmt: skip
    late = Rule(conditions=[LATE], label="watch", reason_zh="付款逾期")
    rules = RuleSet(rules=[late], default="ordinary", default_reason_zh="正常付款")
    table = rules.apply(pd.DataFrame({"overdue_days": [61, 60]})).frame()
    assert table["reason_zh"].tolist() == [
        "规则1：overdue_days 高于 60；付款逾期",
        "默认：正常付款",
    ]
    assert rules.table()["reason_zh"].tolist() == ["付款逾期", "正常付款"]
    with pytest.raises(InvalidParameterError, match="'default_reason_zh'"):
        RuleSet(rules=[late], default="ordinary", default_reason_zh="")


def test_what_a_missing_value_does() -> None:
    passed = RuleSet(rules=RULES.rules, default="ordinary", missing="pass")
    assert passed.apply(X).classes["y"] == "ordinary"
    refusing = RuleSet(rules=RULES.rules, default="ordinary", missing="refuse")
    with pytest.raises(RefusedValueError, match=r"1 customer, the first at row 3, where rule 1"):
        refusing.apply(X)
    assert refusing.apply(X.drop(index="y")).classes["z"] == "ordinary"


def test_missing_value_that_changes_nothing_leaves_the_class() -> None:
    # whichever of the two rules is met, the class is the same
    both = [Condition(column="x", operator="==", value=v) for v in ("a", "b")]
    rules = RuleSet(
        rules=[Rule(conditions=[both[0]], label="risk"), Rule(conditions=[both[1]], label="risk")],
        default="risk",
    )
    assert rules.apply(pd.DataFrame({"x": ["a", None]})).classes.tolist() == ["risk", "risk"]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
            st.integers(0, 4),
            st.sampled_from(["==", "!=", "in", "not in"]),
            st.lists(st.sampled_from("pqr"), min_size=1, max_size=2, unique=True),
            st.sampled_from(["x", "y"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_reach_and_overlap_are_those_of_all_values(drawn: list) -> None:
    rules = [
        Rule(
            conditions=[
                Condition(column="n", operator=op, value=bound),
                Condition(
                    column="t", operator=word, value=levels if "in" in word else levels[0]
                ),
            ],
            label=label,
        )
        for op, bound, word, levels, label in drawn
    ]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DoubtfulRuleWarning)
        rule_set = RuleSet(rules=rules, default="z")
    # bounds, and a number on each side of them, and a text that no rule names
    grid = pd.DataFrame(
        list(product(np.arange(-0.5, 5, 0.5), ["p", "q", "r", "other"])), columns=["n", "t"]
    )
    given_rules = set(rule_set.apply(grid).frame()["rule"])
    found = rule_set.problems()
    idle = set(found.loc[found["problem"] != "overlap", "rule"])
    numbers = {str(place + 1) for place in range(len(rules))} | {"default"}
    assert idle == numbers - given_rules
    met = [rule.met(as_table(grid))[0] for rule in rules]
    for row in found[found["problem"] == "overlap"].itertuples():
        assert (met[int(row.rule) - 1] & met[int(row.other) - 1]).any()


def test_rules_out_of_reach_are_told() -> None:
    later = Condition(column="overdue_days", operator=">", value=90)
    with pytest.warns(DoubtfulRuleWarning, match="rules before rule 2 hold all of it"):
        RuleSet(
            rules=[Rule(conditions=[LATE], label="watch"), Rule(conditions=[later], label="risk")],
            default="ordinary",
        )
    little = Condition(column="overdue_days", operator="<", value=10)
    with pytest.warns(DoubtfulRuleWarning, match="rule 1 contradict each other"):
        RuleSet(rules=[Rule(conditions=[LATE, little], label="watch")], default="ordinary")
    rest = Condition(column="overdue_days", operator="<=", value=60)
    # two rules together hold the third
    with pytest.warns(DoubtfulRuleWarning, match="rules before rule 3 hold all of it") as caught:
        rules = RuleSet(
            rules=[
                Rule(conditions=[LATE], label="watch"), Rule(conditions=[rest], label="fine"),
                Rule(conditions=[WEAK], label="risk"),
            ],
            default="ordinary",
        )  # fmt: skip
    assert "nobody is ordinary by default" in str(caught[0].message)
    assert rules.problems()["problem"].tolist() == ["unreachable", "unreachable"]


def test_booleans_have_two_values() -> None:
    yes, no = (Condition(column="court", operator="==", value=v) for v in (True, False))
    with pytest.warns(DoubtfulRuleWarning, match="nobody is ordinary by default"):
        RuleSet(
            rules=[Rule(conditions=[yes], label="a"), Rule(conditions=[no], label="b")],
            default="ordinary",
        )


def test_too_many_combinations_are_compared_two_by_two() -> None:
    columns = [f"c{place}" for place in range(14)]
    wide = [
        Rule(conditions=[Condition(column=c, operator=">", value=v)], label="a")
        for c in columns
        for v in (2, 1)
    ]
    same = Rule(conditions=[Condition(column="c0", operator=">", value=3)], label="b")
    with pytest.warns(DoubtfulRuleWarning, match="rules before rule 29 hold all of it"):
        rules = RuleSet(rules=[*wide, same], default="c")
    assert rules.problems()["rule"].tolist() == ["29"]


def test_overlaps_are_told() -> None:
    assert RULES.problems()["sentence"].tolist() == [
        "rules 1 and 2 overlap: whoever meets both is risk, not watch"
    ]


def test_a_rule_that_decides_nothing_overlaps_with_none() -> None:
    columns = {"late": "overdue_days", "large": "sales"}
    late, later, large = (
        Condition(column=columns[name], operator=">", value=bound)
        for name, bound in (("late", 60), ("late", 90), ("large", 1_000))
    )
    with pytest.warns(DoubtfulRuleWarning, match="hold all of it"):
        rules = RuleSet(
            rules=[
                Rule(conditions=[late], label="stop"),
                Rule(conditions=[later], label="collect"),
                Rule(conditions=[large], label="care"),
            ],
            default="serve",
        )
    # whoever is later and large is stopped by rule 1, so rule 2 has no say
    found = rules.problems().query("problem == 'overlap'")
    assert found[["rule", "other"]].to_numpy().tolist() == [["3", "1"]]
    both_first = RuleSet(
        rules=[
            Rule(conditions=[late, large], label="board"),
            Rule(conditions=[late], label="stop"),
            Rule(conditions=[large], label="care"),
        ],
        default="serve",
    )
    # rules 2 and 3 meet only where rule 1 comes before both
    found = both_first.problems()
    assert found[["rule", "other"]].to_numpy().tolist() == [["2", "1"], ["3", "1"]]


def test_coverage_adds_up() -> None:
    table = RULES.coverage(X)
    assert table["n_given"].sum() == len(X)
    assert table["n_met"].tolist()[:2] == [1, 2]
    assert table["n_given"].tolist() == [1, 1, 2, 1]


def test_conditions_are_those_of_vetoes() -> None:
    with pytest.raises(InvalidParameterError, match="must be a list of texts"):
        Condition(column="x", operator="in", value="a")
    with pytest.raises(InvalidParameterError, match="'operator'"):
        Condition(column="x", operator="~", value="a")
    with pytest.raises(ColumnTypeError, match="the condition overdue_days > 60"):
        RULES.apply(pd.DataFrame({"grade": ["A"], "overdue_days": ["many"]}))
    with pytest.warns(UnseenCategoryWarning, match="of the condition grade in 'B', 'C'"):
        RULES.apply(pd.DataFrame({"grade": ["b"], "overdue_days": [90]}))
    with pytest.raises(MissingColumnError, match=r"'overdue_days'.* The rules read it"):
        RULES.apply(X[["grade"]])


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Rule(conditions=[], label="a"), "needs a condition or more"),
        (lambda: Rule(conditions=["x > 1"], label="a"), "must be a Condition"),
        (lambda: Rule(conditions=[LATE], label="unknown"), "kept for"),
        (lambda: Rule(conditions=[LATE], label=""), "must be a text"),
        (lambda: RuleSet(rules=[LATE], default="a"), "must be a Rule"),
        (lambda: RuleSet(rules=[], default="unknown"), "kept for"),
        (lambda: RuleSet(rules=[], default="a", missing="cap"), "'missing'"),
        (
            lambda: RuleSet(
                rules=[
                    Rule(
                        conditions=[
                            LATE, Condition(column="overdue_days", operator="==", value="many")
                        ],
                        label="a",
                    )
                ],
                default="b",
            ),
            "No column can be read as both",
        ),
    ],
)  # fmt: skip
def test_what_is_refused(make: object, match: str) -> None:
    with pytest.raises(InvalidParameterError, match=match):
        make()  # type: ignore[operator]


def test_no_rules_are_a_default_for_all() -> None:
    none = RuleSet(rules=(), default="ordinary")
    assert none.apply(pd.DataFrame({"x": [1, 2]})).classes.tolist() == ["ordinary"] * 2


def test_documents_come_back() -> None:
    assert RuleSet.from_json(RULES.to_json()) == RULES
    assert "risk" in RULES._repr_html_()
    assert "ordinary" in RULES.apply(X)._repr_html_()
    assert RULES.labels == ("risk", "watch", "ordinary")


# --- trees ---------------------------------------------------------------------------


def test_tree_finds_the_rules_that_made_the_labels() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "sales": rng.uniform(0, 100, 600),
            "late": rng.random(600) < 0.3,
            "region": rng.choice(["north", "south", "east"], 600),
        }
    )
    labels = np.select(
        [table["late"], (table["region"] == "north") & (table["sales"] > 40)], ["risk", "key"], "so"
    )
    found = rules_from_tree(table, labels)
    assert found.fidelity == 1
    assert found.fidelity_new > 0.97
    assert found.baseline == pd.Series(labels).value_counts(normalize=True).max()
    assert (found.rule_set.apply(table).classes == labels).all()
    assert all(len(rule.conditions) <= 3 for rule in found.rule_set.rules)
    numbers = [
        c.value for rule in found.rule_set.rules for c in rule.conditions if c.column == "sales"
    ]
    assert numbers == [40.0]
    again = rules_from_tree(table.sample(frac=1, random_state=1), pd.Series(labels).sample(
        frac=1, random_state=1))  # fmt: skip
    assert again.rule_set.table()["condition"].tolist() == (
        found.rule_set.table()["condition"].tolist()
    )


def test_leaves_of_one_class_are_one_rule() -> None:
    # the tree may split a class further, which no rule needs
    rng = np.random.default_rng(3)
    x = rng.uniform(0, 1, 400)
    labels = np.where((x > 0.5) & (rng.random(400) < 0.8), "a", "b")
    found = rules_from_tree(pd.DataFrame({"x": x}), labels)
    seen = [rule.label for rule in found.rule_set.rules]
    assert len(seen) <= 2
    assert found.fidelity >= found.baseline


def test_fidelity_is_that_of_the_rules() -> None:
    rng = np.random.default_rng(2)
    table = pd.DataFrame({"x": rng.normal(size=200), "y": rng.normal(size=200)})
    labels = rng.choice(["a", "b"], 200)
    found = rules_from_tree(table, labels)
    assert found.fidelity == (found.rule_set.apply(table).classes == labels).mean()
    assert found.fidelity_new < 0.65


@pytest.mark.parametrize(
    ("table", "labels", "match"),
    [
        (pd.DataFrame({"x": [1.0] * 11 + [np.nan]}), ["a", "b"] * 6, "missing value"),
        (pd.DataFrame({"x": range(12)}), ["a"] * 12, "two classes or more"),
        (pd.DataFrame({"x": range(12)}), ["a", None] * 6, "labels has a missing value"),
        (pd.DataFrame({"x": [f"n{i}" for i in range(60)]}), ["a", "b"] * 30, "more than 50"),
        (pd.DataFrame({"x": range(12)}), ["a", "b"] * 5, "Give the same customers"),
    ],
)
def test_tree_refuses(table: pd.DataFrame, labels: list, match: str) -> None:
    with pytest.raises(InvalidDataError, match=match):
        rules_from_tree(table, labels)


def test_tree_stays_shallow() -> None:
    with pytest.raises(InvalidParameterError, match="must be 1, 2 or 3"):
        rules_from_tree(pd.DataFrame({"x": range(12)}), ["a", "b"] * 6, max_depth=4)


def test_both_ends_of_a_column_stand_side_by_side() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.uniform(size=600), "b": rng.uniform(size=600)})
    inside = (X["a"] > 0.5) & (X["a"] <= 0.9) & (X["b"] > 0.2)
    (told,) = rules_from_tree(X, np.where(inside, "in", "out")).rule_set.rules
    # the tree splits by a, b and a again
    assert [condition.column for condition in told.conditions] == ["a", "a", "b"]


def test_messages_name_the_condition() -> None:
    with pytest.raises(InvalidParameterError, match="'operator' parameter of Condition must be"):
        Condition(column="income", operator="gt", value=10)
    with pytest.raises(InvalidParameterError, match="'value' parameter of Condition must be"):
        Condition(column="income", operator=">", value="10")
