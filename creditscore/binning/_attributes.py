"""What a partition is: the attributes of a characteristic, and where each value falls.

The codes of a partition run: regular bins, special codes, missing, and where a column may hold
text one more for levels and words never seen. Encoder, card and exports all use these codes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, ClassVar

import numpy as np

from creditscore._frame import Table
from creditscore._typing import ColumnKind, Float1D, Int1D, Level
from creditscore.binning._given import MISSING, OTHER, warn_of_unseen_levels


class Partition(ABC):
    """Attributes of one characteristic and the rule that sends a value to one of them.

    See Also
    --------
    NumericPartition, CategoricalPartition, MixedPartition : The kinds.

    Examples
    --------
    >>> from creditscore.binning import NumericPartition, Partition
    >>> partition = NumericPartition(cuts=(10.0,), special_codes=(-9.0,))
    >>> partition.labels, partition.attribute_kinds
    (('< 10', '>= 10', 'Special -9', 'Missing'), ('bin', 'bin', 'special', 'missing'))
    >>> Partition.from_dict(partition.to_dict()) == partition
    True
    """

    special_codes: tuple[Any, ...]

    _classes: ClassVar[dict[str, type[Partition]]] = {}

    @property
    @abstractmethod
    def kind(self) -> ColumnKind:
        """How the column is read: numeric, categorical, ordered or mixed."""

    @property
    @abstractmethod
    def n_regular(self) -> int:
        """Number of regular bins."""

    @property
    @abstractmethod
    def regular_labels(self) -> tuple[str, ...]:
        """Text of each regular bin."""

    @property
    @abstractmethod
    def special_labels(self) -> tuple[str, ...]:
        """Text of each special code."""

    @abstractmethod
    def coded(self, table: Table, name: str) -> tuple[Int1D, tuple[Level, ...]]:
        """Return the attribute of each row of a column, and the levels or words never seen."""

    def codes(self, table: Table, name: str) -> Int1D:
        """Return the attribute of each row of a column; warn of levels or words never seen."""
        codes, unseen = self.coded(table, name)
        self.warn_of(name, unseen, codes)
        return codes

    def warn_of(self, name: str, unseen: Collection[Level], rows: Int1D | int) -> None:
        """Warn of levels or words never seen, if any, in rows of these codes, or so many rows."""
        if unseen:
            n_rows = rows if isinstance(rows, int) else np.count_nonzero(rows == self.other_code)
            warn_of_unseen_levels(name, tuple(unseen), int(n_rows))

    @abstractmethod
    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back."""

    @staticmethod
    def from_dict(content: Mapping[str, Any]) -> Partition:
        """Read back what :meth:`to_dict` wrote."""
        entries = {**content}
        return Partition._classes[entries.pop("kind")](**entries)

    def __init_subclass__(cls, *, written_as: str) -> None:
        """Note which class reads what is written under a word."""
        super().__init_subclass__()
        Partition._classes[written_as] = cls

    def bounds(self) -> tuple[Float1D, Float1D]:
        """Return the lower and upper end of each attribute, NaN where it is no interval."""
        return np.full(self.n_codes, np.nan), np.full(self.n_codes, np.nan)

    @property
    def n_special(self) -> int:
        """Number of attributes of special codes."""
        return len(self.special_codes)

    @property
    def has_other(self) -> bool:
        """Whether levels or words never seen are an attribute."""
        return False

    @property
    def missing_code(self) -> int:
        """Code of the attribute of missing values."""
        return self.n_regular + self.n_special

    @property
    def other_code(self) -> int:
        """Code of the attribute of levels or words never seen, where there is one."""
        return self.missing_code + 1

    @property
    def n_codes(self) -> int:
        """Number of attributes."""
        return self.missing_code + 1 + self.has_other

    @property
    def attribute_kinds(self) -> tuple[str, ...]:
        """Kind of each attribute: bin, special, missing or other."""
        kinds = ("bin",) * self.n_regular + ("special",) * self.n_special + ("missing",)
        return (*kinds, "other") if self.has_other else kinds

    @property
    def labels(self) -> tuple[str, ...]:
        """Text of each attribute, all different, in the order of the codes."""
        labels = (*self.regular_labels, *self.special_labels, MISSING)
        return (*labels, OTHER) if self.has_other else labels
