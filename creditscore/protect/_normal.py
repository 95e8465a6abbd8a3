"""One form of an identifier or a name, however it was typed."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = ("Cc", "Cf")
_IGNORED = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
"""Fillers and choices of a form, which are letters or marks by their kind, and not seen either."""


def normalised(text: str) -> str:
    """Return what all spellings of one identifier have in common.

    Characters that are not seen go, letters get the form and case that Unicode compares them by
    (NFKC, casefold), and blanks at the ends go, and more than one inside become one.
    """
    if text.isascii() and text.isprintable():
        # the same, and most identifiers are such
        return " ".join(text.lower().split())
    seen = "".join(
        letter
        for letter in _IGNORED.sub("", text)
        if letter.isspace() or unicodedata.category(letter) not in _UNSEEN
    )
    # folding may undo a composition and the other way round: once more, and it rests (D146)
    for _ in range(2):
        seen = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", seen).casefold())
    return " ".join(seen.split())
