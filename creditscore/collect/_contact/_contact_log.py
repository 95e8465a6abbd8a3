"""The log of all contacts: who was reached last, who is due, what was confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._checks import read_entries
from creditscore._days import check_day
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._typing import NativeFrame
from creditscore._validation import check_integer
from creditscore.collect._contact._contact import Contact
from creditscore.collect._observation._incoming import incoming_frame, read_days, read_instants
from creditscore.exceptions import InvalidDataError, InvalidParameterError, MissingColumnError

_NEEDED = ("contact", "customer", "at", "by", "channel")
_OPTIONAL = ("direction", "outcome", "note", "on")
_COLUMNS = (*_NEEDED, "direction", "outcome", "confirmed", "note", "on")
_MOST_TOLD = 5


@dataclass(frozen=True, kw_only=True, repr=False)
class ContactLog(JsonDocument):
    """All contacts with customers.

    Parameters
    ----------
    contacts : tuple of Contact
        Each of another name.

    Raises
    ------
    InvalidDataError
        Two contacts of one name.

    See Also
    --------
    confirmed_observations : What was confirmed, as observations that keep facts fresh.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import ContactLog
    >>> log = ContactLog.from_frame(pd.DataFrame({
    ...     "contact": ["J1", "J2", "J3"], "customer": ["C1", "C1", "C2"], "by": "S01",
    ...     "at": ["2024-03-01T10:00Z", "2024-05-01T10:00Z", "2024-05-02T10:00Z"],
    ...     "channel": "telephone", "outcome": ["reached", "no answer", "reached"],
    ...     "confirmed": ["phone;address", None, None],
    ... }))
    >>> log
    ContactLog(3 contacts with 2 customers, 2 reached)
    >>> log.last_contact("2024-06-30")[["days_since", "n_tries"]].to_dict("index")
    {'C1': {'days_since': 121, 'n_tries': 1}, 'C2': {'days_since': 59, 'n_tries': 0}}
    """

    contacts: tuple[Contact, ...]
    _format: ClassVar[str] = "creditscore.contact_log"

    def __post_init__(self) -> None:
        """Check that each contact has a name of its own."""
        contacts = tuple(read_entries(self.contacts, "contacts", "ContactLog"))
        if not all(isinstance(one, Contact) for one in contacts):
            msg = "The 'contacts' of ContactLog must each be a Contact."
            raise InvalidParameterError(msg)
        names = pd.Index([one.contact for one in contacts], dtype=object)
        if not names.is_unique:
            twice = names[names.duplicated()][0]
            msg = f"The contact {twice!r} stands twice in the log. Leave out one of the two."
            raise InvalidDataError(msg)
        object.__setattr__(self, "contacts", contacts)

    @classmethod
    def from_frame(cls, table: NativeFrame) -> Self:
        """Read a log from a table.

        Parameters
        ----------
        table : table
            The columns contact, customer, at, by and channel, as in :class:`Contact`; and where
            they are there direction, outcome, note, on, and confirmed, whose items are parted by
            semicolons.

        Raises
        ------
        MissingColumnError
            A column is not there.
        InvalidDataError
            Rows cannot be used; the message tells the first of them.
        """
        frame = incoming_frame(table)
        lacking = [name for name in _NEEDED if name not in frame.columns]
        if lacking:
            msg = (
                f"A contact log needs the columns {', '.join(map(repr, lacking))}, which are not "
                f"there. It has: {', '.join(map(repr, frame.columns))}."
            )
            raise MissingColumnError(msg)
        found, faults = [], []
        for row, given in enumerate(frame.to_dict("records")):
            try:
                found.append(_read({str(name): value for name, value in given.items()}))
            except InvalidParameterError as error:
                faults.append(f"row {row}: {error}")
        if faults:
            more = f" (and {len(faults) - _MOST_TOLD} more)" if len(faults) > _MOST_TOLD else ""
            msg = f"Contacts cannot be used: {' '.join(faults[:_MOST_TOLD])}{more}"
            raise InvalidDataError(msg)
        return cls(contacts=tuple(found))

    def add(self, contact: Contact) -> Self:
        """Return the log with a further contact.

        Parameters
        ----------
        contact : Contact
            Of a new name.
        """
        return replace(self, contacts=(*self.contacts, contact))

    def __len__(self) -> int:
        """Return the number of contacts."""
        return len(self.contacts)

    def __iter__(self) -> Iterator[Contact]:
        """Go through the contacts."""
        return iter(self.contacts)

    def frame(self) -> pd.DataFrame:
        """Return a row a contact: its entries, is_reached, confirmed with semicolons between."""
        rows = [asdict(one) | {"is_reached": one.is_reached} for one in self.contacts]
        table = pd.DataFrame(rows, columns=[*_COLUMNS, "is_reached"])
        table["at"] = read_instants(table["at"].astype(object))
        table["on"] = read_days(table["on"].astype(object))
        table["confirmed"] = [";".join(one.confirmed) for one in self.contacts]
        return table.astype({"is_reached": bool})

    def last_contact(self, as_of: Any) -> pd.DataFrame:
        """Return when each customer of the log was last reached.

        Parameters
        ----------
        as_of : day
            Contacts of later days are not seen.

        Returns
        -------
        DataFrame
            Index customer; last_reached_at (missing where the customer never was), days_since,
            by, channel, and n_tries (attempts since then that reached nobody).
        """
        day = check_day(as_of, "as_of", "ContactLog.last_contact")
        return self._last(day).drop(columns=["last_reached_on", "last_tried_on"])

    def _last(self, day: np.datetime64) -> pd.DataFrame:
        table = self._until(day)
        reached = table[table["is_reached"]].drop_duplicates("customer", keep="last")
        last = reached.set_index("customer")[["at", "on", "by", "channel"]]
        everyone = pd.Index(sorted(table["customer"].unique()), name="customer", dtype=object)
        names = {"at": "last_reached_at", "on": "last_reached_on"}
        found = last.reindex(everyone).rename(columns=names)
        found["last_tried_on"] = table.groupby("customer")["on"].max().reindex(everyone)
        since = pd.Timestamp(day) - found["last_reached_on"]
        found["days_since"] = since.dt.days.astype("Int64")
        before = found["last_reached_at"].reindex(table["customer"])
        vain = table[~table["is_reached"] & ~(table["at"] <= before.array)]
        tries = vain.groupby("customer").size().reindex(everyone, fill_value=0)
        found["n_tries"] = tries.astype(np.int64)
        columns = ["last_reached_at", "days_since", "by", "channel", "n_tries"]
        return found[[*columns, "last_reached_on", "last_tried_on"]]

    def _until(self, day: np.datetime64) -> pd.DataFrame:
        table = self.frame()
        return table[table["on"] <= pd.Timestamp(day)].sort_values("at", kind="stable")

    def due(
        self,
        as_of: Any,
        interval_days: int | Mapping[Any, int],
        *,
        customers: Any = None,
        classes: Mapping[str, Any] | pd.Series | None = None,
        exposure: Mapping[str, float] | pd.Series | None = None,
        horizon_days: int = 0,
    ) -> pd.DataFrame:
        """List whom to contact: customers whose last contact is longer ago than it may be.

        Parameters
        ----------
        as_of : day
            Today.
        interval_days : int or mapping of class to int
            Days that may lie between two contacts, 1 or more; one for all, or one for each class,
            such as 30 for large customers and 180 for small ones.
        customers : sequence of str, optional
            Whom to look at; without, those of the log, of `classes` and of `exposure`.
        classes : mapping or Series, optional
            The class of each customer; needed where intervals are of classes.
        exposure : mapping or Series, optional
            What each customer owes, or is worth; those without one have zero.
        horizon_days : int, default=0
            Days ahead that are looked at too, 0 or more.

        Returns
        -------
        DataFrame
            customer, class, interval_days, last_reached_on, due_on (missing where the customer was
            never reached), days_overdue, n_tries and exposure: the highest exposure first,
            then those never reached, then the most overdue.

        Raises
        ------
        InvalidParameterError
            An interval below 1, a class without one, or a customer without a class.
        """
        owner = "ContactLog.due"
        day = check_day(as_of, "as_of", owner)
        check_integer(horizon_days, "horizon_days", owner, low=0)
        last = self._last(day)
        named = customers if customers is not None else [
            *last.index, *_keys(classes), *_keys(exposure)
        ]  # fmt: skip
        index = pd.Index(sorted({str(name) for name in named}), name="customer", dtype=object)
        table = last.reindex(index)
        table["class"] = pd.Series(_plain(classes), dtype=object).reindex(index)
        table["interval_days"] = _intervals(table["class"], interval_days, owner)
        table["due_on"] = table["last_reached_on"] + pd.to_timedelta(table["interval_days"], "D")
        late = (pd.Timestamp(day) - table["due_on"]).dt.days
        table["days_overdue"] = late.astype("Int64")
        owed = pd.Series(_plain(exposure), dtype=np.float64).reindex(index)
        table["exposure"] = owed.fillna(0.0)
        table["n_tries"] = table["n_tries"].fillna(0).astype(np.int64)
        is_due = table["due_on"].isna() | (late >= -horizon_days)
        columns = [
            "class", "interval_days", "last_reached_on", "due_on", "days_overdue", "n_tries",
            "exposure",
        ]  # fmt: skip
        found = table.loc[is_due, columns].reset_index()
        never = found["due_on"].isna()
        order = np.lexsort(
            (-found["days_overdue"].fillna(0).to_numpy(dtype=np.float64), ~never.to_numpy(),
             -found["exposure"].to_numpy())
        )  # fmt: skip
        return found.iloc[order].reset_index(drop=True)

    def reach(
        self,
        as_of: Any,
        days: int,
        *,
        customers: Any = None,
        groups: Mapping[str, Any] | pd.Series | None = None,
        exposure: Mapping[str, float] | pd.Series | None = None,
    ) -> pd.DataFrame:
        """Return which share of customers was reached in the last days.

        Parameters
        ----------
        as_of : day
            Today.
        days : int
            Days up to it that count, 1 or more.
        customers : sequence of str, optional
            All customers; without, those of the log, of `groups` and of `exposure`.
        groups : mapping or Series, optional
            A group of each customer, such as its region.
        exposure : mapping or Series, optional
            What each customer owes.

        Returns
        -------
        DataFrame
            Index group, "all" last: n_customers, n_tried, n_reached, share_reached, and
            share_of_exposure (of those reached; missing without exposure).
        """
        owner = "ContactLog.reach"
        day = check_day(as_of, "as_of", owner)
        check_integer(days, "days", owner, low=1)
        last = self._last(day)
        named = customers if customers is not None else [
            *last.index, *_keys(groups), *_keys(exposure)
        ]  # fmt: skip
        index = pd.Index(sorted({str(name) for name in named}), name="customer", dtype=object)
        table = last.reindex(index)
        begin = pd.Timestamp(day) - pd.Timedelta(days=days - 1)
        table["reached"] = table["last_reached_on"] >= begin
        table["tried"] = table["last_tried_on"] >= begin
        table["owed"] = pd.Series(_plain(exposure), dtype=np.float64).reindex(index).fillna(0.0)
        group = pd.Series(_plain(groups), dtype=object).reindex(index)
        table["group"] = group.where(group.notna(), "no group").astype(str)
        rows = {"all": table}
        if groups is not None:
            rows = {str(name): part for name, part in table.groupby("group")} | rows
        found = pd.DataFrame.from_dict(
            {name: _reach_of(part) for name, part in rows.items()}, orient="index"
        )
        found.index.name = "group"
        counts = ["n_customers", "n_tried", "n_reached"]
        return found.astype(dict.fromkeys(counts, np.int64))

    def _content(self) -> dict[str, Any]:
        return {
            "contacts": [asdict(one) | {"confirmed": list(one.confirmed)} for one in self.contacts]
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(contacts=tuple(Contact(**entry) for entry in content["contacts"]))

    def __repr__(self) -> str:
        """Say in one line how many there are."""
        customers = {one.customer for one in self.contacts}
        reached = {one.customer for one in self.contacts if one.is_reached}
        return (
            f"ContactLog({counted(len(self), 'contact')} with "
            f"{counted(len(customers), 'customer')}, {len(reached):,} reached)"
        )

    def _repr_html_(self) -> str:
        """Show the last contacts."""
        shown = self.frame().sort_values("at", kind="stable").tail(10)
        columns = ["contact", "customer", "at", "by", "channel", "outcome", "confirmed"]
        return html_table(shown[columns], caption=repr(self), formats={})


def _read(given: dict[str, Any]) -> Contact:
    told: dict[str, Any] = {name: word_of(given[name]) for name in _NEEDED if name != "at"}
    told |= {
        name: word_of(given[name]) for name in _OPTIONAL if name in given and word_of(given[name])
    }
    confirmed = word_of(given.get("confirmed", ""))
    items = tuple(item.strip() for item in confirmed.split(";") if item.strip())
    return Contact(**told, at=given["at"], confirmed=items)


def _keys(given: Any) -> list[str]:
    return [] if given is None else [str(name) for name in _plain(given)]


def _plain(given: Any) -> dict[str, Any]:
    return {} if given is None else {str(name): value for name, value in dict(given).items()}


def _intervals(classes: pd.Series, interval_days: Any, owner: str) -> pd.Series:
    if not isinstance(interval_days, Mapping):
        days = check_integer(interval_days, "interval_days", owner, low=1)
        return pd.Series(days, index=classes.index, dtype=np.int64)
    known = {
        name: check_integer(days, "interval_days", owner, low=1)
        for name, days in interval_days.items()
    }
    lacking = classes[~classes.isin(list(known))]
    if len(lacking):
        what = lacking.iloc[0]
        told = "has no class" if pd.isna(what) else f"is of the class {what!r}, which has none"
        msg = (
            f"The 'interval_days' of {owner} are of classes, and customer {lacking.index[0]!r} "
            f"{told}. Pass the class of each customer, and an interval for each class."
        )
        raise InvalidParameterError(msg)
    return classes.map(known).astype(np.int64)


def _reach_of(table: pd.DataFrame) -> dict[str, float]:
    n, owed = len(table), float(table["owed"].sum())
    reached = float(table.loc[table["reached"], "owed"].sum())
    return {
        "n_customers": n,
        "n_tried": int(table["tried"].sum()),
        "n_reached": int(table["reached"].sum()),
        "share_reached": int(table["reached"].sum()) / n if n else np.nan,
        "share_of_exposure": reached / owed if owed else np.nan,
    }
