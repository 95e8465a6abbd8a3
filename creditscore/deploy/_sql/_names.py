"""Names and texts that a query can hold: what an engine would take otherwise is refused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from creditscore.deploy._rules import CardRules, Rules, SegmentedRules, columns_in
from creditscore.deploy._sql._dialect import Dialect
from creditscore.exceptions import InvalidParameterError


def result_names(rules: Rules) -> list[str]:
    """Return the columns of the result that the card makes."""
    if isinstance(rules, SegmentedRules):
        points = [f"{name}_points" for name in rules.characteristics]
        return ["segment", *points, *card_results(rules.cards[0])]
    return [*(f"{column.name}_points" for column in rules.columns), *card_results(rules)]


def card_results(rules: CardRules) -> list[str]:
    """Return the columns of the result that come after the points."""
    known = rules.offset is not None and rules.factor is not None
    reasons = [f"reason_{rank}" for rank in range(1, rules.n_reasons + 1)]
    return ["score", *(["pd"] if known else []), *reasons]


def check_names(dialect: Dialect, rules: Rules, keep: Any) -> list[str]:
    """Check the columns that are kept, and all names that the query has."""
    if not isinstance(keep, (list, tuple)) or not all(isinstance(name, str) for name in keep):
        msg = f"The 'keep' parameter of to_sql must be a list of columns. Got {keep!r} instead."
        raise InvalidParameterError(msg)
    names = [*keep, *result_names(rules)]
    # engines fold the case of names
    folded = [name.casefold() for name in names]
    twice = sorted({name for name in names if folded.count(name.casefold()) > 1})
    if twice:
        msg = (
            f"The result of to_sql would have two columns named {twice[0]!r}. Keep other columns, "
            "or rename the characteristic."
        )
        raise InvalidParameterError(msg)
    for name in dict.fromkeys([*(column.name for column in columns_in(rules)), *names]):
        _check_name(dialect, name)
    return list(keep)


def check_texts(dialect: Dialect, rules: Rules) -> None:
    """Check that the levels of each column are apart in the engine too."""
    if isinstance(rules, SegmentedRules):
        _check_segments(dialect, rules.segments.names)
    for column in columns_in(rules):
        texts = [level for level, _ in column.values if isinstance(level, str)]
        for text in texts:
            _check_letters(text, f"the level {text!r} of column {column.name!r}")
        if dialect.empty_is_null and "" in texts:
            msg = (
                f"Column {column.name!r} has a level that is the empty text, which {dialect.name} "
                "takes for missing. Give the level another name before the card is made."
            )
            raise InvalidParameterError(msg)
        if dialect.same_with_blanks:
            _check_blanks(dialect, column.name, texts)


def _check_segments(dialect: Dialect, names: Sequence[str]) -> None:
    for name in names:
        _check_letters(name, f"the name {name!r} of a segment")
        if not name and dialect.empty_is_null:
            msg = (
                f"A segment is called by the empty text, which {dialect.name} takes for missing. "
                "Give it another name."
            )
            raise InvalidParameterError(msg)


def free_names(stem: str, n: int, taken: Iterable[str]) -> list[str]:
    """Return names for columns within the query that no other column has."""
    folded = {name.casefold() for name in taken}
    while any(f"{stem}_{place}" in folded for place in range(n)):
        stem += "_"
    return [f"{stem}_{place}" for place in range(n)]


def _check_name(dialect: Dialect, name: str) -> None:
    if not name:
        msg = "The query would have a column without a name. Name it before the card is made."
        raise InvalidParameterError(msg)
    _check_letters(name, f"the name {name!r}")
    refused = sorted(set(name) & set(dialect.refused_in_names))
    if refused:
        msg = (
            f"No column of {dialect.name} has a name with {refused[0]!r}, as {name!r} has. Rename "
            "the column before the card is made."
        )
        raise InvalidParameterError(msg)
    longest = dialect.longest_name
    if longest is not None and dialect.name_length(name) > longest:
        msg = (
            f"{name!r} has {dialect.name_length(name)} {dialect.name_unit}, and names of "
            f"{dialect.name} may have {longest}. Rename the column before the card is made."
        )
        raise InvalidParameterError(msg)


def _check_letters(text: str, what: str) -> None:
    broken = any("\ud800" <= letter <= "\udfff" for letter in text)
    if "\x00" in text or broken:
        msg = (
            f"No query holds {what}: {'half of a character' if broken else 'a null character'} is "
            "in it. Rename it before the card is made."
        )
        raise InvalidParameterError(msg)


def _check_blanks(dialect: Dialect, name: str, texts: Sequence[str]) -> None:
    of_text: dict[str, str] = {}
    for text in texts:
        other = of_text.setdefault(text.rstrip(" "), text)
        if other != text:
            msg = (
                f"Column {name!r} has the levels {other!r} and {text!r}, which {dialect.name} "
                "takes for one, because they differ in blanks at the end only. Rename one before "
                "the card is made."
            )
            raise InvalidParameterError(msg)
