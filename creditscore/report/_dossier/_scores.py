"""The score of the customer with its parts, and the grades that it had."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

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


def scores(
    reading: Reading, found: FoundIndicators, card: Scorecard | ExpertScorecard | None
) -> DossierSection | None:
    """Return the points of each characteristic; None where the role may not know an input."""
    if card is None:
        return None
    inputs: dict[str, Any] = {}
    basis: list[tuple[str, ...]] = []
    values = found.values
    for name in card.names:
        if name in values:
            inputs[name] = values[name]
            # of what is missing another section tells why
            missing = math.isnan(values[name])
            basis.append(("indicators_missing",) if missing else (f"i-{name}",))
        elif reading.sees(name):
            rows = reading.facts[(reading.facts["item"] == name) & (reading.facts["kind"] == "")]
            inputs[name] = rows["value"].iloc[0] if len(rows) else math.nan
            basis.append(observed(list(rows["observation"])))
        else:
            # one part less would be another score, and the score may give away the part
            return None
    points = card.scorecard if isinstance(card, ExpertScorecard) else card
    applicant = pd.DataFrame([inputs])
    parts = points.score_parts(applicant).iloc[0]
    total = float(card.score(applicant).iloc[0])
    table = pd.DataFrame({
        "characteristic": [*card.names, "base", "total"],
        "input": pd.Series([*inputs.values(), None, None], dtype=object),
        "points": [*(float(parts[name]) for name in card.names), points.base_points, total],
    })  # fmt: skip
    every = tuple(dict.fromkeys(place for places in basis for place in places))
    return DossierSection(
        name="scores", table=table,
        basis={"input": [*basis, (), ()], "points": [*basis, (), every]},
        charts=_drawn(reading, found, table.iloc[:-2]),
    )  # fmt: skip


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
    return DossierSection(name="grades", table=held, charts=_path(held, labels))


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
