"""Review after review: the classes with and without a rule against flips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

from creditscore._display import counted, html_table
from creditscore._frame import as_table
from creditscore._typing import NativeFrame
from creditscore.segment._reading import UNKNOWN
from creditscore.segment._review._reviewed import ReviewedCustomers


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ReviewHistory:
    """Classes of customers at each of several reviews, and those without a rule against flips.

    Made by :meth:`Hysteresis.over` and :meth:`Confirmation.over`.

    Attributes
    ----------
    classes : DataFrame of shape (n_customers, n_reviews)
        Classes by the rule.
    plain : DataFrame of shape (n_customers, n_reviews)
        Classes that each review alone gives.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import Bands, Hysteresis
    >>> rule = Hysteresis(bands=Bands(bounds=(100, 200)), margin=10)
    >>> history = rule.over(pd.DataFrame({"Q1": [95, 150], "Q2": [105, 150], "Q3": [95, 250]}))
    >>> history.counts()
      review  n_changes_plain  n_changes  n_avoided
    0     Q2                1          0          1
    1     Q3                2          1          1
    """

    classes: pd.DataFrame
    plain: pd.DataFrame

    def counts(self) -> pd.DataFrame:
        """Count changes from one review to the next.

        Returns
        -------
        DataFrame
            A row a review from the second on: review, n_changes_plain (without the rule),
            n_changes (with it), n_avoided (the difference; it is negative where the rule catches up
            with changes that it put off). A customer who is not known at both reviews counts as no
            change.
        """
        plain, kept = _changes(self.plain), _changes(self.classes)
        return pd.DataFrame(
            {
                "review": list(self.classes.columns[1:]),
                "n_changes_plain": plain,
                "n_changes": kept,
                "n_avoided": plain - kept,
            }
        )

    def __repr__(self) -> str:
        """Say in one line how many changes there are, with the rule and without."""
        n, k = self.classes.shape
        with_rule, without = int(_changes(self.classes).sum()), int(_changes(self.plain).sum())
        changes = f"{with_rule:,} change{'' if with_rule == 1 else 's'} of class"
        return (
            f"<ReviewHistory: {counted(n, 'customer')}, {counted(k, 'review')}, {changes} instead "
            f"of {without:,}>"
        )

    def _repr_html_(self) -> str:
        """Show the changes."""
        return html_table(self.counts(), caption=repr(self).strip("<>"), formats={})


def history_of(
    reviews: NativeFrame,
    classed: Callable[[Any], Any],
    review: Callable[[Any, Any], ReviewedCustomers],
) -> ReviewHistory:
    """Review the columns of a table one after the other."""
    as_table(reviews)
    frame = reviews
    if not isinstance(frame, pd.DataFrame):
        native = nw.from_native(reviews, eager_only=True)
        frame = pd.DataFrame({name: native[name].to_list() for name in native.columns})
    n = len(frame)
    previous: Any = pd.Series(np.full(n, None, dtype=object), index=frame.index)
    classes, plain = {}, {}
    for name in frame.columns:
        previous = review(previous, frame[name])
        after = np.asarray(previous.classes, dtype=object)
        classes[name] = pd.Series(after, index=frame.index)
        alone = np.asarray(classed(frame[name]), dtype=object)
        plain[name] = pd.Series(np.where(pd.isna(alone), UNKNOWN, alone), index=frame.index)
    return ReviewHistory(classes=pd.DataFrame(classes), plain=pd.DataFrame(plain))


def _changes(classes: pd.DataFrame) -> np.ndarray[Any, Any]:
    values = classes.to_numpy(dtype=object)
    before, after = values[:, :-1], values[:, 1:]
    known = (before != UNKNOWN) & (after != UNKNOWN)
    return np.asarray(((before != after) & known).sum(axis=0), dtype=np.intp)
