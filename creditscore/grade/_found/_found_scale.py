"""FoundScale: grades that were found, and the cases they were found on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from creditscore._display import Format, counted, html_table, p_value_text
from creditscore._typing import Float1D, ObjectiveName
from creditscore.grade._master._master_scale import MasterScale
from creditscore.grade._scale import GradeScale
from creditscore.metrics import hhi, jeffreys_interval


@dataclass(frozen=True, kw_only=True, repr=False)
class FoundScale:
    """A master scale that was found by :func:`find_grades`, with the evidence for it.

    Attributes
    ----------
    master : MasterScale
        The grades; each means the default rate that was observed in it.
    n_good, n_bad : tuple of float of length n_grades
        Cases of each grade, by weight: whole numbers where none were given.
    mean : tuple of float of length n_grades
        Mean value of the cases of each grade.
    objective : str
        What was made as large as can be.
    value : float
        Its value.
    n_places : int
        Groups of neighbouring values between which bounds were chosen.
    n_values : int
        Different values: where there are as many groups, no bounds at all are better; else none
        between the groups.

    Examples
    --------
    >>> import numpy as np
    >>> from creditscore.grade import find_grades
    >>> prob_default = np.repeat([0.02, 0.05, 0.20], 200)
    >>> is_bad = np.concatenate([np.arange(200) < n for n in (4, 10, 40)])
    >>> found = find_grades(is_bad, prob_default)
    >>> found
    <FoundScale: 3 grades of 600 cases, default rates 2% to 20%, iv 0.9675, hhi 0.333>
    """

    master: MasterScale
    n_good: tuple[float, ...]
    n_bad: tuple[float, ...]
    mean: tuple[float, ...]
    objective: ObjectiveName
    value: float
    n_places: int
    n_values: int

    @property
    def scale(self) -> GradeScale:
        """The grades and their bounds, without what they mean."""
        return self.master.scale

    @property
    def is_exact(self) -> bool:
        """Whether all places between different values were tried."""
        return self.n_places == self.n_values

    @property
    def hhi(self) -> float:
        """Herfindahl-Hirschman index of the grades' shares of the cases, in [1 / n_grades, 1]."""
        return float(hhi(self._count))

    def table(self) -> pd.DataFrame:
        """Return the grades and the cases in them.

        Returns
        -------
        DataFrame
            A row a grade: the columns of :meth:`GradeScale.table`, count and n_bad being sums of
            weights and `predicted` the mean probability, or NaN for scores; then ratio (of the
            observed rate to that of the grade before, infinite over zero), p_value (that both have
            one rate: two-sided z-test with pooled variance) and hhi_part (squared share, which
            adds up to `hhi`). Ratio and p_value of the first grade are NaN. :class:`GradeDisplay`
            draws it.

        Notes
        -----
        The p-values are those that `max_p_value` bounds. The grades were chosen on the same cases,
        so they are smaller than those on other cases would be.
        """
        count, bad = self._count, np.asarray(self.n_bad, dtype=np.float64)
        rate, share = bad / count, count / count.sum()
        lower, upper = jeffreys_interval(bad, count)
        with np.errstate(divide="ignore"):
            ratio = np.append(np.nan, rate[1:] / rate[:-1])
        known = self.scale.measure == "prob_default"
        return self.scale.intervals().assign(
            count=count,
            share=share,
            n_bad=self.n_bad,
            observed=rate,
            observed_lower=lower,
            observed_upper=upper,
            predicted=self.mean if known else np.nan,
            ratio=ratio,
            p_value=np.append(np.nan, _p_values(bad, count)),
            hhi_part=share**2,
        )

    @property
    def _count(self) -> Float1D:
        count: Float1D = np.add(self.n_good, self.n_bad)
        return count

    def __repr__(self) -> str:
        """Say in one line how many grades were found, and how far apart they are."""
        prob = self.master.prob_default
        return (
            f"<{type(self).__name__}: {counted(len(prob), 'grade')} of "
            f"{counted(round(self._count.sum()), 'case')}, default rates {100 * prob[0]:.3g}% to "
            f"{100 * prob[-1]:.3g}%, {self.objective} {self.value:.4g}, hhi {self.hhi:.3f}>"
        )

    def _repr_html_(self) -> str:
        """Show the grades."""
        percent = "{:.2%}".format
        formats: dict[str, Format] = {
            **dict.fromkeys(("share", "observed", "observed_lower", "observed_upper"), percent),
            **dict.fromkeys(("count", "n_bad"), "{:,.0f}"),
            "ratio": "{:.2f}",
            "p_value": p_value_text,
            "hhi_part": "{:.4f}",
        }
        shown: Any = self.table().drop(columns=["odds_lower", "odds_upper"], errors="ignore")
        if self.scale.measure == "prob_default":
            formats |= dict.fromkeys(("lower", "upper", "predicted"), "{:.4%}".format)
        else:
            shown = shown.drop(columns="predicted")
            formats |= {"lower": "{:g}", "upper": "{:g}"}
        return html_table(shown, caption=repr(self).strip("<>"), formats=formats)


def _p_values(bad: Float1D, count: Float1D) -> Float1D:
    """Return the p-value that each group but the first has the rate of the one before."""
    rate = bad / count
    pooled = (bad[1:] + bad[:-1]) / (count[1:] + count[:-1])
    error = np.sqrt(pooled * (1 - pooled) * (1 / count[1:] + 1 / count[:-1]))
    # rates of neighbours differ, so that the pooled one is neither zero nor one
    p_values: Float1D = 2 * ndtr(-np.abs(np.diff(rate)) / error)
    return p_values
