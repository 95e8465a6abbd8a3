"""Numbers of observations and of batches, as callers give them."""

from __future__ import annotations

from typing import Any

from creditscore._checks import read_entries
from creditscore._validation import check_integer
from creditscore.exceptions import StoreError

_LAST = 2**63 - 1
"""No database counts further."""


def row_number(given: Any, what: str, owner: str) -> int:
    """Return the number of an observation or of a batch.

    Raises
    ------
    InvalidParameterError
        It is no whole number from 1.
    StoreError
        It is beyond all numbers, so that there is none.
    """
    number = check_integer(given, what, owner, low=1)
    if number > _LAST:
        msg = f"There is no {what} {number}. Nothing was done."
        raise StoreError(msg)
    return number


def row_numbers(given: Any, what: str, owner: str) -> list[int]:
    """Return several in their order, each once; errors as of one."""
    return sorted({row_number(one, what, owner) for one in read_entries(given, what, owner)})
