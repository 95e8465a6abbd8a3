"""An interview: the note, and what coders take its passages to say."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import counted
from creditscore._document import JsonDocument
from creditscore._validation import check_choice
from creditscore.collect._interview._code_faults import check_code
from creditscore.collect._interview._instant import instant_and_day
from creditscore.collect._interview._item_code import ItemCode, in_unit_of, meant_by
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._columns import SOURCE_KINDS, SourceKind
from creditscore.collect._observation._observations import Observations
from creditscore.exceptions import (
    AlteredDocumentError,
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
)

_EVIDENCE = re.compile(r"interview:(?P<id>.*)#(?P<spans>[\d,-]+);sha256:(?P<digest>[0-9a-f]{16})")


@dataclass(frozen=True, kw_only=True, repr=False)
class Interview(JsonDocument):
    """A note of an interview, and the codes of its passages.

    Parameters
    ----------
    interview : str
        What the interview is called; the evidence names it.
    customer : str
        Whom it is about.
    text : str
        The note, as it was written. Codes count its characters, so it is never changed.
    interviewer : str
        Who held it.
    at : time
        When, such as ``"2024-05-06T14:30+08:00"``; a time without a zone is one of UTC, a day
        alone is its first moment. It is kept as text in UTC.
    source : {"internal_record", "public_filing", "third_party", "site_visit"}
        Where it comes from: a manager on the premises is a site visit, a bank or a supplier that
        is asked about the customer is a third party.
    source_name : str, default=""
        Who was asked.
    codes : tuple of ItemCode, default=()
        What coders take its passages to say.
    on : day, default=""
        The day on which it was held, from which observations are true; without, that of `at` in
        the zone that was given with it.

    Raises
    ------
    InvalidParameterError
        An entry that is empty or of another kind; a day that is nowhere that of `at`.
    InvalidDataError
        A code whose passage is not in the text, or a coder who gives an item two values.

    See Also
    --------
    CodedInterviews : Many of them, and how far coders agree.

    Examples
    --------
    >>> from creditscore.collect import Interview
    >>> note = Interview(
    ...     interview="G1", customer="C1", interviewer="wu", at="2024-05-06T14:30+08:00",
    ...     source="site_visit", text="There is a written plan. Small suppliers are paid last.",
    ... )
    >>> note = note.code("strategy", 4, coder="li", passage="a written plan")
    >>> note = note.code("payment_morale", 2, coder="li", passage="Small suppliers are paid last.")
    >>> note
    Interview(G1: customer C1, 55 characters, 2 codes by 1 coder)
    >>> observations = note.to_observations()
    >>> observations.table["evidence"][0]
    'interview:G1#9-23;sha256:d5362f6c6a7ec2b4'
    >>> note.passages(observations.table["evidence"][0])
    ('a written plan',)
    """

    interview: str
    customer: str
    text: str
    interviewer: str
    at: str
    source: SourceKind
    source_name: str = ""
    codes: tuple[ItemCode, ...] = ()
    on: str = ""
    _format: ClassVar[str] = "creditscore.interview"

    def __post_init__(self) -> None:
        """Check each entry, and that passages are in the text."""
        for name in ("interview", "customer", "text", "interviewer", "source_name"):
            check_kind(getattr(self, name), name, "Interview", str)
            if name != "source_name" and not getattr(self, name).strip():
                msg = f"The {name!r} parameter of Interview must not be empty."
                raise InvalidParameterError(msg)
        check_choice(self.source, "source", "Interview", SOURCE_KINDS)
        at, on = instant_and_day(self.at, self.on, "Interview")
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "on", on)
        codes = read_entries(self.codes, "codes", "Interview")
        if not all(isinstance(code, ItemCode) for code in codes):
            msg = "The 'codes' of Interview must each be an ItemCode."
            raise InvalidParameterError(msg)
        object.__setattr__(self, "codes", tuple(codes))
        self._check_codes()

    def _check_codes(self) -> None:
        told: dict[tuple[str, str, bool, str], Any] = {}
        for code in self.codes:
            if code.stop > len(self.text):
                msg = (
                    f"The code of {code.item!r} ends at character {code.stop}, and the text of "
                    f"interview {self.interview!r} has {len(self.text)}."
                )
                raise InvalidDataError(msg)
            # a word for the settlement stands for whoever settles
            # which values of two units are one, only a catalogue tells
            key = (code.item, "" if code.settles else code.coder, code.settles, code.unit)
            if told.setdefault(key, code.value) != code.value:
                whose = "It is settled" if code.settles else f"Coder {code.coder!r} codes it"
                msg = (
                    f"{whose} twice, and not alike: item {code.item!r} of interview "
                    f"{self.interview!r}. Leave one of the two out."
                )
                raise InvalidDataError(msg)

    def code(  # noqa: PLR0913 - parts of one code, all by name
        self,
        item: str,
        value: float | str | bool,
        *,
        coder: str,
        passage: str | None = None,
        start: int | None = None,
        stop: int | None = None,
        confidence: float = 1.0,
        unit: str = "",
        catalogue: ItemCatalogue | None = None,
    ) -> Self:
        """Return the interview with a further code.

        Parameters
        ----------
        item : str
            Name of the item.
        value : float, str or bool
            What the passage says of it.
        coder : str
            Who says so.
        passage : str, optional
            The passage, as it stands in the text. Where it stands there more than once, `start`
            says which is meant.
        start, stop : int, optional
            Where the passage begins and ends; needed without `passage`.
        confidence : float, default=1
            From 0 to 1.
        unit : str, default=""
            What a number is counted in, such as ``"million USD"``; amounts have no other currency.
        catalogue : ItemCatalogue, optional
            What the items are, so that the item and its value are looked at here; without, they
            are when codes become observations.

        Raises
        ------
        InvalidDataError
            The passage is not in the text, is there more than once, or is not at `start`; the
            coder gave the item another value; or the catalogue does not allow the value.
        InvalidParameterError
            Neither passage nor places, an item that the catalogue does not have, or another
            parameter outside its range.
        """
        check_code(item, value, unit, catalogue, "Interview.code")
        begin, end = self._place(passage, start, stop)
        new = ItemCode(
            item=item, value=value, coder=coder, start=begin, stop=end, confidence=confidence,
            unit=unit,
        )  # fmt: skip
        return replace(self, codes=(*self.codes, new))

    def settle(  # noqa: PLR0913 - as those of a code
        self,
        item: str,
        value: float | str | bool,
        *,
        by: str,
        passage: str | None = None,
        start: int | None = None,
        stop: int | None = None,
        confidence: float = 1.0,
        unit: str = "",
        catalogue: ItemCatalogue | None = None,
    ) -> Self:
        """Return the interview with a decision between coders who disagree on an item.

        Parameters
        ----------
        item : str
            Name of the item.
        value : float, str or bool
            What holds.
        by : str
            Who decides.
        passage : str, optional
            As in :meth:`code`.
        start, stop : int, optional
            As in :meth:`code`.
        confidence : float, default=1
            From 0 to 1.
        unit : str, default=""
            As in :meth:`code`.
        catalogue : ItemCatalogue, optional
            As in :meth:`code`.

        Raises
        ------
        InvalidDataError, InvalidParameterError
            As in :meth:`code`; or nobody coded the item.
        """
        if item not in {code.item for code in self.codes}:
            msg = f"Nobody coded the item {item!r} in interview {self.interview!r}. Code it first."
            raise InvalidDataError(msg)
        check_code(item, value, unit, catalogue, "Interview.settle")
        begin, end = self._place(passage, start, stop)
        new = ItemCode(
            item=item, value=value, coder=by, start=begin, stop=end, confidence=confidence,
            settles=True, unit=unit,
        )  # fmt: skip
        return replace(self, codes=(*self.codes, new))

    def _place(self, passage: str | None, start: int | None, stop: int | None) -> tuple[int, int]:
        """Return where a passage begins and ends. The text is not shown: it may be personal."""
        where = f"the text of interview {self.interview!r}"
        if passage is None:
            if start is None or stop is None:
                msg = "Say which passage is coded: passage='…', or start and stop."
                raise InvalidParameterError(msg)
            return start, stop
        n = _occurrences(self.text, passage) if passage else 0
        if n == 0:
            msg = (
                f"The passage of {len(passage)} characters is not in {where}. Copy it as it "
                "stands there, letter by letter."
            )
            raise InvalidDataError(msg)
        if start is None:
            if n > 1:
                msg = f"The passage stands {n} times in {where}. Say by start= which is meant."
                raise InvalidDataError(msg)
            start = self.text.index(passage)
        found = start + len(passage)
        if self.text[start:found] != passage or stop not in (None, found):
            msg = f"The passage of {len(passage)} characters is not at {start} in {where}."
            raise InvalidDataError(msg)
        return start, found

    @property
    def items(self) -> tuple[str, ...]:
        """Items that somebody coded, in the order in which they come first."""
        return tuple(dict.fromkeys(code.item for code in self.codes))

    @property
    def disputed(self) -> tuple[str, ...]:
        """Items on which coders disagree, and nobody has decided; units as the standard ones."""
        return self.disputed_in(ItemCatalogue.standard())

    def disputed_in(self, catalogue: ItemCatalogue) -> tuple[str, ...]:
        """Return the items on which coders disagree, and nobody has decided.

        Parameters
        ----------
        catalogue : ItemCatalogue
            Tells the units: 45 % and 0.45 of a fraction agree.

        Returns
        -------
        tuple of str
            In the order of their first codes.

        Examples
        --------
        >>> from creditscore.collect import Interview, ItemCatalogue
        >>> note = Interview(
        ...     interview="G1", customer="C1", text="It has five million.", interviewer="wu",
        ...     at="2024-05-06", source="site_visit",
        ... )
        >>> note = note.code("cash", 5, coder="li", passage="five million", unit="million CNY")
        >>> note = note.code("cash", 500, coder="wu", passage="five million", unit="万元")
        >>> note.disputed_in(ItemCatalogue.standard())
        ()
        """
        return tuple(item for item in self.items if self._disagree(item, catalogue))

    def _disagree(self, item: str, catalogue: ItemCatalogue) -> bool:
        codes = self._codes_of(item, None)
        return len({meant_by(code, catalogue) for code in codes}) > 1

    def passages(self, evidence: str) -> tuple[str, ...]:
        """Return the passages that the evidence of an observation names.

        Parameters
        ----------
        evidence : str
            Of an observation of :meth:`to_observations`.

        Raises
        ------
        InvalidParameterError
            It is the evidence of something else.
        AlteredDocumentError
            The text is not the one that was coded.
        """
        found = _EVIDENCE.fullmatch(evidence)
        if found is None or found["id"] != self.interview:
            msg = f"This is no evidence of interview {self.interview!r}. Got {evidence[:100]!r}."
            raise InvalidParameterError(msg)
        if found["digest"] != self._digest:
            msg = (
                f"The text of interview {self.interview!r} was changed after it was coded: its "
                "hash is not that of the evidence. Get the original again."
            )
            raise AlteredDocumentError(msg)
        spans = (span.split("-") for span in found["spans"].split(","))
        return tuple(self.text[int(start) : int(stop)] for start, stop in spans)

    @property
    def _digest(self) -> str:
        return hashlib.sha256(self.text.encode(errors="surrogatepass")).hexdigest()[:16]

    def to_observations(
        self, *, catalogue: ItemCatalogue | None = None, coder: str | None = None
    ) -> Observations:
        """Return what was coded as observations of the customer.

        Parameters
        ----------
        catalogue : ItemCatalogue, optional
            What the items are; without, the standard one.
        coder : str, optional
            Whose codes count; without, those of all. A decision between coders always counts.

        Returns
        -------
        Observations
            One an item, true from the day of the interview, collected by the interviewer, whose
            evidence names interview and passages; the confidence is the least of its codes. Items
            of records are of a record named as the interview.

        Raises
        ------
        EmptyDataError
            Nothing was coded.
        InvalidDataError
            Coders disagree on an item that nobody settled; an unknown item, or a value that
            it cannot have.
        """
        catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
        check_kind(catalogue, "catalogue", "to_observations", ItemCatalogue)
        rows = self.observation_rows(catalogue, coder)
        if not rows:
            by = "" if coder is None else f" by {coder}"
            msg = f"Nothing is coded{by} in interview {self.interview!r}."
            raise EmptyDataError(msg)
        return Observations.from_frame(pd.DataFrame(rows), catalogue=catalogue)

    def observation_rows(
        self, catalogue: ItemCatalogue, coder: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what was coded as unchecked rows of observations, a mapping an item.

        Parameters
        ----------
        catalogue : ItemCatalogue
            Tells items of records from those of the customer.
        coder : str, optional
            As in :meth:`to_observations`.

        Raises
        ------
        InvalidDataError
            Coders disagree on an item that nobody settled.
        """
        used = {item: self._codes_of(item, coder) for item in self.items}
        values = {item: {meant_by(c, catalogue) for c in codes} for item, codes in used.items()}
        disputed = [item for item, told in values.items() if len(told) > 1]
        if disputed:
            coders = sorted({c.coder for item in disputed for c in used[item]})
            msg = (
                f"In interview {self.interview!r} the coders {', '.join(coders)} disagree on "
                f"{', '.join(disputed)}. Settle the items (.settle), or take the codes of one "
                "(coder=…)."
            )
            raise InvalidDataError(msg)
        return [self._row(item, codes, catalogue) for item, codes in used.items() if codes]

    def _codes_of(self, item: str, coder: str | None) -> list[ItemCode]:
        codes = [code for code in self.codes if code.item == item]
        settled = [code for code in codes if code.settles]
        return settled or [code for code in codes if coder in (None, code.coder)]

    def _row(self, item: str, codes: list[ItemCode], catalogue: ItemCatalogue) -> dict[str, Any]:
        spans = dict.fromkeys(f"{code.start}-{code.stop}" for code in codes)
        of_record = item in catalogue and bool(catalogue[item].record_kind)
        value, unit = codes[0].value, codes[0].unit
        if item in catalogue:
            try:
                value, unit = in_unit_of(catalogue[item], value, unit)
            except InvalidParameterError as error:
                msg = f"{item!r} of interview {self.interview!r} has an odd unit: {error}."
                raise InvalidDataError(msg) from error
        return {
            "customer": self.customer,
            "record": self.interview if of_record else "",
            "item": item,
            "value": value,
            "unit": unit,
            "true_from": self.on,
            "source": self.source,
            "source_name": self.source_name,
            "method": "interview",
            "collected_by": self.interviewer,
            "collected_at": self.at,
            "evidence": f"interview:{self.interview}#{','.join(spans)};sha256:{self._digest}",
            "confidence": min(code.confidence for code in codes),
        }

    def frame(self) -> pd.DataFrame:
        """Return a row a code: item, value, unit, coder, start, stop, passage, confidence …."""
        rows = [
            asdict(code) | {"passage": self.text[code.start : code.stop]} for code in self.codes
        ]
        columns = [
            "item", "value", "unit", "coder", "start", "stop", "passage", "confidence", "settles",
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def _content(self) -> dict[str, Any]:
        names = (
            "interview", "customer", "text", "interviewer", "at", "on", "source", "source_name",
        )  # fmt: skip
        plain: dict[str, Any] = {name: getattr(self, name) for name in names}
        return plain | {"codes": [asdict(code) for code in self.codes]}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        codes = tuple(ItemCode(**entry) for entry in content["codes"])
        return cls(**{**content, "codes": codes})

    def __repr__(self) -> str:
        """Say in one line what there is; the text may be personal and is not shown."""
        coders = {code.coder for code in self.codes}
        coded = (
            f", {counted(len(self.codes), 'code')} by {counted(len(coders), 'coder')}"
            if coders
            else ", not coded"
        )
        disputed = f", disputed: {', '.join(self.disputed)}" if self.disputed else ""
        return (
            f"Interview({self.interview}: customer {self.customer}, "
            f"{counted(len(self.text), 'character')}{coded}{disputed})"
        )


def _occurrences(text: str, passage: str) -> int:
    """Count where a passage begins, those that overlap among them."""
    n, at = 0, text.find(passage)
    while at >= 0:
        n, at = n + 1, text.find(passage, at + 1)
    return n
