"""The payment string of an account: a letter a month, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from creditscore.exceptions import InvalidDataError

MONTHS = 24
WORST = 7
"""Seven instalments late, or more; what a guarantor paid, or was written off, counts so too."""
_LATE = {str(n): n for n in range(1, WORST + 1)}
_LOST = {"D": WORST, "Z": WORST, "G": WORST}
_ON_TIME = {"N": 0, "0": 0, "C": 0}
_UNKNOWN = "/*#"
"""Not yet opened, nothing due, not known."""


@dataclass(frozen=True, kw_only=True)
class PaymentHistory:
    """What the 24 letters of a payment string say.

    Attributes
    ----------
    n_late : int
        Months in which an instalment was late.
    worst : int
        Most instalments late in a month, from 0 to 7.
    n_known : int
        Months of which the string says something.

    Examples
    --------
    >>> from creditscore.collect import PaymentHistory
    >>> PaymentHistory.from_text("////////////NNNN12NNNN*N")
    PaymentHistory(n_late=2, worst=2, n_known=11)
    """

    n_late: int
    worst: int
    n_known: int

    @classmethod
    def from_text(cls, text: str) -> PaymentHistory:
        """Read a payment string.

        Parameters
        ----------
        text : str
            24 letters, the last of the month of the report: ``N`` or ``0`` on time, ``1`` to
            ``7`` so many instalments late (7 or more), ``C`` settled, ``D`` paid by a guarantor,
            ``Z`` settled by assets, ``G`` written off or ended otherwise, ``/`` not yet opened,
            ``*`` nothing due, ``#`` not known.

        Raises
        ------
        InvalidDataError
            There are not 24 letters, or others than these.
        """
        letters = text.strip().upper()
        states = _ON_TIME | _LATE | _LOST
        strange = sorted({letter for letter in letters if letter not in states} - set(_UNKNOWN))
        if len(letters) != MONTHS or strange:
            what = f"the letters {', '.join(strange)}" if strange else f"{len(letters)} letters"
            msg = f"is no payment string of {MONTHS} letters, oldest first: it has {what}"
            raise InvalidDataError(msg)
        known = [states[letter] for letter in letters if letter in states]
        late = [state for state in known if state > 0]
        return cls(n_late=len(late), worst=max(late, default=0), n_known=len(known))
