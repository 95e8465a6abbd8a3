"""Customers with the classes that rules give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._typing import Int1D
from creditscore.segment._reading import UNKNOWN

if TYPE_CHECKING:
    from creditscore.segment._rules._rule_set import RuleSet


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RuledCustomers:
    """Classes of customers by rules, with the rule that gives each and why.

    Made by :meth:`RuleSet.apply`.

    Attributes
    ----------
    classes : Series of str in the library and index of the table
        The class of each customer; "unknown" where a missing value leaves it open.
    rule_set : RuleSet
        The rules.
    rule_numbers : ndarray of int of shape (n_customers,)
        Place of the rule, from 0; the number of rules for the default, and -1 for unknown.
    reasons, reasons_zh : ndarray of str of shape (n_customers,)
        Why, in English and in Chinese.
    index : Index
        Labels of the customers, or their places.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import Condition, Rule, RuleSet
    >>> late = Condition(column="overdue_days", operator=">", value=60)
    >>> rules = RuleSet(rules=[Rule(conditions=[late], label="risk")], default="ordinary")
    >>> rules.apply(pd.DataFrame({"overdue_days": [0, 90, None]}))
    <RuledCustomers: 3 customers: 1 risk, 1 ordinary, 1 unknown>
    """

    classes: Any
    rule_set: RuleSet
    rule_numbers: Int1D
    reasons: np.ndarray[Any, Any]
    reasons_zh: np.ndarray[Any, Any]
    index: pd.Index

    def frame(self) -> pd.DataFrame:
        """Return a row a customer.

        Returns
        -------
        DataFrame
            class, rule (its number, "default" or "unknown"), reason, reason_zh.
        """
        n = len(self.rule_set.rules)
        numbers = [*(str(place + 1) for place in range(n)), "default", UNKNOWN]
        return pd.DataFrame(
            {
                "class": self._names,
                "rule": np.array(numbers, dtype=object)[self.rule_numbers],
                "reason": self.reasons,
                "reason_zh": self.reasons_zh,
            },
            index=self.index,
        )

    @property
    def _names(self) -> np.ndarray[Any, Any]:
        rules = self.rule_set
        names = [*(rule.label for rule in rules.rules), rules.default, UNKNOWN]
        return np.array(names, dtype=object)[self.rule_numbers]

    def __repr__(self) -> str:
        """Say in one line how many are of which class."""
        count = pd.Series(self._names).value_counts()
        labels = [*self.rule_set.labels, UNKNOWN]
        parts = ", ".join(f"{count[name]:,} {name}" for name in labels if name in count)
        return f"<RuledCustomers: {counted(len(self.rule_numbers), 'customer')}: {parts}>"

    def _repr_html_(self) -> str:
        """Show how many are of which class."""
        count = pd.Series(self._names).value_counts()
        labels = [name for name in (*self.rule_set.labels, UNKNOWN) if name in count]
        shown = pd.DataFrame({"class": labels, "count": [int(count[name]) for name in labels]})
        return html_table(shown, caption="Classes by rules", formats={})
