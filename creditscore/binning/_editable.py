"""How a table is edited: each edit gives a new table that remembers it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from creditscore._typing import Level
from creditscore.binning import _edit as edits
from creditscore.exceptions import InvalidParameterError

if TYPE_CHECKING:
    from creditscore.binning._table import BinTable


class EditableBins:
    """The edits of a :class:`BinTable`.

    Each returns a new table of the status "edited" whose `history` has one entry more. What an
    edit cannot do it refuses; what breaks a constraint of the bins it does, with an EditWarning.
    """

    def merge(
        self, *bins: int | str, by: str, reason: str, when: datetime | str | None = None
    ) -> BinTable:
        """Join bins into one.

        Parameters
        ----------
        *bins : int or str
            Places or labels of two regular bins or more, neighbours where they have an order; or
            of one regular bin and of missing values, a special code or levels never seen, which
            then share its WOE.
        by, reason : str
            Who does it, and why; kept in `history`.
        when : datetime or str, optional
            Time of the edit, with its time zone (ISO 8601 as text); now unless given.

        Returns
        -------
        BinTable

        Raises
        ------
        InvalidParameterError
            Bins that are not there or cannot be joined, or no reason.

        Warns
        -----
        EditWarning
            The new bins break a constraint of the old ones. They are made all the same.

        Examples
        --------
        >>> from creditscore import WOEEncoder
        >>> from creditscore.datasets import load_german_credit
        >>> german = load_german_credit()
        >>> encoder = WOEEncoder(user_cuts={"age_years": [26, 35, 50]})
        >>> encoder = encoder.fit(german[["age_years"]], german["is_bad"])
        >>> table = encoder.tables_["age_years"]
        >>> merged = table.merge("[26, 35)", "[35, 50)", by="A. Analyst", reason="alike")
        >>> merged.labels
        ('< 26', '[26, 50)', '>= 50', 'Missing')
        >>> merged.history[0].action, merged.status
        ('merge', 'edited')
        """
        return edits.merge(self._table(), bins, edits.Author(by, reason, when))

    def split(
        self,
        which: int | str,
        at: float | Sequence[Level],
        *,
        by: str,
        reason: str,
        when: datetime | str | None = None,
    ) -> BinTable:
        """Part a regular bin in two.

        Parameters
        ----------
        which : int or str
            Place or label of the bin.
        at : float or sequence of levels
            The cut, which the fine counts must resolve; of categories the levels of the first
            part.
        by, reason, when
            As in :meth:`merge`.

        Returns
        -------
        BinTable
            Without counts by period, which cannot be parted.

        Raises
        ------
        InvalidParameterError
            The table has no fine counts, or they cannot tell the parts; the message lists the
            nearest possible cuts.
        """
        return edits.split(self._table(), which, at, edits.Author(by, reason, when))

    def with_cuts(
        self,
        cuts: Sequence[float],
        *,
        by: str,
        reason: str,
        values: Any = None,
        is_bad: Any = None,
        sample_weight: Any = None,
        when: datetime | str | None = None,
    ) -> BinTable:
        """Cut a numeric feature elsewhere.

        Parameters
        ----------
        cuts : sequence of float
            All cuts of the new bins.
        by, reason, when
            As in :meth:`merge`.
        values : array-like of shape (n_rows,), optional
            The column, to count anew where the fine counts cannot resolve the cuts. All counts
            are then those of these rows.
        is_bad, sample_weight : array-like of shape (n_rows,), optional
            Their outcomes, 1 for bad, and frequencies.

        Returns
        -------
        BinTable

        Raises
        ------
        InvalidParameterError
            As in :meth:`split`.
        """
        if values is None and not (is_bad is None and sample_weight is None):
            msg = "with_cuts counts is_bad and sample_weight beside values only: pass values too."
            raise InvalidParameterError(msg)
        data = None if values is None else (values, is_bad, sample_weight)
        return edits.with_cuts(self._table(), cuts, edits.Author(by, reason, when), data)

    def group(
        self, *levels: Level, by: str, reason: str, when: datetime | str | None = None
    ) -> BinTable:
        """Put levels of a categorical feature together in a bin of their own.

        Parameters
        ----------
        *levels : str, int, float or bool
            Levels, from one group or several; groups that lose all their levels vanish.
        by, reason, when
            As in :meth:`merge`.

        Returns
        -------
        BinTable

        Raises
        ------
        InvalidParameterError
            A level that no bin holds, or groups that are to be parted without fine counts.
        """
        return edits.group(self._table(), levels, edits.Author(by, reason, when), "group")

    def ungroup(
        self, level: Level, *, by: str, reason: str, when: datetime | str | None = None
    ) -> BinTable:
        """Give a level of a categorical feature a bin of its own.

        Parameters
        ----------
        level : str, int, float or bool
            The level.
        by, reason, when
            As in :meth:`merge`.

        Returns
        -------
        BinTable

        Raises
        ------
        InvalidParameterError
            As in :meth:`group`.
        """
        return edits.group(self._table(), (level,), edits.Author(by, reason, when), "ungroup")

    def _table(self) -> BinTable:
        return cast("BinTable", self)
