"""What came of an erasure."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from creditscore._display import counted


@dataclass(frozen=True, kw_only=True, repr=False)
class Erasure:
    """What was erased of a customer, and what is left; by :meth:`CustomerStore.erase`.

    Attributes
    ----------
    pseudonym : str
        What the store calls the customer from now on.
    erased_at : pandas.Timestamp
        When, in UTC.
    n_values : int
        Encrypted values, and pieces of evidence, that nobody can read any more.
    n_rejects : int
        Rows of sources that named the customer, and that nobody can read any more.
    n_kept : int
        Facts that a rule keeps; they are read under the pseudonym.
    n_left : int
        Facts in the clear that no answer shows any more, and that still stand in the file.
    n_evidence : int
        Facts that are kept, whose evidence is gone: it was encrypted under the same key. Keep what
        proves them elsewhere, under its reference.
    n_linked : int
        Other customers that were merged with it, and hold data under names of their own. Nobody is
        read as it from now on, and those merged through it stay one: erase each of them that is the
        same person.
    kept_items : tuple of str
        Items of the facts that are kept.
    is_registered : bool
        Whether a register outside remembers it, so that backups do not undo it.
    is_cleaned : bool
        Whether the database also let go of what it had kept of the deleted rows. Where not, since
        somebody reads them still, or since the log-in may not vacuum the table, the wrapped key
        may be in its bytes: until the log of SQLite is emptied, which the last program to close
        the store does, or until :meth:`CustomerStore.migrate`, the next erasure or the owner of
        the table vacuums it in PostgreSQL, when nobody reads them.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import Erasure
    >>> Erasure(
    ...     pseudonym="erased:1", erased_at=pd.Timestamp("2025-01-31T09:30Z"), n_values=3,
    ...     n_rejects=0, n_kept=2, n_left=1, n_evidence=0, n_linked=0,
    ...     kept_items=("invoice.amount",), is_registered=True, is_cleaned=True,
    ... )
    <Erasure of erased:1: 3 values gone, 2 facts kept by rules, 1 left unread>
    """

    pseudonym: str
    erased_at: pd.Timestamp
    n_values: int
    n_rejects: int
    n_kept: int
    n_left: int
    n_evidence: int
    n_linked: int
    kept_items: tuple[str, ...]
    is_registered: bool
    is_cleaned: bool

    def __repr__(self) -> str:
        """Say in one line what is gone and what is left."""
        bare = f" ({self.n_evidence:,} without the evidence)" if self.n_evidence else ""
        others = f"; {counted(self.n_linked, 'other')} merged with it" if self.n_linked else ""
        again = "" if self.is_registered else "; in no register, so that backups bring it back"
        beside = "" if self.is_cleaned else "; the database still keeps what it deleted"
        return (
            f"<Erasure of {self.pseudonym}: {counted(self.n_values, 'value')} gone, "
            f"{counted(self.n_kept, 'fact')} kept by rules{bare}, {self.n_left:,} left unread"
            f"{others}{again}{beside}>"
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class RetentionApplied:
    """What became of facts that were due; by :meth:`CustomerStore.apply_retention`.

    Attributes
    ----------
    erasures : tuple of Erasure
        Customers of whom every protected fact was due: their keys were destroyed.
    n_expired : int
        Facts of other customers that were due: no answer shows them any more. Their bytes stay
        until the key of the customer is destroyed.
    n_held : int
        Facts that would have been due, and that a hold keeps.

    Examples
    --------
    >>> from creditscore.organise import RetentionApplied
    >>> RetentionApplied(erasures=(), n_expired=4, n_held=1)
    <RetentionApplied: 0 customers erased, 4 facts of others expired, 1 held>
    """

    erasures: tuple[Erasure, ...]
    n_expired: int
    n_held: int

    def __repr__(self) -> str:
        """Say in one line how many."""
        return (
            f"<RetentionApplied: {counted(len(self.erasures), 'customer')} erased, "
            f"{counted(self.n_expired, 'fact')} of others expired, {self.n_held:,} held>"
        )
