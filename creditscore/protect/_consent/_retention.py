"""What is due for erasure by rules of retention, and what keeps the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._days import Days, check_day
from creditscore._display import counted, html_table
from creditscore._typing import Bool1D, NativeFrame
from creditscore.exceptions import InvalidDataError, MissingColumnError
from creditscore.protect._access._grant import GuardedItem
from creditscore.protect._consent._event_days import event_days
from creditscore.protect._consent._hold import LegalHold
from creditscore.protect._consent._retention_rule import RetentionRule
from creditscore.protect._subjects import subject_text

RetentionStatus: TypeAlias = Literal["due", "held", "kept", "not yet", "not begun", "no rule"]
STATUSES: tuple[str, ...] = get_args(RetentionStatus)
_KIND = "customer_kind"
_SHOWN_ROWS = 50
_NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Retention:
    """What is due for erasure on a day, and what keeps the rest; by :func:`due_for_erasure`.

    Attributes
    ----------
    as_of : str
        The day.
    table : DataFrame
        A row an observation, with the index of the table given: customer, record and item;
        status (``"due"``; ``"held"``: due, and a hold keeps it; ``"kept"``: due, and a rule keeps
        it; ``"not yet"``; ``"not begun"``: the event has not come; ``"no rule"``: no rule would
        ever erase it); due_on (NaT where that is not known); rule (the one by which it is
        erased), kept_by (the rule that keeps it longest, where that is longer).

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item
    >>> from creditscore.protect import RetentionRule, due_for_erasure
    >>> facts = pd.DataFrame({"customer": ["X"], "item": ["phone"], "true_from": ["2020-01-31"]})
    >>> rule = RetentionRule(name="contact", after="true_from", months=24)
    >>> phone = Item(name="phone", kind="text", group="identity")
    >>> due_for_erasure(facts, [rule], as_of="2022-01-31", items=[phone])
    <Retention of 2022-01-31: 1 observation, 1 due>
    """

    as_of: str
    table: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """How many observations have each status, those that occur."""
        found = self.table["status"].value_counts()
        return {status: int(found[status]) for status in STATUSES if found.get(status, 0)}

    def due(self) -> pd.DataFrame:
        """Return the rows that are due, and that nothing holds."""
        return self.table[(self.table["status"] == "due").to_numpy()]

    def __repr__(self) -> str:
        """Say in one line how many are due."""
        parts = "".join(f", {n:,} {status}" for status, n in self.counts.items())
        return f"<Retention of {self.as_of}: {counted(len(self.table), 'observation')}{parts}>"

    def _repr_html_(self) -> str:
        """Show how many observations each rule makes due, and what keeps them."""
        grouped = self.table.groupby(["status", "rule", "kept_by"], sort=True, observed=True)
        shown = grouped.size().rename("observations").reset_index().head(_SHOWN_ROWS)
        return html_table(shown, caption=repr(self).strip("<>"), formats={"observations": "{:,}"})


def due_for_erasure(
    table: NativeFrame,
    rules: Iterable[RetentionRule],
    holds: Iterable[LegalHold] = (),
    *,
    as_of: Any,
    items: Iterable[GuardedItem],
    customers: pd.DataFrame | None = None,
) -> Retention:
    r"""Find what is due for erasure on a day; what is under a hold never is.

    Parameters
    ----------
    table : table of shape (n_observations, n_columns)
        Columns customer and item, record where there are such, and the events that rules count
        from, as days or instants (which are those of UTC), written with the year first where
        they are text.
    rules : iterable of RetentionRule
        Of different names.
    holds : iterable of LegalHold, default=()
        Their customers lose nothing while they hold.
    as_of : str or date
        The day.
    items : iterable of GuardedItem
        Such as an :class:`~creditscore.collect.ItemCatalogue`: groups and sensitivities of items.
    customers : DataFrame, optional
        Index customer, where a number and its text are one; columns of events that are not in
        `table`, and customer_kind where rules are of some kinds of customers only.

    Returns
    -------
    Retention

    Raises
    ------
    MissingColumnError
        There is no customer or no item column, or an event that a rule counts from.
    InvalidDataError
        An item that is not among `items`, days that are none or numbers, a customer who stands
        twice in `customers`, customers of whom none is in `table`, or two rules of one name.
    InvalidParameterError
        No day.

    Notes
    -----
    Of the rules that erase an observation the first to end counts, and of those that keep it the
    last; it is due when both have ended:

    .. math:: \text{due} = \max\Bigl(\min_{\text{erase}} (e_r + t_r),\;
              \max_{\text{keep}} (e_r + t_r) + 1\Bigr)

    with the event :math:`e_r` and the time :math:`t_r` of each rule. What is erased after a time
    is due on its last day, and what is kept at least so long is kept on its last day, too. An event
    that has not come (a missing day, or a customer who is not in `customers`) does not let time
    begin: such a rule does not erase yet, and such a rule of keeping keeps without end. A customer
    whose kind is not known is kept by rules of every kind, and erased by those of none.

    One pass over the rows for each rule, and one over the customers for each event of theirs: a
    million observations of 100,000 customers by six rules take two or three seconds.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item
    >>> from creditscore.protect import LegalHold, RetentionRule, due_for_erasure
    >>> facts = pd.DataFrame({
    ...     "customer": ["X", "Y", "Z"], "item": "phone",
    ...     "true_from": pd.to_datetime(["2020-01-31", "2020-01-31", "2024-01-31"]),
    ... })
    >>> hold = LegalHold(subject="Y", reason="claim 4711", placed_by="wei", starts_on="2021-01-01")
    >>> found = due_for_erasure(
    ...     facts, [RetentionRule(name="contact", after="true_from", months=24)], [hold],
    ...     as_of="2024-06-30", items=[Item(name="phone", kind="text", group="identity")],
    ... )
    >>> found.table[["customer", "status", "due_on"]]
      customer   status     due_on
    0        X      due 2022-01-31
    1        Y     held 2022-01-31
    2        Z  not yet 2026-01-31
    """
    day = check_day(as_of, "as_of", "due_for_erasure")
    frame = table if isinstance(table, pd.DataFrame) else nw.from_native(
        table, eager_only=True
    ).to_pandas()  # fmt: skip
    wanted = _checked_rules(rules)
    facts = _Facts(frame=frame, items=tuple(items), customers=customers)
    erase = _Ends(len(frame), latest=False)
    keep = _Ends(len(frame), latest=True)
    for rule in wanted:
        (keep if rule.keep else erase).add(rule, facts)
    held = facts.of_customers(_held_subjects(holds, str(day)))
    return Retention(as_of=str(day), table=_result(facts, erase, keep, held, day))


@dataclass
class _Facts:
    """The observations, and what rules ask of them."""

    frame: pd.DataFrame
    items: tuple[GuardedItem, ...]
    customers: pd.DataFrame | None
    _found: dict[str, Days] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("customer", "item"):
            if name not in self.frame.columns:
                listed = ", ".join(map(repr, self.frame.columns))
                msg = f"There is no column {name!r} in the observations. Columns: {listed}."
                raise MissingColumnError(msg)
        known = {item.name: item for item in self.items}
        self.codes, names = pd.factorize(self.frame["item"])
        strange = next((name for name in names if name not in known), None)
        if strange is not None or (self.codes < 0).any():
            msg = (
                f"The item {strange!r} of the observations is not among the items given, so that "
                "its group and its sensitivity are not known. Pass the catalogue that has it."
            )
            raise InvalidDataError(msg)
        self.known = [known[name] for name in names]
        self.whose, customers = pd.factorize(self.frame["customer"])
        # a number and its text are one customer: rather too much is kept than too little
        self.names = [_name(one) for one in customers]
        self.of_names = None if self.customers is None else _by_name(self.customers, self.names)

    def matching(self, rule: RetentionRule) -> Bool1D:
        """Return the rows that a rule is about."""
        of_item = np.array([rule.about(item) for item in self.known] or [False], dtype=bool)
        rows: Bool1D = of_item[self.codes] if len(self.codes) else np.empty(0, dtype=bool)
        if rule.of:
            kinds, spread = self._column(_KIND, rule)
            fits = kinds.isin(rule.of)
            # whose kind is not known, of them nothing is lost by that
            fits = fits | kinds.isna() if rule.keep else fits
            rows = rows & spread(fits.to_numpy(dtype=bool), missing=rule.keep)
        return rows

    def of_customers(self, names: set[str]) -> Bool1D:
        """Return the rows of customers of these names."""
        held = np.array([name in names for name in self.names], dtype=bool)
        rows: Bool1D = self._spread(held, missing=False)
        return rows

    def event(self, rule: RetentionRule) -> Days:
        """Return the days of the event that a rule counts from."""
        if rule.after not in self._found:
            column, spread = self._column(rule.after, rule)
            self._found[rule.after] = spread(event_days(column), missing=_NAT)
        return self._found[rule.after]

    def _column(self, name: str, rule: RetentionRule) -> tuple[pd.Series, Callable[..., Any]]:
        """Return a column, a value a row or a customer, and what gives each row its value."""
        if name in self.frame.columns:
            return self.frame[name], lambda values, missing: values  # noqa: ARG005 - as below
        if self.of_names is not None and name in self.of_names.columns:
            return self.of_names[name], self._spread
        msg = (
            f"The rule {rule.name!r} needs a column {name!r}, of the observations or of "
            "'customers', and neither has it."
        )
        raise MissingColumnError(msg)

    def _spread(self, of_names: Any, missing: Any) -> Any:
        """Give each row what its customer has; rows of nobody have the code -1."""
        return np.append(of_names, np.array([missing], dtype=of_names.dtype))[self.whose]


def _by_name(customers: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return a row a name; a number in the index and its text are one customer."""
    known = pd.Index([_name(one) for one in customers.index], dtype=object)
    if not known.is_unique:
        msg = (
            "A customer stands twice in the index of 'customers', where a number and its text are "
            "one. Keep one row of each."
        )
        raise InvalidDataError(msg)
    if len(known) and names and not known.isin(names).any():
        msg = (
            "None of the customers in the index of 'customers' is one of the observations. Do both "
            "have the same names or numbers?"
        )
        raise InvalidDataError(msg)
    return customers.set_axis(known, axis=0).reindex(pd.Index(names, dtype=object))


