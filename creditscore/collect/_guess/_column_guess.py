"""What one column seems to hold, and what a person must decide of it."""

from __future__ import annotations

from dataclasses import dataclass

from creditscore.collect._guess._written import Signs, one_unit
from creditscore.collect._reader._units import PERCENT, SIGNS, is_currency, split_unit


@dataclass(frozen=True, kw_only=True)
class ColumnGuess:
    """What one column seems to hold.

    Attributes
    ----------
    column : str
        Its name.
    target : str
        A field, such as ``"customer"``, or an item; empty where nothing is alike enough.
    confidence : float
        From 0 to 1.
    alternatives : tuple of (str, float)
        What else it could hold, and how likely.
    formats : tuple of str
        Of days: formats that all cells fit; where none does, those that half of them fit. Of
        several, a person must say which is meant.
    unit : str
        Unit that its name says, such as ``"thousand EUR"``; empty where it says none.
    not_a_unit : str
        Of a number, what its name has in brackets that is no unit which is known.
    is_amount : bool
        Whether it is an amount of which the name says no currency.
    units : tuple of str
        Units that its cells say beside their numbers, most frequent first: codes and signs of
        currencies, ``"percent"``, the unit of the item.
    some_say_none : bool
        Whether others of its cells, but zeros, say none, so that it is not clear what they are in.
    signs : tuple of (str, str)
        What parts decimals and thousands in its numbers, where those of the file do not fit. Of
        several, a person must say which are meant.
    samples : tuple of str
        Some cells; of texts and of protected items, their form only.
    rivals : tuple of str
        Other items that it holds as likely.
    elsewhere : str
        Where there is no guess, an item that it seems to hold and that has no place beside the
        others: one of records among items of the customer, or the other way round.
    is_unsure : bool
        Whether its name is only like those that are known of the guess.

    Examples
    --------
    >>> from creditscore.collect import ColumnGuess
    >>> ColumnGuess(column="Umsatz", target="revenue", confidence=1.0).target
    'revenue'
    """

    column: str
    target: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...] = ()
    formats: tuple[str, ...] = ()
    unit: str = ""
    not_a_unit: str = ""
    is_amount: bool = False
    units: tuple[str, ...] = ()
    some_say_none: bool = False
    signs: tuple[Signs, ...] = ()
    samples: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    elsewhere: str = ""
    is_unsure: bool = False

    @property
    def question(self) -> str:
        """What a person must decide of this column alone, or nothing."""
        if not self.target:
            return "of what use is it?" + self._elsewhere
        return " And ".join(filter(None, (self._of_target, self._of_cells)))

    @property
    def _elsewhere(self) -> str:
        if not self.elsewhere:
            return ""
        return (
            f" As {self.elsewhere} it takes a mapping of its own: items of customers, and of "
            "records of each kind, do not stand in one."
        )

    @property
    def _of_target(self) -> str:
        if self.rivals:
            return f"is it {' or '.join((self.target, *self.rivals))}?"
        return f"is it {self.target}? Its name is only like those known." if self.is_unsure else ""

    @property
    def _of_cells(self) -> str:
        if len(self.formats) > 1:
            return f"which format: {' or '.join(f or 'year first' for f in self.formats)}?"
        if self.not_a_unit:
            return f"what does ({self.not_a_unit}) mean, and in which unit is it?"
        if len(self.signs) > 1:
            signs = " or ".join(map(_said, self.signs))
            return f"how are its numbers written: {signs}? Say 'decimal' or 'thousands'."
        if self.target == "true_to":
            return "is it the first day after? Add one to the last day of validity."
        return ""


def question_of(guess: ColumnGuess, *, has_currency: bool) -> str:
    """Return what a person must decide, where a field says the currency or none does."""
    if guess.not_a_unit or not guess.target:
        return guess.question
    parts = (guess.question, _unit_question(guess, has_currency=has_currency))
    return " And ".join(filter(None, parts))


def _unit_question(guess: ColumnGuess, *, has_currency: bool) -> str:
    """Return what is not clear of the units that the cells and the name of a column say."""
    named = split_unit(guess.unit)[1]
    money = [unit for unit in guess.units if is_currency(unit) or unit in SIGNS]
    if money and named and one_unit([named, *money]) != named:
        return f"its name says {named}, and its cells {', '.join(money)}: in which 'unit' is it?"
    if PERCENT in guess.units and guess.some_say_none:
        return "some cells are per cent: are the others, too, or is their 'unit' 'fraction'?"
    if named or has_currency or not guess.is_amount:
        return ""
    if money and one_unit(money):
        others = f"some cells say {one_unit(money)}, and others none: what is the 'unit' of these?"
        return others if guess.some_say_none else ""
    if len(money) > 1:
        return (
            f"its cells are in {', '.join(money)}: which column says the currency of each row, as "
            "the field 'unit'? By one 'unit' for all, rows of the others are rejected."
        )
    several = [f"its cells say {unit}, the sign of {', '.join(SIGNS[unit])}: " for unit in money]
    asked = "in which currency is it, as its 'unit' or as the field 'unit' of all?"
    return "".join(several) + asked


def _said(signs: Signs) -> str:
    """Say what parts the decimals, and what the thousands."""
    decimal, thousands = signs
    parts = f"{thousands!r} between thousands"
    if thousands and decimal == ".":
        return parts
    return f"{decimal!r} for decimals" + (f" and {parts}" if thousands else "")


def shown_format(guess: ColumnGuess) -> str:
    if len(guess.signs) == 1:
        return _said(guess.signs[0])
    return guess.formats[0] if len(guess.formats) == 1 else ""
