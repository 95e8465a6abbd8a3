"""Interviews with managers: notes in English or Chinese, coded to items by two people."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore.datasets._enterprises._draws import Int1D, Text1D, chance, numbered, table, whole
from creditscore.datasets._enterprises._firms import AS_OF
from creditscore.datasets._trading_firm._parties import Parties
from creditscore.datasets._trading_firm._visits import N_ANALYSTS

PASSAGES = {
    "management_quality": (
        ("The manager could not say what the firm earned last year.", "经理说不出公司去年的盈利。"),
        ("The manager knows the figures of the month only roughly.", "经理对当月数字只知大概。"),
        ("The manager answers most questions from memory.", "经理凭记忆能回答大部分问题。"),
        ("There is a monthly report, and the manager reads it.", "公司有月度报表，经理会查看。"),
        ("Budget, report and deputy are in place and work well.", "预算报表齐备，有得力副手。"),
    ),
    "payment_morale": (
        ("He says that suppliers have to wait, as everybody does.", "他说大家都让供应商等。"),
        ("Small suppliers are paid last.", "小供应商总是最后付款。"),
        ("Invoices are paid when the buyers have paid.", "买方付款后才支付发票。"),
        ("Invoices are paid on two days of each month.", "每月固定两天付款。"),
        ("They take the discount whenever one is offered.", "凡有现金折扣都会享用。"),
    ),
    "strategy": (
        ("Asked about next year, he spoke of other things.", "问到明年，他避而不谈。"),
        ("The plan is to go on as before.", "计划是照旧经营。"),
        ("One new buyer is to be won.", "打算争取一个新客户。"),
        ("A second product line starts in autumn.", "秋季将上第二条产品线。"),
        ("There is a written plan of three years with figures.", "有附数字的三年书面规划。"),
    ),
    "cooperation": (
        ("No papers were shown.", "未出示任何资料。"),
        ("The accounts could be looked at for a minute.", "账目只让看了一分钟。"),
        ("The last statement was handed over.", "提供了最近一期报表。"),
        ("Bank statements came the next day.", "第二天提供了银行对账单。"),
        ("All that was asked for lay on the table.", "所需资料已全部备好。"),
    ),
}  # fmt: skip
"""What a note says of each item, from 1 (poor) to 5 (good)."""
LANGUAGES = ("en", "zh")


def make_interviews(parties: Parties, rng: Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the notes, and a row an interview, item and coder.

    Two coders read each note. Three times out of four a coder gives the mark that the passage
    stands for, else the one above or below.
    """
    m = parties.n_enterprises
    drawn = chance(rng, 0.25, m)
    drawn[0] = True
    firm = np.flatnonzero(drawn)
    n = len(firm)
    interview = numbered("G", np.arange(1, n + 1), max(5, len(str(n))))
    in_chinese = chance(rng, 0.3, n).astype(np.int64)
    days = np.minimum(whole(rng, 5, 500, n), np.maximum(730 - parties.opened[firm], 0))
    interviewer = whole(rng, 1, N_ANALYSTS, n)
    # The second coder is another analyst than the interviewer, who codes too.
    second = (interviewer + whole(rng, 0, N_ANALYSTS - 2, n)) % N_ANALYSTS + 1
    texts = np.full(n, "", dtype=object)
    space = np.where(in_chinese, "", " ").astype(object)
    codings = []
    for place, (item, passages) in enumerate(PASSAGES.items()):
        level = np.rint(3.2 + 0.7 * parties.quality[firm] + 0.8 * rng.standard_normal(n))
        level = np.clip(level, 1, 5).astype(np.int64)
        passage = np.array(passages, dtype=object)[level - 1, in_chinese]
        texts = texts + (space if place else "") + passage
        for coder in (interviewer, second):
            value = _coded(level, rng)
            codings.append(_codings(interview, item, coder, value, passage, place))
    notes = table(
        {
            "interview": interview,
            "customer": parties.customer[firm],
            "held_on": AS_OF - days.astype("timedelta64[D]"),
            "interviewer": numbered("A", interviewer, 2),
            "language": np.array(LANGUAGES, dtype=object)[in_chinese],
            "note": texts,
        }
    )
    coded = pd.concat(codings).sort_values(["interview", "order"], kind="stable")
    return notes, coded.drop(columns="order").reset_index(drop=True)


def _coded(level: Int1D, rng: Generator) -> Int1D:
    n = len(level)
    off = np.where(chance(rng, 0.75, n), 0, np.where(chance(rng, 0.5, n), 1, -1))
    return np.clip(level + off, 1, 5)


def _codings(
    interview: Text1D, item: str, coder: Int1D, value: Int1D, passage: Text1D, order: int
) -> pd.DataFrame:
    n = len(interview)
    return table(
        {
            "interview": interview,
            "item": np.full(n, item, dtype=object),
            "coder": numbered("A", coder, 2),
            "value": value.astype(float),
            "passage": passage,
            "order": np.full(n, order),
        }
    )