def _name(customer: Any) -> str:
    return subject_text(customer) or str(customer).strip()


class _Ends:
    """The day on which the rules of one kind end for each row, and the rule that decides it."""

    def __init__(self, n_rows: int, *, latest: bool) -> None:
        self.latest = latest
        self.day: Days = np.full(n_rows, _NAT)
        self.rule = np.full(n_rows, "", dtype=object)
        self.matched: Bool1D = np.zeros(n_rows, dtype=bool)
        self.is_open: Bool1D = np.zeros(n_rows, dtype=bool)

    def add(self, rule: RetentionRule, facts: _Facts) -> None:
        rows = facts.matching(rule)
        if not rows.any():
            # its event may then be a column that nobody has
            return
        ends = rule.ends(facts.event(rule))
        if self.latest:
            # what is kept at least so long is kept on the last day, too
            ends = ends + np.timedelta64(1, "D")
        known = ~np.isnat(ends)
        first = np.isnat(self.day)
        better = ends > self.day if self.latest else ends < self.day
        taken = rows & known & (first | better)
        if self.latest:
            # a rule whose event has not come keeps longer than any that has a day
            taken &= ~self.is_open
            never = rows & ~known & ~self.is_open
            self.is_open |= never
            self.rule[never] = rule.name
        self.day[taken] = ends[taken]
        self.rule[taken] = rule.name
        self.matched |= rows


