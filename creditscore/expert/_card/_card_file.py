"""The file of an expert scorecard that people read and edit."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from creditscore._checks import unknown_name
from creditscore._yaml import read_yaml_file, write_yaml_file
from creditscore.exceptions import (
    DocumentError,
    InvalidDataError,
    InvalidParameterError,
)
from creditscore.expert._card._five_c import checked_tags
from creditscore.expert._subscore._subscore import SubScore
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights
from creditscore.scorecard import VetoRule

if TYPE_CHECKING:
    from creditscore.expert._card._expert_scorecard import ExpertScorecard

_FORMAT = "creditscore.expert_card"
_VERSION = 1
_TEXTS = ("title", "title_zh", "description")
_ENTRIES = ("format", "version", *_TEXTS, "scale_to", "criteria", "vetoes")
_CRITERION = ("weight", "label", "label_zh", "five_c", "parts", "score")
_MOST_LEVELS = 20
_SUM_TOLERANCE = 1e-9


def read_card_file(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the parameters of the card that a file describes."""
    content = read_yaml_file(path, hint="Templates are loaded by load_template(name).")
    return _Reader(str(path)).card(content)


def write_card_file(card: ExpertScorecard, path: str | os.PathLike[str] | None) -> str | None:
    """Write a card to a file, or return the text."""
    return write_yaml_file(_plain_card(card), path, what="card")


@dataclass
class _Reader:
    """Reads the plain content of one file; each error names the file and the entry."""

    file: str
    subscores: dict[str, SubScore] = field(default_factory=dict)
    words: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {"label": {}, "label_zh": {}, "five_c": {}}
    )

    def card(self, content: Any) -> dict[str, Any]:
        """Return the parameters of the card."""
        self._check_mapping(content, "")
        form = content.get("format", _FORMAT), content.get("version", _VERSION)
        # before its entries, which are others in a file of another format
        if form != (_FORMAT, _VERSION):
            msg = (
                f"{self.file} must have the entries 'format: {_FORMAT}' and 'version: {_VERSION}'. "
                f"Got {form[0]!r} and {form[1]!r}. What to_json() wrote is read by from_json()."
            )
            raise DocumentError(msg)
        self._check_entries(content, "", _ENTRIES, ("format", "version", "criteria"))
        weights, parts = self._level(content["criteria"], "criteria", 1)
        entries: dict[str, Any] = {name: content[name] for name in _TEXTS if name in content}
        if "scale_to" in content:
            entries["scale_to"] = content["scale_to"]
        with self._at("criteria"):
            tree = WeightHierarchy(weights=weights, parts=parts) if parts else weights
        entries |= {
            "weights": tree,
            "subscores": self.subscores,
            "labels": self.words["label"],
            "labels_zh": self.words["label_zh"],
            "five_c": self.words["five_c"],
            "vetoes": self._vetoes(content.get("vetoes")),
        }
        for name in _TEXTS:
            if not isinstance(entries.get(name, ""), str):
                raise self._error(name, f"must be a text. Got {entries[name]!r}.")
        return entries

    def _level(self, content: Any, at: str, level: int) -> tuple[Weights, dict[str, Any]]:
        """Read criteria of one level: their weights, and the parts that they are made of."""
        if level > _MOST_LEVELS:
            raise self._error(at, f"has more than {_MOST_LEVELS} levels.")
        self._check_mapping(content, at)
        amounts, parts = {}, {}
        for name, entry in content.items():
            where = f"{at}.{name}"
            self._check_entries(entry, where, _CRITERION, ("weight",))
            if not isinstance(name, str):
                raise self._error(where, "needs a text for a name.")
            if ("parts" in entry) == ("score" in entry):
                raise self._error(where, "needs either 'score' or 'parts', and not both.")
            amounts[name] = entry["weight"]
            self._take_words(name, entry, where)
            if "parts" in entry:
                below, deeper = self._level(entry["parts"], f"{where}.parts", level + 1)
                with self._at(f"{where}.parts"):
                    parts[name] = WeightHierarchy(weights=below, parts=deeper)
                continue
            if name in self.subscores:
                raise self._error(where, "has the name of another criterion.")
            with self._at(f"{where}.score"):
                self.subscores[name] = SubScore.from_dict(entry["score"])
        with self._at(at):
            return _weights(amounts), parts

    def _take_words(self, name: str, entry: Mapping[str, Any], where: str) -> None:
        for word, found in self.words.items():
            if word not in entry:
                continue
            if name in found:
                raise self._error(where, "has the name of another criterion.")
            at, text = f"{where}.{word}", entry[word]
            if word == "five_c":
                with self._at(at):
                    found[name] = checked_tags(name, text, "the file")
                continue
            if not isinstance(text, str):
                raise self._error(at, f"must be a text. Got {text!r}.")
            found[name] = text

    def _vetoes(self, content: Any) -> tuple[VetoRule, ...]:
        at = "vetoes"
        if content is None:
            return ()
        if not isinstance(content, list):
            raise self._error(at, "must be a list of rules.")
        rules = []
        for place, entry in enumerate(content, 1):
            where = f"{at}, rule {place}"
            self._check_mapping(entry, where)
            with self._at(where):
                rules.append(VetoRule.from_dict(entry))
        return tuple(rules)

    def _check_mapping(self, content: Any, at: str) -> None:
        if not isinstance(content, Mapping) or not content:
            what = "is empty" if content in (None, "", {}) else f"is {type(content).__name__}"
            raise self._error(at, f"must hold entries, and {what}.")

    def _check_entries(
        self, content: Any, at: str, known: Sequence[str], needed: Sequence[str]
    ) -> None:
        self._check_mapping(content, at)
        with self._at(at):
            for name in content:
                if name not in known:
                    raise unknown_name(name, known, "entry", "this place")
        lacking = [name for name in needed if name not in content]
        if lacking:
            raise self._error(at, f"lacks {', '.join(map(repr, lacking))}.")

    def _error(self, at: str, said: str) -> DocumentError:
        return DocumentError(f"{self.file}{f', entry {at!r},' if at else ''} {said}")

    @contextmanager
    def _at(self, at: str) -> Iterator[None]:
        """Name the file and the entry in whatever goes wrong."""
        try:
            yield
        except DocumentError:
            raise
        except (InvalidParameterError, InvalidDataError, ArithmeticError, TypeError) as error:
            place = f", entry {at!r}" if at else ""
            msg = f"{self.file}{place}: {error}"
            raise DocumentError(msg) from error


