"""Reasons for adverse decisions: codes, texts, points lost, for each applicant that failed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from creditscore._checks import check_kind
from creditscore._display import counted
from creditscore._frame import Table
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D, Int2D, NativeFrame, ReasonBaseline
from creditscore._validation import check_integer, check_real
from creditscore._warn import warn_user
from creditscore.exceptions import NoReasonWarning
from creditscore.scorecard._adverse._points_baseline import PointsBaseline, resolve
from creditscore.scorecard._adverse._reason_codes import Language, ReasonCodes
from creditscore.scorecard._card_kind import check_card
from creditscore.scorecard._reading import direction, earned, read_applicants, read_one
from creditscore.scorecard._reasons import LEAST_SHORTFALL, in_billionths
from creditscore.scorecard._scorecard import Scorecard

_BLOCK = 2**15
"""Rows that are ranked at a time, which bounds the memory of it."""
_STOPS = tuple(".!?…。！？")
"""What a sentence ends with."""
_TEXTS = ("code", "text", "characteristic", "attribute")
_COLUMNS = ("code", "text", "points", "characteristic", "attribute")


def adverse_reasons(
    card: Scorecard,
    X: NativeFrame,
    codes: ReasonCodes | None = None,
    *,
    n: int = 4,
    baseline: ReasonBaseline | PointsBaseline = "neutral",
    cutoff: float | None = None,
    language: Language = "en",
) -> NativeFrame:
    """Return the reasons of each adverse decision, the one that cost most points first.

    Parameters
    ----------
    card : Scorecard
        The card that scored.
    X : table of shape (n_samples, n_columns)
        pandas, polars or pyarrow; holds the card's columns. It may be without rows, as where
        nobody was refused.
    codes : ReasonCodes, optional
        Codes and texts; those of :meth:`ReasonCodes.for_card` where none are given.
    n : int, default=4
        Most reasons for an applicant, 1 or more. Regulation B's commentary holds that more than
        four are unlikely to help an applicant [1]_.
    baseline : {"neutral", "average", "maximum"} or PointsBaseline, default="neutral"
        What the points are compared with: the points at WOE 0, the average points of the card's
        sample, the most favourable points; or such as :meth:`PointsBaseline.near_cutoff` makes.
    cutoff : float, optional
        The passing score: applicants who have it, or a safer one, get no reasons. Without one, all
        applicants get them.
    language : {"en", "zh"}, default="en"
        Language of the texts: English or Chinese.

    Returns
    -------
    table
        In the library and index of `X`, five columns a rank, for i from 1 to n: reason_i_code,
        reason_i_text, reason_i_points (points lost, float64, above zero),
        reason_i_characteristic and reason_i_attribute (label as in :meth:`Scorecard.table`;
        missing values are "Missing"). All five are missing where there are no more reasons.

    Raises
    ------
    InvalidParameterError
        Codes or a baseline that do not fit the card, or texts that are not there in the language;
        a card of several segments, which are told one by one, ``card.card(name)``.
    UncalibratedCardError
        The card holds no neutral points or counts for the baseline.

    Warns
    -----
    UnseenCategoryWarning, UnseenValueWarning
        As of :meth:`Scorecard.score`.
    NoReasonWarning
        Below the cutoff, applicants whose points fall short of the baseline under no code.

    See Also
    --------
    reason_sentences : The reasons of one applicant, as sentences.
    Scorecard.reason_details : Characteristics without codes and texts.

    Notes
    -----
    What is lost in a characteristic is baseline - points, on a reversed scale points - baseline.
    The points lost under one code are added, gains against losses, and a sum above zero is a
    reason. Over all codes they add up to the baseline's total less the score.

    Of equal sums the code comes first whose characteristic comes first in the card; of
    characteristics of one code, the one that lost most is named, of equal ones the first. All are
    compared to nine decimals, so that rounding breaks no tie.

    O(n_samples · n_characteristics) time and memory.

    References
    ----------
    .. [1] 12 CFR 1002.9(b)(2) and its official interpretation.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic, adverse_reasons
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric("income", cuts=[2000], points=[0, 30], missing_points=-5),
    ...     Characteristic.numeric("dti", cuts=[0.4], points=[20, 0], missing_points=0),
    ... ))
    >>> applicants = pd.DataFrame({"income": [1500, None, 2500], "dti": [0.5, 0.2, 0.1]})
    >>> reasons = adverse_reasons(card, applicants, n=2, baseline="maximum", cutoff=40)
    >>> reasons[["reason_1_code", "reason_1_text", "reason_1_points"]].head(2)
      reason_1_code       reason_1_text  reason_1_points
    0           R01     Income: too low             30.0
    1           R01  Income: not stated             35.0
    >>> reasons["reason_2_text"].fillna("").tolist()
    ['Dti: too high', '', '']
    """
    owner = "adverse_reasons"
    check_integer(n, "n", owner, low=1)
    plan = _plan(card, codes, baseline, language, owner)
    table = read_applicants(card, X, empty=True)
    adverse, ranked = _ranked(plan, table, n, cutoff, owner)
    texts = {
        f"reason_{rank}_{what}": _spread(of_one, adverse)
        for what, ranks in ranked.texts.items()
        for rank, of_one in enumerate(ranks, 1)
    }
    frame = nw.from_native(table.to_frame(texts, text=True), eager_only=True)
    # typed, because a rank that no row reaches has no value to tell the type by
    points = [
        nw.new_series(
            f"reason_{rank}_points",
            _spread(_with_gaps(of_one), adverse),
            nw.Float64,
            backend=frame.implementation,
        )
        for rank, of_one in enumerate(ranked.points, 1)
    ]
    order = [f"reason_{rank}_{what}" for rank in range(1, n + 1) for what in _COLUMNS]
    return frame.with_columns(*points).select(order).to_native()


def reason_sentences(
    card: Scorecard,
    applicant: Any,
    codes: ReasonCodes | None = None,
    *,
    n: int = 4,
    baseline: ReasonBaseline | PointsBaseline = "neutral",
    cutoff: float | None = None,
    language: Language = "en",
) -> tuple[str, ...]:
    """Return the principal reasons of one applicant as sentences, for a letter or a screen.

    Parameters
    ----------
    card : Scorecard
        The card that scored.
    applicant : mapping, Series, or table of one row
        A value for each characteristic of the card.
    codes : ReasonCodes, optional
        As in :func:`adverse_reasons`.
    n : int, default=4
        As in :func:`adverse_reasons`.
    baseline : {"neutral", "average", "maximum"} or PointsBaseline, default="neutral"
        As in :func:`adverse_reasons`.
    cutoff : float, optional
        As in :func:`adverse_reasons`.
    language : {"en", "zh"}, default="en"
        Language of the sentences: English or Chinese.

    Returns
    -------
    tuple of str
        Sentences, the reason that cost most points first; none where nothing fell short, or the
        applicant passed. Points and attributes are not in them: an applicant is told which
        factors counted, and not by how many points.

    Raises
    ------
    InvalidParameterError
        As in :func:`adverse_reasons`; also more rows than one.

    Warns
    -----
    UnseenCategoryWarning, UnseenValueWarning, NoReasonWarning
        As in :func:`adverse_reasons`.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic, ReasonCodes, reason_sentences
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric("income", cuts=[2000], points=[0, 30], missing_points=-5),
    ...     Characteristic.numeric("dti", cuts=[0.4], points=[20, 0], missing_points=0),
    ... ))
    >>> codes = ReasonCodes.for_card(card, names={"income": ("Monthly income", "月收入")})
    >>> applicant = {"income": 1500, "dti": 0.5}
    >>> reason_sentences(card, applicant, codes, baseline="maximum")
    ('Monthly income: too low.', 'Dti: too high.')
    >>> reason_sentences(card, applicant, codes, n=1, baseline="maximum", language="zh")
    ('月收入：过低。',)
    """
    owner = "reason_sentences"
    check_integer(n, "n", owner, low=1)
    plan = _plan(card, codes, baseline, language, owner)
    _, ranked = _ranked(plan, read_one(card, applicant, owner), n, cutoff, owner)
    stop = "." if language == "en" else "。"
    texts = [text for of_one in ranked.texts["text"] for text in of_one if text is not None]
    return tuple(text if text.endswith(_STOPS) else text + stop for text in texts)


@dataclass(frozen=True, eq=False)
class _Plan:
    """What reasons are made of: the card, its baseline, and the code and text of each attribute.

    Attributes
    ----------
    compared : str
        What the points are compared with, in words.
    codes : tuple of str
        Reason codes in the order in which equal sums are named.
    code_of, entry_of : list of ndarray of int
        Place in `codes`, and in `words`, of each attribute, by characteristic.
    words : dict of str to ndarray of str
        Code, text, characteristic and attribute of each attribute of the card.
    """

    card: Scorecard
    reference: tuple[float, ...]
    compared: str
    codes: tuple[str, ...]
    code_of: list[Int1D]
    entry_of: list[Int1D]
    words: dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, eq=False)
class _Ranked:
    """Reasons of some rows, an array a rank; None, and no points, where there are no more."""

    texts: dict[str, list[np.ndarray[Any, Any]]]
    points: list[Float1D]


def _plan(
    card: Scorecard, codes: ReasonCodes | None, baseline: Any, language: Language, owner: str
) -> _Plan:
    check_card(card, owner)
    if codes is None:
        codes = ReasonCodes.for_card(card)
    check_kind(codes, "codes", owner, ReasonCodes)
    codes.check(card)
    codes.check_language(language, owner)
    compared = resolve(card, baseline, owner)
    entries = {(r.characteristic, r.attribute): r for r in codes.reasons}
    chosen = [
        [entries.get((c.name, label)) or entries[c.name, None] for label in c.partition.labels]
        for c in card.characteristics
    ]
    # the code of a characteristic comes before those of its attributes
    order = tuple(
        dict.fromkeys(
            entry.code
            for c, of_one in zip(card.characteristics, chosen, strict=True)
            for entry in (entries[c.name, None], *of_one)
        )
    )
    place = {code: i for i, code in enumerate(order)}
    sizes = [len(of_one) for of_one in chosen]
    starts = np.cumsum([0, *sizes])
    flat = [entry for of_one in chosen for entry in of_one]
    labels = [label for c in card.characteristics for label in c.partition.labels]
    said = {
        "code": [entry.code for entry in flat],
        "text": [entry.text(language) for entry in flat],
        "characteristic": [entry.characteristic for entry in flat],
        "attribute": labels,
    }
    return _Plan(
        card,
        compared.for_names(card.names),
        compared.description,
        order,
        [np.array([place[entry.code] for entry in of_one]) for of_one in chosen],
        [np.arange(start, start + size) for start, size in zip(starts, sizes, strict=False)],
        {what: np.array([*texts, None], dtype=object) for what, texts in said.items()},
    )


def _ranked(
    plan: _Plan, table: Table, n: int, cutoff: float | None, owner: str
) -> tuple[Bool1D, _Ranked]:
    """Return which rows are adverse, and their reasons."""
    codes, points, score = earned(plan.card, table)
    sign = direction(plan.card)
    adverse = np.ones(table.n_rows, dtype=bool)
    if cutoff is not None:
        passing = check_real(cutoff, "cutoff", owner, low=-math.inf, high=math.inf)
        adverse = sign * score < sign * passing
    for place, of_one in enumerate(points):
        points[place] = sign * (plan.reference[place] - of_one[adverse])
        codes[place] = codes[place][adverse]
    n_rows = int(adverse.sum())
    shown = np.full((n, n_rows), len(plan.words["code"]) - 1, dtype=np.intp)
    lost = np.zeros((n, n_rows))
    for rows in _blocks(n_rows):
        block = [of_one[rows] for of_one in codes]
        of_block = np.column_stack([of_one[rows] for of_one in points])
        entries, sums = _rank(plan, block, of_block, n)
        shown[: len(entries), rows] = entries
        lost[: len(sums), rows] = sums
    if cutoff is not None:
        _warn_of_none(plan, lost[0])
    texts = {what: [plan.words[what].take(of_one) for of_one in shown] for what in _TEXTS}
    return adverse, _Ranked(texts, list(lost))


def _warn_of_none(plan: _Plan, lost: Float1D) -> None:
    """Warn of applicants who failed and lost nothing under any code."""
    n = int((lost <= 0).sum())
    if n:
        warn_user(
            f"{n} of {counted(len(lost), 'applicant')} below the cutoff "
            f"{'has' if n == 1 else 'have'} no reason: under no code do their points fall short of "
            f"the {plan.compared}. Who is refused must be told why: compare with the points of "
            "those who just passed (PointsBaseline.near_cutoff), or with baseline='maximum'.",
            NoReasonWarning,
        )


def _rank(plan: _Plan, codes: Sequence[Int1D], lost: Float2D, n: int) -> tuple[Int2D, Float2D]:
    """Return the leading attribute and the sum of each rank, by rank; the last entry is none."""
    n_rows = len(lost)
    rows = np.arange(n_rows)
    code = np.column_stack([of.take(at) for of, at in zip(plan.code_of, codes, strict=True)])
    entry = np.column_stack([of.take(at) for of, at in zip(plan.entry_of, codes, strict=True)])
    sums = np.zeros((n_rows, len(plan.codes)))
    for place in range(lost.shape[1]):
        sums[rows, code[:, place]] += lost[:, place]
    # stable, so that of equal sums the code that comes first in the card stays first
    order = np.argsort(-in_billionths(sums), axis=1, kind="stable")[:, :n]
    ranked = np.take_along_axis(sums, order, axis=1)
    counts = ranked > LEAST_SHORTFALL
    billionths = in_billionths(lost)
    leading = np.full(order.shape, len(plan.words["code"]) - 1, dtype=np.intp)
    for rank in range(order.shape[1]):
        own = np.where(code == order[:, rank, None], billionths, -np.inf)
        first = own.argmax(axis=1)
        leading[:, rank] = np.where(counts[:, rank], entry[rows, first], leading[:, rank])
    return leading.T, np.where(counts, ranked, 0.0).T


def _blocks(n_rows: int) -> Iterator[slice]:
    for start in range(0, n_rows, _BLOCK):
        yield slice(start, min(start + _BLOCK, n_rows))


def _spread(values: np.ndarray[Any, Any], rows: Bool1D) -> list[Any]:
    """Return values of some rows as a column of all, None in the others."""
    whole = np.full(len(rows), None, dtype=object)
    whole[rows] = values
    return list(whole)


def _with_gaps(points: Float1D) -> np.ndarray[Any, Any]:
    """Return points as numbers of Python, None where there are none."""
    shown = points.astype(object)
    shown[points <= 0] = None
    return shown
