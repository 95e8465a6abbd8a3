"""Which records are compared at all: those that share a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._display import html_table
from creditscore._typing import Int1D, NativeFrame
from creditscore._validation import check_integer
from creditscore.organise._match._contact_point import address_place
from creditscore.organise._match._quality import labels_of
from creditscore.organise._match._records import Records, read_records

_PHONE_END = 8
_START = 3
_WORDS = 4


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CandidatePairs:
    """Pairs of records that are compared; made by :func:`block_pairs`.

    Attributes
    ----------
    customers : ndarray of str
        Customers, in the order of the table.
    left, right : ndarray of int
        Places of the two records of each pair, the earlier one on the left.
    keys : DataFrame
        A row a key: key, n_records (that have it), n_blocks (of two records or more), n_pairs,
        largest_block, n_blocks_left_out and n_records_left_out (in blocks above the bound).

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import block_pairs
    >>> pairs = block_pairs(pd.DataFrame({"customer": ["A", "B"], "email": ["a@x.cn", "A@x.cn"]}))
    >>> pairs, pairs.completeness({"A": "one", "B": "one"})
    (CandidatePairs(1 of 1 pairs of 2 records), 1.0)
    """

    customers: Any
    left: Int1D
    right: Int1D
    keys: pd.DataFrame

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.left)

    @property
    def n_possible(self) -> int:
        """The number of pairs that all records make, n (n - 1) / 2."""
        n = len(self.customers)
        return n * (n - 1) // 2

    @property
    def reduction_ratio(self) -> float:
        """The share of possible pairs that need no comparison; NaN of a single record."""
        return 1 - len(self) / self.n_possible if self.n_possible else float("nan")

    def completeness(self, truth: Mapping[str, Any] | pd.Series) -> float:
        """Return the share of true pairs that are among the candidates.

        Parameters
        ----------
        truth : mapping or Series
            Who each customer really is: customers of one label are the same.

        Returns
        -------
        float
            A fraction; NaN where no two customers are the same.

        Raises
        ------
        InvalidDataError
            A customer is not in it.
        """
        labels = labels_of(truth, self.customers, "truth")
        counts = np.bincount(labels)
        n_true = int((counts * (counts - 1) // 2).sum())
        found = int((labels[self.left] == labels[self.right]).sum())
        return found / n_true if n_true else float("nan")

    def frame(self) -> pd.DataFrame:
        """Return a row a pair: left and right, the customers."""
        names = np.asarray(self.customers, dtype=object)
        return pd.DataFrame({"left": names[self.left], "right": names[self.right]})

    def __repr__(self) -> str:
        """Say in one line how many pairs are left."""
        return (
            f"CandidatePairs({len(self):,} of {self.n_possible:,} pairs of "
            f"{len(self.customers):,} records)"
        )

    def _repr_html_(self) -> str:
        """Show the keys."""
        return html_table(self.keys, caption=repr(self), formats={})


def block_pairs(table: NativeFrame, *, max_block: int = 100) -> CandidatePairs:
    """Return the pairs of records that share a key, and so may be the same customer.

    Parameters
    ----------
    table : table of shape (n_customers, n_columns)
        The column customer, and of name, name_zh, registration_number, identity_number, phone,
        email, address, address_zh, birth_year, city and country those that are known.
    max_block : int, default=100
        Records that may share a key, 2 or more. A key of more records says little: its pairs are
        left out, and counted in `keys`.

    Returns
    -------
    CandidatePairs

    Raises
    ------
    MissingColumnError
        There is no column "customer", or none to compare.
    InvalidDataError
        A customer is missing, or stands twice, or numbers were read as floats, which lose digits.

    Warns
    -----
    UnseenCategoryWarning
        Countries are no codes of which the library knows the calling code.

    Notes
    -----
    Keys, any of which is enough: the signs of the registration and of the identity number in
    order, so that swapped ones are found; the last eight digits of the telephone; the e-mail
    address; the name without legal form, its words in order; the first three letters of each of
    its first four words; each word; each two neighbouring Chinese characters; the city with the
    first number of the address. O(n · keys + pairs · log pairs) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import block_pairs
    >>> pairs = block_pairs(pd.DataFrame({
    ...     "customer": ["A", "B", "C"], "name": ["Hua Trading Ltd", "Hua Trdg", "Lin Hotel"],
    ...     "phone": ["12345678", None, "87654321"],
    ... }))
    >>> pairs.frame().values.tolist(), round(pairs.reduction_ratio, 3)
    ([['A', 'B']], 0.667)
    """
    check_integer(max_block, "max_block", "block_pairs", low=2)
    return blocked(read_records(table, "block_pairs"), max_block)


def blocked(records: Records, max_block: int) -> CandidatePairs:
    """Return the pairs of records that share a key."""
    n = len(records)
    rows, codes = [], []
    for name, keys in _KEYS.items():
        at, of = _listed(keys(records))
        pairs, facts = _pairs_of(at, of, n, max_block)
        rows.append({"key": name, **facts})
        codes.append(pairs)
    together = np.unique(np.concatenate(codes))
    return CandidatePairs(
        customers=records.customers,
        left=(together // n).astype(np.intp),
        right=(together % n).astype(np.intp),
        keys=pd.DataFrame(rows),
    )


def _sorted_signs(column: str) -> Callable[[Records], Iterator[Iterable[str]]]:
    return lambda records: ((["".join(sorted(text))] if text else []) for text in records[column])


def _whole(column: str, last: int | None = None) -> Callable[[Records], Iterator[Iterable[str]]]:
    def keys(records: Records) -> Iterator[Iterable[str]]:
        for text in records[column]:
            yield [text if last is None else text[-last:]] if text else []

    return keys


def _names(records: Records) -> Iterator[Iterable[str]]:
    for latin, chinese in zip(records["core"], records["core_zh"], strict=True):
        whole = " ".join(sorted(latin.split()))
        yield [text for text in (whole, chinese) if text]


def _starts(records: Records) -> Iterator[Iterable[str]]:
    for name in records["core"]:
        words = name.split()[:_WORDS]
        yield [" ".join(word[:_START] for word in words)] if words else []


def _words(records: Records) -> Iterator[Iterable[str]]:
    for name in records["core"]:
        yield set(name.split())


def _bigrams(records: Records) -> Iterator[Iterable[str]]:
    for name in records["core_zh"]:
        yield {name[place : place + 2] for place in range(len(name) - 1)}


def _places(records: Records) -> Iterator[Iterable[str]]:
    columns = (records["address"], records["address_zh"], records["city"])
    for latin, chinese, city in zip(*columns, strict=True):
        yield {address_place(text, city) for text in (latin, chinese)} - {""}


_KEYS: dict[str, Callable[[Records], Iterator[Iterable[str]]]] = {
    "registration number": _sorted_signs("registration_number"),
    "identity number": _sorted_signs("identity_number"),
    "end of telephone": _whole("phone", _PHONE_END),
    "e-mail address": _whole("email"),
    "name": _names,
    "starts of words": _starts,
    "word of name": _words,
    "two characters": _bigrams,
    "city and number": _places,
}


def _listed(keys: Iterator[Iterable[str]]) -> tuple[Int1D, Int1D]:
    """Return the record and the code of each key."""
    places: dict[str, int] = {}
    at, of = [], []
    for record, found in enumerate(keys):
        for key in found:
            at.append(record)
            of.append(places.setdefault(key, len(places)))
    return np.array(at, dtype=np.int64), np.array(of, dtype=np.int64)


def _pairs_of(
    at: Int1D, of: Int1D, n: int, max_block: int
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], dict[str, int]]:
    """Return the pairs within blocks, left · n + right each, and facts about the blocks."""
    sizes = np.bincount(of) if len(of) else np.zeros(0, dtype=np.int64)
    big = sizes > max_block
    facts = {
        "n_records": len(np.unique(at)),
        "n_blocks": int(((sizes > 1) & ~big).sum()),
        "n_pairs": 0,
        "largest_block": int(sizes.max(initial=0)),
        "n_blocks_left_out": int(big.sum()),
        "n_records_left_out": len(np.unique(at[big[of]])) if len(of) else 0,
    }
    used = (sizes[of] > 1) & ~big[of] if len(of) else np.zeros(0, dtype=bool)
    # a stable sort keeps the records of a block in their order
    order = np.argsort(of[used], kind="stable")
    members, size_of = at[used][order], sizes[of[used][order]]
    parts = [np.zeros(0, dtype=np.int64)]
    for size in np.unique(size_of):
        block = members[size_of == size].reshape(-1, size)
        first, second = np.triu_indices(int(size), 1)
        parts.append((block[:, first] * n + block[:, second]).ravel())
    pairs = np.unique(np.concatenate(parts))
    facts["n_pairs"] = len(pairs)
    return pairs, facts
