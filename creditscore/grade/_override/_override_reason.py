"""A reason for which grades may be overridden, and in which direction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError

Direction: TypeAlias = Literal["both", "up", "down"]
_DIRECTIONS = ("both", "up", "down")


@dataclass(frozen=True, kw_only=True)
class OverrideReason:
    """A reason that a policy allows.

    Parameters
    ----------
    code : str
        What an override names it by.
    text : str
        What it says.
    text_zh : str, default=""
        The same in Chinese.
    direction : {"both", "up", "down"}, default="both"
        Whether it may lift a grade, lower it, or both.

    Raises
    ------
    InvalidParameterError
        An empty text or an unknown direction.

    Examples
    --------
    >>> from creditscore.grade import OverrideReason
    >>> OverrideReason(code="guarantee", text="A bank guarantees payment.", direction="up")
    OverrideReason(code='guarantee', text='A bank guarantees payment.', text_zh='', direction='up')
    """

    code: str
    text: str
    text_zh: str = ""
    direction: Direction = "both"

    def __post_init__(self) -> None:
        """Check that texts are some."""
        owner = type(self).__name__
        for name in ("code", "text", "text_zh"):
            text: Any = getattr(self, name)
            if not isinstance(text, str) or (not text and name != "text_zh"):
                msg = f"The {name!r} parameter of {owner} must be a text. Got {text!r} instead."
                raise InvalidParameterError(msg)
        check_choice(self.direction, "direction", owner, _DIRECTIONS)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "code": self.code,
            "text": self.text,
            "text_zh": self.text_zh,
            "direction": self.direction,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_dict` gave."""
        return cls(**content)


STANDARD_REASONS = (
    OverrideReason(
        code="new_information",
        text="Facts that the model does not see, or does not see yet",
        text_zh="模型未包含或尚未包含的信息",
    ),
    OverrideReason(
        code="data_error",
        text="An input of the model is wrong or out of date",
        text_zh="模型输入数据有误或已过时",
    ),
    OverrideReason(
        code="group_support",
        text="Support by parent or group, in writing",
        text_zh="母公司或集团的书面支持",
        direction="up",
    ),
    OverrideReason(
        code="security",
        text="Security or a guarantee that the model does not count",
        text_zh="模型未考虑的担保或抵押",
        direction="up",
    ),
    OverrideReason(
        code="adverse_event",
        text="Litigation, loss of a main customer, change of owners, or the like",
        text_zh="诉讼、主要客户流失、股权变更等不利事件",
        direction="down",
    ),
    OverrideReason(
        code="industry_outlook",
        text="The outlook of the industry or of the country",
        text_zh="行业或国家前景",
    ),
    OverrideReason(
        code="management",
        text="Judgement of the management and its plans",
        text_zh="对管理层及其计划的判断",
    ),
)
"""Reasons that policies of banks and trade creditors commonly list; a starting point to edit."""
