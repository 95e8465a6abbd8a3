"""A customer between the quartiles of its peers, indicator by indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    counted,
    distinct,
    new_axes,
    shorten,
)
from creditscore._frame import missing_message
from creditscore._typing import Level, NativeFrame
from creditscore.exceptions import InvalidParameterError, MissingColumnError
from creditscore.indicators._facts import Facts, facts_on
from creditscore.indicators._indicator import Indicator
from creditscore.indicators._indicator_table import IndicatorTable, short_number
from creditscore.indicators._operating._peers import QUARTILES
from creditscore.indicators._records import CustomerRecords, read_customers

_FURTHEST = 4.0
"""Places beyond are drawn here."""


@dataclass(kw_only=True, repr=False)
class PeerDisplay:
    """Indicators of one customer as places between the quartiles of its industry.

    Made by :meth:`from_table`.

    Attributes
    ----------
    customer : str
        Its label.
    industry : str
        Whose quartiles they are.
    table : DataFrame
        What :meth:`frame` returns.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import FINANCIAL, CustomerRecords, PeerDisplay
    >>> on = pd.Timestamp("2024-04-30")
    >>> end = pd.Timestamp("2023-12-31")
    >>> records = CustomerRecords(
    ...     statements=pd.DataFrame({"customer": ["A"], "period_end": end, "known_on": on,
    ...                              "revenue": [100.0], "ebit": [3.0]}),
    ...     profile=pd.DataFrame({"customer": ["A"], "known_on": end, "industry": "steel"}),
    ... )
    >>> found = FINANCIAL.only(["operating_margin"]).compute(records, as_of="2024-06-30")
    >>> peers = pd.DataFrame({
    ...     "industry": ["steel"], "period_end": end, "known_on": on,
    ...     "operating_margin_lower_quartile": 0.02, "operating_margin_median": 0.04,
    ...     "operating_margin_upper_quartile": 0.09,
    ... })
    >>> display = PeerDisplay.from_table(found, "A", peers)
    >>> display.frame()[["indicator", "value", "median", "place"]]
              indicator  value  median  place
    0  operating_margin   0.03    0.04   -0.5
    """

    customer: str
    industry: str
    table: pd.DataFrame

    @classmethod
    def from_table(cls, found: IndicatorTable, customer: Any, peers: NativeFrame) -> Self:
        """Place the indicators of a customer.

        Parameters
        ----------
        found : IndicatorTable
            Indicators; the profile in their records says of which industry the customer is.
        customer : label of a customer
            Whom to show.
        peers : table
            As :func:`peer_benchmarks` makes it: industry, period_end, known_on, and the quartiles
            of each indicator of `found`. The row known last on the day of `found` counts.

        Raises
        ------
        InvalidParameterError
            No such customer; its industry is not known, or `peers` know nothing of it on the day;
            an indicator of which it is not said whether high or low is safer.
        MissingColumnError
            The quartiles of an indicator are not among the peers.

        Notes
        -----
        The place is 0 at the median, -1 at the riskier quartile and 1 at the safer one, linear in
        the value between them, and beyond a quartile as between it and the median. A quartile that
        is the median has half the distance of both quartiles in its place. O(n_indicators) time.
        """
        owner = "PeerDisplay.from_table"
        check_kind(found, "found", owner, IndicatorTable)
        customers = found.facts.customers
        (name,) = read_customers([customer], customers, owner, place="found.facts.customers")
        facts = _peer_facts(found, name, peers)
        rows = [_row(measure, found, customers.index(name), facts) for measure in found.indicators]
        industry = str(facts.profile.words("industry")[0])
        return cls(customer=str(name), industry=industry, table=pd.DataFrame(rows))

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture.

        Returns
        -------
        DataFrame
            A row an indicator: indicator, label, value, lower_quartile, median, upper_quartile,
            place, and reason, why there is no place, else empty.
        """
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a dot for each indicator beside the middle half of the peers, safer to the right.

        Parameters
        ----------
        ax : matplotlib axes, optional
            To draw on.
        """
        n = len(self.table)
        self.ax_ = ax = new_axes(ax, size=(7.6, 1.4 + 0.36 * n))
        rows = np.arange(n)
        ax.set_ylim(n - 0.4, -0.6)
        ax.set_xlim(-_FURTHEST - 0.3, _FURTHEST + 0.3)
        ax.barh(rows, 2, left=-1, height=0.5, color=MUTED, alpha=0.4)
        ax.vlines(np.zeros(n), rows - 0.34, rows + 0.34, color=INK, linewidth=2)
        for row, found in enumerate(self.table.itertuples()):
            if np.isnan(found.place):
                told = shorten(found.reason, 34)
            else:
                own, middle = (short_number(x, 3) for x in (found.value, found.median))
                told = f"{own}  (median {middle})"
                place = float(np.clip(found.place, -_FURTHEST, _FURTHEST))
                ax.plot(place, row, "o", color=BAD if place < -1 else GOOD, markersize=8)
            ax.text(
                1.01, row, told, transform=ax.get_yaxis_transform(), va="center", color=INK,
                fontsize=8.5, parse_math=False,
            )  # fmt: skip
        ax.set_yticks(rows, distinct(self.table["label"].tolist(), 40), parse_math=False)
        ax.set_xticks(
            [-_FURTHEST, -1, 1, _FURTHEST],
            ["far riskier", "riskier\nquartile", "safer\nquartile", "far safer"],
        )
        ax.set_xlabel("bars hold the middle half of the peers, lines are at their median",
                      color=INK, fontsize=8.5)  # fmt: skip
        title = f"{shorten(self.customer, 30)} beside its peers: {shorten(self.industry, 30)}"
        clean_axes(ax, title=title, grid="x")
        ax.tick_params(axis="y", length=0)
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return (
            f"<PeerDisplay: {self.customer} beside {self.industry}, "
            f"{counted(len(self.table), 'indicator')}; plot() draws them, frame() returns the "
            "numbers>"
        )


def _peer_facts(found: IndicatorTable, customer: Level, peers: NativeFrame) -> Facts:
    """Return what was known of a customer's peers on the day of its indicators."""
    records = found.facts.records
    if "profile" not in records.tables:
        msg = "The table 'profile' tells the industry of a customer, and the records have none."
        raise InvalidParameterError(msg)
    beside = CustomerRecords(
        profile=records.profile, peers=peers, known_lag_days=records.known_lag_days
    )
    facts = facts_on(beside, found.as_of, customers=[customer])
    why = facts.panel_rows("peers").reasons[0]
    if why is not None:
        msg = f"Customer {customer!r} has no peers on {found.as_of}: {why}."
        raise InvalidParameterError(msg)
    return facts