def _result(
    facts: _Facts, erase: _Ends, keep: _Ends, held: Bool1D, day: np.datetime64
) -> pd.DataFrame:
    longer = keep.is_open | (keep.day > erase.day) | (np.isnat(erase.day) & keep.matched)
    due_on = np.where(keep.day > erase.day, keep.day, erase.day)
    due_on = np.where(keep.is_open, _NAT, due_on).astype("datetime64[D]")
    status = np.select(
        [
            ~erase.matched, np.isnat(erase.day), erase.day > day,
            keep.is_open | (keep.day > day), held,
        ],
        ["no rule", "not begun", "not yet", "kept", "held"],
        default="due",
    )  # fmt: skip
    columns: dict[str, Any] = {"customer": facts.frame["customer"]}
    if "record" in facts.frame.columns:
        columns["record"] = facts.frame["record"]
    columns |= {
        "item": facts.frame["item"],
        "status": pd.Categorical(status, categories=list(STATUSES)),
        "due_on": due_on.astype("datetime64[s]"),
        "rule": erase.rule,
        "kept_by": np.where(longer, keep.rule, ""),
    }
    return pd.DataFrame(columns, index=facts.frame.index)


def _checked_rules(rules: Iterable[RetentionRule]) -> Sequence[RetentionRule]:
    wanted = tuple(rules)
    for rule in wanted:
        check_kind(rule, "rules", "due_for_erasure", RetentionRule)
    names = [rule.name for rule in wanted]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        msg = f"Two rules have the name {twice!r}. Call one of them otherwise."
        raise InvalidDataError(msg)
    return wanted


def _held_subjects(holds: Iterable[LegalHold], day: str) -> set[str]:
    wanted = tuple(holds)
    for hold in wanted:
        check_kind(hold, "holds", "due_for_erasure", LegalHold)
    return {subject_text(hold.subject) for hold in wanted if hold.holds_on(day)}
