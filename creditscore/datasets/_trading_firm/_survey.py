"""A questionnaire sent to all enterprises: who answered, and what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

from creditscore._typing import Bool1D
from creditscore.datasets._enterprises._draws import (
    Int1D,
    Text1D,
    chance,
    logistic,
    numbered,
    table,
    whole,
)
from creditscore.datasets._trading_firm._parties import Parties
from creditscore.datasets._trading_firm._planting import SHARES, Planted, choose

SENT_ON = np.datetime64("2024-03-04", "D")
CLOSED_AFTER = 84
"""Days after which the campaign was closed."""
_REMINDERS = (21, 42)
_BY_SIZE = (-0.7, 0.0, 0.4, 0.8)
"""Log-odds of an answer, micro to large."""
SCALE = (
    "plans_payments", "keeps_terms", "talks_early", "often_short", "checks_books", "has_buffer",
)  # fmt: skip
"""Questions on payment discipline, from 1 (not at all) to 5; the fourth counts the other way."""
_REVERSED = "often_short"


@dataclass(frozen=True, kw_only=True)
class Survey:
    """The log of the campaign, the answers as they are, and those that a true answer would be.

    Parameters
    ----------
    campaign, answers, true_answers : pandas.DataFrame
        A row an event, and a row a questionnaire that came back.
    """

    campaign: pd.DataFrame
    answers: pd.DataFrame
    true_answers: pd.DataFrame


def make_survey(
    parties: Parties, customers: pd.DataFrame, silent: Bool1D, planted: Planted, rng: Generator
) -> Survey:
    """Send the questionnaire; `silent` tells firms without statements, which all answer."""
    campaign, returned, partly, day = _send(parties, silent, rng)
    firm = np.flatnonzero(returned)
    firm = firm[np.argsort(day[firm], kind="stable")]
    true = _answers(parties, customers, firm, day[firm], rng)
    answers = _leave_out(true, partly[firm], rng)
    answers = _overstate(answers, silent[firm], parties.quality[firm], planted, rng)
    rows = np.flatnonzero(silent[firm])
    planted.note(
        "questionnaires",
        "self-declared only",
        "revenue",
        key=answers["questionnaire"].to_numpy(dtype=object)[rows],
        value=answers["revenue"].to_numpy()[rows],
        true_value=true["revenue"].to_numpy()[rows],
        detail="no statement in the register",
    )
    return Survey(campaign=campaign, answers=answers, true_answers=true)


def _send(
    parties: Parties, silent: Bool1D, rng: Generator
) -> tuple[pd.DataFrame, Bool1D, Bool1D, Int1D]:
    """Return the log, who answered, who in part, and after how many days."""
    m = parties.n_enterprises
    region = parties.region_names()[:m]
    quality = parties.quality[:m]
    odds = np.array(_BY_SIZE)[parties.size[:m]] + 0.25 * quality - 0.6 * (region == "west")
    answers = chance(rng, logistic(odds), m) | silent
    lost = chance(rng, 0.03, m) & ~silent
    refuses = chance(rng, 0.2, m) & ~answers & ~lost
    answers &= ~lost
    partly = chance(rng, 0.12, m) & answers
    day = np.minimum(3 + np.floor(-np.log1p(-rng.random(m)) * 22), CLOSED_AFTER).astype(np.int64)
    ends = np.where(answers | refuses, day, CLOSED_AFTER + 1)
    ends = np.where(lost, 2, ends)
    words = np.where(partly, "returned in part", np.where(answers, "returned", "refused"))
    words = np.where(lost, "undeliverable", words).astype(object)
    stratum = region + " " + parties.size_names()[:m]
    everyone = np.ones(m, dtype=bool)
    parts = [("sent", everyone, np.zeros(m, dtype=np.int64))]
    parts += [
        (f"reminder {place}", ends > after, np.full(m, after))
        for place, after in enumerate(_REMINDERS, start=1)
    ]
    events = [
        _events(parties, stratum, np.full(m, word, dtype=object), who, after)
        for word, who, after in parts
    ]
    events.append(_events(parties, stratum, words, answers | refuses | lost, ends))
    log = pd.concat(events, ignore_index=True)
    log = log.sort_values(["on", "customer"], kind="stable", ignore_index=True)
    return log, answers, partly, day


def _events(
    parties: Parties, stratum: Text1D, word: Text1D, who: Bool1D, after: Int1D
) -> pd.DataFrame:
    rows = np.flatnonzero(who)
    return table(
        {
            "customer": parties.customer[rows],
            "stratum": stratum[rows],
            "event": word[rows],
            "on": SENT_ON + after[rows].astype("timedelta64[D]"),
        }
    )


def _answers(
    parties: Parties, customers: pd.DataFrame, firm: Int1D, day: Int1D, rng: Generator
) -> pd.DataFrame:
    """Return true answers; a question that does not apply has none."""
    n = len(firm)
    last = {name: parties.accounts.units(name, -1)[firm] for name in ("revenue", "long_term_debt")}
    debt = last["long_term_debt"] + parties.accounts.units("short_term_debt", -1)[firm]
    exports = chance(rng, 0.3, n)
    discipline = 0.8 * parties.quality[firm] + 0.8 * rng.standard_normal(n)
    columns: dict[str, Any] = {
        "questionnaire": numbered("N", np.arange(1, n + 1), max(5, len(str(n)))),
        "customer": parties.customer[firm],
        "returned_on": SENT_ON + day.astype("timedelta64[D]"),
        "language": np.where(chance(rng, 0.6, n), "zh", "en").astype(object),
        "revenue": last["revenue"],
        "employees": customers["employees"].to_numpy()[firm],
        "has_bank_debt": np.where(debt > 0, "yes", "no").astype(object),
        "bank_debt": np.where(debt > 0, debt, np.nan),
        "exports": np.where(exports, "yes", "no").astype(object),
        "export_share": np.where(exports, np.round(0.05 + 0.7 * rng.random(n), 2), np.nan),
        "largest_buyer_share": np.round(0.05 + 0.6 * rng.random(n) ** 1.5, 2),
    }
    for name in SCALE:
        mark = np.clip(np.rint(3.3 + 0.7 * discipline + 0.8 * rng.standard_normal(n)), 1, 5)
        columns[name] = 6 - mark if name == _REVERSED else mark
    return table(columns)


def _leave_out(true: pd.DataFrame, partly: Bool1D, rng: Generator) -> pd.DataFrame:
    """Return answers of which those that came back in part end before the last page."""
    answers = true.copy()
    stop = whole(rng, 0, len(SCALE) - 1, len(true))
    for place, name in enumerate(SCALE):
        answers[name] = answers[name].mask(partly & (stop <= place))
    return answers


def _overstate(
    answers: pd.DataFrame, silent: Bool1D, quality: Any, planted: Planted, rng: Generator
) -> pd.DataFrame:
    """Return answers in which some firms, weak ones more often, tell sales that are too high."""
    told = answers.copy()
    weight = np.exp(-0.7 * quality)
    rows = choose(SHARES["conflict"], ~silent & (answers["revenue"] > 0).to_numpy(), rng, weight)
    true = answers["revenue"].to_numpy()[rows]
    factor = 1.3 + 0.5 * rng.random(len(rows))
    told.loc[rows, "revenue"] = np.rint(true * factor / 1000) * 1000
    planted.note(
        "questionnaires",
        "conflict",
        "revenue",
        key=answers["questionnaire"].to_numpy(dtype=object)[rows],
        value=told["revenue"].to_numpy()[rows],
        true_value=true,
        detail="the statement says otherwise",
    )
    return told
