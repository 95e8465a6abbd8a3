"""What bounds a grade besides the customer's own file: the parent and the country."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, TypeAlias

from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import InvalidParameterError

Unknown: TypeAlias = Literal["refuse", "pass"]
_UNKNOWN = ("refuse", "pass")


@dataclass(frozen=True, kw_only=True)
class ParentCap:
    """A subsidiary is at most some notches above its parent.

    Parameters
    ----------
    column : str, default="parent"
        Column with the parent of each customer: another customer, or one of the parents whose
        grades are given apart; missing where there is none.
    notches_above : int, default=0
        Notches by which a subsidiary may be above its parent.
    unknown : {"refuse", "pass"}, default="refuse"
        What a parent without a grade does: it is refused, or caps nothing.
    support_column : str, optional
        Column of booleans that say whether the parent supports the customer by contract. Only with
        it, and only where it is true, a grade is lifted.
    support_below : int, default=1
        Notches below the parent's grade up to which a supported customer is lifted.

    Raises
    ------
    InvalidParameterError
        An empty name, a number below zero, an unknown word.

    Notes
    -----
    Groups may have several levels: a parent counts by the grade that its own parent leaves it. A
    parent in default caps its subsidiaries at the riskiest grade short of default, which is a fact
    about a customer that no cap makes. Nor does support lift anybody out of it.

    Examples
    --------
    >>> from creditscore.grade import ParentCap
    >>> ParentCap(notches_above=1).support_column is None
    True
    """

    column: str = "parent"
    notches_above: int = 0
    unknown: Unknown = "refuse"
    support_column: str | None = None
    support_below: int = 1

    def __post_init__(self) -> None:
        """Check names, numbers and words."""
        owner = type(self).__name__
        _check_column(self.column, "column", owner)
        if self.support_column is not None:
            _check_column(self.support_column, "support_column", owner)
        check_integer(self.notches_above, "notches_above", owner, low=0)
        check_integer(self.support_below, "support_below", owner, low=0)
        check_choice(self.unknown, "unknown", owner, _UNKNOWN)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` gave."""
        return cls(**content)


@dataclass(frozen=True, kw_only=True)
class CountryCap:
    """A customer is at best as good as the ceiling of its country.

    Parameters
    ----------
    ceilings : mapping of str to str
        Best grade by country.
    column : str, default="country"
        Column with the country of each customer.
    unknown : {"refuse", "pass"}, default="refuse"
        What a country without a ceiling does, or a missing one: it is refused, or caps nothing.

    Raises
    ------
    InvalidParameterError
        No ceilings, texts that are none, an unknown word.

    Notes
    -----
    The ceiling stands for the risk that a state keeps its firms from paying abroad. Which one a
    country has is the user's decision; agencies publish theirs.

    Examples
    --------
    >>> from creditscore.grade import CountryCap
    >>> CountryCap(ceilings={"AR": "B", "DE": "AAA"}).ceilings["AR"]
    'B'
    """

    ceilings: Mapping[str, str]
    column: str = "country"
    unknown: Unknown = "refuse"

    def __post_init__(self) -> None:
        """Check that ceilings are texts by texts, and keep a copy of them."""
        owner = type(self).__name__
        given: Any = self.ceilings
        texts = [*given, *given.values()] if isinstance(given, Mapping) else []
        if not texts or not all(isinstance(text, str) and text for text in texts):
            msg = (
                f"The 'ceilings' parameter of {owner} must be grades by country. Got {given!r} "
                "instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "ceilings", dict(given))
        _check_column(self.column, "column", owner)
        check_choice(self.unknown, "unknown", owner, _UNKNOWN)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` gave."""
        return cls(**content)


def _check_column(value: Any, name: str, owner: str) -> None:
    if not isinstance(value, str) or not value:
        msg = f"The {name!r} parameter of {owner} must be a text. Got {value!r} instead."
        raise InvalidParameterError(msg)
