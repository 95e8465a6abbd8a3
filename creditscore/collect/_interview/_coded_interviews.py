"""Many interviews with their codes, read from tables; what cannot be used is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import pandas as pd

from creditscore._cells import word_of
from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore._typing import NativeFrame
from creditscore._warn import warn_user
from creditscore.collect._interview._code_faults import code_faults
from creditscore.collect._interview._interview import Interview
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import SourceKind
from creditscore.collect._observation._incoming import incoming_frame
from creditscore.collect._observation._observations import Observations
from creditscore.collect._reader._collected import REJECT_COLUMNS, Rejects
from creditscore.collect._reader._source_table import digest_of
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
    RejectedRowsWarning,
)

_OF_NOTES = ("interview", "customer", "text", "interviewer", "at")
_OF_CODES = ("interview", "item", "value", "coder")
_OPTIONAL = ("passage", "start", "stop", "confidence", "unit")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class CodedInterviews:
    """Interviews with what their passages were coded to.

    Made by :meth:`from_frames`, or of interviews that are at hand.

    Attributes
    ----------
    interviews : tuple of Interview
        Each of another name.
    catalogue : ItemCatalogue
        What the items are.
    rejects : Rejects
        Notes and codes that could not be used, with the reasons.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import CodedInterviews
    >>> notes = pd.DataFrame({
    ...     "interview": ["G1", "G2"], "customer": ["C1", "C2"], "interviewer": "wu",
    ...     "at": "2024-05-06", "text": ["A written plan.", "They go on as before."],
    ... })
    >>> codes = pd.DataFrame({
    ...     "interview": ["G1", "G1", "G2", "G2"], "item": "strategy", "value": [5, 4, 2, 2],
    ...     "coder": ["li", "ma", "li", "ma"],
    ...     "passage": ["written plan", "A written plan.", "as before", "on as before"],
    ... })
    >>> coded = CodedInterviews.from_frames(notes, codes, source="site_visit")
    >>> coded
    CodedInterviews(2 interviews, 4 codes by 2 coders, 1 disputed item; 0 rejected rows)
    >>> coded.disputes()[["interview", "item"]]
      interview      item
    0        G1  strategy
    >>> len(coded.to_observations(coder="li"))
    2
    """

    interviews: tuple[Interview, ...]
    catalogue: ItemCatalogue
    rejects: Rejects

    @classmethod
    def from_frames(
        cls,
        notes: NativeFrame,
        codes: NativeFrame,
        *,
        source: SourceKind,
        catalogue: ItemCatalogue | None = None,
    ) -> Self:
        """Read interviews and their codes from two tables.

        Parameters
        ----------
        notes : table
            The columns interview, customer, text, interviewer and at, as in :class:`Interview`;
            source_name and on, where they are there.
        codes : table
            The columns interview, item, value, coder, and passage or start and stop; confidence
            and unit, where they are there.
        source : {"internal_record", "public_filing", "third_party", "site_visit"}
            Where all come from.
        catalogue : ItemCatalogue, optional
            What the items are; without, the standard one.

        Raises
        ------
        MissingColumnError
            A column is not there.

        Warns
        -----
        RejectedRowsWarning
            Notes or codes could not be used; they are in `rejects`.
        """
        catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
        check_kind(catalogue, "catalogue", "from_frames", ItemCatalogue)
        note_table = _columns_of(notes, _OF_NOTES, "notes")
        code_table = _columns_of(codes, _OF_CODES, "codes")
        faults: list[dict[str, Any]] = []
        found: dict[str, Interview] = {}
        for row, given in enumerate(_rows(note_table)):
            try:
                interview = _read_note(given, source)
                if interview.interview in found:
                    msg = "an interview of this name stands before it"
                    raise InvalidDataError(msg)  # noqa: TRY301 - told as all other faults are
                found[interview.interview] = interview
            except (InvalidDataError, InvalidParameterError) as error:
                faults.append(_fault("notes", row, given, error))
        faults.extend(_add_codes(found, _rows(code_table), catalogue))
        if faults:
            warn_user(
                f"{counted(len(faults), 'row')} of notes and codes could not be used, the first "
                f"because: {faults[0]['reason']} All are in .rejects.",
                RejectedRowsWarning,
            )
        table = pd.DataFrame(faults, columns=list(REJECT_COLUMNS))
        return cls(
            interviews=tuple(found.values()), catalogue=catalogue,
            rejects=Rejects(table=_with_customers(table, note_table, code_table)),
        )  # fmt: skip

    def __len__(self) -> int:
        """Return the number of interviews."""
        return len(self.interviews)

    def __iter__(self) -> Iterator[Interview]:
        """Go through the interviews."""
        return iter(self.interviews)

    def __getitem__(self, name: str) -> Interview:
        """Return an interview by its name."""
        found = next((one for one in self.interviews if one.interview == name), None)
        if found is None:
            msg = f"There is no interview {name!r} among {len(self)}."
            raise InvalidParameterError(msg)
        return found

    def with_interview(self, interview: Interview) -> Self:
        """Return these interviews with one that takes the place of that of its name."""
        kept = [one for one in self.interviews if one.interview != interview.interview]
        return replace(self, interviews=(*kept, interview))

    def frame(self) -> pd.DataFrame:
        """Return a row a code: interview, customer, item, value, coder, start, stop, passage …."""
        parts = [
            one.frame().assign(interview=one.interview, customer=one.customer)
            for one in self.interviews
            if one.codes
        ]
        if not parts:
            return pd.DataFrame(columns=["interview", "customer", *_OF_CODES[1:]])
        whole = pd.concat(parts, ignore_index=True)
        first = ["interview", "customer"]
        return whole[[*first, *(name for name in whole.columns if name not in first)]]

    def disputes(self) -> pd.DataFrame:
        """Return a row an interview and item on which coders disagree, to be settled.

        Returns
        -------
        DataFrame
            interview, customer, item, coders.
        """
        rows = [
            (one.interview, one.customer, item,
             ", ".join(dict.fromkeys(c.coder for c in one.codes if c.item == item)))
            for one in self.interviews
            for item in one.disputed_in(self.catalogue)
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["interview", "customer", "item", "coders"])

    def to_observations(self, *, coder: str | None = None) -> Observations:
        """Return what was coded as observations; see :meth:`Interview.to_observations`.

        Parameters
        ----------
        coder : str, optional
            Whose codes count; without, those of all, who must agree or be settled.

        Raises
        ------
        EmptyDataError
            Nothing was coded.
        InvalidDataError
            Coders disagree on an item that nobody settled.
        """
        if coder is None and len(disputed := self.disputes()):
            first = disputed.iloc[0]
            msg = (
                f"Coders disagree on {counted(len(disputed), 'item')} of interviews, the first: "
                f"{first['item']} in {first['interview']} ({first['coders']}). See .disputes(); "
                "settle them, or take the codes of one (coder=…)."
            )
            raise InvalidDataError(msg)
        rows = [
            row for one in self.interviews for row in one.observation_rows(self.catalogue, coder)
        ]
        if not rows:
            msg = "Nothing is coded, so there are no observations."
            raise EmptyDataError(msg)
        return Observations.from_frame(pd.DataFrame(rows), catalogue=self.catalogue)

    def __repr__(self) -> str:
        """Say in one line how many there are."""
        codes = [code for one in self.interviews for code in one.codes]
        coders = {code.coder for code in codes}
        return (
            f"CodedInterviews({counted(len(self), 'interview')}, {counted(len(codes), 'code')} by "
            f"{counted(len(coders), 'coder')}, {counted(len(self.disputes()), 'disputed item')}; "
            f"{counted(self.rejects.n_rows, 'rejected row')})"
        )

    def _repr_html_(self) -> str:
        """Show how often each item was coded."""
        codes = pd.Series([c.item for one in self.interviews for c in one.codes], dtype=object)
        shown = codes.value_counts(sort=False).rename_axis("item").rename("codes").reset_index()
        return html_table(shown, caption=repr(self), formats={})


def _columns_of(table: NativeFrame, names: tuple[str, ...], what: str) -> pd.DataFrame:
    frame = incoming_frame(table)
    lacking = [name for name in names if name not in frame.columns]
    if lacking:
        msg = (
            f"The table of {what} needs the columns {', '.join(map(repr, lacking))}, which are not "
            f"there. It has: {', '.join(map(repr, frame.columns))}."
        )
        raise MissingColumnError(msg)
    return frame


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _read_note(given: dict[str, Any], source: SourceKind) -> Interview:
    text = given["text"]
    return Interview(
        interview=word_of(given["interview"]),
        customer=word_of(given["customer"]),
        text=text if isinstance(text, str) else "",
        interviewer=word_of(given["interviewer"]),
        at=given["at"],
        source=source,
        source_name=word_of(given.get("source_name", "")),
        on=word_of(given.get("on", "")),
    )


def _add_codes(
    found: dict[str, Interview], rows: list[dict[str, Any]], catalogue: ItemCatalogue
) -> list[dict[str, Any]]:
    """Put codes into the interviews that they are of; return what is wrong with the others."""
    faults = []
    impossible = _impossible_values(found, rows, catalogue)
    for row, given in enumerate(rows):
        try:
            if row in impossible:
                raise InvalidDataError(impossible[row])  # noqa: TRY301 - told as all others are
            _add_code(found, given)
        except (InvalidDataError, InvalidParameterError) as error:
            faults.append(_fault("codes", row, given, error))
    return faults


def _impossible_values(
    found: dict[str, Interview], rows: list[dict[str, Any]], catalogue: ItemCatalogue
) -> dict[int, str]:
    """Say of which rows the item or its value is one that the catalogue does not allow."""
    items = [word_of(given["item"]) for given in rows]
    units = [given.get("unit", "") for given in rows]
    faults = code_faults(items, [given["value"] for given in rows], units, catalogue)
    names = [word_of(given["interview"]) for given in rows]
    unknown = {
        row: f"there is no note of an interview {name!r}"
        for row, name in enumerate(names)
        if name not in found
    }
    return faults | unknown


def _add_code(found: dict[str, Interview], given: dict[str, Any]) -> None:
    there = {key: given[key] for key in _OPTIONAL if key in given and not pd.isna(given[key])}
    for key in ("start", "stop"):
        if key in there:
            there[key] = int(there[key])
    name, item = word_of(given["interview"]), word_of(given["item"])
    found[name] = found[name].code(item, given["value"], coder=word_of(given["coder"]), **there)


def _with_customers(
    rejects: pd.DataFrame, notes: pd.DataFrame, codes: pd.DataFrame
) -> pd.DataFrame:
    """Say whose each row is, of codes by their notes, and the digest of the table it stands in."""
    names, customers = ([word_of(cell) for cell in notes[name]] for name in _OF_NOTES[:2])
    by_name = dict(zip(reversed(names), reversed(customers), strict=True))
    of_codes = [by_name.get(word_of(cell), "") for cell in codes["interview"]]
    whose = {"notes": customers, "codes": of_codes}
    digests = {source: digest_of(dict(table.items())) for source, table in
               (("notes", notes), ("codes", codes))}  # fmt: skip
    places = list(zip(rejects["source"], rejects["row"], strict=True))
    return rejects.assign(
        customer=[whose[source][row] for source, row in places],
        digest=[digests[source] for source, _ in places],
    )


def _fault(source: str, row: int, given: dict[str, Any], error: Exception) -> dict[str, Any]:
    cells = json.dumps(given, default=str, ensure_ascii=False)
    item = word_of(given.get("item", ""))
    return {
        "source": source, "row": row, "column": "", "item": item, "value": "",
        "reason": str(error), "protected": True, "cells": cells,
    }  # fmt: skip
