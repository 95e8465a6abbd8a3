"""Reason codes: which characteristic is called what to an applicant, in English and Chinese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal, Self, TypeAlias

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._frame import as_table
from creditscore._typing import NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError
from creditscore.scorecard._adverse._reason_texts import default_entries
from creditscore.scorecard._card_kind import check_card
from creditscore.scorecard._scorecard import Scorecard

Language: TypeAlias = Literal["en", "zh"]
"""English or Chinese."""
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_COLUMNS = ("code", "characteristic", "attribute", "english", "chinese")
_FIELDS = {"en": "english", "zh": "chinese"}
_LANGUAGE_NAMES = {"en": "English", "zh": "Chinese"}


@dataclass(frozen=True, kw_only=True)
class ReasonCode:
    """The code and the texts of a characteristic, or of one of its attributes.

    Parameters
    ----------
    code : str
        Such as "R01". Characteristics of one code are a group, which is named once.
    characteristic : str
        Name in the card.
    attribute : str, optional
        Label in the points table, such as "Missing", where rows of it get a text, or also a
        code, of their own; without one, the entry is for all other rows.
    english, chinese : str, default=""
        Texts, one of them at least.

    Examples
    --------
    >>> from creditscore.scorecard import ReasonCode
    >>> ReasonCode(code="R01", characteristic="income", english="Income is too low").english
    'Income is too low'
    """

    code: str
    characteristic: str
    attribute: str | None = None
    english: str = ""
    chinese: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no text, an empty code and an entry without any text."""
        owner = type(self).__name__
        for name in _COLUMNS:
            value = getattr(self, name)
            if name != "attribute" or value is not None:
                check_kind(value, name, owner, str)
                object.__setattr__(self, name, value.strip() if name != "attribute" else value)
        if not self.code:
            msg = f"The reason code of characteristic {self.characteristic!r} is empty."
            raise InvalidParameterError(msg)

    def text(self, language: Language) -> str:
        """Return the text in a language, empty where there is none."""
        return self.english if language == "en" else self.chinese


