"""What is held of coefficients before the data: means and spreads, by column."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.exceptions import EmptyDataError, InvalidParameterError

_LARGEST = 1e50
"""Beyond means of this size, or standard deviations as small, squares leave the floats."""


@dataclass(frozen=True, kw_only=True, repr=False)
class CoefficientPrior:
    """What is held of the coefficients of a card before its data: means and standard deviations.

    Parameters
    ----------
    means : mapping of str to float
        Coefficient of the WOE that is expected of each column, in the log-odds of being bad:
        negative where a safer bin lowers the risk, -1 where the WOE is believed as it is.
    sd : float or mapping of str to float, default=0.5
        Standard deviation of all of them, or of each: how far from its mean a coefficient may
        well be. Above zero.

    Raises
    ------
    InvalidParameterError
        Numbers out of range; a column with a mean and without a standard deviation, or the other
        way round.
    EmptyDataError
        No column.

    See Also
    --------
    LogisticScorecard : Fits a card under it.
    creditscore.expert.prior_from_scorecard : Makes one of a card of judgement.

    Notes
    -----
    Each coefficient is normal around its mean, independently of the others. Columns that are not
    named, and the intercept, have no prior: the data alone speak for them. The larger `sd`, the
    less the prior counts; without limit the fit is that of maximum likelihood, and towards 0 the
    coefficients are the means.

    Examples
    --------
    >>> from creditscore.scorecard import CoefficientPrior
    >>> prior = CoefficientPrior(means={"age": -1.0, "income": -0.8}, sd=0.3)
    >>> prior
    <CoefficientPrior of 2 columns, standard deviation 0.3>
    >>> prior.table()
       column  mean   sd
    0     age  -1.0  0.3
    1  income  -0.8  0.3
    """

    means: Mapping[str, float]
    sd: float | Mapping[str, float] = 0.5

    def __post_init__(self) -> None:
        """Check the numbers; keep them by column."""
        owner = type(self).__name__
        check_kind(self.means, "means", owner, Mapping)
        if not self.means:
            msg = f"The 'means' parameter of {owner} must name a column or more. Got none."
            raise EmptyDataError(msg)
        means = {
            name: check_real(value, f"means[{name}]", owner, low=-_LARGEST, high=_LARGEST)
            for name, value in self.means.items()
        }
        object.__setattr__(self, "means", means)
        if isinstance(self.sd, Mapping):
            object.__setattr__(self, "sd", _spreads(self.sd, list(means), owner))
        else:
            object.__setattr__(self, "sd", _spread(self.sd, "sd", owner))

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that have a prior."""
        return tuple(self.means)

    def with_sd(self, sd: float | Mapping[str, float]) -> Self:
        """Return the same means with other standard deviations.

        Parameters
        ----------
        sd : float or mapping of str to float
            As in :class:`CoefficientPrior`.

        Returns
        -------
        CoefficientPrior

        Examples
        --------
        >>> from creditscore.scorecard import CoefficientPrior
        >>> CoefficientPrior(means={"age": -1.0}).with_sd(0.1)
        <CoefficientPrior of 1 column, standard deviation 0.1>
        """
        return replace(self, sd=sd)

    def table(self) -> pd.DataFrame:
        """Return a row a column: column, mean, sd.

        Returns
        -------
        DataFrame
        """
        means, sds = self.arrays(self.names)
        return pd.DataFrame({"column": list(self.names), "mean": means, "sd": sds})

    def arrays(self, names: Sequence[str]) -> tuple[Float1D, Float1D]:
        """Return means and standard deviations of columns, 0 and infinity where there is none.

        Parameters
        ----------
        names : sequence of str
            Columns, in any order.

        Returns
        -------
        tuple of ndarray of shape (n_names,)

        Examples
        --------
        >>> from creditscore.scorecard import CoefficientPrior
        >>> CoefficientPrior(means={"age": -1.0}).arrays(["age", "income"])
        (array([-1.,  0.]), array([0.5, inf]))
        """
        means = np.array([self.means.get(name, 0.0) for name in names])
        sds = np.array([self._sd_of(name) if name in self.means else math.inf for name in names])
        return means, sds

    def _sd_of(self, name: str) -> float:
        return self.sd[name] if isinstance(self.sd, Mapping) else self.sd

    def __repr__(self) -> str:
        """Say in one line for how many columns it is and how firm."""
        n = len(self.names)
        sds = self.arrays(self.names)[1]
        low, high = float(sds.min()), float(sds.max())
        plural = "" if low == high else "s"
        width = f"{low:g}" if low == high else f"from {low:g} to {high:g}"
        noun = "column" if n == 1 else "columns"
        return f"<{type(self).__name__} of {n} {noun}, standard deviation{plural} {width}>"

    def _repr_html_(self) -> str:
        """Show the table."""
        return html_table(
            self.table(), caption="Prior of coefficients", formats={"mean": "{:.3f}", "sd": "{:g}"}
        )


def named_prior(
    prior: CoefficientPrior, name_of: Callable[[Sequence[Any]], list[str]]
) -> CoefficientPrior:
    """Return the prior by the names of the columns of a table; refuse what names none of them."""
    names = name_of(list(prior.names))
    means, sds = prior.arrays(prior.names)
    return CoefficientPrior(
        means=dict(zip(names, means.tolist(), strict=True)),
        sd=dict(zip(names, sds.tolist(), strict=True)),
    )


def _spreads(sd: Mapping[str, float], names: Sequence[str], owner: str) -> dict[str, float]:
    lacking = [name for name in names if name not in sd]
    strange = [name for name in sd if name not in names]
    if lacking or strange:
        msg = (
            f"The 'sd' parameter of {owner} must name the columns of 'means'. Not given: "
            f"{lacking or 'none'}; without a mean: {strange or 'none'}."
        )
        raise InvalidParameterError(msg)
    return {name: _spread(sd[name], f"sd[{name}]", owner) for name in names}


def _spread(sd: float, name: str, owner: str) -> float:
    return check_real(sd, name, owner, low=1 / _LARGEST, high=math.inf)
