"""Whose form it is: the customer that is printed, carried along, and checked when it is read."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._cells import word_of
from creditscore.collect._questionnaire._parts import holds_control_character
from creditscore.exceptions import InvalidParameterError

_MOST_LETTERS = 200


def customer_word(customer: Any, owner: str) -> str:
    """Return a customer as a word, empty where none is named; a number becomes its text.

    Raises
    ------
    InvalidParameterError
        It is neither text nor number, or is blank, or one that a line of a form does not hold.
    """
    if customer is None:
        return ""
    if isinstance(customer, bool) or not isinstance(customer, (str, int, float, np.number)):
        kind = type(customer).__name__
        msg = f"The 'customer' parameter of {owner} must be a text or a number. Got {kind}."
        raise InvalidParameterError(msg)
    word = word_of(customer)
    if not word.strip() and customer != "":
        msg = (
            f"The 'customer' parameter of {owner} is blank: {customer!r}. Name the customer, or "
            "give None for a form of nobody."
        )
        raise InvalidParameterError(msg)
    if not is_one_line(word):
        msg = (
            f"The 'customer' parameter of {owner} must be one line of {_MOST_LETTERS} letters at "
            "most, without control characters."
        )
        raise InvalidParameterError(msg)
    return word


def is_one_line(word: str) -> bool:
    """Tell whether a form holds a word in a line as it is."""
    strange = holds_control_character(word) or "\n" in word or "\t" in word
    return not strange and len(word) <= _MOST_LETTERS


def same_customer(known: str, customer: Any, owner: str, known_by: str) -> str:
    """Return the customer that is known already or given now.

    Raises
    ------
    InvalidParameterError
        They are two.
    """
    given = customer_word(customer, owner)
    if given and known and given != known:
        msg = f"{known_by} are of customer {known!r}, and {owner} was given customer {given!r}."
        raise InvalidParameterError(msg)
    return given or known
