"""Which column holds what: guesses by names and values, for a person to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from creditscore._cells import folded
from creditscore._checks import check_kind
from creditscore._yaml import read_yaml
from creditscore.collect._guess._column_guess import ColumnGuess
from creditscore.collect._guess._proposal import DAYS, MappingProposal
from creditscore.collect._guess._reading import (
    RECORD,
    Likeness,
    elsewhere_of,
    plain_target,
    readings_of,
    record_of,
    rivals_of,
)
from creditscore.collect._guess._shape import Shape, masked_shape, shape_of
from creditscore.collect._guess._similarity import is_other, plain_name, similarity
from creditscore.collect._guess._unit_of import unit_of
from creditscore.collect._guess._written import units_said
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._file_form import HEADER_PARTED, FileForm
from creditscore.collect._reader._open import open_source
from creditscore.collect._reader._rule import FIELDS
from creditscore.collect._reader._units import PERCENT, split_unit

_SURE = 0.9
"""Of names that are less alike, it is asked whether they mean the same."""
_OTHER_NUMBER = 0.6
_LEAST_TOLD = 0.3
_N_ALTERNATIVES = 3
_N_SAMPLES = 3
_DIGIT = re.compile(r"\d")
_SIGN_OF = {"phone": _DIGIT, "email": re.compile("@")}
"""What is in each cell of these items."""


def guess_mapping(
    data: Any, *, catalogue: ItemCatalogue | None = None, form: FileForm | None = None
) -> MappingProposal:
    """Propose what the columns of a wide table hold; nothing is read by it before it is confirmed.

    Parameters
    ----------
    data : path, DataFrame, list of mappings or DatabaseTable
        Whatever :func:`read_source` reads.
    catalogue : ItemCatalogue, optional
        What the items are; without, the standard one.
    form : FileForm, optional
        How the file is written; that is never guessed, but for signs within the numbers of a
        column.

    Returns
    -------
    MappingProposal
        A guess a column, with its confidence, alternatives and samples.

    Raises
    ------
    DocumentNotFoundError, DocumentError
        There is no such file, or it cannot be read.

    Notes
    -----
    The confidence is the likeness of the name of the column to the names known of a field or an
    item (its own, its labels, and a list of frequent ones in English, Chinese and German), times
    0.5 + 0.5 × the share of cells that it could hold. A name that says margin, ratio, growth or
    the like, and means another number than the amount, has 0.6 of it. Columns are given to fields
    and items in the order of their confidence, each once; below 0.7 there is no guess, and where
    names are less than 0.9 alike, it is asked. Samples show the form of texts only.

    Items of a mapping are all of the customer, or all of records of one kind, such as invoices.
    Where a column says which record, they are of records; the kind is that which more columns
    are alike to. Where a column is as alike to several items, of one kind or of kinds that are as
    likely, that is asked.

    A unit that the name of a column says, in brackets or at its end, is told, and read by when it
    is confirmed; what is in brackets and is none is asked about. So is a unit that all cells say
    beside their numbers, or that a workbook shows them with: ``"EUR 12"``, ``"45%"``. Where only
    some say it, where they say several, or the sign of several currencies, that is asked; so is
    the currency of amounts, where neither their name, their cells nor a column says it. Signs
    within numbers that the form does not have are told, and read by; where they may be two, as in
    ``"3,000"``, that is asked.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import guess_mapping
    >>> table = pd.DataFrame({
    ...     "客户编号": ["C1", "C2"], "报告期": ["2023-12-31", "2023-12-31"],
    ...     "营业收入（万元）": [1200, 980],
    ... })
    >>> proposal = guess_mapping(table)
    >>> proposal.frame()[["column", "guess", "confidence"]]
         column      guess  confidence
    0      客户编号   customer         1.0
    1       报告期  true_from         1.0
    2  营业收入（万元）    revenue         1.0
    >>> mapping = proposal.confirmed(
    ...     by="Li", source="public_filing", method="data_analysis", at="2024-05-02T08:00Z")
    >>> mapping.confirmed_by, mapping.items
    ('Li', ('revenue',))
    """
    catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
    check_kind(catalogue, "catalogue", "guess_mapping", ItemCatalogue)
    form = form or FileForm()
    check_kind(form, "form", "guess_mapping", FileForm)
    missing = [folded(str(word)) for word in form.missing]
    table = open_source(data, form)
    shapes = {name: shape_of(cells, form) for name, cells in table.columns.items()}
    known = _names(catalogue)
    scores = {name: _scores(name, shape, known, catalogue) for name, shape in shapes.items()}
    readings = readings_of(scores, catalogue)
    guesses = []
    for name in table.columns:
        target = readings[0].chosen.get(name, "")
        told = {
            "rivals": rivals_of(name, readings, scores, catalogue),
            "elsewhere": "" if target else elsewhere_of(name, readings[0], scores, catalogue),
            "is_unsure": bool(target) and scores[name][target].alike < _SURE,
        }
        guesses.append(_guess(name, target, scores[name], shapes[name], catalogue, missing, told))
    return MappingProposal(
        source_name=table.name, guesses=tuple(guesses), form=form, catalogue=catalogue
    )


@cache
def _frequent() -> Mapping[str, Sequence[str]]:
    folder = resources.files("creditscore.collect") / "concepts"
    content = read_yaml((folder / "column_names.yaml").read_bytes(), "column_names.yaml")
    names: Mapping[str, Sequence[str]] = content["names"]
    return names


def _names(catalogue: ItemCatalogue) -> dict[str, list[str]]:
    """Return the plain names of each field and item, and of the records of each kind."""
    frequent = _frequent()
    known = {field: [field.replace("_", " "), *frequent.get(field, ())] for field in FIELDS}
    for kind in dict.fromkeys(filter(None, (item.record_kind for item in catalogue))):
        # the rating of an agency is no number of it
        bare = () if f"{kind}.{kind}" in catalogue.names else (kind,)
        numbers = (f"{kind} {word}" for word in ("no", "number", "id"))
        known[record_of(kind)] = [*bare, *numbers, *frequent.get(f"{RECORD}.{kind}", ())]
    for item in catalogue:
        own = [item.name.rpartition(".")[2].replace("_", " ")]
        labels = [item.label, item.label_zh, item.name.replace(".", " ").replace("_", " ")]
        known[item.name] = [*own, *labels, *frequent.get(item.name, ())]
    return {target: [*map(plain_name, names)] for target, names in known.items()}


def _scores(
    column: str, shape: Shape, known: Mapping[str, Sequence[str]], catalogue: ItemCatalogue
) -> dict[str, Likeness]:
    bare = unit_of(column, None)[0]
    # of a header in several rows, the lowest may say it alone
    own = {plain_name(name) for name in (column, bare, bare.rpartition(HEADER_PARTED)[2])}
    found = {}
    for target, names in known.items():
        is_number = target in catalogue.names and catalogue[target].kind == "number"
        alike = max(
            similarity(name, other)
            * (_OTHER_NUMBER if is_number and is_other(name, other) else 1.0)
            for name in own for other in names
        )  # fmt: skip
        score = alike * (0.5 + 0.5 * _fit(plain_target(target), shape, catalogue))
        found[target] = Likeness(score=score, alike=alike)
    return dict(sorted(found.items(), key=lambda pair: -pair[1].score))


def _fit(target: str, shape: Shape, catalogue: ItemCatalogue) -> float:
    if target in DAYS:
        return shape.days
    if target == "confidence":
        return shape.numbers
    if target == "address":
        # a street has a number, and a region none
        return 1.0 if any(map(_DIGIT.search, shape.words)) else 0.7
    if target in _SIGN_OF and shape.n:
        return sum(bool(_SIGN_OF[target].search(word)) for word in shape.words) / shape.n
    if target in FIELDS:
        return 0.4 if shape.formats and target != "record" else 1.0
    return shape.fit(catalogue[target])


def _guess(
    column: str, target: str, scores: Mapping[str, Likeness], shape: Shape,
    catalogue: ItemCatalogue, missing: Sequence[str], told: Mapping[str, Any],
) -> ColumnGuess:  # fmt: skip
    confidence = round(scores[target].score, 3) if target else 0.0
    target = plain_target(target)
    others: dict[str, float] = {}
    for name, likeness in scores.items():
        if plain_target(name) != target and likeness.score >= _LEAST_TOLD:
            others.setdefault(plain_target(name), round(likeness.score, 3))
    item = catalogue[target] if target in catalogue.names else None
    is_day = target in DAYS or (item is not None and item.kind == "day")
    _, unit, odd = unit_of(column, item)
    is_number = item is not None and item.kind == "number"
    is_amount = is_number and item is not None and not item.unit
    may_say = is_number or not target
    units, has_bare = units_said(shape.levels, item, missing) if may_say else ((), False)
    in_doubt = item is None or is_amount or (PERCENT in units and item.unit == "fraction")
    return ColumnGuess(
        column=column, target=target, confidence=confidence,
        alternatives=tuple(others.items())[:_N_ALTERNATIVES],
        formats=shape.of_days if is_day else (),
        unit=unit if is_number or item is None else "", not_a_unit=odd if is_number else "",
        is_amount=is_amount and not split_unit(unit)[1],
        units=units, some_say_none=bool(units) and has_bare and in_doubt
        and not split_unit(unit)[1],
        signs=shape.written.signs if may_say else (),
        samples=_samples(shape, item), **told,
    )  # fmt: skip


def _samples(shape: Shape, item: Item | None) -> tuple[str, ...]:
    words = shape.words[:_N_SAMPLES]
    in_clear = item is not None and not item.is_protected and item.kind != "text"
    return words if in_clear else tuple(map(masked_shape, words))
