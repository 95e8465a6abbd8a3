"""Bins that many cards share: found once for each sample, column and number of bins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeAlias

from creditscore._estimator import note_columns
from creditscore._frame import as_table
from creditscore._typing import NativeFrame
from creditscore.binning import BinTable, WOEEncoder
from creditscore.validate._fairness._alternative_card import without_columns

FoundBins: TypeAlias = dict[tuple[str, int | None], BinTable]
"""Bins of one sample, by column and the most bins that it may have."""


class SharedBins(WOEEncoder):
    """An encoder that looks for bins only where its sample has none yet.

    Every fit is on the same sample; encoders that share `found` differ in their columns and in how
    many bins these may have, and in nothing else. The bins of a column do not depend on others.
    """

    found: FoundBins

    @classmethod
    def of(cls, encoder: WOEEncoder, found: FoundBins) -> Self:
        """Take the parameters of an encoder, and the bins that were found before."""
        shared = cls(**encoder.get_params(deep=False))
        shared.found = found
        return shared

    def __sklearn_clone__(self) -> Self:
        """Keep the bins where an estimator copies its encoder before it fits it."""
        return self.of(self, self.found)

    def fit(
        self, X: NativeFrame, y: Any = None, sample_weight: Any = None, periods: Any = None
    ) -> Self:
        """Find the bins that are not known; see :meth:`WOEEncoder.fit`."""
        table = as_table(X)
        keys = {name: (name, self._most(name)) for name in table.names}
        new = [name for name, key in keys.items() if key not in self.found]
        if new:
            plain = WOEEncoder(**self.get_params(deep=False))
            encoder = without_columns(plain, set(table.names) - set(new))
            tables = encoder.fit(table.only(new), y, sample_weight, periods).tables_
            self.found.update({keys[name]: tables[name] for name in new})
        self.tables_ = {name: self.found[key] for name, key in keys.items()}
        note_columns(self, table)
        return self

    def _most(self, name: str) -> int | None:
        """Return how many bins the constraints of a column allow."""
        asked = self.constraints
        own = asked.get(name) if isinstance(asked, Mapping) else asked
        return None if own is None else own.max_n_bins
