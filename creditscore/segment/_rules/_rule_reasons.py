"""Why a customer is of its class by rules: a sentence in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from creditscore._frame import Table
from creditscore._typing import Bool1D, Int1D
from creditscore.segment._grid._customer_class import UNKNOWN_CLASS

if TYPE_CHECKING:
    from creditscore.segment._rules._rule_set import RuleSet


def rule_reasons(
    rule_set: RuleSet, table: Table, given: Int1D, open_rule: Int1D
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return a sentence a customer in English, and one in Chinese; equal ones are one object.

    `given` is the place of the rule, `open_rule` that of the rule that a missing value leaves
    open, or -1.
    """
    told = np.array([*_sentences(rule_set), ("", "")], dtype=object)
    reasons = told[given]
    for place in np.unique(open_rule[open_rule >= 0]).tolist():
        conditions = rule_set.rules[place].conditions
        rows = np.flatnonzero(open_rule == place)
        gone = np.stack([c.met(table)[1][rows] for c in conditions], axis=1)
        patterns, which = np.unique(gone, axis=0, return_inverse=True)
        told = np.array([_open_sentence(rule_set, place, p) for p in patterns], dtype=object)
        reasons[rows] = told[which.ravel()]
    return reasons[:, 0], reasons[:, 1]


def _sentences(rule_set: RuleSet) -> list[tuple[str, str]]:
    rules = [
        (
            f"rule {number}: {rule.in_words}" + (f"; {rule.reason}" if rule.reason else ""),
            f"规则{number}：{rule.in_words_zh}" + (f"；{rule.reason_zh}" if rule.reason_zh else ""),
        )
        for number, rule in enumerate(rule_set.rules, start=1)
    ]
    default = (f"default: {rule_set.default_reason}", f"默认：{rule_set.default_reason_zh}")
    return [*rules, default]


def _open_sentence(rule_set: RuleSet, place: int, gone: Bool1D) -> tuple[str, str]:
    rule = rule_set.rules[place]
    names = dict.fromkeys(
        c.column for c, is_gone in zip(rule.conditions, gone, strict=True) if is_gone
    )
    missing = f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'} missing"
    missing_zh = f"缺少{'、'.join(names)}"
    unknown, unknown_zh = UNKNOWN_CLASS
    return (
        f"{unknown}: {missing}, so rule {place + 1} ({rule.in_words}) is open",
        f"{unknown_zh}：{missing_zh}，规则{place + 1}（{rule.in_words_zh}）无法判定",
    )