@dataclass(frozen=True, kw_only=True, repr=False)
class ReasonCodes(JsonDocument):
    """The list of reason codes of a card: what an applicant is told about each characteristic.

    Parameters
    ----------
    reasons : tuple of ReasonCode
        One without an attribute for each characteristic, and further ones for attributes that are
        told otherwise.

    Raises
    ------
    EmptyDataError
        No entry.
    InvalidParameterError
        Entries that do not fit together; the message names them.

    See Also
    --------
    adverse_reasons : The reasons of each applicant, by these codes.

    Notes
    -----
    What an applicant loses under one code is one reason: the shortfalls of all characteristics
    whose attribute has this code are added, and only the sum counts. Characteristics of one code
    so are a group, which is named once. A code may also be given to attributes of many
    characteristics, as "information not stated" to all missing values.

    Of several characteristics behind one reason, the one that lost most gives text and attribute.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic, ReasonCodes
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric("income", cuts=[2000], points=[0, 30], missing_points=0),
    ...     Characteristic.numeric("dti", cuts=[0.4], points=[20, 0], missing_points=0),
    ... ))
    >>> codes = ReasonCodes.for_card(card, names={"dti": ("Debt to income", "负债收入比")})
    >>> codes.frame()[["code", "characteristic", "attribute", "english"]]
      code characteristic attribute                     english
    0  R01         income      None             Income: too low
    1  R01         income   Missing          Income: not stated
    2  R02            dti      None    Debt to income: too high
    3  R02            dti   Missing  Debt to income: not stated
    >>> codes.with_texts({"R02": "负债过高"}, language="zh").frame()["chinese"][2]
    '负债过高'
    """

    _format: ClassVar[str] = "creditscore.reason_codes"

    reasons: tuple[ReasonCode, ...]

    def __post_init__(self) -> None:
        """Check that the entries fit together; texts of a group need stand at one of them only."""
        reasons = tuple(self.reasons)
        if not reasons:
            msg = "A list of reason codes needs an entry or more. Got none."
            raise EmptyDataError(msg)
        for reason in reasons:
            check_kind(reason, "reasons", type(self).__name__, ReasonCode)
        _check_no_entry_twice(reasons)
        reasons = _with_texts_of_groups(reasons)
        object.__setattr__(self, "reasons", reasons)
        whole = {reason.characteristic for reason in reasons if reason.attribute is None}
        for reason in reasons:
            if reason.characteristic not in whole:
                msg = (
                    f"Characteristic {reason.characteristic!r} has a reason for its attribute "
                    f"{reason.attribute!r} and none for its other ones. Add an entry without an "
                    "attribute."
                )
                raise InvalidParameterError(msg)
            if not reason.english and not reason.chinese:
                msg = (
                    f"The reason {reason.code!r} of characteristic {reason.characteristic!r} has "
                    "no text. Give it one in English or Chinese."
                )
                raise InvalidParameterError(msg)

    @classmethod
    def for_card(
        cls,
        card: Scorecard,
        *,
        groups: Mapping[str, Sequence[str]] | None = None,
        names: Mapping[str, tuple[str, str]] | None = None,
    ) -> Self:
        """Make a list for a card, with general texts to begin from.

        Parameters
        ----------
        card : Scorecard
            Its characteristics get the codes R01, R02 … in their order.
        groups : mapping of str to sequence of str, optional
            Codes, and the characteristics that share them.
        names : mapping of str to (str, str), optional
            What characteristics are called, in English and in Chinese; else by their names,
            underscores read as blanks.

        Returns
        -------
        ReasonCodes

        Raises
        ------
        InvalidParameterError
            Groups or names of characteristics that the card does not have, or in two groups; a
            card of several segments.

        Notes
        -----
        A number is "too high" where the intervals of more favourable points all lie below it, "too
        low" where they all lie above, and "unfavourable" where there are some on both sides, or
        none; groups and categories are "unfavourable" too. So a characteristic whose points rise
        and fall has an entry for each interval that is told otherwise, which a text of its code
        leaves alone: :meth:`with_texts` replaces it by its label. Missing values, special codes and
        levels never seen have texts of their own as well. A regulator asks for specific reasons:
        replace the texts by such as an applicant understands.
        """
        check_card(card, "ReasonCodes.for_card")
        entries = default_entries(card, groups or {}, names or {})
        return cls(reasons=tuple(ReasonCode(**entry) for entry in entries))

    @classmethod
    def from_frame(cls, frame: NativeFrame) -> Self:
        """Read a list that is kept as a table, as of a CSV file or a sheet.

        Parameters
        ----------
        frame : table
            pandas, polars or pyarrow, with the columns code, characteristic, english or chinese or
            both, and if need be attribute. Missing cells are empty; of a group, the texts need
            stand in one row only. Codes may be whole numbers.

        Returns
        -------
        ReasonCodes

        Raises
        ------
        MissingColumnError
            A column is not there.
        InvalidDataError
            A row without a code or a characteristic.
        """
        table = as_table(frame, wanted=_COLUMNS)
        wanted = ["code", "characteristic"]
        if not {"english", "chinese"} & set(table.names):
            wanted.append("english")
        table.require(wanted)
        native = nw.from_native(frame, eager_only=True)
        nothing = [""] * table.n_rows
        columns = {
            name: list(map(_cell, native[name].to_list())) if name in table.names else nothing
            for name in _COLUMNS
        }
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        for place, row in enumerate(rows):
            if not row["code"] or not row["characteristic"]:
                msg = (
                    f"Row {place} of the reason codes lacks its code or its characteristic: "
                    f"{row['code']!r}, {row['characteristic']!r}."
                )
                raise InvalidDataError(msg)
            row["attribute"] = row["attribute"] or None
        return cls(reasons=tuple(ReasonCode(**row) for row in rows))

    def frame(self) -> pd.DataFrame:
        """Return the list as a table that :meth:`from_frame` reads back.

        Returns
        -------
        DataFrame
            A row an entry: code, characteristic, attribute (None where the entry is for all
            others), english, chinese.
        """
        columns = {name: [getattr(r, name) for r in self.reasons] for name in _COLUMNS}
        return pd.DataFrame(columns, dtype=object)

    def with_texts(
        self, texts: Mapping[str | tuple[str, str], str], *, language: Language = "en"
    ) -> Self:
        """Return the list with other texts.

        Parameters
        ----------
        texts : mapping of str, or (str, str), to str
            Texts of codes, which are for all attributes without an entry of their own; or of
            attributes that have one: (characteristic, attribute).
        language : {"en", "zh"}, default="en"
            Language of the texts: English or Chinese.

        Returns
        -------
        ReasonCodes

        Raises
        ------
        InvalidParameterError
            Codes or attributes that have no entry; near ones are listed.
        """
        check_choice(language, "language", "ReasonCodes.with_texts", LANGUAGES)
        entries = list(self.reasons)
        for key, text in texts.items():
            check_kind(text, "texts", "ReasonCodes.with_texts", str)
            places = [i for i, r in enumerate(entries) if _is_named(r, key)]
            if not places and isinstance(key, str):
                raise unknown_name(key, self.codes, "reason code", "the list")
            if not places:
                known = [f"{r.characteristic}: {r.attribute}" for r in entries if r.attribute]
                shown = ": ".join(map(str, key))
                raise unknown_name(shown, known, "entry for an attribute", "the list")
            for place in places:
                entries[place] = replace(entries[place], **{_FIELDS[language]: text})
        return replace(self, reasons=tuple(entries))

    def with_attribute(
        self,
        characteristic: str,
        attribute: str,
        *,
        english: str = "",
        chinese: str = "",
        code: str | None = None,
    ) -> Self:
        """Return the list with an entry for one attribute, in the place of one that was there.

        Parameters
        ----------
        characteristic : str
            A characteristic of the list.
        attribute : str
            Label in the points table, such as "Missing", "Special -9" or "[36, 45)".
        english, chinese : str, default=""
            Texts, one of them at least.
        code : str, optional
            Code of its own; that of the characteristic where there is none.

        Returns
        -------
        ReasonCodes

        Examples
        --------
        >>> from creditscore.scorecard import ReasonCode, ReasonCodes
        >>> income = ReasonCode(code="R01", characteristic="income", english="Income is too low")
        >>> codes = ReasonCodes(reasons=(income,))
        >>> codes = codes.with_attribute("income", "Missing", english="Income was not stated")
        >>> codes.codes
        ('R01',)
        """
        of_one = [i for i, r in enumerate(self.reasons) if r.characteristic == characteristic]
        if not of_one:
            raise unknown_name(characteristic, self.characteristics, "characteristic", "the list")
        own = next(r.code for r in self.reasons
                   if r.characteristic == characteristic and r.attribute is None)  # fmt: skip
        entry = ReasonCode(
            code=own if code is None else code,
            characteristic=characteristic,
            attribute=attribute,
            english=english,
            chinese=chinese,
        )
        entries = list(self.reasons)
        there = [i for i in of_one if entries[i].attribute == attribute]
        if there:
            entries[there[0]] = entry
        else:
            entries.insert(of_one[-1] + 1, entry)
        return replace(self, reasons=tuple(entries))

    @property
    def codes(self) -> tuple[str, ...]:
        """The different codes, in the order of the list."""
        return tuple(dict.fromkeys(reason.code for reason in self.reasons))

    @property
    def characteristics(self) -> tuple[str, ...]:
        """The characteristics, in the order of the list."""
        return tuple(dict.fromkeys(reason.characteristic for reason in self.reasons))

    def check(self, card: Scorecard) -> None:
        """Check that the list names all characteristics of a card, and nothing else.

        Parameters
        ----------
        card : Scorecard
            The card whose reasons are to be given.

        Raises
        ------
        InvalidParameterError
            A characteristic of the card without a code; a characteristic or an attribute that the
            card does not have, with near names.
        """
        check_card(card, "ReasonCodes.check")
        for name in self.characteristics:
            if name not in card.names:
                raise unknown_name(name, card.names, "characteristic", "the card")
        lacking = [name for name in card.names if name not in self.characteristics]
        if lacking:
            msg = (
                f"The list has no reason code for {', '.join(map(repr, lacking))}, which the card "
                "scores. An applicant must be told any factor that was scored: add entries."
            )
            raise InvalidParameterError(msg)
        labels = {c.name: c.partition.labels for c in card.characteristics}
        for reason in self.reasons:
            known = labels[reason.characteristic]
            if reason.attribute is not None and reason.attribute not in known:
                of = f"characteristic {reason.characteristic!r} of the card"
                raise unknown_name(reason.attribute, known, "attribute", of)

    def check_language(self, language: Language, owner: str) -> None:
        """Check that all entries have a text in a language.

        Parameters
        ----------
        language : {"en", "zh"}
            English or Chinese.
        owner : str
            Who asks, for the message.

        Raises
        ------
        InvalidParameterError
            Another language, or codes without a text in it; the message lists them.
        """
        check_choice(language, "language", owner, LANGUAGES)
        lacking = list(dict.fromkeys(r.code for r in self.reasons if not r.text(language)))
        if lacking:
            msg = (
                f"The reason codes {', '.join(map(repr, lacking))} have no text in "
                f"{_LANGUAGE_NAMES[language]}. Give them one by with_texts(…, "
                f"language={language!r}), or ask for the other language."
            )
            raise InvalidParameterError(msg)

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(reasons=tuple(ReasonCode(**entry) for entry in content["reasons"]))

    def _content(self) -> dict[str, Any]:
        return {"reasons": [asdict(reason) for reason in self.reasons]}

    def __repr__(self) -> str:
        """Say in one line what it is; :meth:`frame` shows the entries."""
        own = sum(reason.attribute is not None for reason in self.reasons)
        there = [_LANGUAGE_NAMES[language] for language in LANGUAGES
                 if all(r.text(language) for r in self.reasons)]  # fmt: skip
        return (
            f"<ReasonCodes: {counted(len(self.codes), 'code')} for "
            f"{counted(len(self.characteristics), 'characteristic')}, {own} of their attributes "
            "told by themselves; all in "
            f"{' and '.join(there) or 'neither language'}>"
        )

    def _repr_html_(self) -> str:
        return html_table(self.frame().fillna(""), caption="Reason codes", formats={})


