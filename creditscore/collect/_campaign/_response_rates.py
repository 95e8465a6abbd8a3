"""Rates of response, cooperation, refusal and contact, as AAPOR defines them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._checks import check_kind
from creditscore._validation import check_integer, check_real
from creditscore._warn import warn_user
from creditscore.collect._campaign._campaign import Campaign
from creditscore.exceptions import EmptyDataError, InvalidParameterError, ResponseWarning
from creditscore.metrics import wilson_interval

_STATUS_OF = {
    "n_returned": "returned",
    "n_in_part": "returned_in_part",
    "n_refused": "refused",
    "n_no_answer": "sent",
    "n_undeliverable": "undeliverable",
    "n_ineligible": "ineligible",
}


@dataclass(frozen=True, kw_only=True)
class ResponseRates:
    r"""Rates of a campaign, from the number of customers in each state.

    Parameters
    ----------
    n_returned : int
        Questionnaires that came back whole (I).
    n_in_part : int, default=0
        Came back in part (P).
    n_refused : int, default=0
        Customers who refused (R).
    n_no_answer : int, default=0
        Customers who were asked and did not answer (NC).
    n_undeliverable : int, default=0
        Could not be delivered, so that nobody knows whether the customer is one to be asked (U).
    n_ineligible : int, default=0
        Customers who turned out not to belong to those asked; in no rate.

    Raises
    ------
    InvalidParameterError
        A count that is not a whole number of 0 or more.
    EmptyDataError
        Nobody was asked.

    Notes
    -----
    Customers of one's own ledger are known to exist: one who does not answer is eligible and was
    not reached (NC), as in the standard for lists of named persons; only what could not be
    delivered leaves eligibility unknown. With :math:`N = I + P + R + NC`,

    .. math::
       RR1 = \frac{I}{N + U}, \; RR2 = \frac{I + P}{N + U}, \;
       RR5 = \frac{I}{N}, \; RR6 = \frac{I + P}{N}, \;
       COOP1 = \frac{I}{I + P + R}, \; COOP2 = \frac{I + P}{I + P + R}, \;
       REF1 = \frac{R}{N + U}, \; CON1 = \frac{I + P + R}{N + U} .

    RR5 and RR6 take it that none of the undeliverable ones was eligible. Rates are NaN over 0.

    References
    ----------
    The American Association for Public Opinion Research, *Standard Definitions: Final Dispositions
    of Case Codes and Outcome Rates for Surveys*, 9th edition, 2016.

    Examples
    --------
    >>> from creditscore.collect import ResponseRates
    >>> rates = ResponseRates(
    ...     n_returned=50, n_in_part=10, n_refused=15, n_no_answer=20, n_undeliverable=5
    ... )
    >>> rates.response_1, rates.response_2, round(rates.response_5, 4), rates.contact_1
    (0.5, 0.6, 0.5263, 0.75)
    """

    n_returned: int
    n_in_part: int = 0
    n_refused: int = 0
    n_no_answer: int = 0
    n_undeliverable: int = 0
    n_ineligible: int = 0

    def __post_init__(self) -> None:
        """Check the counts."""
        for name in _STATUS_OF:
            check_integer(getattr(self, name), name, "ResponseRates", low=0)
        if self.n_asked == 0:
            msg = "Nobody was asked, so there are no rates. Record when questionnaires were sent."
            raise EmptyDataError(msg)

    @property
    def n_asked(self) -> int:
        """Customers who were asked, those found ineligible among them."""
        return sum(int(getattr(self, name)) for name in _STATUS_OF)

    @property
    def n_eligible(self) -> int:
        """Customers known to be eligible (N)."""
        return self.n_returned + self.n_in_part + self.n_refused + self.n_no_answer

    @property
    def response_1(self) -> float:
        """RR1: whole answers over all who are or may be eligible."""
        return _share(self.n_returned, self.n_eligible + self.n_undeliverable)

    @property
    def response_2(self) -> float:
        """RR2: whole and partial answers over all who are or may be eligible."""
        return _share(self.n_returned + self.n_in_part, self.n_eligible + self.n_undeliverable)

    @property
    def response_5(self) -> float:
        """RR5: whole answers over those known to be eligible."""
        return _share(self.n_returned, self.n_eligible)

    @property
    def response_6(self) -> float:
        """RR6: whole and partial answers over those known to be eligible."""
        return _share(self.n_returned + self.n_in_part, self.n_eligible)

    @property
    def cooperation_1(self) -> float:
        """COOP1: whole answers over those who were reached."""
        return _share(self.n_returned, self.n_reached)

    @property
    def cooperation_2(self) -> float:
        """COOP2: whole and partial answers over those who were reached."""
        return _share(self.n_returned + self.n_in_part, self.n_reached)

    @property
    def refusal_1(self) -> float:
        """REF1: refusals over all who are or may be eligible."""
        return _share(self.n_refused, self.n_eligible + self.n_undeliverable)

    @property
    def contact_1(self) -> float:
        """CON1: reached over all who are or may be eligible."""
        return _share(self.n_reached, self.n_eligible + self.n_undeliverable)

    @property
    def n_reached(self) -> int:
        """Customers who gave any sign."""
        return self.n_returned + self.n_in_part + self.n_refused


def response_table(
    campaign: Campaign, as_of: Any = None, *, min_cases: int = 30, confidence: float = 0.95
) -> pd.DataFrame:
    """Return the rates of each stratum of a campaign, and of all.

    Parameters
    ----------
    campaign : Campaign
        Whose events are counted.
    as_of : day, optional
        Events after it are not seen; without, all are.
    min_cases : int, default=30
        Strata of fewer eligible customers are named in a warning, 1 or more.
    confidence : float in (0, 1), default=0.95
        Level of the interval of RR2.

    Returns
    -------
    DataFrame
        Index stratum, "all" last; the counts and rates of :class:`ResponseRates`, n_not_sent
        (customers of the sample who were not asked yet; in no rate), lower and upper (Wilson's
        interval of response_2). Strata of which nobody was asked have counts and no rates.

    Raises
    ------
    EmptyDataError
        Nobody was asked.
    InvalidParameterError
        A parameter outside its range, or no campaign; a stratum named "all".

    Warns
    -----
    ResponseWarning
        Strata so thin that their rates say little; the message names them.

    Examples
    --------
    >>> from creditscore.collect import Campaign, response_table
    >>> campaign = Campaign.from_sample(
    ...     {f"C{i}": "large" if i % 3 else "small" for i in range(90)}, name="terms"
    ... )
    >>> campaign = campaign.record("sent", [f"C{i}" for i in range(90)], on="2024-03-04")
    >>> campaign = campaign.record("returned", [f"C{i}" for i in range(40)], on="2024-03-20")
    >>> found = response_table(campaign)
    >>> found[["n_returned", "response_1"]].round(3)  # doctest: +NORMALIZE_WHITESPACE
             n_returned  response_1
    stratum
    large            26       0.433
    small            14       0.467
    all              40       0.444
    """
    check_kind(campaign, "campaign", "response_table", Campaign)
    check_integer(min_cases, "min_cases", "response_table", low=1)
    level = check_real(confidence, "confidence", "response_table", low=0, high=1)
    status = campaign.status(as_of)
    rows = {
        str(stratum): _row(group["status"], level)
        for stratum, group in status.groupby("stratum", sort=True)
    }
    if "all" in rows:
        msg = (
            "A stratum of the campaign is named 'all', as the row of all strata is. Name it "
            "otherwise."
        )
        raise InvalidParameterError(msg)
    ResponseRates(**_counts(status["status"]))
    rows["all"] = _row(status["status"], level)
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.index.name = "stratum"
    eligible = table["n_returned"] + table["n_in_part"] + table["n_refused"] + table["n_no_answer"]
    thin = eligible.index[(eligible < min_cases) & (eligible.index != "all")]
    if len(thin):
        told = ", ".join(f"{name!r} ({int(eligible[name])})" for name in thin[:5])
        warn_user(
            f"{len(thin)} of {len(rows) - 1} strata have fewer than {min_cases} eligible "
            f"customers: {told}{' …' if len(thin) > 5 else ''}. Their rates are mostly chance; "
            "join them with others.",
            ResponseWarning,
        )
    return table


def _counts(status: pd.Series) -> dict[str, int]:
    return {name: int((status == word).sum()) for name, word in _STATUS_OF.items()}


def _row(status: pd.Series, level: float) -> dict[str, float]:
    counts = _counts(status)
    row: dict[str, float] = {"n_not_sent": int((status == "not_sent").sum()), **counts}
    names = (
        "response_1", "response_2", "response_5", "response_6", "cooperation_1", "cooperation_2",
        "refusal_1", "contact_1",
    )  # fmt: skip
    if not any(counts.values()):
        return row | dict.fromkeys((*names, "lower", "upper"), math.nan)
    rates = ResponseRates(**counts)
    row |= {name: getattr(rates, name) for name in names}
    asked = rates.n_eligible + rates.n_undeliverable
    lower, upper = math.nan, math.nan
    if asked:
        answers = rates.n_returned + rates.n_in_part
        lower, upper = (float(end) for end in wilson_interval(answers, asked, level=level))
    return row | {"lower": lower, "upper": upper}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