def _row(measure: Indicator, found: IndicatorTable, row: int, facts: Facts) -> dict[str, Any]:
    """Return the numbers of one indicator."""
    if measure.direction == "neither":
        msg = (
            f"Indicator {measure.name!r} has no safer side, so there is no place among peers. "
            "Leave it out, by IndicatorSet.only()."
        )
        raise InvalidParameterError(msg)
    columns = {words: f"{measure.name}_{words}" for words in QUARTILES}
    held = tuple(facts.panel_rows("peers").table.numbers)
    lacking = [column for column in columns.values() if column not in held]
    if lacking:
        msg = f"Table 'peers': {missing_message(lacking, held)}"
        raise MissingColumnError(msg)
    quartiles = {words: facts.peers.item(column) for words, column in columns.items()}
    numbers = {words: float(quartile.values[0]) for words, quartile in quartiles.items()}
    own = found.measured[measure.name]
    value = float(own.values[row])
    place = _place(value, **numbers)
    reasons = [own.reasons[row], *(quartile.reasons[0] for quartile in quartiles.values())]
    why = next((str(reason) for reason in reasons if reason is not None), "")
    if np.isnan(place) and not why:
        why = "the quartiles of the peers are one number"
    return {
        "indicator": measure.name, "label": measure.label, "value": value, **numbers,
        "place": -place if measure.direction == "lower" else place, "reason": why,
    }  # fmt: skip


def _place(value: float, *, lower_quartile: float, median: float, upper_quartile: float) -> float:
    """Return 0 at the median, -1 and 1 at the quartiles, linear on each side of it."""
    if value == median:
        return 0.0
    half = upper_quartile - median if value > median else median - lower_quartile
    half = half or (upper_quartile - lower_quartile) / 2
    return (value - median) / half if half else float("nan")
