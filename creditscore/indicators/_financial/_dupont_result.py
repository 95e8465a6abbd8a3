"""A return taken apart: numbers by customer and factor, and why some are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from creditscore._display import counted, html_table
from creditscore.indicators._measured import Measured, reason_words

_SHOWN_ROWS = 8


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DuPont:
    """Factors of a return on equity, or their effects; made by :func:`dupont` and its like.

    Attributes
    ----------
    index : pandas.Index of shape (n_customers,)
        Whose they are.
    measured : mapping of str to Measured
        Values and reasons of each column.

    Examples
    --------
    >>> from creditscore.indicators import dupont_factors
    >>> found = dupont_factors([80, 90], 1200, 1000, [500, -20])
    >>> found
    DuPont(2 customers: net_margin, asset_turnover, equity_multiplier, return_on_equity)
    >>> found.values.round(4)
       net_margin  asset_turnover  equity_multiplier  return_on_equity
    0      0.0667             1.2                2.0              0.16
    1      0.0750             1.2                NaN               NaN
    >>> found.reasons.loc[1, "return_on_equity"]
    'equity is negative'
    """

    index: pd.Index
    measured: Mapping[str, Measured]

    @property
    def values(self) -> pd.DataFrame:
        """Numbers: a row a customer, a column a factor or an effect, NaN where missing."""
        columns = {name: found.values for name, found in self.measured.items()}
        return pd.DataFrame(columns, index=self.index)

    @property
    def reasons(self) -> pd.DataFrame:
        """Why numbers are missing, in words; empty where there is one."""
        columns = {name: reason_words(found, str) for name, found in self.measured.items()}
        return pd.DataFrame(columns, index=self.index)

    def __repr__(self) -> str:
        """Say in one line how many there are, and of what."""
        return f"DuPont({counted(len(self.index), 'customer')}: {', '.join(self.measured)})"

    def _repr_html_(self) -> str:
        """Show the first customers, with the reason where a number is missing."""
        values, reasons = self.values[:_SHOWN_ROWS], self.reasons[:_SHOWN_ROWS]
        shown = pd.DataFrame({"customer": values.index.astype(str)})
        for name in values:
            shown[name] = [
                f"{value:.4g}" if reason == "" else reason
                for value, reason in zip(values[name], reasons[name], strict=True)
            ]
        return html_table(shown, caption=repr(self), formats=dict.fromkeys(values, "{}"))