def _weights(amounts: Mapping[str, Any]) -> Weights:
    """Return fractions as they stand, and divide other amounts by their sum."""
    values = list(amounts.values())
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)
    if numbers and abs(sum(map(float, values)) - 1) <= _SUM_TOLERANCE:
        return Weights(names=tuple(amounts), values=tuple(values), method="direct")
    return Weights.of(amounts)


def _plain_card(card: ExpertScorecard) -> dict[str, Any]:
    content: dict[str, Any] = {"format": _FORMAT, "version": _VERSION}
    content |= {name: getattr(card, name) for name in _TEXTS if getattr(card, name)}
    content["scale_to"] = card.scale_to
    content["criteria"] = _plain_level(card, card.weights)
    if card.vetoes:
        content["vetoes"] = [veto.to_dict() for veto in card.vetoes]
    return content


def _plain_level(card: ExpertScorecard, weights: Weights | WeightHierarchy) -> dict[str, Any]:
    own, parts = (weights, {}) if isinstance(weights, Weights) else (weights.weights, weights.parts)
    level = {}
    for name, weight in own.to_dict().items():
        entry: dict[str, Any] = {"weight": weight}
        for word, found in (("label", card.labels), ("label_zh", card.labels_zh)):
            if name in found:
                entry[word] = found[name]
        if name in card.five_c:
            entry["five_c"] = list(card.five_c[name])
        if name in parts:
            entry["parts"] = _plain_level(card, parts[name])
        else:
            entry["score"] = _plain_score(card.subscores[name])
        level[name] = entry
    return level


def _plain_score(subscore: SubScore) -> dict[str, Any]:
    """Return a sub-score with its mappings as such, which lists of pairs are in other files."""
    content = subscore.to_dict()
    for name in content:
        if isinstance(getattr(subscore, name), Mapping):
            content[name] = dict(getattr(subscore, name))
    return content
