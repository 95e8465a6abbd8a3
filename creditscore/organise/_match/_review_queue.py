"""Pairs that a person must look at, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, Self

import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._validation import check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.organise._match._event import check_text, instant_text
from creditscore.organise._match._merge_event import MergeEvent, MergeState
from creditscore.organise._match._merge_log import MergeLog

_SHOWN = 15


@dataclass(frozen=True, kw_only=True)
class ReviewCase:
    """Two customers that may be one.

    Parameters
    ----------
    left, right : str
        The customers; the left one stays if they are the same.
    probability : float
        That they are the same, in [0, 1].
    why : str
        Why a person must look at them.

    Raises
    ------
    InvalidParameterError
        A text is empty, both are one customer, or the probability is none.

    Examples
    --------
    >>> from creditscore.organise import ReviewCase
    >>> ReviewCase(left="A", right="B", probability=0.6, why="not sure")
    ReviewCase(left='A', right='B', probability=0.6, why='not sure')
    """

    left: str
    right: str
    probability: float
    why: str

    def __post_init__(self) -> None:
        """Check each entry."""
        for name in ("left", "right", "why"):
            check_text(getattr(self, name), name, "ReviewCase")
        if self.left == self.right:
            msg = f"A ReviewCase is of two customers. Got {self.left!r} twice."
            raise InvalidParameterError(msg)
        chance = check_real(
            self.probability, "probability", "ReviewCase", low=0, high=1, closed="both"
        )
        object.__setattr__(self, "probability", chance)


@dataclass(frozen=True, kw_only=True)
class ReviewDecision:
    """What a person decided of a pair.

    Parameters
    ----------
    left, right : str
        The customers, as in the case.
    is_same : bool
        Whether they are one customer.
    by : str
        Who decided.
    reason : str
        Why.
    at : str or datetime
        Instant; one without a zone is of UTC. Kept as text.

    Raises
    ------
    InvalidParameterError
        A text is empty, or the instant is none.

    Examples
    --------
    >>> from creditscore.organise import ReviewDecision
    >>> ReviewDecision(left="A", right="B", is_same=True, by="ana", reason="passport seen",
    ...                at="2024-06-30T12:00Z").at
    '2024-06-30T12:00:00.000000Z'
    """

    left: str
    right: str
    is_same: bool
    by: str
    reason: str
    at: Any

    def __post_init__(self) -> None:
        """Check each entry."""
        owner = "ReviewDecision"
        for name in ("left", "right", "by", "reason"):
            check_text(getattr(self, name), name, owner)
        check_kind(self.is_same, "is_same", owner, bool)
        object.__setattr__(self, "at", instant_text(self.at, "at", owner))


@dataclass(frozen=True, kw_only=True, repr=False)
class ReviewQueue(JsonDocument):
    """Pairs to look at, and all decisions on them; made by ``MatchResult.review_queue()``.

    Parameters
    ----------
    cases : tuple of ReviewCase, default=()
        Each pair once.
    decisions : tuple of ReviewDecision, default=()
        In their order; of two on one pair the later one counts, and both are kept.

    Raises
    ------
    InvalidDataError
        A pair stands twice, or a decision is on a pair that is not in the queue.

    Examples
    --------
    >>> from creditscore.organise import MergeLog, ReviewCase, ReviewQueue
    >>> queue = ReviewQueue(cases=(
    ...     ReviewCase(left="A", right="B", probability=0.9, why="not sure"),
    ...     ReviewCase(left="C", right="D", probability=0.4, why="not sure"),
    ... ))
    >>> queue = queue.decide("A", "B", is_same=True, by="ana", reason="one passport",
    ...                      at="2024-06-30T12:00Z")
    >>> queue, queue.open()["left"].tolist()
    (ReviewQueue(2 pairs, 1 of them open), ['C'])
    >>> queue.apply(MergeLog()).resolve(["B"]).tolist()
    ['A']
    """

    cases: tuple[ReviewCase, ...] = ()
    decisions: tuple[ReviewDecision, ...] = ()
    _format: ClassVar[str] = "creditscore.review_queue"

    def __post_init__(self) -> None:
        """Check that each pair is there once, and decisions are on pairs of the queue."""
        for name, kind in (("cases", ReviewCase), ("decisions", ReviewDecision)):
            entries = read_entries(getattr(self, name), name, "ReviewQueue")
            for entry in entries:
                check_kind(entry, name, "ReviewQueue", kind)
            object.__setattr__(self, name, entries)
        pairs: set[tuple[str, str]] = set()
        for case in self.cases:
            if {(case.left, case.right), (case.right, case.left)} & pairs:
                msg = f"The pair {case.left!r} and {case.right!r} stands twice in the queue."
                raise InvalidDataError(msg)
            pairs.add((case.left, case.right))
        for decision in self.decisions:
            if (decision.left, decision.right) not in pairs:
                msg = f"The queue has no pair {decision.left!r} and {decision.right!r}."
                raise InvalidDataError(msg)

    def decide(
        self, left: str, right: str, *, is_same: bool, by: str, reason: str, at: Any
    ) -> Self:
        """Return the queue with a decision more.

        Parameters
        ----------
        left, right : str
            The customers, in either order.
        is_same, by, reason, at : bool, str, str, str or datetime
            As of :class:`ReviewDecision`.

        Raises
        ------
        InvalidDataError
            The queue has no such pair.
        """
        if any((case.left, case.right) == (right, left) for case in self.cases):
            left, right = right, left
        decision = ReviewDecision(
            left=left, right=right, is_same=is_same, by=by, reason=reason, at=at
        )
        return replace(self, decisions=(*self.decisions, decision))

    def open(self) -> pd.DataFrame:
        """Return the pairs that nobody has decided: left, right, probability and why."""
        table = self.frame()
        names = [field.name for field in fields(ReviewCase)]
        return table.loc[table["decision"] == "", names].reset_index(drop=True)

    def frame(self) -> pd.DataFrame:
        """Return a row a pair, with decision ("same", "different" or empty), by, reason and at."""
        last = {(one.left, one.right): one for one in self.decisions}
        rows = []
        for case in self.cases:
            found = last.get((case.left, case.right))
            told = {"decision": "", "by": "", "reason": "", "at": ""}
            if found is not None:
                word = "same" if found.is_same else "different"
                told = {"decision": word, "by": found.by, "reason": found.reason, "at": found.at}
            rows.append({**asdict(case), **told})
        names = [field.name for field in fields(ReviewCase)]
        columns = [*names, "decision", "by", "reason", "at"]
        return pd.DataFrame(rows, columns=columns).astype({"probability": float})

    def apply(self, log: MergeLog) -> MergeLog:
        """Return a log of merges with the pairs that were decided to be the same.

        Parameters
        ----------
        log : MergeLog
            Of what was merged before; customers that are one in it already stay so.

        Returns
        -------
        MergeLog
            The right customer, or whoever it was merged into, goes into the left one, or whoever
            that was merged into. Merges come at the times of the decisions. What somebody took
            apart after a decision stays apart.

        Raises
        ------
        InvalidDataError
            Two customers that were decided to be different would become one, by this queue or by
            the log; or the log has later events.

        Notes
        -----
        O(decisions · log decisions) time, and for each customer that was ever taken out of another
        one O(decisions) besides.
        """
        check_kind(log, "log", "ReviewQueue.apply", MergeLog)
        last = {(one.left, one.right): one for one in self.decisions}
        state, new = MergeState.of(log.events), []
        for one in sorted(last.values(), key=lambda decision: decision.at):
            into, customer = state.root(one.left), state.root(one.right)
            if not one.is_same or into == customer:
                continue
            if state.were_parted(into, customer, since=one.at):
                continue
            reason = f"review: {one.reason}"
            new.append(
                MergeEvent(customer=customer, into=into, at=one.at, by=one.by, reason=reason)
            )
            state.add(new[-1])
        for one in last.values():
            into = state.root(one.left)
            if not one.is_same and into == state.root(one.right):
                msg = (
                    f"{one.left!r} and {one.right!r} were decided to be different, and other "
                    f"merges make both of them {into!r}. Decide again."
                )
                raise InvalidDataError(msg)
        return replace(log, events=(*log.events, *new)) if new else log

    def following(self, before: ReviewQueue) -> ReviewQueue:
        """Return the queue with the decisions of an earlier one, so that nobody decides twice.

        Parameters
        ----------
        before : ReviewQueue
            Of the same file when it was matched before.

        Returns
        -------
        ReviewQueue
            With all decisions of `before`, and its decided pairs that are not in this queue.

        Examples
        --------
        >>> from creditscore.organise import ReviewCase, ReviewQueue
        >>> case = ReviewCase(left="A", right="B", probability=0.9, why="not sure")
        >>> before = ReviewQueue(cases=(case,)).decide(
        ...     "A", "B", is_same=False, by="ana", reason="twins", at="2024-06-30T12:00Z"
        ... )
        >>> ReviewQueue(cases=(case,)).following(before)
        ReviewQueue(1 pair, 0 of them open)
        """
        check_kind(before, "before", "ReviewQueue.following", ReviewQueue)
        ours = {frozenset((case.left, case.right)): (case.left, case.right) for case in self.cases}
        decisions, theirs = [], set()
        for one in before.decisions:
            pair = frozenset((one.left, one.right))
            left, right = ours.get(pair, (one.left, one.right))
            decisions.append(replace(one, left=left, right=right))
            theirs.add(pair)
        kept = [
            case for case in before.cases
            if (pair := frozenset((case.left, case.right))) in theirs and pair not in ours
        ]  # fmt: skip
        return ReviewQueue(cases=(*self.cases, *kept), decisions=(*decisions, *self.decisions))

    def _content(self) -> dict[str, Any]:
        return {
            "cases": [asdict(case) for case in self.cases],
            "decisions": [asdict(decision) for decision in self.decisions],
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            cases=tuple(ReviewCase(**case) for case in content["cases"]),
            decisions=tuple(ReviewDecision(**one) for one in content["decisions"]),
        )

    def __repr__(self) -> str:
        """Say in one line how much is open."""
        pairs = counted(len(self.cases), "pair")
        decided = {(one.left, one.right) for one in self.decisions}
        return f"ReviewQueue({pairs}, {len(self.cases) - len(decided)} of them open)"

    def _repr_html_(self) -> str:
        """Show the first pairs."""
        formats = {"probability": "{:.4f}"}
        return html_table(self.frame().head(_SHOWN), caption=repr(self), formats=formats)
