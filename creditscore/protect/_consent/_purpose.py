"""What personal data are used for, on which lawful basis, and who consented to it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias, get_args

import numpy as np

from creditscore._checks import check_kind
from creditscore._typing import Level
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._fields import instant_text, read_instant, set_instant, set_text
from creditscore.protect._subjects import subject_text

LawfulBasis: TypeAlias = Literal[
    "consent", "contract", "legal_obligation", "vital_interests", "public_task",
    "legitimate_interests", "disclosed_information", "other_law",
]  # fmt: skip
LAWFUL_BASES: tuple[str, ...] = get_args(LawfulBasis)

_GDPR = {
    "consent": "Art. 6(1)(a)", "contract": "Art. 6(1)(b)", "legal_obligation": "Art. 6(1)(c)",
    "vital_interests": "Art. 6(1)(d)", "public_task": "Art. 6(1)(e)",
    "legitimate_interests": "Art. 6(1)(f)",
}  # fmt: skip
_PIPL = {
    "consent": "Art. 13(1)", "contract": "Art. 13(2)", "legal_obligation": "Art. 13(3)",
    "vital_interests": "Art. 13(4)", "disclosed_information": "Art. 13(6)",
    "other_law": "Art. 13(7)",
}  # fmt: skip
_ARTICLES = {"gdpr": _GDPR, "pipl": _PIPL}


@dataclass(frozen=True, kw_only=True, repr=False)
class Purpose:
    """Something that personal data are used for, and the lawful basis of it.

    Parameters
    ----------
    name : str
        As actors and grants name it.
    text, text_zh : str, default=""
        What customers are told, in English and Chinese.
    gdpr : str, default=""
        Basis by GDPR Art. 6(1): consent, contract, legal_obligation, vital_interests,
        public_task or legitimate_interests; empty where that law does not apply.
    pipl : str, default=""
        Basis by PIPL Art. 13: consent, contract, legal_obligation, vital_interests (emergencies),
        disclosed_information or other_law; empty where that law does not apply. Legitimate
        interests are no basis there.

    Raises
    ------
    InvalidParameterError
        Neither law has a basis, or one that the law does not know.

    Notes
    -----
    PIPL Art. 29 asks for a separate consent to the use of sensitive personal information; write
    that use down as a purpose of its own.

    Examples
    --------
    >>> from creditscore.protect import Purpose
    >>> decision = Purpose(name="credit decision", gdpr="contract", pipl="consent")
    >>> decision
    Purpose(credit decision: GDPR Art. 6(1)(b) contract, PIPL Art. 13(1) consent)
    >>> decision.needs_consent
    True
    """

    name: str
    text: str = ""
    text_zh: str = ""
    gdpr: str = ""
    pipl: str = ""

    def __post_init__(self) -> None:
        """Check that each basis is one of its law."""
        set_text(self, "name")
        set_text(self, "text", "text_zh", "gdpr", "pipl", empty=True)
        owner = f"Purpose {self.name!r}"
        for law, articles in _ARTICLES.items():
            if getattr(self, law):
                check_choice(getattr(self, law), law, owner, tuple(articles))
        if not (self.gdpr or self.pipl):
            msg = f"{owner} must have a lawful basis: of 'gdpr', of 'pipl', or of both."
            raise InvalidParameterError(msg)

    @property
    def needs_consent(self) -> bool:
        """Whether it is consent that one of the laws builds on here."""
        return "consent" in (self.gdpr, self.pipl)

    def article(self, law: Literal["gdpr", "pipl"]) -> str:
        """Return the article of a law that it builds on; empty where the law does not apply.

        Parameters
        ----------
        law : {"gdpr", "pipl"}
            Which.
        """
        check_choice(law, "law", "Purpose.article", tuple(_ARTICLES))
        basis = getattr(self, law)
        return f"{law.upper()} {_ARTICLES[law][basis]} {basis.replace('_', ' ')}" if basis else ""

    def __repr__(self) -> str:
        """Say in one line what it builds on."""
        articles = ", ".join(filter(None, (self.article("gdpr"), self.article("pipl"))))
        return f"Purpose({self.name}: {articles})"


@dataclass(frozen=True, kw_only=True, repr=False)
class Consent:
    """That a customer agreed to a purpose, from when to when, and how that can be shown.

    Parameters
    ----------
    subject : str or int
        The customer.
    purpose : str
        Name of a :class:`Purpose`.
    given_at : str, date or datetime
        From when it holds; a time without a zone is one of UTC.
    evidence : str
        Reference of the form, the recording or the message that shows it; the firm must be able
        to (GDPR Art. 7(1)).
    withdrawn_at : str, date or datetime, optional
        From when it no longer holds. What was done before stays lawful.

    Raises
    ------
    InvalidParameterError
        No customer, no purpose, no evidence, or withdrawn before it was given.

    Examples
    --------
    >>> from creditscore.protect import Consent
    >>> consent = Consent(subject="X", purpose="sales", given_at="2025-01-31", evidence="form 17")
    >>> consent.holds_at("2025-02-01"), consent.withdrawn("2025-02-01").holds_at("2025-02-01")
    (True, False)
    """

    subject: Level
    purpose: str
    given_at: Any
    evidence: str
    withdrawn_at: Any = None

    def __post_init__(self) -> None:
        """Check who, what and when."""
        set_subject(self)
        set_text(self, "purpose", "evidence")
        if self.given_at is None:
            read_instant(None, "given_at", "Consent")
        set_instant(self, "given_at", "withdrawn_at")
        if self.withdrawn_at is not None and self.withdrawn_at < self.given_at:
            msg = "The 'withdrawn_at' parameter of Consent must not be before 'given_at'."
            raise InvalidParameterError(msg)

    def holds_at(self, at: Any) -> bool:
        """Tell whether it holds at an instant.

        Parameters
        ----------
        at : str, date or datetime
            When; a day means its beginning.
        """
        instant: dt.datetime = read_instant(at, "at", "Consent.holds_at")
        ended = self.withdrawn_at is not None and self.withdrawn_at <= instant
        return bool(self.given_at <= instant) and not ended

    def withdrawn(self, at: Any) -> Self:
        """Return it withdrawn.

        Parameters
        ----------
        at : str, date or datetime
            From when on.
        """
        return replace(self, withdrawn_at=at)

    def __repr__(self) -> str:
        """Say in one line what was agreed to; the customer is not named."""
        end = "" if self.withdrawn_at is None else f" until {instant_text(self.withdrawn_at)}"
        return f"<Consent to {self.purpose}: from {instant_text(self.given_at)}{end}>"


def covered(consents: Iterable[Consent], subject: Level, purpose: Purpose, at: Any) -> bool:
    """Tell whether the data of a customer may be used for a purpose at an instant.

    Parameters
    ----------
    consents : iterable of Consent
        Of any customers, for any purposes.
    subject : str or int
        The customer.
    purpose : Purpose
        With its lawful basis.
    at : str, date or datetime
        When; a day means its beginning.

    Returns
    -------
    bool
        Whether the purpose builds on another basis than consent, or the customer's consent holds;
        a withdrawal ends all that were given before it (:func:`effective_consents`).

    See Also
    --------
    uncovered : The same of many customers.

    Examples
    --------
    >>> from creditscore.protect import Consent, Purpose, covered
    >>> sales = Purpose(name="sales", gdpr="consent")
    >>> yes = Consent(subject="X", purpose="sales", given_at="2025-01-31", evidence="form 17")
    >>> covered([yes], "X", sales, "2025-06-30"), covered([yes], "Y", sales, "2025-06-30")
    (True, False)
    """
    return not uncovered(consents, (subject,), purpose, at)


def uncovered(
    consents: Iterable[Consent], subjects: Iterable[Level], purpose: Purpose, at: Any
) -> tuple[Level, ...]:
    """Return the customers whose data may not be used for a purpose at an instant.

    Parameters
    ----------
    consents : iterable of Consent
        Of any customers, for any purposes.
    subjects : iterable of str or int
        The customers.
    purpose : Purpose
        With its lawful basis.
    at : str, date or datetime
        When; a day means its beginning.

    Returns
    -------
    tuple
        In the order given; none where the purpose does not build on consent.

    Examples
    --------
    >>> from creditscore.protect import Consent, Purpose, uncovered
    >>> yes = Consent(subject="X", purpose="sales", given_at="2025-01-31", evidence="form 17")
    >>> uncovered([yes], ["X", "Y"], Purpose(name="sales", gdpr="consent"), "2025-06-30")
    ('Y',)
    """
    check_kind(purpose, "purpose", "uncovered", Purpose)
    instant = read_instant(at, "at", "uncovered")
    if not purpose.needs_consent:
        return ()
    for_it = effective_consents(c for c in consents if c.purpose == purpose.name)
    agreed = {subject_text(consent.subject) for consent in for_it if consent.holds_at(instant)}
    return tuple(subject for subject in subjects if subject_text(subject) not in agreed)


def effective_consents(consents: Iterable[Consent]) -> tuple[Consent, ...]:
    """Return consents with what withdrawals end: all of that person and purpose given before.

    Parameters
    ----------
    consents : iterable of Consent
        All of them, in any order; those of one person and purpose may follow each other, as
        consents that were renewed do.

    Returns
    -------
    tuple of Consent
        In the order given, each withdrawn at the first withdrawal after it was given.

    Examples
    --------
    >>> from creditscore.protect import Consent, effective_consents
    >>> first = Consent(subject="X", purpose="sales", given_at="2024-01-31", evidence="form 9")
    >>> renewed = Consent(subject="X", purpose="sales", given_at="2025-01-31", evidence="form 17")
    >>> effective_consents([first, renewed.withdrawn("2025-06-30")])[0].withdrawn_at.year
    2025
    """
    given = tuple(consents)
    ends: dict[tuple[str, str], list[dt.datetime]] = {}
    for consent in given:
        check_kind(consent, "consents", "effective_consents", Consent)
        if consent.withdrawn_at is not None:
            whose = subject_text(consent.subject), consent.purpose
            ends.setdefault(whose, []).append(consent.withdrawn_at)
    for instants in ends.values():
        instants.sort()
    return tuple(_ended(one, ends.get((subject_text(one.subject), one.purpose))) for one in given)


def _ended(consent: Consent, ends: list[dt.datetime] | None) -> Consent:
    """Return a consent with the first of the ends, in their order, that comes after it."""
    place = 0 if ends is None else bisect_right(ends, consent.given_at)
    if ends is None or place == len(ends):
        return consent
    own = consent.withdrawn_at
    return consent if own is not None and own <= ends[place] else consent.withdrawn(ends[place])


def set_subject(value_object: Any) -> None:
    """Check the customer of a frozen dataclass: a text or a whole number."""
    subject = value_object.subject
    # a number stays one, so that tables of requests show what was given
    number = isinstance(subject, (int, np.integer)) and not isinstance(subject, bool)
    text = subject_text(subject) if number or isinstance(subject, str) else ""
    if not text:
        # who it is may be personal, so the message does not show it
        msg = (
            f"The 'subject' parameter of {type(value_object).__name__} must be a customer: a text "
            f"or a whole number. Got {type(subject).__name__} instead."
        )
        raise InvalidParameterError(msg)
    object.__setattr__(value_object, "subject", int(subject) if number else text)
