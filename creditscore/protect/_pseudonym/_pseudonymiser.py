"""Pseudonyms: the same for the same person, and for nobody without the key anybody's."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any, overload

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._frame import like
from creditscore._typing import NativeSeries
from creditscore.exceptions import ColumnTypeError, InvalidDataError, InvalidParameterError
from creditscore.protect._crypto._secret import SecretHolder
from creditscore.protect._missing import is_missing
from creditscore.protect._normal import normalised

_LEAST_KEY_BYTES = 32


class Pseudonymiser(SecretHolder):
    r"""Gives each identifier a pseudonym, which nobody without the key can give or undo.

    Parameters
    ----------
    key : bytes
        Secret of 32 bytes or more: ``ring.derive("pseudonyms")``.
    domain : str
        What is identified, and for whom: "customer, study 7". The same identifier has in each
        domain another pseudonym, so that tables of two domains cannot be joined.

    Raises
    ------
    InvalidParameterError
        A key of fewer bytes, or a domain that is empty or holds a null character.

    Notes
    -----
    .. math:: p = \mathrm{HMAC\text{-}SHA256}(k, \mathrm{domain} \| 0 \| \mathrm{normalised\ id})

    in 64 hexadecimal digits. Normalised means: characters that are not seen (zero-width spaces,
    marks of direction, fillers) are left out, forms and case of letters are folded as Unicode
    compares them (NFKC, casefold), blanks at the ends are left out, and several inside become one.
    So ``" C-17"``, ``"c-17"`` and ``"Ｃ-17"`` are one. Punctuation stays: bring telephone numbers
    to one form first.

    A plain hash is no pseudonym. Identifiers are few: all 10¹¹ telephone numbers of a country, or
    all identity numbers of its people, are hashed in hours, and the table of them undoes every
    hash. A salt that stands beside the hashes, or in a program, only makes it a new table. With
    HMAC nothing can be tried without the key. Whoever has the key can: pseudonymous data stay
    personal data (GDPR, Art. 4(5)), and with other columns a person may be known without it;
    :func:`k_anonymity` counts those. Destroy the key to make the pseudonyms final.

    A new version of the key gives new pseudonyms. Two identifiers have the same one with a
    probability of n² / 2²⁵⁷ among n. Time is O(n), a hash a distinct identifier.

    References
    ----------
    .. [1] H. Krawczyk, M. Bellare, R. Canetti, *HMAC: Keyed-Hashing for Message Authentication*,
       RFC 2104, 1997.
    .. [2] European Union Agency for Cybersecurity, *Pseudonymisation techniques and best
       practices*, 2019.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.protect import Pseudonymiser
    >>> people = Pseudonymiser(bytes(range(32)), "customer")
    >>> people
    <Pseudonymiser: domain 'customer'>
    >>> people.pseudonym("C-17") == people.pseudonym(" ｃ-17 ")
    True
    >>> people.pseudonym(pd.Series(["C-17", "C-18"])).str[:8].tolist()
    ['4fa7badc', '...']
    """

    __slots__ = ("__domain", "__key")

    def __init__(self, key: bytes, domain: str) -> None:
        # one that fails is shown, too, by reports of errors
        self.__domain = ""
        fault = _key_fault(key)
        if fault is None and not (
            isinstance(domain, str) and domain.strip() and "\0" not in domain
        ):
            fault = (
                "The 'domain' parameter of Pseudonymiser must be a text without null characters "
                f"that says what is identified. Got {domain!r} instead."
            )
        if fault is not None:
            del key
            raise InvalidParameterError(fault)
        self.__key = key
        self.__domain = domain

    @property
    def domain(self) -> str:
        """What is identified."""
        return self.__domain

    @overload
    def pseudonym(self, value: str | int) -> str: ...

    @overload
    def pseudonym(self, value: NativeSeries) -> NativeSeries: ...

    def pseudonym(self, value: Any) -> Any:
        """Return the pseudonym of an identifier, or of each of a column.

        Parameters
        ----------
        value : str, int or column of shape (n_rows,)
            Identifier, of which a whole number is its decimal text; or a pandas, polars or
            pyarrow column of such, where a missing one stays missing.

        Returns
        -------
        str or column of str
            64 hexadecimal digits; a column of the same library, name and index.

        Raises
        ------
        InvalidDataError
            An identifier with nothing in it, which many may share.
        ColumnTypeError
            Something that is no text and no whole number.
        """
        if not nw.dependencies.is_into_series(value):
            return self._of_texts([_text(value)])[0]
        column = nw.from_native(value, series_only=True, allow_series=True)
        native = column.to_native()
        values = native.tolist() if isinstance(native, pd.Series) else column.to_list()
        entries = np.empty(len(values), dtype=object)
        entries[:] = self._of_texts([None if is_missing(v) else _text(v) for v in values])
        return like(entries, native, name=column.name)

    def _of_texts(self, texts: Iterable[str | None]) -> list[Any]:
        prefix = self.__domain.encode("utf-8", "surrogatepass") + b"\0"
        made: dict[str | None, str | None] = {None: None}
        found = []
        for text in texts:
            if text not in made:
                made[text] = self._of_text(prefix, text)
            found.append(made[text])
        return found

    def _of_text(self, prefix: bytes, text: Any) -> str:
        form = normalised(text)
        if not form:
            msg = (
                "An identifier is empty, or holds nothing but blanks. Set it to missing, or give "
                "each case an identifier of its own."
            )
            raise InvalidDataError(msg)
        return hmac.digest(
            self.__key, prefix + form.encode("utf-8", "surrogatepass"), "sha256"
        ).hex()

    def __repr__(self) -> str:
        """Say the domain, and nothing of the key."""
        return f"<Pseudonymiser: domain {self.__domain!r}>"


def _key_fault(key: Any) -> str | None:
    if isinstance(key, bytes) and len(key) >= _LEAST_KEY_BYTES:
        return None
    got = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
    return (
        f"The 'key' parameter of Pseudonymiser must be {_LEAST_KEY_BYTES} bytes or more, such as "
        f"KeyRing.derive() gives. Got {got} instead."
    )


def _text(value: Any) -> str:
    """Return an identifier as text; a float would be written in more than one way."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return str(int(value))
    msg = (
        "Identifiers must be text or whole numbers. Got a value of the type "
        f"{type(value).__name__}: convert the column to text."
    )
    raise ColumnTypeError(msg)
