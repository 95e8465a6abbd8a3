"""The dossier of a customer, made from a store for the one who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.expert import ExpertScorecard
from creditscore.grade import RatingHistory
from creditscore.indicators import IndicatorSet
from creditscore.report._dossier import _facts, _notes
from creditscore.report._dossier._dossier import Dossier
from creditscore.report._dossier._given import OWNER, check_given
from creditscore.report._dossier._group import group_tree
from creditscore.report._dossier._indicators import find_indicators
from creditscore.report._dossier._payment import payment
from creditscore.report._dossier._reading import Reading, read_customer
from creditscore.report._dossier._rights import hidden_parts, notes_of
from creditscore.report._dossier._scores import grades as grades_section
from creditscore.report._dossier._scores import labels_of, scores
from creditscore.report._dossier._section import DossierSection
from creditscore.report._dossier._words import LANGUAGES, DossierLanguage
from creditscore.scorecard import Scorecard

if TYPE_CHECKING:
    from creditscore.organise import CustomerStore

_ALWAYS = ("conflicts", "questions")
"""Sections that say so where there is nothing."""
_APPENDIX = [
    "observation", "customer", "item", "record", "value", "unit", "true_from", "source",
    "source_name", "method", "collected_by", "collected_at", "evidence", "confidence",
]  # fmt: skip


def customer_dossier(  # noqa: PLR0913 - a dossier has many parts, each of which may be there
    store: CustomerStore,
    customer: str,
    *,
    as_of: Any,
    known_at: Any = None,
    language: DossierLanguage = "en",
    scorecard: Scorecard | ExpertScorecard | None = None,
    grades: RatingHistory | pd.DataFrame | None = None,
    peers: pd.DataFrame | None = None,
    indicators: IndicatorSet | None = None,
    contacts: pd.DataFrame | None = None,
) -> Dossier:
    """Put together what the actor of a store may know of a customer on a day.

    Parameters
    ----------
    store : CustomerStore
        Where the facts are. Its actor is who the dossier is for, and must have a purpose.
    customer : str
        Whose.
    as_of : str, date or datetime
        Day on which facts are true.
    known_at : str, date, datetime or None, default=None
        Instant at which they were known; without, now.
    language : {"en", "zh", "both"}, default="en"
        Of the page: English, Chinese, or both side by side.
    scorecard : Scorecard or ExpertScorecard, optional
        Whose columns are names of indicators, or items of the customer itself. An item stands
        for an indicator of its name that nothing was there to make of. Where the card refuses an
        input, the section of scores tells which, and has no points.
    grades : RatingHistory or DataFrame, optional
        Grades; a table holds customer, grade and valid_from, and perhaps valid_to and known_on.
        They are for a role that may read grades in the store: ``rating.rating`` and
        ``rating.notch``.
    peers : DataFrame, optional
        Benchmarks by industry, region or country as :func:`~creditscore.indicators.peer_benchmarks`
        makes them. They are for a role that may read the customer's own: that item, and all that
        the indicator beside which they stand is made of.
    indicators : IndicatorSet, optional
        Which ones; without, ``PERSON`` for persons and ``ENTERPRISE`` for others.
    contacts : DataFrame, optional
        A log with the columns customer and at (instant; without a zone, of UTC), and where known
        by, channel, outcome and confirmed (names of items). Other columns are not read. It is for
        a role that may read how one reaches the customer: ``phone`` and ``email``.

    Returns
    -------
    Dossier

    Raises
    ------
    EmptyDataError
        Nothing is known of the customer then that the role may read.
    InvalidParameterError
        There is no such customer, day or language, or the customer was merged into another one;
        the actor has no purpose; a parameter is of another kind.
    MissingDependencyError
        The store needs the extra ``store``.
    MissingColumnError
        A table lacks a column; the scorecard reads what is neither an indicator nor an item.

    See Also
    --------
    creditscore.organise.CustomerStore : Where the facts, the policy and the audit trail are.

    Notes
    -----
    *Who sees what* is what the store's policy says of its actor. Items that may not be read are
    never fetched, and those that may be read masked come masked from the store. What rests on
    either is left out: contradictions and verification look at clear values only; an indicator
    is there if all that it is made of is read in the clear; a score if all of its inputs are.
    Grades, peers and contacts come from the caller, and the role sees of them what it may read of
    the like in the store, in the clear (see the parameters; ``rating.grade`` counts too where a
    catalogue has it). Where the policy gives it no such right, or the catalogue no such item, they
    are left out of tables and page, and a line says that they were given, without their content;
    it says so of a score too. A store without a policy shows all that was given.

    *The trail*: each read of protected items leaves its record, as always, and the dossier itself
    one more, ``"dossier"``, with actor, roles, purpose, days, the items that it shows, and as
    subjects the customer and those of its group that it tells of.

    *Merged customers* are read as the one that they are, in facts, indicators and groups alike, by
    the merges that were known at the instant. The rows that the caller gives must bear its name.

    *Links*: each number leads to its observation, directly or by the rows that it was made of. So
    do given grades that the store holds, as ratings of the same day and grade. What else comes from
    the caller (other grades, peers, contacts, points of a card), the number of confidentiality,
    which rests on the audit trail, and how many indicators have no value, which counts the names
    beside it, lead nowhere. Pictures repeat numbers of the tables below them.

    *Sections*, where there is something to show: identity, group_tree, facts, statements (figures
    by day), conflicts, indicators, indicators_missing, scores, grades, exposure, behaviour,
    questions, opinion, principles, contacts, invoices, records of other kinds, and observations,
    the appendix: all that the cells rest on. Of an open invoice is taken off what was returned and
    what payments in its currency paid of it, if the role sees them; else the section says that it
    does not. Money is given as :func:`~creditscore.collect.read_ledger` gives it, with the value
    days of a plain ``LedgerForm()``: to the invoices that it names (``payment.invoice``, several
    parted by ``;``), and to no others; what names none pays first what is told to be settled, then
    the oldest. What went to no invoice is said below the section. What happened after the day (a
    settlement, the end of a grade) has not happened. Of the four principles, three are numbers of
    what the role may see, and confidentiality is of the whole store, for roles that may audit.

    A page that was written is a copy: erasing the customer in the store does not reach it. The
    trail tells that it was made.

    O(n log n) time for the n facts about the customer, and for the group O(c) for the c customers
    of the store that have a parent or were merged: 0.4 s of 33,000 of them.

    *Many dossiers*: peers, grades, the card and the log of contacts are tables that are made once
    and given to each. Benchmarks of the peers in particular take the indicators of all customers,
    and made anew for each dossier they would cost as much as all others together; see
    :func:`~creditscore.indicators.peer_benchmarks`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import CustomerStore
    >>> from creditscore.protect import Actor
    >>> from creditscore.report import customer_dossier
    >>> told = Observations.from_frame(pd.DataFrame({
    ...     "customer": "C1", "item": ["revenue", "equity"], "value": [1500, 400],
    ...     "true_from": "2023-12-31", "source": "public_filing", "method": "data_analysis",
    ...     "collected_at": "2024-04-30",
    ... }))
    >>> ana = Actor(name="ana", roles=("analyst",), purpose="credit decision")
    >>> place = Path(tempfile.mkdtemp()) / "customers.db"
    >>> with CustomerStore.create(place, actor=ana) as store:
    ...     loaded = store.load(told, backfill=True)
    ...     dossier = customer_dossier(store, "C1", as_of="2024-06-30")
    >>> dossier
    <Dossier of C1 on 2024-06-30 for Actor(ana as analyst, for credit decision): 7 sections,
    2 observations>
    >>> dossier.tables["facts"][["item", "value", "age_days"]].values.tolist()
    [['revenue', 1500.0, 182], ['equity', 400.0, 182]]
    >>> dossier.to_html(place.with_name("C1.html"))
    """
    from creditscore.organise import CustomerStore  # noqa: PLC0415 - an extra

    check_kind(store, "store", OWNER, CustomerStore)
    check_kind(customer, "customer", OWNER, str)
    check_choice(language, "language", OWNER, LANGUAGES)
    check_given(
        store.catalogue, scorecard=scorecard, grades=grades, peers=peers, indicators=indicators,
        contacts=contacts,
    )  # fmt: skip
    if not store.actor.purpose:
        msg = (
            f"{OWNER} is for a purpose, which goes into the audit trail, and {store.actor!r} has "
            "none. Open the store with Actor(name=…, roles=…, purpose=…)."
        )
        raise InvalidParameterError(msg)
    day = check_day(as_of, "as_of", OWNER)
    reading = read_customer(store, customer, day, _instant(known_at))
    checked = _facts.Checked(reading=reading)
    group, about_group = group_tree(store, reading)
    found = find_indicators(store, reading, indicators, peers)
    hidden = hidden_parts(
        store, reading, found, {"grades": grades, "contacts": contacts, "peers": peers}
    )
    grades = None if "grades" in hidden else grades
    contacts = None if "contacts" in hidden else contacts
    score, paid = scores(reading, found, scorecard), payment(reading)
    parts = [
        _facts.identity(checked), group, _facts.facts(checked), _facts.statements(checked),
        _facts.conflicts(checked), *found.sections, score,
        grades_section(reading, grades), *paid[:2], _notes.questions(checked),
        _notes.opinion(reading), _notes.principles(store, checked),
        _notes.contacts(reading, contacts), *paid[2:], *_notes.records(reading),
    ]  # fmt: skip
    sections = [
        part for part in parts if part is not None and (len(part.table) or part.name in _ALWAYS)
    ]
    sections.append(_appendix(reading, about_group, sections))
    shown_too = [] if not len(about_group) else about_group["customer"].tolist()
    _record(store, reading, sections, sorted({customer, *map(str, shown_too)}))
    if scorecard is not None and score is None:
        hidden = (*hidden, "scores")
    return Dossier(
        customer=customer, as_of=str(day), known_at=f"{reading.instant:%Y-%m-%dT%H:%M:%SZ}",
        actor=store.actor, language=language, sections=tuple(sections),
        labels=labels_of(reading), indicator_labels=found.labels, notes=notes_of(hidden),
    )  # fmt: skip


def _instant(known_at: Any) -> pd.Timestamp:
    """Return the instant; a day means its last microsecond in UTC, as in the store."""
    if known_at is None:
        return pd.Timestamp.now("UTC")
    try:
        given = pd.Timestamp(known_at)
    except (TypeError, ValueError) as error:
        msg = f"The 'known_at' parameter of {OWNER} must be a day or an instant. Got {known_at!r}."
        raise InvalidParameterError(msg) from error
    instant = given.tz_localize("UTC") if given.tz is None else given.tz_convert("UTC")
    try:
        check_day(known_at, "known_at", OWNER)
    except InvalidParameterError:
        return instant
    if isinstance(known_at, pd.Timestamp) or hasattr(known_at, "hour"):
        return instant
    return instant + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)


def _appendix(
    reading: Reading, about_group: pd.DataFrame, sections: list[DossierSection]
) -> DossierSection:
    """Return all observations that cells rest on, with where they come from."""
    numbers = {number for section in sections for number in section.numbers}
    every = [part for part in (reading.facts, reading.history, about_group) if len(part)]
    rows = pd.concat(every).drop_duplicates("observation")
    rows = rows[rows["observation"].isin(numbers)].sort_values("observation", kind="stable")
    values = [
        _facts.shown(reading.item(item), value)
        for item, value in zip(rows["item"], rows["value"], strict=True)
    ]
    table = rows.assign(value=np.array([*values, None], dtype=object)[:-1])[_APPENDIX]
    return DossierSection(
        name="observations", table=table.reset_index(drop=True),
        anchors=tuple(f"o{number}" for number in table["observation"]),
    )  # fmt: skip


def _record(
    store: CustomerStore, reading: Reading, sections: list[DossierSection], subjects: list[str]
) -> None:
    """Leave the record of the dossier in the audit trail, of all whose facts it shows."""
    shown = set(reading.history["item"])
    details = {
        "as_of": str(reading.day), "known_at": reading.instant.isoformat(),
        "sections": [section.name for section in sections],
        "items": sorted(shown - reading.masked), "masked": sorted(shown & reading.masked),
    }  # fmt: skip
    store.trail.append(store.actor, "dossier", details, subjects=subjects)
