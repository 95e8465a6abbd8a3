"""What people state of a model: its purpose, its data, its limits."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Self

from creditscore._checks import check_kind
from creditscore._validation import check_real
from creditscore.exceptions import InvalidParameterError

_LISTS = ("data", "limits")


@dataclass(frozen=True, kw_only=True)
class ModelStatement:
    """What is known of a card that no number shows; all but name and purpose may be left out.

    Parameters
    ----------
    name : str
        Name of the model.
    purpose : str
        What decisions it is made for.
    version : str, optional
        Version of the model.
    created : datetime.date or str, optional
        Day on which it was made, as 2026-01-31. The library does not look at the clock, so that
        the same card makes the same file.
    owner, author : str, optional
        Who answers for it, and who made it.
    target_definition : str, optional
        What makes a case bad, and within which time.
    data : sequence of str, or str, default=()
        Sources of the data.
    period : str, optional
        Time that the cases come from.
    exclusions : mapping of str to float, default=()
        Reasons for which cases were left out, with their numbers.
    limits : sequence of str, or str, default=()
        For what the model is not made, and what is known to be weak.
    fairness : str, optional
        What was examined, and found.
    monitoring : str, optional
        What is watched, how often, and what follows.

    Raises
    ------
    InvalidParameterError
        What is no text, no day or no number of cases; a name or purpose that is empty.

    See Also
    --------
    ModelCard : Puts it beside the numbers.

    Examples
    --------
    >>> from creditscore.scorecard import ModelStatement
    >>> stated = ModelStatement(
    ...     name="Retail application score", purpose="Decide on consumer credit up to 20,000 DM.",
    ...     exclusions={"staff": 12, "under 18": 3}, limits="Not for mortgages.",
    ... )
    >>> stated.limits, stated.not_stated[:3]
    (('Not for mortgages.',), ('version', 'created', 'owner'))
    """

    name: str
    purpose: str
    version: str | None = None
    created: date | str | None = None
    owner: str | None = None
    author: str | None = None
    target_definition: str | None = None
    data: Sequence[str] | str = ()
    period: str | None = None
    exclusions: Mapping[str, float] | Sequence[tuple[str, float]] = ()
    limits: Sequence[str] | str = ()
    fairness: str | None = None
    monitoring: str | None = None

    def __post_init__(self) -> None:
        """Check that texts are such; keep the day as text, and lists as tuples."""
        owner = type(self).__name__
        for name in ("name", "purpose"):
            check_kind(getattr(self, name), name, owner, str)
            if not getattr(self, name).strip():
                msg = f"The {name!r} parameter of {owner} must say something. Got an empty text."
                raise InvalidParameterError(msg)
        object.__setattr__(self, "created", _day(self.created, owner))
        object.__setattr__(self, "exclusions", _exclusions(self.exclusions, owner))
        for name in _LISTS:
            object.__setattr__(self, name, _texts(getattr(self, name), name, owner))
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value is not None and entry.name not in (*_LISTS, "exclusions"):
                check_kind(value, entry.name, owner, str)

    @property
    def not_stated(self) -> tuple[str, ...]:
        """Names of what was left out or is empty."""
        return tuple(
            entry.name
            for entry in fields(self)
            if not getattr(self, entry.name) or not str(getattr(self, entry.name)).strip()
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back, without what was left out."""
        content: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if value is None or value == ():
                continue
            content[entry.name] = value
            if entry.name == "exclusions":
                content[entry.name] = [list(pair) for pair in value]
            elif isinstance(value, tuple):
                content[entry.name] = list(value)
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        return cls(**content)


def _texts(value: Any, name: str, owner: str) -> tuple[str, ...]:
    """Read a text or several; one text is not a list of its letters."""
    texts = [value] if isinstance(value, str) else value
    texts = list(texts) if isinstance(texts, Iterable) else [None]
    if not all(isinstance(text, str) for text in texts):
        msg = f"The {name!r} parameter of {owner} must hold texts. Got {value!r} instead."
        raise InvalidParameterError(msg)
    return tuple(texts)


def _exclusions(value: Any, owner: str) -> tuple[tuple[str, float], ...]:
    """Read reasons and numbers of cases, from a mapping or from pairs."""
    pairs = list(value.items()) if isinstance(value, Mapping) else value
    try:
        read = [(reason, n) for reason, n in pairs]
    except (TypeError, ValueError) as error:
        msg = (
            f"The 'exclusions' parameter of {owner} must map reasons to numbers of cases. Got "
            f"{value!r} instead."
        )
        raise InvalidParameterError(msg) from error
    for reason, n in read:
        check_kind(reason, "exclusions", owner, str)
        check_real(n, "exclusions", owner, low=0, high=math.inf, closed="left")
    return tuple((reason, float(n)) for reason, n in read)


def _day(value: Any, owner: str) -> str | None:
    """Read a day, as text or as a date, and write it as 2026-01-31."""
    if value is None:
        return None
    try:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value.isoformat()
        if isinstance(value, str) and date.fromisoformat(value).isoformat() == value:
            return value
    except ValueError:
        pass
    msg = (
        f"The 'created' parameter of {owner} must be a day, such as 2026-01-31. Got {value!r} "
        "instead."
    )
    raise InvalidParameterError(msg)
