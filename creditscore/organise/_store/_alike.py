"""Names in whatever letters: what a rejected row says may be somebody's name."""

from __future__ import annotations

import hmac
from typing import Any

from creditscore._cells import folded, word_of

ALIKE = "alike"
"""Entry of the event of an erasure: digest of the name in whatever letters; older ones lack it."""
_DIGEST_BYTES = 16


def plain_name(name: Any) -> str:
    """Return a name as it is compared with cells, whatever letters either is written in."""
    return folded(word_of(name))


def alike_digest(name: Any, key: bytes) -> str:
    """Return a keyed digest of a name, the same for all that are alike; `key` is of registers."""
    told = b"a name in whatever letters " + plain_name(name).encode("utf-8", "surrogatepass")
    return hmac.digest(key, told, "sha256")[:_DIGEST_BYTES].hex()
