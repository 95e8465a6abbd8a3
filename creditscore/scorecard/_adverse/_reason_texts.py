"""Texts of reasons to begin from, made of the names of characteristics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from creditscore._checks import unknown_name
from creditscore.binning import NumericPartition
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._reading import direction
from creditscore.scorecard._reasons import LEAST_SHORTFALL
from creditscore.scorecard._scorecard import Scorecard

Words = tuple[str, str]
"""In English and in Chinese."""

_TOO_HIGH = ("too high", "过高")
_TOO_LOW = ("too low", "过低")
_UNFAVOURABLE = ("unfavourable", "不利")
_OF_KIND: dict[str, Words] = {
    "missing": ("not stated", "未提供"),
    "special": ("special code {code}", "特殊代码 {code}"),
    "other": ("not a known level", "不属于已知类别"),
}


def default_entries(
    card: Scorecard,
    groups: Mapping[str, Sequence[str]],
    names: Mapping[str, tuple[str, str]],
) -> list[dict[str, Any]]:
    """Return the entries of a list of reason codes for a card, in the order of the card."""
    for name in names:
        if name not in card.names:
            raise unknown_name(name, card.names, "characteristic", "the card")
    code_of = _codes(card, groups)
    by_name = {c.name: c for c in card.characteristics}
    called = {name: _called(name, names) for name in card.names}
    entries: list[dict[str, Any]] = []
    for name, code in code_of.items():
        members = [other for other, its_code in code_of.items() if its_code == code]
        alone = len(members) == 1
        subject = _joined([called[member] for member in members])
        words: Words = _UNFAVOURABLE
        told: dict[str, Words] = {}
        if alone:
            words, told = _verdicts(by_name[name], direction(card))
        entries.append(_entry(code, name, None, subject, words))
        entries += [
            _entry(code, name, label, called[name], words)
            for label, words in (*told.items(), *_of_own(by_name[name]))
        ]
    return entries


def _codes(card: Scorecard, groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the code of each characteristic; who is in no group gets the next free number."""
    grouped: dict[str, str] = {}
    for code, members in groups.items():
        if isinstance(members, str) or not members:
            msg = f"Group {code!r} must be a list of characteristics. Got {members!r} instead."
            raise InvalidParameterError(msg)
        for name in members:
            if name not in card.names:
                raise unknown_name(name, card.names, "characteristic", "the card")
            if name in grouped:
                msg = f"Characteristic {name!r} is in the groups {grouped[name]!r} and {code!r}."
                raise InvalidParameterError(msg)
            grouped[name] = code
    free = (f"R{number:02d}" for number in range(1, 10_000))
    free = (code for code in free if code not in groups)
    return {name: grouped[name] if name in grouped else next(free) for name in card.names}


def plain_name(name: str) -> str:
    """Return the name of a characteristic with underscores read as blanks."""
    return " ".join(name.replace("_", " ").split()) or name


def capitalised(text: str) -> str:
    """Return a text with its first letter as at the beginning of a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def _called(name: str, names: Mapping[str, tuple[str, str]]) -> Words:
    if name not in names:
        plain = plain_name(name)
        return plain, plain
    words = names[name]
    if isinstance(words, str) or len(words) != 2 or not all(isinstance(w, str) for w in words):
        msg = (
            f"The name of characteristic {name!r} must be given as two texts, in English and in "
            f"Chinese. Got {words!r} instead."
        )
        raise InvalidParameterError(msg)
    return words


def _joined(called: Sequence[Words]) -> Words:
    english = [words[0] for words in called]
    last = f" and {english[-1]}" if len(english) > 1 else english[-1]
    return ", ".join(english[:-1]) + last, "、".join(words[1] for words in called)


def _entry(
    code: str, name: str, attribute: str | None, subject: Words, words: Words
) -> dict[str, Any]:
    english, chinese = subject
    return {
        "code": code,
        "characteristic": name,
        "attribute": attribute,
        "english": f"{capitalised(english)}: {words[0]}",
        "chinese": f"{chinese}：{words[1]}",
    }


def _of_own(characteristic: Characteristic) -> Iterator[tuple[str, Words]]:
    """Yield the attributes that are no amounts or levels, and what is said of them."""
    partition = characteristic.partition
    for label, kind in zip(partition.labels, partition.attribute_kinds, strict=True):
        if kind in _OF_KIND:
            english, chinese = _OF_KIND[kind]
            code = label.removeprefix("Special ")
            yield label, (english.format(code=code), chinese.format(code=code))


def _verdicts(characteristic: Characteristic, sign: int) -> tuple[Words, dict[str, Words]]:
    """Say what is wrong with an amount: in general, and of the intervals that differ from it."""
    found = dict(_of_intervals(characteristic, sign))
    said = {words for words in found.values() if words is not None}
    if len(said) == 1:
        return said.pop(), {}
    return _UNFAVOURABLE, {
        label: words for label, words in found.items() if words not in (None, _UNFAVOURABLE)
    }


def _of_intervals(characteristic: Characteristic, sign: int) -> Iterator[tuple[str, Words | None]]:
    """Yield the intervals, and whether better ones lie below or above; None for the best."""
    partition = characteristic.partition
    if not isinstance(partition, NumericPartition):
        return
    ends: list[tuple[str, float, float]] = []
    bounds = zip(*partition.bounds(), strict=True)
    rows = zip(partition.labels, characteristic.attributes, bounds, strict=True)
    for label, attribute, (low, high) in rows:
        if np.isnan(low) or attribute.refused:
            continue
        start = sign * attribute.points
        rise = sign * attribute.slope * (high - low) if attribute.slope else 0.0
        ends.append((label, start, start + rise))
    for place, (label, start, end) in enumerate(ends):
        worst = min(start, end) + LEAST_SHORTFALL
        below = start > worst or any(max(pair[1:]) > worst for pair in ends[:place])
        above = end > worst or any(max(pair[1:]) > worst for pair in ends[place + 1 :])
        if below and above:
            yield label, _UNFAVOURABLE
        else:
            yield label, _TOO_HIGH if below else _TOO_LOW if above else None
