"""Hints that one column gives: too good to be true, told by its own values."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from creditscore._typing import Bool1D, Float1D
from creditscore.metrics import information_value, iv_se
from creditscore.validate._data._column_facts import ColumnFacts, Periods, log_choices
from creditscore.validate._data._leakage_hint import LeakageCheck, LeakageHint, Sureness
from creditscore.validate._data._leakage_settings import LeakageSettings

_ALL_DIFFERENT = 0.95
"""Share of distinct values from which on text is an identifier."""
_LEAST_ROWS = 100
"""In fewer rows, values that are all different are no wonder."""
_LEAST_CASES = 20
"""Goods, and bads, of a period that is compared with the others."""
_LEAST_IV = 0.1
"""Below it, a jump of the information value is none that a model would use."""
_JUMP = 4.0
"""Standard errors by which a period differs from the others."""


def column_hints(
    facts: ColumnFacts, settings: LeakageSettings, periods: Periods | None
) -> Iterator[LeakageHint]:
    """Yield the hints of a column; where it tells everything, the lesser ones are left out."""
    whole = _separates(facts, settings)
    if whole is not None:
        yield whole
        return
    identifier = _identifier(facts, settings)
    if identifier is not None:
        yield identifier
    constant = _constant(facts, settings)
    if constant is not None:
        yield constant
    else:
        yield from _pure(facts, settings)
    for hint in (_strong(facts, settings), _missing(facts, settings)):
        if hint is not None:
            yield hint
    if periods is not None:
        jump = _jump(facts, settings, periods)
        if jump is not None:
            yield jump


def _hint(
    facts: ColumnFacts, check: LeakageCheck, sureness: Sureness, statistic: float, reason: str
) -> LeakageHint:
    return LeakageHint(
        column=facts.name, check=check, sureness=sureness, statistic=float(statistic), reason=reason
    )


def _separates(facts: ColumnFacts, settings: LeakageSettings) -> LeakageHint | None:
    """Find a column that tells every outcome, by its attributes or by an order."""
    n, n_bad = len(facts.codes), facts.outcome.n_bad
    n_held = int(np.count_nonzero(facts.held))
    if log_choices(n, n_bad) - n_held * math.log(2) < -math.log(settings.chance):
        # so many values tell so few outcomes apart by chance
        return None
    good, bad = facts.counts
    if not ((good > 0) & (bad > 0)).any():
        return _hint(facts, *_named(facts))
    numbers = facts.numbers
    if numbers is None or facts.is_missing.any() or facts.auc < 1:
        return None
    parted = numbers[facts.outcome.is_bad], numbers[~facts.outcome.is_bad]
    if parted[0].max() < parted[1].min() or parted[1].max() < parted[0].min():
        reason = "every bad row lies on one side of every good row"
        return _hint(facts, "separates perfectly", "certain", 1.0, reason)
    return None


def _named(facts: ColumnFacts) -> tuple[LeakageCheck, Sureness, float, str]:
    numbers, is_bad = facts.numbers, facts.outcome.is_bad
    if numbers is not None:
        if np.array_equal(numbers, is_bad):
            return "equals the outcome", "certain", 1.0, "it is the outcome, in every row"
        if np.array_equal(numbers, ~is_bad):
            return "equals the outcome", "certain", 1.0, "it is 1 less the outcome, in every row"
    values = int(np.count_nonzero(facts.held))
    missing = ", 'Missing' one of them," if facts.is_missing.any() else ""
    reason = f"each of its {values} attributes{missing} has goods only or bads only"
    return "separates perfectly", "certain", 1.0, reason


def _constant(facts: ColumnFacts, settings: LeakageSettings) -> LeakageHint | None:
    """Find a column that has one value among the bads, or the goods, and others beside."""
    is_bad = facts.outcome.is_bad
    for word, rows in (("bad", is_bad), ("good", ~is_bad)):
        label = _one_value(facts, rows)
        if label is None:
            continue
        others = facts.codes[~rows]
        share = float(np.mean(others == facts.codes[rows][0]))
        n = int(rows.sum())
        if 0 < share < 1 and n * math.log(share) < math.log(settings.chance):
            reason = f"all {n:,} {word} rows have {label!r}, and {share:.1%} of the others"
            return _hint(facts, "constant within an outcome", "likely", share, reason)
    return None


def _one_value(facts: ColumnFacts, rows: Bool1D) -> str | None:
    """Return the label of the one attribute that some rows have, if it is a single value."""
    codes = facts.codes[rows]
    if (codes != codes[0]).any():
        return None
    if facts.numbers is not None and codes[0] < facts.partition.n_regular:
        values = facts.numbers[rows]
        return facts.text_of(values[0]) if (values == values[0]).all() else None
    return facts.label(int(codes[0]))


def _pure(facts: ColumnFacts, settings: LeakageSettings) -> Iterator[LeakageHint]:
    """Find the largest attribute of bads alone, and of goods alone, that is beyond chance."""
    good, bad = facts.counts
    rate = facts.outcome.bad_rate
    n_held = int(np.count_nonzero(facts.held))
    sides: tuple[tuple[str, Sureness, float], ...] = (
        ("bad", "likely", rate),
        ("good", "possible", 1 - rate),
    )
    for word, sureness, share in sides:
        rows, others = (bad, good) if word == "bad" else (good, bad)
        pure = np.where(others == 0, rows, 0)
        place = int(pure.argmax())
        n = int(pure[place])
        if n and math.log(n_held) + n * math.log(share) < math.log(settings.chance):
            reason = f"all {n:,} rows with {facts.label(place)!r} are {word}"
            yield _hint(facts, "pure value", sureness, n, reason)


def _strong(facts: ColumnFacts, settings: LeakageSettings) -> LeakageHint | None:
    possible = facts.auc > settings.auc_bounds[0] or facts.iv > settings.iv_bounds[0]
    if not possible or facts.p_value >= settings.chance:
        return None
    likely = facts.auc > settings.auc_bounds[1] or facts.iv > settings.iv_bounds[1]
    by_area = facts.auc > settings.auc_bounds[int(likely)]
    beyond = (
        f"the AUC is above {settings.auc_bounds[int(likely)]:g}"
        if by_area
        else f"the information value is above {settings.iv_bounds[int(likely)]:g}"
    )
    reason = (
        f"alone it has an AUC of {facts.auc:.3f} and an information value of {facts.iv:.2f}: "
        f"{beyond}"
    )
    statistic = facts.auc if by_area else facts.iv
    return _hint(facts, "strong alone", "likely" if likely else "possible", statistic, reason)


def _missing(facts: ColumnFacts, settings: LeakageSettings) -> LeakageHint | None:
    gap = facts.missing_gap
    if abs(gap) < settings.missing_gap:
        return None
    n_good, n_bad = facts.outcome.n_good, facts.outcome.n_bad
    share = float(facts.is_missing.mean())
    z = abs(gap) / math.sqrt(share * (1 - share) * (1 / n_good + 1 / n_bad))
    if 2 * ndtr(-z) >= settings.chance:
        return None
    good, bad = (part[facts.partition.missing_code] for part in facts.counts)
    reason = f"missing in {bad / n_bad:.1%} of the bads and {good / n_good:.1%} of the goods"
    return _hint(facts, "missing values tell", "likely", gap, reason)


def _identifier(facts: ColumnFacts, settings: LeakageSettings) -> LeakageHint | None:
    """Find values that are different in nearly all rows, and that no new customer can have."""
    n_known = int(np.count_nonzero(~facts.is_missing))
    if n_known < _LEAST_ROWS:
        return None
    share = facts.n_distinct / n_known
    if facts.kind == "categorical" and share >= _ALL_DIFFERENT:
        reason = f"{facts.n_distinct:,} different values in {n_known:,} rows"
        return _hint(facts, "identifier", "possible", share, reason)
    if not facts.is_whole or share < 1:
        return None
    reason = f"whole numbers, different in all {n_known:,} rows"
    n_good, n_bad = facts.outcome.n_good, facts.outcome.n_bad
    error = math.sqrt((n_good + n_bad + 1) / (12 * n_good * n_bad))
    order = facts.order_auc
    tells = order >= settings.order_auc and ndtr((0.5 - order) / error) < settings.chance
    if tells:
        reason += f", and their order has an AUC of {order:.3f}"
    return _hint(facts, "identifier", "likely" if tells else "possible", order, reason)


def _jump(facts: ColumnFacts, settings: LeakageSettings, periods: Periods) -> LeakageHint | None:
    """Find the period in which a column tells far more than in all others."""
    found: tuple[float, float, float, int] | None = None
    good, bad = facts.counts_by(periods)
    for place in range(len(periods.labels)):
        inside = good[place], bad[place]
        others = good.sum(axis=0) - inside[0], bad.sum(axis=0) - inside[1]
        counts = inside, others
        if any(part.sum() < _LEAST_CASES for pair in counts for part in pair):
            continue
        values, errors = zip(*(_value_and_error(pair) for pair in counts), strict=True)
        error = math.hypot(*errors)
        z = (values[0] - values[1]) / error if error > 0 else 0.0
        high = values[0] >= settings.period_ratio * values[1] and values[0] > _LEAST_IV
        if high and z > _JUMP and (found is None or z > found[0]):
            found = z, values[0], values[1], place
    if found is None:
        return None
    _, value, other, place = found
    reason = (
        f"information value {value:.2f} in period {periods.labels[place]}, and {other:.2f} in the "
        "others"
    )
    return _hint(facts, "jump between periods", "possible", value, reason)


def _value_and_error(counts: tuple[Float1D, Float1D]) -> tuple[float, float]:
    good, bad = counts
    held = good + bad > 0
    if held.sum() < 2:
        return 0.0, 0.0
    return information_value(good[held], bad[held]), iv_se(good[held], bad[held])
