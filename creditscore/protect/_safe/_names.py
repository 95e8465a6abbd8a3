"""Names that go into SQL text, where a value could become a command."""

from __future__ import annotations

import re

from creditscore.exceptions import UnsafeInputError

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_LETTERS = 63
_SHOWN = 40


def checked_name(name: str, *, what: str = "name") -> str:
    """Return a name of a table, column or role that may stand in SQL text as it is.

    Parameters
    ----------
    name : str
        Letters a to z of either case, digits and underscores, no digit in front, at most 63.
    what : str, default="name"
        What it names, for the message: "column".

    Returns
    -------
    str
        The name itself.

    Raises
    ------
    UnsafeInputError
        Anything else: quotes, blanks, dots, other scripts, too many letters.

    Notes
    -----
    Values go to a database as parameters, which cannot become commands; names cannot. 63 is what
    PostgreSQL keeps of a name: it cuts longer ones without a word, and two become one. Words of
    SQL itself, such as ``select``, are names here; quote them.

    Examples
    --------
    >>> from creditscore.protect import checked_name
    >>> checked_name("invoice_2025")
    'invoice_2025'
    >>> checked_name("x; DROP TABLE customers", what="column")
    Traceback (most recent call last):
    creditscore.exceptions.UnsafeInputError: The column 'x; DROP TABLE customers' cannot stand ...
    """
    if isinstance(name, str) and len(name) <= _MOST_LETTERS and _NAME.fullmatch(name):
        return name
    shown = repr(name[:_SHOWN]) if isinstance(name, str) else type(name).__name__
    msg = (
        f"The {what} {shown} cannot stand in SQL. Use letters a to z, digits and underscores, no "
        f"digit in front, at most {_MOST_LETTERS}."
    )
    raise UnsafeInputError(msg)
