"""What a statistical test says: a statistic, a p-value, the hypothesis and the source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from creditscore._display import p_value_text


@dataclass(frozen=True, kw_only=True, repr=False)
class SignificanceTest:
    """One statistical test of one hypothesis.

    Attributes
    ----------
    name : str
        What the test is called.
    statistic : float
        The test statistic; NaN where the data leave it undefined.
    p_value : float
        Chance of a statistic as extreme, or more, if the hypothesis holds; NaN where there is none.
    hypothesis : str
        What is tested, in words: small p-values speak against it.
    source : str
        Where the test is from.
    df : float, default=nan
        Degrees of freedom, for tests that have them.
    n : int, default=0
        Cases that were looked at.

    Examples
    --------
    >>> from creditscore.metrics import SignificanceTest
    >>> SignificanceTest(
    ...     name="normal test", statistic=1.735, p_value=0.0414, n=91,
    ...     hypothesis="the default rate is not above the prediction", source="BCBS WP 14, 2005",
    ... )
    <SignificanceTest: normal test, statistic 1.735, p = 0.0414>
    """

    name: str
    statistic: float
    p_value: float
    hypothesis: str
    source: str
    df: float = math.nan
    n: int = 0

    def __repr__(self) -> str:
        """Say in one line what was found."""
        known = not math.isnan(self.p_value)
        p_value = p_value_text(self.p_value) if known else "not known"
        sign = "" if p_value.startswith("<") else "= " if known else ""
        df = "" if math.isnan(self.df) else f", df {self.df:g}"
        statistic = f"{self.statistic:.4g}"
        return f"<SignificanceTest: {self.name}, statistic {statistic}{df}, p {sign}{p_value}>"
