"""Which customers of the ledger have a current file, and whether the others are different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._by_customer import by_customer
from creditscore._cells import word_of
from creditscore._days import check_day
from creditscore._display import counted, html_table
from creditscore._frame import as_table
from creditscore._typing import Float1D
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import EmptyDataError, InvalidDataError
from creditscore.organise._principles._completeness import traits_of
from creditscore.organise._principles._missing_bias import MissingBias, missing_bias, read_traits

FILE_STATES = ("current", "stale", "missing")
_LACKS = ("missing", "not current")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class FileCoverage:
    """Which customers have a current file; made by :func:`file_coverage`.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a customer of the ledger: state (current, stale or missing), reviewed_on, age_days,
        exposure, and its traits.
    traits : tuple of str
        Names of the traits.
    unknown : tuple of str
        Customers with a file that are not in the ledger.
    as_of : numpy.datetime64
        The day of which all this is said.
    current_days : int
        Days for which a file is current after a review.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import file_coverage
    >>> ledger = pd.DataFrame({"customer": ["A", "B"], "exposure": [500.0, 300.0]})
    >>> found = file_coverage(ledger, {"A": "2024-03-01"}, as_of="2024-06-30")
    >>> found.share, found.exposure_share
    (0.5, 0.625)
    """

    table: pd.DataFrame
    traits: tuple[str, ...]
    unknown: tuple[str, ...]
    as_of: np.datetime64
    current_days: int

    @property
    def share(self) -> float:
        """Customers with a current file / customers of the ledger."""
        return float((self.table["state"] == "current").mean())

    @property
    def exposure_share(self) -> float:
        """Exposure of customers with a current file / exposure of all; NaN where there is none."""
        total = self.table["exposure"].sum()
        own = self.table["exposure"].where(self.table["state"] == "current", 0.0).sum()
        return float(own / total) if total > 0 else float("nan")

    def by(self, trait: str | None = None) -> pd.DataFrame:
        """Return by number and exposure how many have a current file: in all, or a row a level.

        Parameters
        ----------
        trait : str, optional
            One of the traits.

        Returns
        -------
        DataFrame
            n, current, stale, missing, share_current, exposure, exposure_current and
            exposure_share_current.
        """
        if trait is None:
            level = pd.Series("all", index=self.table.index)
        else:
            check_choice(trait, "trait", "FileCoverage.by", self.traits)
            found = read_traits(as_table(self.table[[trait]]))[0]
            words = np.array(found.levels, dtype=object)[found.codes]
            level = pd.Series(words, index=self.table.index)
        states = pd.crosstab(level, self.table["state"]).reindex(
            columns=list(FILE_STATES), fill_value=0
        )
        current = self.table["exposure"].where(self.table["state"] == "current", 0.0)
        amount = self.table["exposure"].groupby(level).sum()
        amount_current = current.groupby(level).sum()
        n = states.sum(axis=1)
        states.insert(0, "n", n)
        states = states.assign(
            share_current=states["current"] / n, exposure=amount,
            exposure_current=amount_current,
            exposure_share_current=amount_current / amount.where(amount > 0),
        )  # fmt: skip
        return states.rename_axis(index=trait, columns=None)

    def bias(self, of: str = "missing", *, level: float = 0.95, min_n: int = 5) -> MissingBias:
        """Test whether customers without a file, or without a current one, are different.

        Parameters
        ----------
        of : {"missing", "not current"}, default="missing"
            Who is compared with all others: those without a file, or also those with an old one.
        level : float, default=0.95
            Confidence of a verdict, all levels taken together, above 0 and below 1.
        min_n : int, default=5
            Levels of fewer customers are not judged, 1 or more.

        Returns
        -------
        MissingBias

        Raises
        ------
        EmptyDataError
            There are no traits.
        """
        check_choice(of, "of", "FileCoverage.bias", _LACKS)
        state = self.table["state"]
        gone = (state == "missing") if of == "missing" else (state != "current")
        if not self.traits:
            msg = "The ledger has no traits by which customers without a file could be told apart."
            raise EmptyDataError(msg)
        known = self.table[list(self.traits)]
        return missing_bias(gone.to_numpy(), known, level=level, min_n=min_n)

    def __repr__(self) -> str:
        """Say in one line how many have a current file."""
        n = self.table["state"].value_counts()
        amount = "" if np.isnan(self.exposure_share) else f", {self.exposure_share:.0%} of exposure"
        return (
            f"FileCoverage({counted(len(self.table), 'customer')} on {self.as_of}: "
            f"{self.share:.0%} with a current file{amount}; {n.get('stale', 0):,} stale, "
            f"{n.get('missing', 0):,} missing)"
        )

    def _repr_html_(self) -> str:
        """Show the customers by the first trait."""
        shown = self.by(self.traits[0] if self.traits else None).reset_index()
        shares = ["share_current", "exposure_share_current"]
        amounts = ["exposure", "exposure_current"]
        formats = {**dict.fromkeys(shares, "{:.1%}"), **dict.fromkeys(amounts, "{:,.0f}")}
        return html_table(shown, caption=repr(self), formats=formats)


def file_coverage(
    ledger: Any,
    reviewed: Mapping[Any, Any] | pd.Series,
    *,
    as_of: Any,
    current_days: int = 730,
) -> FileCoverage:
    """Return which customers of the ledger have a current file, by number and by exposure.

    Parameters
    ----------
    ledger : table
        A row a customer: ``customer``, ``exposure`` (amount owed, 0 or more), and any traits of
        all customers, such as size, industry and region.
    reviewed : mapping or Series
        Day of the last review of each customer's file; one that was never reviewed has no day,
        and is stale. Who is not in it has no file.
    as_of : day
        Files that were reviewed on a later day only are taken for never reviewed.
    current_days : int, default=730
        Days for which a file is current after its review, 1 or more.

    Returns
    -------
    FileCoverage

    Raises
    ------
    EmptyDataError
        The ledger has no customers.
    InvalidDataError, MissingColumnError
        A customer stands twice; an exposure is missing, infinite or below 0; no such column.
    InvalidParameterError
        What is reviewed is no day.

    Notes
    -----
    A firm knows the completeness of the files that it has. What it easily overlooks are customers
    who owe money and have no file at all: a scorecard that is made of the files has never seen
    them. O(n_customers) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import file_coverage
    >>> ledger = pd.DataFrame({
    ...     "customer": ["A", "B", "C", "D"], "exposure": [500.0, 300.0, 150.0, 50.0],
    ...     "size": ["large", "small", "small", "small"],
    ... })
    >>> reviewed = {"A": "2024-03-01", "B": "2021-05-01", "C": "2023-09-01"}
    >>> found = file_coverage(ledger, reviewed, as_of="2024-06-30")
    >>> found
    FileCoverage(4 customers on 2024-06-30: 50% with a current file, 65% of exposure; 1 stale, \
1 missing)
    >>> found.by("size")[["n", "current", "exposure_share_current"]].values.tolist()
    [[1.0, 1.0, 1.0], [3.0, 1.0, 0.3]]
    """
    owner = "file_coverage"
    day = check_day(as_of, "as_of", owner)
    check_integer(current_days, "current_days", owner, low=1)
    table = as_table(ledger)
    table.require(("customer", "exposure"))
    codes, names = table.levels("customer")
    customers = [word_of(names[code]) if code >= 0 else "" for code in codes]
    if "" in customers:
        msg = f"The column 'customer' of the ledger is empty in row {customers.index('')}."
        raise InvalidDataError(msg)
    whole = traits_of(ledger, customers, owner)
    exposure = _exposure(table.numeric("exposure"), customers)
    reviews = _days(reviewed, owner)
    known = whole.drop(columns="exposure")
    on = reviews.reindex(whole.index)
    on = on.where(on <= pd.Timestamp(day))
    age = (pd.Timestamp(day) - on).dt.days.astype(np.float64)
    has_file = whole.index.isin(reviews.index)
    state = np.select(
        [~has_file, (age <= current_days).to_numpy()], ["missing", "current"], default="stale"
    )
    own = {"state": pd.Categorical(state, categories=list(FILE_STATES)), "reviewed_on": on,
           "age_days": age, "exposure": exposure}  # fmt: skip
    unknown = tuple(name for name in reviews.index if name not in whole.index)
    return FileCoverage(
        table=pd.DataFrame(own, index=whole.index.rename("customer")).join(known),
        traits=tuple(known.columns), unknown=unknown, as_of=day, current_days=current_days,
    )  # fmt: skip


def _exposure(amount: Float1D, customers: list[str]) -> Float1D:
    bad = np.flatnonzero(~(amount >= 0) | np.isinf(amount))
    if len(bad):
        msg = (
            f"The exposure of customer {customers[bad[0]]!r} must be a finite amount of 0 or more. "
            f"Got {amount[bad[0]]:g}."
        )
        raise InvalidDataError(msg)
    return amount


def _days(reviewed: Any, owner: str) -> pd.Series:
    given = by_customer(reviewed, "reviewed", owner)
    days = [
        np.datetime64("NaT") if pd.isna(value) else check_day(value, "reviewed", owner)
        for value in given
    ]
    return pd.Series(np.array(days, dtype="datetime64[s]"), index=given.index)
