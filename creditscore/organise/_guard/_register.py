"""The register of erasures, kept outside of the store, so that no backup brings anybody back."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from creditscore.exceptions import BrokenTrailError, StoreError
from creditscore.organise._store._alike import ALIKE, alike_digest
from creditscore.protect import Actor, AuditTrail, FileSink, TrailReport


class Registered(NamedTuple):
    """What a register says of a customer.

    Attributes
    ----------
    kept : tuple of str
        Items that a rule keeps.
    alike : str
        Digest of the name in whatever letters, for rejected rows; of older releases, empty.
    """

    kept: tuple[str, ...]
    alike: str


class ErasureRegister:
    """A file that remembers whose data were erased, by digests and not by names.

    Parameters
    ----------
    path : path-like
        File of one store, which the first erasure makes; only its owner may read it then. Keep it
        where the anchors of the audit trail are: outside of the store and of its backups.

    See Also
    --------
    CustomerStore.restore : Erases again what the register names.

    Notes
    -----
    A backup from before an erasure holds the key that the erasure destroyed, wrapped by the master
    key. Restoring it would bring the customer back, unless somebody remembers. The register is a
    chain of records, as the audit trail is, under a key of the store: it holds keyed digests of
    each customer, of the name as it is and in whatever letters, so that it is no list of names,
    and whoever edits it is found out.

    Examples
    --------
    >>> from creditscore.organise import ErasureRegister
    >>> ErasureRegister("erasures.jsonl")
    ErasureRegister('erasures.jsonl')
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    def add(self, customer: str, kept: Iterable[str], actor: Actor, key: bytes) -> None:
        """Add a customer; who was added before stands there twice then.

        Parameters
        ----------
        customer : str
            Its name in the store.
        kept : iterable of str
            Items that a rule keeps.
        actor : Actor
            Who erases.
        key : bytes
            Of the store, for its register.
        """
        said = {"kept": sorted(kept), ALIKE: alike_digest(customer, key)}
        self._trail(key).append(actor, "erase", said, subjects=[customer])

    def entries(self, key: bytes) -> dict[str, Registered]:
        """Return the digests of all who were erased, and what is said of each.

        Parameters
        ----------
        key : bytes
            Of the store, for its register.

        Raises
        ------
        StoreError
            There is no such file.
        BrokenTrailError
            The register was edited or cut, or is that of another store.
        """
        if not self.path.is_file():
            msg = (
                f"There is no register of erasures {str(self.path)!r}, which the first erasure "
                "makes. Check the path. Where nobody was erased, give none."
            )
            raise StoreError(msg)
        report: TrailReport = self._trail(key).verify()
        if report.told:
            msg = f"The register of erasures, {self.path}, cannot be used. {report.told}"
            raise BrokenTrailError(msg)
        return {
            record.subjects_digest: Registered(
                tuple(record.details.get("kept", ())), record.details.get(ALIKE, "")
            )
            for record in self._trail(key).since()
        }

    def _trail(self, key: bytes) -> AuditTrail:
        return AuditTrail(FileSink(self.path), key=key)

    def __repr__(self) -> str:
        """Say where it is."""
        return f"ErasureRegister({str(self.path)!r})"
