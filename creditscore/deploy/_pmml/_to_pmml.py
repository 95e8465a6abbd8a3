"""A card as PMML 4.4, the model exchange format of the Data Mining Group."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from importlib.metadata import version

from creditscore._typing import ReasonBaseline
from creditscore.deploy._alike import check_alike, check_whole_levels
from creditscore.deploy._description import AnyCard, baseline_of, rules_of
from creditscore.deploy._pmml._fields import field_of, open_field
from creditscore.deploy._pmml._predicates import type_of
from creditscore.deploy._pmml._scorecard import outputs_of, scorecard
from creditscore.deploy._pmml._segments import segmented
from creditscore.deploy._rules import ColumnRules, Rules, SegmentedRules, cards_in, columns_in
from creditscore.exceptions import InvalidParameterError

_NAMESPACE = "http://www.dmg.org/PMML-4_4"
_METHODS = {"neutral": "neutral", "average": "mean", "maximum": "max"}
"""What the standard calls a baseline; the best points of a reversed scale are the least."""
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document can hold, escaped or not."""
_HELD = {"double": "numbers", "boolean": "booleans", "string": "text"}


def to_pmml(card: AnyCard, *, n_reasons: int = 4, baseline: ReasonBaseline | None = None) -> str:
    """Write a card as PMML 4.4, as a model of the kind Scorecard, or a MiningModel of such.

    Parameters
    ----------
    card : Scorecard or SegmentedScorecard
        The card.
    n_reasons : int, default=4
        Most reasons that the outputs hold.
    baseline : {"neutral", "average", "maximum"}, optional
        What reasons compare with, as in :meth:`Scorecard.reasons`: "neutral" unless given, or
        "maximum" where the card holds no neutral points.

    Returns
    -------
    str
        An XML document without a declaration of its encoding: save it as UTF-8. Its outputs are
        score; pd, the probability of default, where the card has a scale; and reason_1 … with the
        names of the characteristics that cost most points; of a segmented card, segment too. The
        points of a characteristic are no output that the standard knows.

    Raises
    ------
    InvalidParameterError
        A name or level with a character that XML cannot hold; a column of numbers and words,
        which no field of PMML holds as such; a characteristic with levels of text and of numbers;
        a level that is a whole number of 2⁵³ or more; a column that cards of segments read
        differently; a column that is called as an output is.
    UncalibratedCardError
        The card holds no neutral points or counts for the baseline asked for.

    Notes
    -----
    Numbers are written with all their digits. A column of numbers, or of levels that are numbers,
    is a field of doubles; one whose levels are all booleans a field of booleans; any other a field
    of text. What is missing has its own attribute, and a column that a consumer is not given is
    missing. A special code that is no whole number is met as it is and as 32 bits hold it. What
    the card refuses, and infinite numbers, are no valid values of their field, so that there is no
    score: consumers answer with nothing or with an error. Levels that the card does not know earn
    what it gives to others.

    Consumers count every difference as a reason, some zero too, and the card those above 1e-9
    points: baselines are therefore moved by 2⁻³⁰ of a point, which leaves whole points their ties.
    The card calls shortfalls equal that are so to nine decimals; consumers cannot round, and where
    points have decimals put first the one that is larger by the last bits.

    A segmented card is a MiningModel whose segments each hold a Scorecard, and the first that a row
    meets scores it. What one of its cards refuses another may take, so that it is no invalid
    value of the field: no attribute of the card meets it, and again there is no score. Infinite
    numbers have none in any column, whether the card of the row reads it or not.

    Two consumers are run against the card. In JPMML, score and reasons are those of the card to
    the last bit; None is missing there, and NaN is refused. PMML4S (pypmml) deviates: it adds the
    base points last, which may change the last bit where there are any; of equal reasons it puts
    first the name that comes last in the alphabet; where there are fewer reasons than outputs, it
    repeats the last one; and in a field of numbers it takes text that is no number, and True, for
    missing. Where pypmml is given a DataFrame, it hands the numbers over with ten decimals, so that
    one just below a cut may count as the cut; of a dict it hands over all digits.

    References
    ----------
    .. [1] Data Mining Group, *PMML 4.4*, Scorecard.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.deploy import to_pmml
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> document = to_pmml(Scorecard(characteristics=[years], base_points=500))
    >>> print(document.splitlines()[0])
    <PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">
    """
    compared = baseline_of(card, baseline)
    rules = rules_of(card, n_reasons=n_reasons, baseline=compared)
    _check(rules)
    first = cards_in(rules)[0]
    method = _METHODS[compared]
    if method == "max" and not first.higher_is_safer:
        method = "min"
    root = ET.Element("PMML", xmlns=_NAMESPACE, version="4.4")
    header = ET.SubElement(root, "Header", description=repr(card).strip("<>"))
    ET.SubElement(header, "Application", name="creditscore", version=version("creditscore"))
    columns = _read_columns(rules)
    dictionary = ET.SubElement(root, "DataDictionary", numberOfFields=str(len(columns)))
    if isinstance(rules, SegmentedRules):
        dictionary.extend(map(open_field, columns.values()))
        root.append(segmented(rules, method, list(columns)))
    else:
        dictionary.extend(map(field_of, columns.values()))
        root.append(scorecard(rules, method, outputs_of(rules), by_field=True))
    ET.indent(root)
    # a bare carriage return is read as the end of a line
    return ET.tostring(root, encoding="unicode").replace("\r", "&#13;") + "\n"


def _read_columns(rules: Rules) -> dict[str, ColumnRules]:
    """Return the columns that are read, each once, as those have it that know values of it."""
    columns: dict[str, ColumnRules] = {}
    for column in columns_in(rules):
        if column.name not in columns or not _held(columns[column.name]):
            columns[column.name] = column
    return columns


def _held(column: ColumnRules) -> str | None:
    """Return what a column must hold, in words; None where it knows no value."""
    if column.kind != "numeric" and not column.values:
        return None
    return _HELD[type_of(column)]


def _check(rules: Rules) -> None:
    taken = {output.get("name") for output in outputs_of(cards_in(rules)[0])}
    if isinstance(rules, SegmentedRules):
        taken.add("segment")
        for name in rules.segments.names:
            _check_letters("A segment", [name])
    for column in columns_in(rules):
        _check_column(column)
        if column.name in taken:
            msg = (
                f"The column {column.name!r} is called as an output of to_pmml is. Rename it "
                "before the card is made."
            )
            raise InvalidParameterError(msg)
    check_alike(rules, _held, "a field of PMML")


def _check_column(column: ColumnRules) -> None:
    texts = [level for level, _ in column.values if isinstance(level, str)]
    _check_letters(f"Column {column.name!r}", [column.name, *texts])
    if column.kind == "mixed" or 0 < len(texts) < len(column.values):
        what = "numbers and words" if column.kind == "mixed" else "levels of text and of numbers"
        msg = (
            f"Column {column.name!r} holds {what}, and a field of PMML holds one of the two. "
            "Part it in two columns, or make all of it text, before the card is made."
        )
        raise InvalidParameterError(msg)
    check_whole_levels(column, "a field of PMML")


def _check_letters(owner: str, texts: list[str]) -> None:
    strange = next((text for text in texts if _NO_XML.search(text)), None)
    if strange is not None:
        msg = (
            f"{owner} has the text {strange!r}, with a character that XML cannot hold. Change it "
            "before the card is made."
        )
        raise InvalidParameterError(msg)
