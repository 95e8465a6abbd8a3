"""Which column holds what: guesses by names and values, for a person to look at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from creditscore._checks import check_kind
from creditscore._yaml import read_yaml
from creditscore.collect._guess._proposal import DAYS, ColumnGuess, MappingProposal
from creditscore.collect._guess._shape import Shape, masked_shape, shape_of
from creditscore.collect._guess._similarity import plain_name, similarity
from creditscore.collect._guess._unit_of import unit_of
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._item import Item
from creditscore.collect._reader._file_form import HEADER_PARTED, FileForm
from creditscore.collect._reader._open import open_source
from creditscore.collect._reader._rule import FIELDS
from creditscore.collect._reader._units import split_unit

_LEAST = 0.7
"""Guesses of less are not made."""
_LEAST_TOLD = 0.3
_N_ALTERNATIVES = 3
_N_SAMPLES = 3
_DIGIT = re.compile(r"\d")


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
        How the file is written; that is never guessed.

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
    0.5 + 0.5 × the share of cells that it could hold. Columns are given to fields and items in
    the order of their confidence, each once; below 0.7 there is no guess. Samples show the form
    of texts only. A unit that the name of a column says, in brackets or at its end, is told, and
    read by when it is confirmed; what is in brackets and is none is asked about. So is the
    currency of amounts, where neither their name nor a column says it.

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
    table = open_source(data, form)
    shapes = {name: shape_of(cells, form) for name, cells in table.columns.items()}
    known = _names(catalogue)
    scores = {name: _scores(name, shape, known, catalogue) for name, shape in shapes.items()}
    chosen = _chosen(scores)
    guesses = [
        _guess(name, chosen.get(name, ""), scores[name], shapes[name], catalogue)
        for name in table.columns
    ]
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
    """Return the plain names of each field and item."""
    frequent = _frequent()
    known = {field: [field.replace("_", " "), *frequent.get(field, ())] for field in FIELDS}
    for item in catalogue:
        own = item.name.rpartition(".")[2].replace("_", " ")
        labels = [item.label, item.label_zh, item.name.replace(".", " ").replace("_", " ")]
        known[item.name] = [own, *labels, *frequent.get(item.name, ())]
    return {target: [*map(plain_name, names)] for target, names in known.items()}


def _scores(
    column: str, shape: Shape, known: Mapping[str, Sequence[str]], catalogue: ItemCatalogue
) -> dict[str, float]:
    bare = unit_of(column, None)[0]
    # of a header in several rows, the lowest may say it alone
    own = {plain_name(name) for name in (column, bare, bare.rpartition(HEADER_PARTED)[2])}
    found = {}
    for target, names in known.items():
        alike = max(similarity(name, other) for name in own for other in names)
        found[target] = alike * (0.5 + 0.5 * _fit(target, shape, catalogue))
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _fit(target: str, shape: Shape, catalogue: ItemCatalogue) -> float:
    if target in DAYS:
        return shape.days
    if target == "confidence":
        return shape.numbers
    if target == "address":
        # a street has a number, and a region none
        return 1.0 if any(map(_DIGIT.search, shape.words)) else 0.7
    if target in FIELDS:
        return 0.4 if shape.formats and target != "record" else 1.0
    return shape.fit(catalogue[target])


def _chosen(scores: Mapping[str, Mapping[str, float]]) -> dict[str, str]:
    """Give columns to targets in the order of confidence, each once."""
    pairs = sorted(
        ((score, column, target) for column, found in scores.items()
         for target, score in found.items() if score >= _LEAST),
        key=lambda pair: -pair[0],
    )  # fmt: skip
    chosen: dict[str, str] = {}
    for _, column, target in pairs:
        if column not in chosen and target not in chosen.values():
            chosen[column] = target
    return chosen


def _guess(
    column: str, target: str, scores: Mapping[str, float], shape: Shape, catalogue: ItemCatalogue
) -> ColumnGuess:
    others = [(name, round(score, 3)) for name, score in scores.items()
              if name != target and score >= _LEAST_TOLD]  # fmt: skip
    item = catalogue[target] if target in catalogue.names else None
    is_day = target in DAYS or (item is not None and item.kind == "day")
    _, unit, odd = unit_of(column, item)
    is_number = item is not None and item.kind == "number"
    is_amount = is_number and item is not None and not item.unit
    return ColumnGuess(
        column=column, target=target, confidence=round(scores.get(target, 0.0), 3),
        alternatives=tuple(others[:_N_ALTERNATIVES]),
        formats=shape.of_days if is_day else (),
        unit=unit if is_number or item is None else "", not_a_unit=odd if is_number else "",
        is_amount=is_amount and not split_unit(unit)[1],
        samples=_samples(shape, item),
    )  # fmt: skip


def _samples(shape: Shape, item: Item | None) -> tuple[str, ...]:
    words = shape.words[:_N_SAMPLES]
    in_clear = item is not None and not item.is_protected and item.kind != "text"
    return words if in_clear else tuple(map(masked_shape, words))
