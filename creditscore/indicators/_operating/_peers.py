"""A firm beside its peers, as they were when they became known, never beside its batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._days import check_day
from creditscore._frame import as_table, missing_message
from creditscore._typing import Level, NativeFrame
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import (
    EmptyDataError,
    InvalidDataError,
    InvalidParameterError,
    MissingColumnError,
)
from creditscore.indicators._facts import Facts
from creditscore.indicators._indicator import Indicator, indicator
from creditscore.indicators._indicator_table import IndicatorTable
from creditscore.indicators._measured import Measured
from creditscore.indicators._records import read_customers

QUARTILES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
_PROFILE_WORDS = ("industry", "country", "region")
_LISTED = 5


def peer_benchmarks(
    values: IndicatorTable | NativeFrame,
    *,
    period_end: Any,
    known_on: Any,
    by: str = "industry",
    min_customers: int = 10,
    source: str = "",
    customers: Sequence[Level] | None = None,
) -> pd.DataFrame:
    """Make a table of the quartiles of peers, to compare customers with later.

    Parameters
    ----------
    values : IndicatorTable or table
        Indicators of the peers. A table holds a column `by`, and numbers: a row a peer, a column
        an indicator; other columns may not be there.
    period_end : str, date or Timestamp
        The period that the values are about.
    known_on : str, date or Timestamp
        The day from which the benchmarks are used: not before `period_end`, and not before the
        day as of which the values were computed.
    by : str, default="industry"
        What makes peers of customers; of an :class:`IndicatorTable` a word of their profile:
        "industry", "country" or "region".
    min_customers : int, default=10
        Peers that a group must have, 2 or more.
    source : str, default=""
        Whose values they are.
    customers : sequence, optional
        Which customers of an :class:`IndicatorTable` are peers; without them, all. So those whose
        industry is not known are left out, or groups that are too small: see the example. Of
        another table, leave out the rows.

    Returns
    -------
    DataFrame
        A row a group: `by`, period_end, known_on, source, and for each indicator its count, and
        its quartiles among the peers that have a value: ``<indicator>_n``, ``_lower_quartile``,
        ``_median``, ``_upper_quartile``. Quartiles of fewer than `min_customers` values are
        missing. Made by industry, it is the table `peers` of :class:`CustomerRecords`. There, a
        row known later takes the place of an earlier one with all its columns: make benchmarks of
        all indicators in one.

    Raises
    ------
    InvalidDataError
        A group has fewer than `min_customers` peers, so that its quartiles say more about
        single firms than about the group; pool such groups, or leave them out. A peer has no
        group.
    InvalidParameterError
        A day comes before what it rests on; `customers` are not all in the table, or are given
        with a table that is no :class:`IndicatorTable`.

    See Also
    --------
    against_peers : An indicator as its distance from the median.
    PeerDisplay : A customer between the quartiles.

    Notes
    -----
    Quartiles are interpolated linearly between order statistics. The table is made once and kept;
    computing it anew from each batch would let one customer's value depend on the others.
    O(n log n) time for n peers.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.indicators import peer_benchmarks
    >>> peers = pd.DataFrame({"industry": ["steel"] * 3, "operating_margin": [0.02, 0.04, 0.09]})
    >>> made = peer_benchmarks(
    ...     peers, period_end="2023-12-31", known_on="2024-06-30", min_customers=3
    ... )
    >>> made[["industry", "operating_margin_n", "operating_margin_median"]].values.tolist()
    [['steel', 3, 0.04]]

    Of indicators, without the customers whose industry is not known:

    >>> from creditscore.datasets import load_enterprises
    >>> from creditscore.indicators import FINANCIAL, CustomerRecords
    >>> records = CustomerRecords(**load_enterprises().tables)
    >>> found = FINANCIAL.only(["operating_margin"]).compute(records, as_of="2024-06-30")
    >>> industries = found.facts.profile.words("industry")
    >>> known = [c for c, word in zip(found.facts.customers, industries) if word is not None]
    >>> made = peer_benchmarks(
    ...     found, period_end="2024-06-30", known_on="2024-06-30", customers=known
    ... )
    >>> int(made.set_index("industry").loc["retail", "operating_margin_n"])
    119
    """
    check_integer(min_customers, "min_customers", "peer_benchmarks", low=2)
    check_kind(source, "source", "peer_benchmarks", str)
    days = _days(values, period_end, known_on)
    groups, frame = _groups_and_values(values, by, customers)
    sizes = groups.value_counts()
    small = sizes[sizes < min_customers].sort_index()
    if len(small):
        listed = ", ".join(f"{name!r} ({n})" for name, n in small.head(_LISTED).items())
        msg = (
            f"{len(small)} group(s) of {by!r} have fewer than {min_customers} peers: {listed}"
            f"{' …' if len(small) > _LISTED else ''}. Pool them, leave them out "
            f"({_way_out(values)}), or accept fewer (min_customers)."
        )
        raise InvalidDataError(msg)
    by_group = frame.groupby(groups.to_numpy(), sort=True)
    made: dict[str, Any] = {by: sorted(sizes.index), **days, "source": source}
    for name in frame:
        counts = by_group[name].count().to_numpy()
        made[f"{name}_n"] = counts
        for words, level in QUARTILES.items():
            found = by_group[name].quantile(level).to_numpy(dtype=np.float64)
            made[f"{name}_{words}"] = np.where(counts >= min_customers, found, np.nan)
    return pd.DataFrame(made)


def against_peers(
    measure: Indicator, *, label: str = "", label_zh: str = "", source: str = ""
) -> Indicator:
    """Make an indicator of the distance of another one from the median of its industry.

    Parameters
    ----------
    measure : Indicator
        What is compared. The table `peers` holds its median, as :func:`peer_benchmarks` makes
        it, in the column ``<name>_median``.
    label, label_zh, source : str, default=""
        As in :class:`Indicator`.

    Returns
    -------
    Indicator
        Named ``<name>_against_peers``: the value less the median that was known last.

    Examples
    --------
    >>> from creditscore.indicators import against_peers, indicator
    >>> @indicator(group="financial", unit="share", direction="higher", formula="ebit / revenue")
    ... def operating_margin(facts):
    ...     return facts.ebit / facts.revenue
    >>> against_peers(operating_margin)
    Indicator(operating_margin_against_peers: ebit / revenue - peers.operating_margin_median;
    operating, share, higher is safer)
    """
    check_kind(measure, "measure", "against_peers", Indicator)
    median = f"{measure.name}_median"

    def compute(facts: Facts) -> Measured:
        # an amount in a currency is compared with a median that states none
        return measure.compute(facts) - facts.peers.item(median)

    return Indicator(
        name=f"{measure.name}_against_peers", compute=compute, group="operating",
        unit=measure.unit, direction=measure.direction,
        formula=f"{measure.formula} - peers.{median}", label=label, label_zh=label_zh,
        source=source or measure.source, five_c=measure.five_c,
        negative_denominator=measure.negative_denominator,
    )  # fmt: skip


@indicator(
    group="operating", unit="share", direction="higher",
    formula="ebit / revenue - peers.operating_margin_median",
    label="Margin against peers", label_zh="相对同业利润率", five_c=("capacity", "conditions"),
    source="Porter (1985), Competitive Advantage", low=-0.5, high=0.5,
)  # fmt: skip
def margin_against_peers(facts: Facts) -> Measured:
    """Take the median of the latest known year of the industry, often the one before."""
    return facts.ebit / facts.revenue - facts.peers.operating_margin_median


PEERS: tuple[Indicator, ...] = (margin_against_peers,)


def _days(values: Any, period_end: Any, known_on: Any) -> dict[str, Any]:
    """Check that nothing is known before what it rests on."""
    end = check_day(period_end, "period_end", "peer_benchmarks")
    known = check_day(known_on, "known_on", "peer_benchmarks")
    rests_on = {"period_end": end}
    if isinstance(values, IndicatorTable):
        rests_on["the day of the indicators"] = values.as_of
    for what, day in rests_on.items():
        if known < day:
            msg = (
                f"The 'known_on' parameter of peer_benchmarks must not be before {what}, {day}. "
                f"Got {known} instead."
            )
            raise InvalidParameterError(msg)
    return {"period_end": pd.Timestamp(end), "known_on": pd.Timestamp(known)}


def _groups_and_values(
    values: Any, by: str, customers: Sequence[Level] | None
) -> tuple[pd.Series, pd.DataFrame]:
    """Return the group of each peer and its indicators, side by side."""
    if isinstance(values, IndicatorTable):
        check_choice(by, "by", "peer_benchmarks", _PROFILE_WORDS)
        rows = _rows_of(values, customers)
        groups = pd.Series(values.facts.profile.words(by)[rows], dtype=object)
        frame = values.values.iloc[rows].reset_index(drop=True)
    elif customers is not None:
        msg = (
            "The 'customers' parameter of peer_benchmarks chooses among those of an "
            "IndicatorTable. Of another table, leave out the rows."
        )
        raise InvalidParameterError(msg)
    else:
        check_kind(by, "by", "peer_benchmarks", str)
        groups, frame = _from_table(values, by)
    gone = groups.isna().to_numpy()
    if gone.any():
        msg = (
            f"{int(gone.sum())} peer(s) have no {by}, the first at row {int(gone.argmax())}. Give "
            f"it, or leave them out ({_way_out(values)})."
        )
        raise InvalidDataError(msg)
    return groups, frame


def _rows_of(values: IndicatorTable, customers: Sequence[Level] | None) -> Any:
    """Return the places of those customers that are peers."""
    known = values.facts.customers
    if customers is None:
        return np.arange(len(known))
    wanted = read_customers(customers, known, "peer_benchmarks", place="the table's customers")
    if len(set(wanted)) != len(wanted) or not wanted:
        msg = "The 'customers' parameter of peer_benchmarks must name one or more, each once."
        raise InvalidParameterError(msg)
    places = {name: row for row, name in enumerate(known)}
    return np.array([places[name] for name in wanted])


def _way_out(values: Any) -> str:
    """Say how peers are left out."""
    if isinstance(values, IndicatorTable):
        return "customers: name the others"
    return "drop their rows"


def _from_table(values: Any, by: str) -> tuple[pd.Series, pd.DataFrame]:
    table = as_table(values)
    if by not in table.names:
        msg = f"Table of peers: {missing_message([by], table.names)}"
        raise MissingColumnError(msg)
    names: Sequence[str] = [name for name in table.names if name != by]
    if not names:
        msg = f"The table of peers holds no indicator beside {by!r}."
        raise EmptyDataError(msg)
    codes, levels = table.levels(by)
    groups = pd.Series(np.array([*levels, None], dtype=object)[codes])
    numbers = {name: np.asarray(table.numeric(name), dtype=np.float64) for name in names}
    for name, column in numbers.items():
        if np.isinf(column).any():
            row = int(np.isinf(column).argmax())
            msg = f"Table of peers: column {name!r} is infinite at row {row}. Leave it missing."
            raise InvalidDataError(msg)
    return groups, pd.DataFrame(numbers)
