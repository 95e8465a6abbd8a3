"""How customers of one class and grade are served."""

from __future__ import annotations

import math
from dataclasses import dataclass

from creditscore._validation import check_integer, check_real
from creditscore.segment._reading import check_text

NUMBERS = ("payment_terms_days", "limit_factor", "review_months", "prepayment_share")
TEXTS = (
    *("contact", "contact_zh", "collection_tone", "collection_tone_zh"),
    *("security", "security_zh"),
)


@dataclass(frozen=True, kw_only=True)
class ServiceTier:
    """Terms, limit, review, contact and collection for customers of a class and a grade.

    Parameters
    ----------
    customer_class : str
        The class, such as "high-value"; "unknown" too.
    grade : str
        The grade.
    payment_terms_days : int
        Days until an invoice is due; 0 is payment on delivery.
    limit_factor : float
        What the usual credit limit is multiplied by, zero or more; 0 is no credit.
    review_months : int
        Months from one review to the next, 1 or more.
    contact, contact_zh : str
        Who looks after the customer, in English and in Chinese.
    collection_tone, collection_tone_zh : str
        How overdue invoices are asked for.
    prepayment_share : float, default=0.0
        Share of an order that is paid before delivery, a fraction in [0, 1].
    security : str, default="none"
        Security that is asked for.
    security_zh : str, default="无"
        The same in Chinese.

    Raises
    ------
    InvalidParameterError
        A number out of range or an empty text.

    Examples
    --------
    >>> from creditscore.segment import ServiceTier
    >>> tier = ServiceTier(
    ...     customer_class="high-value", grade="A", payment_terms_days=60, limit_factor=1.5,
    ...     review_months=12, contact="key account manager", contact_zh="大客户经理",
    ...     collection_tone="friendly reminder", collection_tone_zh="友好提醒",
    ... )
    >>> tier.prepayment_share, tier.security
    (0.0, 'none')
    """

    customer_class: str
    grade: str
    payment_terms_days: int
    limit_factor: float
    review_months: int
    contact: str
    contact_zh: str
    collection_tone: str
    collection_tone_zh: str
    prepayment_share: float = 0.0
    security: str = "none"
    security_zh: str = "无"

    def __post_init__(self) -> None:
        """Check numbers and texts."""
        owner = f"{type(self).__name__} of {self.customer_class} × {self.grade}"
        for name in ("customer_class", "grade", *TEXTS):
            check_text(getattr(self, name), name, owner)
        for name, low in (("payment_terms_days", 0), ("review_months", 1)):
            whole = check_integer(getattr(self, name), name, owner, low=low)
            object.__setattr__(self, name, whole)
        factor = check_real(
            self.limit_factor, "limit_factor", owner, low=0, high=math.inf, closed="left"
        )
        object.__setattr__(self, "limit_factor", factor)
        share = check_real(
            self.prepayment_share, "prepayment_share", owner, low=0, high=1, closed="both"
        )
        object.__setattr__(self, "prepayment_share", share)
