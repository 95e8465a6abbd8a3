"""What becomes of missing values, special codes, levels never seen, and of bins without a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, TypeAlias

import numpy as np

from creditscore._frame import is_level
from creditscore._repr import changed_repr
from creditscore._typing import Level
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError

Treatment: TypeAlias = Literal[
    "empirical", "neutral", "most_risky", "least_risky", "nearest", "error"
]
"""What WOE an attribute gets that is no regular bin."""

TREATMENTS = ("empirical", "neutral", "most_risky", "least_risky", "nearest", "error")


@dataclass(frozen=True, kw_only=True, repr=False)
class BinPolicy:
    """How the values of a feature are treated that fall in no regular bin.

    The same rule holds in the fit, in :meth:`BinTable.encode`, in points and in reasons.

    Parameters
    ----------
    missing : str, default="empirical"
        Treatment of missing values, one of those below.
    special : str or mapping of special code to str, default="empirical"
        Treatment of special codes: one for all, or one for some of them; the others are then
        empirical. A mapping is kept as a tuple of pairs.
    pool_special : bool, default=False
        Whether special codes that are empirical share one WOE, from the counts of all of them;
        those that go to the nearest bin go there together.
    unseen : str, default="neutral"
        Treatment of levels, or words in a column of numbers, that the fit never met.
    unmet : str, default="neutral"
        Treatment of what the fit met no row of, where it was to be empirical or to join the
        nearest bin; regular bins without a row are among it. Any treatment but "empirical".

    Raises
    ------
    InvalidParameterError
        A treatment that is none.

    Notes
    -----
    The treatments:

    - "empirical": the WOE of the attribute's own counts;
    - "neutral": WOE 0, neither safer nor riskier than the sample;
    - "most_risky", "least_risky": the lowest, or the highest, WOE of the regular bins that have
      rows;
    - "nearest": merged with the regular bin whose bad rate is nearest, the lower one on a tie.
      Both get the WOE of their counts together. What has no rows by its nature, a level never
      seen, and what `unmet` sends there gets the WOE of the bin nearest to WOE 0;
    - "error": rows of it are refused with a
      :class:`~creditscore.exceptions.RefusedValueError` when they are encoded or scored; a fit
      counts them.

    A special code that is merged by hand (:meth:`BinTable.merge`) follows its bin, whatever the
    policy says.

    Examples
    --------
    >>> from creditscore.binning import BinPolicy
    >>> policy = BinPolicy(missing="most_risky", special={-9: "neutral", -8: "error"})
    >>> policy.special
    ((-9, 'neutral'), (-8, 'error'))
    >>> policy.of_special(-9.0), policy.of_special(-7.0)
    ('neutral', 'empirical')
    """

    missing: Treatment = "empirical"
    special: Treatment | Mapping[Level, Treatment] | tuple[tuple[Level, Treatment], ...] = (
        "empirical"
    )
    pool_special: bool = False
    unseen: Treatment = "neutral"
    unmet: Treatment = "neutral"

    def __post_init__(self) -> None:
        """Refuse treatments that are none."""
        owner = type(self).__name__
        check_choice(self.missing, "missing", owner, TREATMENTS)
        check_choice(self.unseen, "unseen", owner, TREATMENTS)
        # what has no counts has no WOE of its own
        check_choice(self.unmet, "unmet", owner, TREATMENTS[1:])
        pool: Any = self.pool_special
        if not isinstance(pool, (bool, np.bool_)):
            msg = (
                f"The 'pool_special' parameter of {owner} must be True or False. "
                f"Got {pool!r} instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "pool_special", bool(pool))
        if isinstance(self.special, str):
            check_choice(self.special, "special", owner, TREATMENTS)
        else:
            object.__setattr__(self, "special", _by_code(self.special) or "empirical")

    def __repr__(self) -> str:
        """Write what is not as by default."""
        return changed_repr(self)

    def of_special(self, code: Level) -> Treatment:
        """Return the treatment of a special code."""
        if isinstance(self.special, str):
            return self.special
        return dict(self.special).get(code, "empirical")

    def to_dict(self) -> dict[str, Any]:
        """Return plain values that :meth:`from_dict` reads back: what differs from the default."""
        content = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }
        if isinstance(self.special, tuple):
            content["special"] = [list(pair) for pair in self.special]
        return content

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        entries = dict(content)
        if not isinstance(entries.get("special", ""), str):
            entries["special"] = tuple(map(tuple, entries["special"]))
        return cls(**entries)


def _by_code(special: Any) -> tuple[tuple[Level, Treatment], ...]:
    """Take a mapping of codes to treatments, or its pairs, in an order of their own."""
    msg = (
        "The 'special' parameter of BinPolicy must be a treatment or a mapping of special codes "
        f"to treatments. Got {special!r} instead."
    )
    try:
        pairs = dict(special)
    except (TypeError, ValueError) as error:
        raise InvalidParameterError(msg) from error
    codes = {key: key.item() if isinstance(key, np.generic) else key for key in pairs}
    strange = [code for code in codes.values() if not is_level(code)]
    if strange:
        msg = (
            "The special codes of BinPolicy must be text, finite numbers or booleans. "
            f"Got {strange[0]!r} instead."
        )
        raise InvalidParameterError(msg)
    for key, treatment in pairs.items():
        check_choice(treatment, f"special[{codes[key]!r}]", "BinPolicy", TREATMENTS)
    # numbers before text, because the two cannot be compared
    ordered = sorted(codes, key=lambda key: (isinstance(key, str), key))
    return tuple((codes[key], pairs[key]) for key in ordered)
