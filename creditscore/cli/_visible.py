"""Names and labels as a terminal may show them: no markup, and nothing that commands it."""

from __future__ import annotations

import unicodedata

from rich.markup import escape


def visible(text: object) -> str:
    """Write out letters that cannot be seen, such as those that begin a terminal's commands.

    A label may hold anything, and a card may come from anybody.
    """
    return "".join(
        letter if letter.isprintable() or unicodedata.category(letter) == "Zs" else _code(letter)
        for letter in str(text)
    )


def shown(text: object) -> str:
    """Return visible text in which brackets are no markup of rich."""
    return escape(visible(text))


def _code(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")
