"""A class of customers: its name in both languages, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from creditscore.exceptions import InvalidParameterError
from creditscore.segment._reading import UNKNOWN, check_text

UNKNOWN_CLASS = (UNKNOWN, "未知")
"""The name of the class of customers of whom a needed fact is missing, in both languages."""


@dataclass(frozen=True, kw_only=True)
class CustomerClass:
    """A class of customers that a treatment belongs to.

    Parameters
    ----------
    name : str
        Its name; "unknown" is kept for customers of whom a needed fact is missing.
    name_zh : str
        The same in Chinese.
    meaning : str, default=""
        Who belongs to it, in a sentence.

    Raises
    ------
    InvalidParameterError
        A name that is no text, or empty.

    Examples
    --------
    >>> from creditscore.segment import CustomerClass
    >>> CustomerClass(name="key account", name_zh="重点客户").name_zh
    '重点客户'
    """

    name: str
    name_zh: str
    meaning: str = ""

    def __post_init__(self) -> None:
        """Check that all are texts."""
        owner = type(self).__name__
        check_text(self.name, "name", owner)
        check_text(self.name_zh, "name_zh", owner)
        check_text(self.meaning, "meaning", owner, empty=True)
        if self.name == UNKNOWN:
            msg = (
                f"The 'name' parameter of {owner} must not be {UNKNOWN!r}, which is kept for "
                "customers of whom a needed fact is missing."
            )
            raise InvalidParameterError(msg)


STANDARD_CLASSES = (
    CustomerClass(
        name="high-value",
        name_zh="高价值",
        meaning="contributes much at a risk that can be borne",
    ),
    CustomerClass(
        name="potential",
        name_zh="潜力",
        meaning="buys much elsewhere that we could serve, at a risk that can be borne",
    ),
    CustomerClass(
        name="ordinary",
        name_zh="一般",
        meaning="neither contributes much nor could, at a risk that can be borne",
    ),
    CustomerClass(name="risk", name_zh="风险", meaning="of high risk, whatever it contributes"),
    CustomerClass(name="default", name_zh="违约", meaning="in default"),
)
"""High-value, potential, ordinary, risk and default customers."""
