"""The score of the customer with its parts, and the grades that it had."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from creditscore.exceptions import RefusedValueError
from creditscore.expert import ExpertScorecard
from creditscore.grade import RatingHistory
from creditscore.report._dossier._chart import Chart, known
from creditscore.report._dossier._facts import short
from creditscore.report._dossier._indicators import FoundIndicators
from creditscore.report._dossier._reading import Reading
from creditscore.report._dossier._section import DossierSection, observed
from creditscore.report._dossier._words import pair_of
from creditscore.scorecard import Scorecard

_GRADES = ["grade", "valid_from", "valid_to"]
_GRADE_ITEMS = ("rating.rating", "rating.grade")
_ONE_WORD = ["record", "item", "true_from", "source", "source_name"]


def scores(
    reading: Reading, found: FoundIndicators, card: Scorecard | ExpertScorecard | None
) -> DossierSection | None:
    """Return the points of each characteristic; None where the role may not know an input.

    There are inputs and no points where the card refuses one of them.
    """
    inputs = None if card is None else _inputs(reading, found, card.names)
    if card is None or inputs is None:
        return None
    values = {name: value for name, (value, _) in inputs.items()}
    basis = [places for _, places in inputs.values()]
    points = card.scorecard if isinstance(card, ExpertScorecard) else card
    applicant = pd.DataFrame([values])
    try:
        parts = points.score_parts(applicant).iloc[0]
    except RefusedValueError:
        table = pd.DataFrame({
            "characteristic": card.names, "input": pd.Series(list(values.values()), dtype=object),
        })  # fmt: skip
        refused = _refused(points, applicant)
        return DossierSection(
            name="scores", table=table, basis={"input": basis},
            notes=(_note(refused, {**labels_of(reading), **found.labels}),),
        )  # fmt: skip
    total = float(card.score(applicant).iloc[0])
    table = pd.DataFrame({
        "characteristic": [*card.names, "base", "total"],
        "input": pd.Series([*values.values(), None, None], dtype=object),
        "points": [*(float(parts[name]) for name in card.names), points.base_points, total],
    })  # fmt: skip
    every = tuple(dict.fromkeys(place for places in basis for place in places))
    return DossierSection(
        name="scores", table=table,
        basis={"input": [*basis, (), ()], "points": [*basis, (), every]},
        charts=_drawn(reading, found, table.iloc[:-2]),
    )  # fmt: skip


def _inputs(
    reading: Reading, found: FoundIndicators, names: Sequence[str]
) -> dict[str, tuple[Any, tuple[str, ...]]] | None:
    """Return each input with the places that it rests on; None where the role may not know one.

    An indicator counts before an item of its name, unless nothing was there to make it of.
    """
    inputs: dict[str, tuple[Any, tuple[str, ...]]] = {}
    values = found.values
    for name in names:
        rows = reading.facts[(reading.facts["item"] == name) & (reading.facts["kind"] == "")]
        if not math.isnan(values.get(name, math.nan)):
            inputs[name] = values[name], (f"i-{name}",)
        elif reading.sees(name) and len(rows) and found.is_not_given(name):
            inputs[name] = rows["value"].iloc[0], observed(list(rows["observation"]))
        elif name in values:
            # another section tells why it is missing
            inputs[name] = math.nan, ("indicators_missing",)
        elif name in found.names or reading.sees(name):
            inputs[name] = math.nan, ()
        else:
            # one part less would be another score, and the score may give away the part
            return None
    return inputs


def _refused(card: Scorecard, applicant: pd.DataFrame) -> list[str]:
    """Return the characteristics that do not score what is or is not there."""
    names = []
    for one in card.characteristics:
        try:
            Scorecard(characteristics=(one,)).score_parts(applicant)
        except RefusedValueError:
            names.append(one.name)
    return names


def _note(refused: Sequence[str], labels: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    en, zh = pair_of("note_refused")
    named = [labels.get(name, (name, name)) for name in refused]
    return (
        en.format(items="; ".join(label for label, _ in named)),
        zh.format(items="；".join(label for _, label in named)),
    )


def _drawn(reading: Reading, found: FoundIndicators, rows: pd.DataFrame) -> tuple[Chart, ...]:
    values = [float(points) for points in rows["points"]]
    if not known(values):
        return ()
    labels = {**labels_of(reading), **found.labels}
    return (Chart(
        kind="bars", title=pair_of("chart_points"),
        names=tuple(labels.get(name, (name, name)) for name in rows["characteristic"]),
        values=tuple(values), notes=tuple((short(value), short(value)) for value in values),
    ),)  # fmt: skip


def labels_of(reading: Reading) -> dict[str, tuple[str, str]]:
    """Return what items are called in English and Chinese."""
    return {
        item.name: (item.label or item.name, item.label_zh or item.label or item.name)
        for item in reading.catalogue
    }


def grades(reading: Reading, given: RatingHistory | pd.DataFrame | None) -> DossierSection | None:
    """Return the grades that the customer had up to the day, as they were known."""
    if given is None:
        return None
    labels: tuple[str, ...] = ()
    table: pd.DataFrame = given
    if isinstance(given, RatingHistory):
        labels = given.labels
        table = given.to_frame()
    today = pd.Timestamp(reading.day)
    rows = table[table["customer"].astype(str) == reading.customer].copy()
    for name in ("valid_from", "valid_to", "known_on"):
        rows[name] = pd.to_datetime(rows[name]) if name in rows else pd.NaT
    told = rows["known_on"].fillna(rows["valid_from"])
    rows = rows[(rows["valid_from"] <= today) & (told <= reading.instant.tz_localize(None))]
    # what ends later has not ended yet
    rows["valid_to"] = rows["valid_to"].where(rows["valid_to"] <= today)
    held = rows.sort_values("valid_from", kind="stable")[_GRADES].reset_index(drop=True)
    return DossierSection(
        name="grades", table=held, basis={"grade": _told(reading, held)},
        charts=_path(held, labels),
    )  # fmt: skip


def _told(reading: Reading, held: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return for each grade the places of the ratings of its day and grade in the store."""
    rows = reading.clear
    rows = rows[rows["item"].isin(_GRADE_ITEMS)].sort_values(["known_at", "observation"])
    # what was corrected is not told any more
    rows = rows.drop_duplicates(_ONE_WORD, keep="last")
    found: dict[tuple[pd.Timestamp, str], list[int]] = {}
    for day, value, number in zip(
        rows["true_from"], rows["value"], rows["observation"], strict=True
    ):
        found.setdefault((day, str(value)), []).append(number)
    keys = zip(held["valid_from"].dt.normalize(), held["grade"].astype(str), strict=True)
    return [observed(found[key]) if key in found else () for key in keys]


def _path(table: pd.DataFrame, labels: tuple[str, ...]) -> tuple[Chart, ...]:
    if not len(table) or not labels:
        return ()
    places = {grade: place for place, grade in enumerate(labels)}
    deepest = float(len(labels) - 1)
    names = [f"{day:%Y-%m-%d}" for day in table["valid_from"]]
    values = tuple(float(places.get(grade, deepest)) for grade in table["grade"])
    return (Chart(
        kind="steps", title=pair_of("chart_grades"),
        names=tuple((name, name) for name in names), values=values,
        notes=tuple((str(grade), str(grade)) for grade in table["grade"]),
    ),)  # fmt: skip
