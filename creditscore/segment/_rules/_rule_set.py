"""Rules that a manager can read: the first that a customer meets gives the class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, TypeAlias

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Int1D, NativeFrame
from creditscore._validation import check_choice
from creditscore._warn import warn_user
from creditscore.exceptions import (
    DoubtfulRuleWarning,
    InvalidParameterError,
    MissingColumnError,
    RefusedValueError,
)
from creditscore.segment._reading import UNKNOWN, check_text, listed_some
from creditscore.segment._rules._condition import Condition
from creditscore.segment._rules._region import boxes_of, is_empty, overlap, reached
from creditscore.segment._rules._rule_reasons import rule_reasons
from creditscore.segment._rules._ruled import RuledCustomers

RuleMissing: TypeAlias = Literal["unknown", "pass", "refuse"]
"""What becomes of a customer of whom a value is missing that a rule reads."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Rule:
    """Conditions that must all be met, the class of whoever meets them, and the reason.

    Parameters
    ----------
    conditions : tuple of Condition
        One or more.
    label : str
        The class; "unknown" is kept for missing facts.
    reason : str, default=""
        Why, in a sentence.
    reason_zh : str, default=""
        The same in Chinese.

    Raises
    ------
    InvalidParameterError
        No condition, or a text that is none.

    Examples
    --------
    >>> from creditscore.segment import Condition, Rule
    >>> Rule(
    ...     conditions=[
    ...         Condition(column="grade", operator="in", value=["B", "C"]),
    ...         Condition(column="overdue_days", operator=">", value=60),
    ...     ],
    ...     label="risk", reason="weak, and pays late",
    ... )
    Rule(if grade in (B, C) and overdue_days > 60 then risk)
    """

    conditions: tuple[Condition, ...]
    label: str
    reason: str = ""
    reason_zh: str = ""

    def __post_init__(self) -> None:
        """Check that there are conditions and texts."""
        owner = type(self).__name__
        conditions = read_entries(self.conditions, "conditions", owner)
        for condition in conditions:
            check_kind(condition, "conditions", owner, Condition)
        if not conditions:
            msg = f"A {owner} needs a condition or more. What holds for all others is the default."
            raise InvalidParameterError(msg)
        object.__setattr__(self, "conditions", conditions)
        check_text(self.reason, "reason", owner, empty=True)
        check_text(self.reason_zh, "reason_zh", owner, empty=True)
        _check_label(self.label, "label", owner)

    @property
    def in_words(self) -> str:
        """The conditions in words."""
        return " and ".join(condition.in_words for condition in self.conditions)

    @property
    def in_words_zh(self) -> str:
        """The conditions in Chinese words."""
        return " 且 ".join(condition.in_words_zh for condition in self.conditions)

    def met(self, table: Table) -> tuple[Bool1D, Bool1D]:
        """Tell which rows meet all conditions, and for which a missing value leaves that open."""
        met = np.ones(table.n_rows, dtype=bool)
        possible = np.ones(table.n_rows, dtype=bool)
        for condition in self.conditions:
            found, missing = condition.met(table)
            met &= found
            possible &= found | missing
        return met, possible & ~met

    def _content(self) -> dict[str, Any]:
        return {
            "conditions": [c._content() for c in self.conditions],  # noqa: SLF001 - of this stage
            "label": self.label,
            "reason": self.reason,
            "reason_zh": self.reason_zh,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        conditions = tuple(
            Condition._from_content(entry)  # noqa: SLF001 - of this stage
            for entry in content["conditions"]
        )
        return cls(**{**content, "conditions": conditions})

    def __repr__(self) -> str:
        """Say the rule in one line."""
        return f"Rule(if {self.in_words} then {self.label})"


@dataclass(frozen=True, kw_only=True, repr=False)
class RuleSet(JsonDocument):
    """Rules in an order: the first that a customer meets gives the class.

    Parameters
    ----------
    rules : tuple of Rule
        In their order; none is allowed.
    default : str
        Class of customers who meet no rule.
    default_reason : str, default="no rule applies"
        Why, in a sentence.
    default_reason_zh : str, default="无适用规则"
        The same in Chinese.
    missing : {"unknown", "pass", "refuse"}, default="unknown"
        What becomes of a customer of whom a value is missing. With "unknown", the class is
        "unknown" where the value could change it; with "pass", a rule that reads the value is not
        met; with "refuse", there is an error.

    Raises
    ------
    InvalidParameterError
        What is no rule, or rules that compare one column with text and by the order of numbers.

    Warns
    -----
    DoubtfulRuleWarning
        A rule that nobody can reach: its conditions contradict each other, or rules before it hold
        all of it; or a default that nobody can reach.

    See Also
    --------
    rules_from_tree : Rules that tell given classes in words.

    Notes
    -----
    Out of reach is decided exactly, over all values that columns can have, as long as the values
    that rules tell apart have a million combinations or fewer; beyond, a rule is compared with
    each single one before it. O(n · conditions) for n customers.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import Condition, Rule, RuleSet
    >>> late = Condition(column="overdue_days", operator=">", value=60)
    >>> weak = Condition(column="grade", operator="in", value=["B", "C"])
    >>> rules = RuleSet(
    ...     rules=[
    ...         Rule(conditions=[weak, late], label="risk", reason="weak, and pays late"),
    ...         Rule(conditions=[late], label="watch", reason="pays late"),
    ...     ],
    ...     default="ordinary",
    ... )
    >>> customers = pd.DataFrame(
    ...     {"grade": ["C", "A", "A", "C"], "overdue_days": [90, 90, 0, None]}, index=list("wxyz")
    ... )
    >>> found = rules.apply(customers)
    >>> found.classes.tolist()
    ['risk', 'watch', 'ordinary', 'unknown']
    >>> found.frame().loc["w", "reason"]
    'rule 1: grade in (B, C) and overdue_days > 60; weak, and pays late'
    """

    _format: ClassVar[str] = "creditscore.rule_set"

    rules: tuple[Rule, ...]
    default: str
    default_reason: str = "no rule applies"
    default_reason_zh: str = "无适用规则"
    missing: RuleMissing = "unknown"

    def __post_init__(self) -> None:
        """Check the rules, and tell of those that nobody can reach."""
        owner = type(self).__name__
        object.__setattr__(self, "rules", read_entries(self.rules, "rules", owner))
        for rule in self.rules:
            check_kind(rule, "rules", owner, Rule)
        _check_label(self.default, "default", owner)
        check_text(self.default_reason, "default_reason", owner)
        check_text(self.default_reason_zh, "default_reason_zh", owner)
        check_choice(self.missing, "missing", owner, ("unknown", "pass", "refuse"))
        found = self.problems()
        idle = found.loc[found["problem"] != "overlap", "sentence"].tolist()
        if idle:
            warn_user(f"Of the rules, some have no effect: {listed_some(idle)}.",
                      DoubtfulRuleWarning)  # fmt: skip

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the rules read."""
        names = (c.column for rule in self.rules for c in rule.conditions)
        return tuple(dict.fromkeys(names))

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes, in the order of the rules, and that of the default last if it is new."""
        return tuple(dict.fromkeys((*(rule.label for rule in self.rules), self.default)))

    def apply(self, X: NativeFrame) -> RuledCustomers:
        """Return the class of each customer, the rule that gives it, and why.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            pandas, polars or pyarrow, with the columns of the rules.

        Returns
        -------
        RuledCustomers

        Raises
        ------
        MissingColumnError
            A column of a rule is not there. RefusedValueError: a value is missing and
            ``missing="refuse"``. ColumnTypeError, InfiniteValueError: a column that a condition
            cannot be compared with.

        Warns
        -----
        UnseenCategoryWarning
            A text differs from one of a rule only in capital letters or spaces.
        """
        table = self._read(X)
        given, open_rule = self._decide(table)
        names = np.array([*(r.label for r in self.rules), self.default, UNKNOWN], dtype=object)
        unknown = open_rule >= 0
        given = np.where(unknown, -1, given)
        reasons, reasons_zh = rule_reasons(self, table, given, open_rule)
        return RuledCustomers(
            rule_set=self,
            classes=table.to_series("class", names[given], text=True),
            rule_numbers=given,
            reasons=reasons,
            reasons_zh=reasons_zh,
            index=X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(table.n_rows),
        )

    def coverage(self, X: NativeFrame) -> pd.DataFrame:
        """Count how many customers each rule applies to.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            As in :meth:`apply`.

        Returns
        -------
        DataFrame
            A row a rule, one for the default and one for customers left unknown: rule, class,
            condition, n_met (who meet it, whatever rules come before), n_given (whose class it
            gives), share_given. n_met is not told of the default and of unknown ones.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.segment import Condition, Rule, RuleSet
        >>> late = Condition(column="overdue_days", operator=">", value=30)
        >>> later = Condition(column="overdue_days", operator=">", value=90)
        >>> rules = RuleSet(
        ...     rules=[Rule(conditions=[later], label="risk"),
        ...            Rule(conditions=[late], label="watch")], default="ordinary")
        >>> table = rules.coverage(pd.DataFrame({"overdue_days": [0, 10, 45, 100]}))
        >>> table[["rule", "class", "n_met", "n_given", "share_given"]]
              rule     class  n_met  n_given  share_given
        0        1      risk      1        1         0.25
        1        2     watch      2        1         0.25
        2  default  ordinary   <NA>        2         0.50
        3  unknown   unknown   <NA>        0         0.00
        """
        table = self._read(X)
        given, open_rule = self._decide(table)
        n = len(self.rules)
        places = np.where(open_rule >= 0, n + 1, given)
        count = np.bincount(places, minlength=n + 2)
        met = [int(rule.met(table)[0].sum()) for rule in self.rules]
        return pd.DataFrame(
            {
                "rule": [*(str(place + 1) for place in range(n)), "default", UNKNOWN],
                "class": [*(rule.label for rule in self.rules), self.default, UNKNOWN],
                "condition": [
                    *(rule.in_words for rule in self.rules),
                    self.default_reason,
                    "a value that a rule reads is missing",
                ],
                "n_met": pd.array([*met, pd.NA, pd.NA], dtype="Int64"),
                "n_given": count,
                "share_given": count / table.n_rows,
            }
        )

    def problems(self) -> pd.DataFrame:
        """Tell which rules nobody can reach, and which give different classes to one customer.

        Returns
        -------
        DataFrame
            rule (its number, or "default"), problem ("contradiction", "unreachable", "overlap"),
            other (number of the rule before that it overlaps with), sentence. An overlap is no
            fault: the order decides, and whoever moves a rule should know.

        Examples
        --------
        >>> from creditscore.segment import Condition, Rule, RuleSet
        >>> weak = Condition(column="grade", operator="in", value=["B", "C"])
        >>> late = Condition(column="overdue_days", operator=">", value=60)
        >>> rules = RuleSet(rules=[Rule(conditions=[weak], label="risk"),
        ...                        Rule(conditions=[late], label="watch")], default="ordinary")
        >>> rules.problems()["sentence"].tolist()
        ['rules 1 and 2 overlap: whoever meets both is risk, not watch']
        """
        boxes = boxes_of([rule.conditions for rule in self.rules])
        within, default_within, _ = reached(boxes)
        rows: list[tuple[str, str, str, str]] = []
        for place, (rule, box) in enumerate(zip(self.rules, boxes, strict=True)):
            number = str(place + 1)
            if is_empty(box):
                told = f"the conditions of rule {number} contradict each other ({rule.in_words})"
                rows.append((number, "contradiction", "", told))
            elif not within[place]:
                told = f"rules before rule {number} hold all of it ({rule.in_words})"
                rows.append((number, "unreachable", "", told))
            else:
                rows.extend(self._overlaps(boxes, within, place))
        if not default_within:
            told = f"some rule applies to everybody, so nobody is {self.default} by default"
            rows.append(("default", "unreachable", "", told))
        return pd.DataFrame(rows, columns=["rule", "problem", "other", "sentence"])

    def table(self) -> pd.DataFrame:
        """Return a row a rule, to read, then the default.

        Returns
        -------
        DataFrame
            rule, condition (in words), class, reason, reason_zh. Rules are changed as values,
            ``dataclasses.replace(rules, rules=…)``, and kept as files by :meth:`to_json`.
        """
        rows = [
            (str(place + 1), rule.in_words, rule.label, rule.reason, rule.reason_zh)
            for place, rule in enumerate(self.rules)
        ]
        rows.append(("default", "", self.default, self.default_reason, self.default_reason_zh))
        return pd.DataFrame(rows, columns=["rule", "condition", "class", "reason", "reason_zh"])

    def _overlaps(
        self, boxes: Any, within: list[bool], place: int
    ) -> list[tuple[str, str, str, str]]:
        found = []
        rule = self.rules[place]
        for earlier, other in enumerate(self.rules[:place]):
            decides = within[earlier] and other.label != rule.label
            if decides and overlap(boxes, earlier, place):
                told = (
                    f"rules {earlier + 1} and {place + 1} overlap: whoever meets both is "
                    f"{other.label}, not {rule.label}"
                )
                found.append((str(place + 1), "overlap", str(earlier + 1), told))
        return found

    def _read(self, X: NativeFrame) -> Table:
        table = as_table(X, wanted=self.columns)
        try:
            table.require(list(self.columns))
        except MissingColumnError as error:
            msg = f"{error} The rules read it; where nobody knows its values, give it as missing."
            raise MissingColumnError(msg) from error
        return table

    def _decide(self, table: Table) -> tuple[Int1D, Int1D]:
        """Return the rule of each customer, and the first that a missing value leaves open, or -1.

        From the last rule to the first: what is open matters only if it would change the class.
        """
        n = len(self.rules)
        labels = np.array([*(self.labels.index(r.label) for r in self.rules),
                           self.labels.index(self.default)])  # fmt: skip
        given = np.full(table.n_rows, n, dtype=np.intp)
        open_rule = np.full(table.n_rows, -1, dtype=np.intp)
        for place in range(n - 1, -1, -1):
            met, is_open = self.rules[place].met(table)
            given[met], open_rule[met] = place, -1
            if self.missing != "pass":
                matters = is_open & ((labels[given] != labels[place]) | (open_rule >= 0))
                open_rule[matters] = place
        if self.missing == "refuse" and (open_rule >= 0).any():
            row = int((open_rule >= 0).argmax())
            place = int(open_rule[row])
            msg = (
                f"A value is missing for {counted(int((open_rule >= 0).sum()), 'customer')}, the "
                f"first at row {row}, where rule {place + 1} reads it: "
                f"{self.rules[place].in_words}. Find the values, or give the rules "
                "missing='unknown' or missing='pass'."
            )
            raise RefusedValueError(msg)
        return given, open_rule

    def _content(self) -> dict[str, Any]:
        return {
            "rules": [rule._content() for rule in self.rules],  # noqa: SLF001 - of this stage
            "default": self.default,
            "default_reason": self.default_reason,
            "default_reason_zh": self.default_reason_zh,
            "missing": self.missing,
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        rules = tuple(Rule._from_content(entry) for entry in content["rules"])  # noqa: SLF001
        return cls(**{**content, "rules": rules})

    def __repr__(self) -> str:
        """Say in one line how many rules there are, and for which classes."""
        labels = ", ".join(self.labels)
        return f"RuleSet({counted(len(self.rules), 'rule')}, default {self.default}; {labels})"

    def _repr_html_(self) -> str:
        """Show the rules."""
        shown = self.table().drop(columns="reason_zh")
        return html_table(shown, caption="Rules; the first that is met counts", formats={})


def _check_label(value: Any, name: str, owner: str) -> None:
    check_text(value, name, owner)
    if value == UNKNOWN:
        msg = (
            f"The {name!r} parameter of {owner} must not be {UNKNOWN!r}, which is kept for "
            "customers of whom a needed value is missing."
        )
        raise InvalidParameterError(msg)
