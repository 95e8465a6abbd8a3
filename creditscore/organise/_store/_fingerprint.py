"""What tells a fact that is known already from a new one: sixteen bytes of a keyed hash."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from creditscore._typing import Bool1D, Int1D

BYTES = 16
_ORIGIN = ("source", "source_name", "method", "unit", "collected_by", "confidence")
_PARTS = ("customer", "item", "record", *_ORIGIN[:-1])


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Columns of facts that are to be told apart, in the order in which they will be kept."""

    table: pd.DataFrame
    true_from: Int1D
    true_to: Int1D
    collected_at: Int1D

    def digests(self, key: bytes) -> list[bytes]:
        """Return a keyed digest of each row, all of it but the evidence."""
        raw, width = self._rows
        rows, found = memoryview(raw), []
        # the key is taken in once, and not for each row
        keyed = blake2b(digest_size=BYTES, key=key)
        for start in range(0, len(raw), width):
            one = keyed.copy()
            one.update(rows[start : start + width])
            found.append(one.digest())
        return found

    def digests_of_subjects(
        self, rows: Bool1D, customer_ids: Int1D, keys: Mapping[int, bytes]
    ) -> list[bytes]:
        """Return HMACs of some rows, each under the key of its customer.

        Nobody can try values against them without that key, and none is left when it is gone.
        """
        raw, width = self._rows
        found = []
        for row in np.flatnonzero(rows).tolist():
            of_row = raw[row * width : (row + 1) * width]
            found.append(hmac.digest(keys[int(customer_ids[row])], of_row, "sha256")[:BYTES])
        return found

    @cached_property
    def _rows(self) -> tuple[bytes, int]:
        """Return the rows as bytes of one length each, so that no two facts look alike."""
        parts = [_digests_of(self.table[name]) for name in _PARTS]
        parts.append(_digests_of(self.table["text"]))
        # plus zero, for minus zero is the same number
        number = self.table["number"].to_numpy(dtype=np.float64) + 0.0
        number = np.where(np.isnan(number), np.nan, number)
        confidence = self.table["confidence"].to_numpy(dtype=np.float64) + 0.0
        wide = (number, confidence, self.true_from, self.true_to, self.collected_at)
        parts += [np.ascontiguousarray(column).view(np.uint8).reshape(-1, 8) for column in wide]
        matrix = np.concatenate(parts, axis=1)
        return matrix.tobytes(), matrix.shape[1]


def _digests_of(words: pd.Series) -> npt.NDArray[np.uint8]:
    """Return a digest of each word, made once for each that is different."""
    codes, levels = _distinct(words)
    raw = b"".join(_digest(level) for level in levels) + bytes(BYTES)
    table = np.frombuffer(raw, dtype=np.uint8).reshape(-1, BYTES)
    digests: npt.NDArray[np.uint8] = table[codes]
    return digests


def _distinct(words: pd.Series) -> tuple[Int1D, list[Any]]:
    """Return the place of each word among those that occur, -1 where missing, and those."""
    if not isinstance(words.dtype, pd.CategoricalDtype):
        codes, levels = pd.factorize(words)
        return codes, list(levels)
    used, codes = np.unique(words.cat.codes.to_numpy(), return_inverse=True)
    return codes, list(words.cat.categories.take(used))


def _digest(word: Any) -> bytes:
    return blake2b(str(word).encode("utf-8"), digest_size=BYTES).digest()
