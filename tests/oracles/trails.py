"""What programs of their own do to a trail; a new interpreter finds this by its path."""

from __future__ import annotations

from pathlib import Path

from creditscore.protect import Actor, AuditTrail, FileSink


def write_many(path: Path, key: bytes, name: str, n: int) -> None:
    """Append records under a name, one after the other."""
    trail = AuditTrail(FileSink(path), key=key)
    actor = Actor(name=name, roles=("analyst",), purpose="credit decision")
    for place in range(n):
        trail.append(actor, "read", {"n": place})
