"""How far coders agree on what interviews say, item by item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import counted, html_table
from creditscore._validation import check_integer, check_real
from creditscore._warn import warn_user
from creditscore.collect._interview._interview import Interview
from creditscore.collect._interview._item_code import meant_by
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    ResponseWarning,
)
from creditscore.metrics import (
    fleiss_kappa,
    intraclass_correlation,
    krippendorff_alpha,
    percent_agreement,
    weighted_kappa,
)

_FIGURES = ("agreement", "kappa", "alpha", "lower", "upper", "icc")
_COLUMNS = ("item", "level", "n_coders", "n_interviews", *_FIGURES, "note")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CoderAgreement:
    """Agreement of coders on each item.

    Made by :func:`coder_agreement`.

    Attributes
    ----------
    table : DataFrame
        A row an item: item, level (nominal, ordinal or interval), n_coders, n_interviews (that two
        coded or more), agreement (share of pairs of codes that are the same), kappa (Cohen's for
        two coders, linear weights for numbers; Fleiss' for more), alpha (Krippendorff's) with
        lower and upper, icc (of numbers: form 2,1 where all coders coded all, else 1,1), note
        (why a figure is missing).
    ratings : mapping of str to DataFrame
        Codes of each item: a row a coder, a column an interview.

    Examples
    --------
    >>> from creditscore.collect import CoderAgreement, Interview, coder_agreement
    >>> notes = []
    >>> for i, (one, other) in enumerate([(1, 1), (2, 2), (3, 4), (4, 4), (5, 5), (2, 3)]):
    ...     note = Interview(
    ...         interview=f"G{i}", customer=f"C{i}", interviewer="wu", at="2024-05-06",
    ...         source="site_visit", text="A plan.",
    ...     )
    ...     note = note.code("strategy", one, coder="li", passage="A plan.")
    ...     notes.append(note.code("strategy", other, coder="ma", passage="plan"))
    >>> found = coder_agreement(notes, min_interviews=5)
    >>> found
    CoderAgreement(1 item, 2 coders; least alpha: strategy 0.917)
    >>> found.table[["agreement", "kappa", "icc"]].round(3)
       agreement  kappa    icc
    0      0.667  0.786  0.924
    """

    table: pd.DataFrame
    ratings: Mapping[str, pd.DataFrame]

    def __repr__(self) -> str:
        """Say in one line on which item they agree least."""
        coders = {name for table in self.ratings.values() for name in table.index}
        alphas = self.table["alpha"]
        least = "no alpha"
        if alphas.notna().any():
            worst = self.table.loc[alphas.idxmin()]
            least = f"least alpha: {worst['item']} {worst['alpha']:.3f}"
        return (
            f"CoderAgreement({counted(len(self.table), 'item')}, "
            f"{counted(len(coders), 'coder')}; {least})"
        )

    def _repr_html_(self) -> str:
        """Show the table."""
        return html_table(self.table, caption=repr(self), formats=dict.fromkeys(_FIGURES, "{:.3f}"))


def coder_agreement(
    interviews: Iterable[Interview],
    *,
    catalogue: ItemCatalogue | None = None,
    levels: Mapping[str, str] | None = None,
    min_interviews: int = 20,
    confidence: float = 0.95,
    random_state: Any = 0,
) -> CoderAgreement:
    """Measure how far coders agree on what interviews say, item by item.

    Parameters
    ----------
    interviews : iterable of Interview
        Such as :class:`CodedInterviews`.
    catalogue : ItemCatalogue, optional
        What the items are; without, the standard one.
    levels : mapping of str to str, optional
        "nominal", "ordinal" or "interval" for an item; without, numbers of one unit are of an
        interval scale and all else is nominal.
    min_interviews : int, default=20
        Items coded twice in fewer interviews are named in a warning, 1 or more.
    confidence : float in (0, 1), default=0.95
        Level of the intervals.
    random_state : int or numpy.random.Generator, default=0
        Seed of the resamples of the intervals of alpha.

    Returns
    -------
    CoderAgreement

    Raises
    ------
    EmptyDataError
        No item was coded by two in any interview.
    InvalidParameterError
        A parameter outside its range, or no interviews; an ordinal scale of text.

    Warns
    -----
    ResponseWarning
        Items of few interviews; the message names them.

    Notes
    -----
    Decisions between coders (:meth:`Interview.settle`) do not count. Alpha takes whoever coded;
    kappa and the intraclass correlation need as many codes for each interview. The formulas are
    those of :func:`creditscore.metrics.krippendorff_alpha`,
    :func:`creditscore.metrics.weighted_kappa`, :func:`creditscore.metrics.fleiss_kappa` and
    :func:`creditscore.metrics.intraclass_correlation`.

    Examples
    --------
    >>> from creditscore.collect import Interview, coder_agreement
    >>> notes = []
    >>> for i, (one, other) in enumerate([("retail", "retail"), ("mill", "retail")] * 10):
    ...     note = Interview(
    ...         interview=f"G{i}", customer=f"C{i}", interviewer="wu", at="2024-05-06",
    ...         source="site_visit", text="They sell what they make.",
    ...     )
    ...     note = note.code("industry", one, coder="li", passage="sell what they make")
    ...     notes.append(note.code("industry", other, coder="ma", passage="They sell"))
    >>> table = coder_agreement(notes).table
    >>> table[["level", "agreement"]].to_dict("records")
    [{'level': 'nominal', 'agreement': 0.5}]
    """
    check_integer(min_interviews, "min_interviews", "coder_agreement", low=1)
    level = check_real(confidence, "confidence", "coder_agreement", low=0, high=1)
    catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
    check_kind(catalogue, "catalogue", "coder_agreement", ItemCatalogue)
    given = read_entries(interviews, "interviews", "coder_agreement")
    for one in given:
        check_kind(one, "interviews", "coder_agreement", Interview)
    rows, ratings = [], {}
    for item, codes in _ratings(given, catalogue).items():
        units = {unit for told in codes.values() for _, unit in told.values()}
        table = _values(codes, with_units=len(units) > 1)
        twice = table.loc[:, table.notna().sum() > 1]
        if not twice.shape[1]:
            continue
        ratings[item] = twice.dropna(how="all")
        is_number = item in catalogue and catalogue[item].kind == "number"
        is_number = is_number and len(units) == 1
        scale = (levels or {}).get(item, "interval" if is_number else "nominal")
        rows.append(_row(item, scale, ratings[item], level, random_state))
    if not rows:
        msg = "No item was coded by two coders in one interview, so there is nothing to compare."
        raise EmptyDataError(msg)
    found = pd.DataFrame(rows, columns=list(_COLUMNS))
    _warn_of_few(found, min_interviews)
    return CoderAgreement(table=found, ratings=ratings)


def _ratings(
    interviews: Iterable[Interview], catalogue: ItemCatalogue
) -> dict[str, dict[str, dict[str, tuple[Any, str]]]]:
    """Return value and unit of each code, by item, interview and coder."""
    told: dict[str, dict[str, dict[str, tuple[Any, str]]]] = {}
    for one in interviews:
        for code in one.codes:
            if not code.settles:
                of_item = told.setdefault(code.item, {})
                of_item.setdefault(one.interview, {})[code.coder] = meant_by(code, catalogue)
    return told


def _values(told: Mapping[str, Mapping[str, tuple[Any, str]]], *, with_units: bool) -> pd.DataFrame:
    """Return a row a coder and a column an interview; amounts of several currencies as texts."""
    plain = {
        name: {
            coder: f"{value!r} {unit}" if with_units else value
            for coder, (value, unit) in codes.items()
        }
        for name, codes in told.items()
    }
    return pd.DataFrame(plain).sort_index()


def _row(
    item: str, scale: str, table: pd.DataFrame, confidence: float, random_state: Any
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(_FIGURES, np.nan) | {
        "item": item, "level": scale, "n_coders": len(table), "n_interviews": table.shape[1],
        "agreement": percent_agreement(table), "note": "",
    }  # fmt: skip
    try:
        alpha = krippendorff_alpha(
            table, level=scale, confidence=confidence, random_state=random_state  # type: ignore[arg-type]
        )  # fmt: skip
    except InvalidDataError as error:
        return row | {"note": str(error)}
    row |= {"alpha": alpha.estimate, "lower": alpha.lower, "upper": alpha.upper}
    n_codes = table.notna().sum()
    if n_codes.min() < n_codes.max():
        return row | {"note": "not as many codes for each interview: no kappa, no ICC"}
    is_whole = bool(n_codes.iloc[0] == len(table))
    # a row is then a place, the first code of an interview and so on, whoever gave it
    places = table if is_whole else table.apply(lambda codes: pd.Series(codes.dropna().tolist()))
    if is_whole and len(places) == 2:
        weights: Any = "none" if scale == "nominal" else "linear"
        row["kappa"] = weighted_kappa(*places.to_numpy(dtype=object), weights=weights).kappa
    else:
        row["kappa"] = fleiss_kappa(places, n_resamples=1).estimate
    if scale == "interval" and places.shape[1] > 1:
        form: Any = "2,1" if is_whole else "1,1"
        row["icc"] = intraclass_correlation(places, form=form).estimate
    return row


def _warn_of_few(table: pd.DataFrame, least: int) -> None:
    few = table[table["n_interviews"] < least]
    if len(few):
        told = ", ".join(f"{r.item!r} ({r.n_interviews})" for r in few.head(5).itertuples())
        warn_user(
            f"{counted(len(few), 'item')} were coded twice in fewer than {least} interviews: "
            f"{told}{' …' if len(few) > 5 else ''}. How far coders agree is hardly known there.",
            ResponseWarning,
        )