def _check_no_entry_twice(reasons: Iterable[ReasonCode]) -> None:
    counts = Counter((reason.characteristic, reason.attribute) for reason in reasons)
    for (characteristic, attribute), count in counts.items():
        if count > 1:
            where = "" if attribute is None else f", attribute {attribute!r},"
            msg = (
                f"Characteristic {characteristic!r}{where} stands {count} times in the list of "
                "reason codes. Leave one entry."
            )
            raise InvalidParameterError(msg)


def _with_texts_of_groups(reasons: Sequence[ReasonCode]) -> tuple[ReasonCode, ...]:
    """Give the characteristics of a group its texts, and refuse two different ones."""
    texts: dict[tuple[str, str], str] = {}
    for reason in reasons:
        for field in ("english", "chinese"):
            text = getattr(reason, field)
            if reason.attribute is None and text:
                known = texts.setdefault((reason.code, field), text)
                if known != text:
                    msg = (
                        f"Reason code {reason.code!r} has two texts: {known!r} and {text!r}. "
                        "Characteristics of one code are a group, which has one text: make them "
                        "the same, or give two codes."
                    )
                    raise InvalidParameterError(msg)
    return tuple(
        replace(
            reason,
            english=texts.get((reason.code, "english"), ""),
            chinese=texts.get((reason.code, "chinese"), ""),
        )
        if reason.attribute is None
        else reason
        for reason in reasons
    )


def _is_named(reason: ReasonCode, key: str | tuple[str, str]) -> bool:
    if isinstance(key, str):
        return reason.code == key and reason.attribute is None
    return (reason.characteristic, reason.attribute) == tuple(key)


def _cell(value: Any) -> str:
    """Return a cell as text, empty where it is missing; 1.0 of a sheet is the code 1."""
    if value is None or (isinstance(value, (float, np.floating)) and value != value):  # noqa: PLR0124
        return ""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        value = int(value)
    return "" if value is pd.NA else str(value)
