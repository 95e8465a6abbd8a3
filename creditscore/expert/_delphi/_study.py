"""A Delphi study: a panel that answers the same questions in rounds, with feedback between."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._typing import NativeFrame
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.expert._delphi._feedback import FeedbackSheet
from creditscore.expert._delphi._panel_weights import panel_counts, panel_weights
from creditscore.expert._delphi._round import Comments, DelphiRound
from creditscore.expert._delphi._spread import LEAST_ANSWERS, spread
from creditscore.expert._delphi._stop_rule import DelphiVerdict, History, StopRule, judge
from creditscore.expert._weights._weights import Weights, check_names


@dataclass(frozen=True, kw_only=True, repr=False)
class DelphiStudy(JsonDocument):
    """A panel of experts, the items that they judge, and the rounds so far.

    Parameters
    ----------
    experts : tuple of str
        Codes of all who were invited, not their names.
    items : tuple of str
        What may be asked about, such as indicators to be weighed. A round asks about all of them
        or some.
    scale : pair of float
        Least and most that an answer may be, such as (1, 5), or (0, 100) for weights.
    authority : mapping of str to pair of float, default={}
        Of an expert, how well founded the judgement is (Ca) and how familiar the subject (Cs),
        each in [0, 1].
    rounds : tuple of DelphiRound, default=()
        What was answered so far; :meth:`with_round` adds one.

    Raises
    ------
    InvalidParameterError
        Names that are not different texts; a scale whose ends are the wrong way round; rounds or
        authority of experts or items that are not of the study.
    InvalidDataError
        An answer outside the scale.

    Notes
    -----
    The study holds who said what, so its file is confidential; a :class:`FeedbackSheet` names
    nobody but its reader.

    References
    ----------
    N. Dalkey and O. Helmer, "An experimental application of the Delphi method to the use of
    experts", *Management Science* 9, 1963.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.expert import DelphiStudy
    >>> panel = ["A", "B", "C", "D"]
    >>> study = DelphiStudy(experts=panel, items=("profit", "debt", "age"), scale=(1, 5))
    >>> first = pd.DataFrame([[5, 4, 1], [4, 4, 3], [5, 3, 2], [3, 5, 2]], panel, study.items)
    >>> second = pd.DataFrame([[5, 4, 2], [5, 4, 2], [5, 4, 2]], panel[:3], study.items)
    >>> study = study.with_round(first).with_round(second)
    >>> study
    DelphiStudy(4 experts, 3 items, 2 rounds; 3 of 4 answered the last)
    >>> study.verdict().open_items
    ('profit', 'debt', 'age')
    >>> study.weights()
    Weights(profit 45.5 %, debt 36.4 %, age 18.2 %; delphi)
    """

    _format: ClassVar[str] = "creditscore.delphi_study"

    experts: tuple[str, ...]
    items: tuple[str, ...]
    scale: tuple[float, float]
    authority: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    rounds: tuple[DelphiRound, ...] = ()

    def __post_init__(self) -> None:
        """Check that rounds and authority are of this panel, and answers on the scale."""
        owner = type(self).__name__
        object.__setattr__(self, "experts", check_names(self.experts, owner, what="experts"))
        object.__setattr__(self, "items", check_names(self.items, owner, what="items"))
        object.__setattr__(self, "scale", _scale(self.scale))
        check_kind(self.authority, "authority", owner, Mapping)
        authority = {code: self._authority_of(code, p) for code, p in self.authority.items()}
        object.__setattr__(self, "authority", authority)
        object.__setattr__(self, "rounds", tuple(self.rounds))
        for number, held in enumerate(self.rounds, start=1):
            check_kind(held, "rounds", owner, DelphiRound)
            self._check_round(held, number)

    def with_round(
        self,
        opinions: NativeFrame,
        *,
        experts: Sequence[str] | None = None,
        comments: Comments | None = None,
    ) -> Self:
        """Return the study with one more round.

        Parameters
        ----------
        opinions : table of shape (n_experts, n_items)
            A row an expert, a column an item, NaN where an item was not answered. The index of a
            pandas table holds the codes. Experts who did not answer have no row, or an empty one.
        experts : sequence of str, optional
            Codes of the rows, which tables of polars and pyarrow need.
        comments : mapping of str to mapping of str to str, optional
            What an expert remarked on an item.

        Returns
        -------
        DelphiStudy

        Raises
        ------
        InvalidParameterError
            An expert or item that is not of the study.
        InvalidDataError
            An answer outside the scale, or no answer at all.
        InfiniteValueError, ColumnTypeError
            An answer is infinite, or no number.
        """
        held = DelphiRound.of(opinions, experts=experts, comments=comments)
        return replace(self, rounds=(*self.rounds, held))

    def responses(self) -> pd.DataFrame:
        """Return who answered: a row a round.

        Returns
        -------
        DataFrame
            round_number, n_invited (the panel), n_answered (one item or more), response_rate (the
            panel's positive coefficient), n_complete (every item), silent (codes, as text).
        """
        n = len(self.experts)
        rows = [
            {
                "round_number": number,
                "n_invited": n,
                "n_answered": len(held.answered),
                "response_rate": len(held.answered) / n,
                "n_complete": len(held.complete),
                "silent": ", ".join(c for c in self.experts if c not in held.answered),
            }
            for number, held in enumerate(self.rounds, start=1)
        ]
        columns = ["round_number", "n_invited", "n_answered", "response_rate", "n_complete",
                   "silent"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def authority_table(self) -> pd.DataFrame:
        """Return the authority of each expert who has one.

        Returns
        -------
        DataFrame
            expert, ca (foundation), cs (familiarity), cr = (ca + cs) / 2. The mean of cr is the
            authority coefficient of the panel, 0.7 or more by convention.
        """
        rows = [(code, ca, cs, (ca + cs) / 2) for code, (ca, cs) in self.authority.items()]
        return pd.DataFrame(rows, columns=["expert", "ca", "cs", "cr"])

    def spread(self, round_number: int | None = None) -> pd.DataFrame:
        """Measure the middle and the spread of the opinions of a round.

        Parameters
        ----------
        round_number : int, optional
            The first is 1; the last if not given.

        Returns
        -------
        DataFrame
            As :meth:`DelphiRound.spread`, the full mark being the upper end of the scale.

        Raises
        ------
        InvalidParameterError
            There is no such round.
        InvalidDataError
            There is no round yet.
        """
        n = self._n_rounds()
        number = n if round_number is None else round_number
        if check_integer(number, "round_number", "DelphiStudy.spread", low=1) > n:
            msg = f"There is no round {number}: the study has {counted(n, 'round')}."
            raise InvalidParameterError(msg)
        return self.rounds[number - 1].spread(full_mark=self.scale[1])

    def concordance(self) -> pd.DataFrame:
        """Measure by Kendall's W how far experts rank the items alike: a row a round.

        Returns
        -------
        DataFrame
            round_number, n_experts (who answered every item), n_left_out (who answered only
            some), n_items, w, chi_square, df, p_value (all corrected for ties), reason (why there
            is no W; empty where there is one).
        """
        rows = []
        for number, held in enumerate(self.rounds, start=1):
            row: dict[str, Any] = {
                "round_number": number,
                "n_experts": len(held.complete),
                "n_left_out": len(held.answered) - len(held.complete),
                "n_items": len(held.items),
            }
            found = _concordance(held)
            if isinstance(found, str):
                row |= {"w": math.nan, "chi_square": math.nan, "df": len(held.items) - 1,
                        "p_value": math.nan, "reason": found}  # fmt: skip
            else:
                row |= {"w": found.w, "chi_square": found.chi_square, "df": found.df,
                        "p_value": found.p_value, "reason": ""}  # fmt: skip
            rows.append(row)
        columns = ["round_number", "n_experts", "n_left_out", "n_items", "w", "chi_square", "df",
                   "p_value", "reason"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def feedback_sheet(self, expert: str) -> FeedbackSheet:
        """Return what an expert is told of the last round; it names nobody else.

        Parameters
        ----------
        expert : str
            Code of one of the panel, who need not have answered.

        Returns
        -------
        FeedbackSheet

        Raises
        ------
        InvalidParameterError
            No such expert.
        InvalidDataError
            There is no round yet.
        """
        if expert not in self.experts:
            # the message of an unknown name lists known ones, which a sheet must not tell
            msg = f"There is no expert {expert!r} in this study."
            raise InvalidParameterError(msg)
        number = self._n_rounds()
        last = self.rounds[-1]
        figures = [spread(last._values(item), self.scale[1]) for item in last.items]  # noqa: SLF001
        told = [found if found.n >= LEAST_ANSWERS else None for found in figures]
        comments = {
            item: tuple(sorted(text for code, text in said.items() if code != expert))
            for item in last.items
            if (said := last.comments_on(item)).keys() - {expert}
        }
        return FeedbackSheet(
            expert=expert,
            round_number=number,
            items=last.items,
            own=tuple(self._last_answer(expert, item) for item in last.items),
            median=tuple(None if found is None else found.median for found in told),
            q1=tuple(None if found is None else found.q1 for found in told),
            q3=tuple(None if found is None else found.q3 for found in told),
            n=tuple(found.n for found in figures),
            comments=comments,
        )

    def verdict(self, rule: StopRule | None = None) -> DelphiVerdict:
        """Say whether the study may stop, and which items are not settled.

        Parameters
        ----------
        rule : StopRule, optional
            With its own limits if not given. An item is judged by the last round that asked about
            it, concordance by the last round.

        Returns
        -------
        DelphiVerdict

        Raises
        ------
        InvalidDataError
            There is no round yet.
        """
        rule = StopRule() if rule is None else rule
        check_kind(rule, "rule", "DelphiStudy.verdict", StopRule)
        return judge(
            rule,
            {item: self._history(item) for item in self.items},
            n_rounds=self._n_rounds(),
            concordance=_concordance(self.rounds[-1]),
        )

    def weights(
        self,
        *,
        statistic: Literal["mean", "median"] = "mean",
        expert_weights: Mapping[str, float] | Weights | Sequence[float] | None = None,
    ) -> Weights:
        """Return weights of the items: the means or medians of their last round, over their sum.

        Parameters
        ----------
        statistic : {"mean", "median"}, default="mean"
            Middle of the answers.
        expert_weights : mapping of str to float, Weights, or sequence of float, optional
            How much each expert of the panel counts in the mean, zero or more, such as the
            authority; a sequence in the order of the panel. Of an item, those count who answered.

        Returns
        -------
        Weights
            Of method "delphi", with the evidence "statistic", "round_number" (the last that asked
            about an item), "n" (answers), "score" (the middle), all by item, and "expert_weights"
            where given.

        Raises
        ------
        InvalidDataError
            There is no round yet, or an item has no answer that counts.
        InvalidWeightError
            Middles that are negative, or all zero; weights of experts that are no fit numbers.
        InvalidParameterError
            Weights of experts beside the median, or not of just this panel.
        """
        self._n_rounds()
        counts = panel_counts(self.experts, expert_weights, statistic)
        histories = {item: self._history(item) for item in self.items}
        return panel_weights(histories, counts, statistic, tell_counts=expert_weights is not None)

    def _n_rounds(self) -> int:
        if not self.rounds:
            msg = "The study has no round yet. Add one: study.with_round(opinions)."
            raise InvalidDataError(msg)
        return len(self.rounds)

    def _history(self, item: str) -> History:
        """Return the rounds that asked about an item, with the answers by expert."""
        held = enumerate(self.rounds, start=1)
        return [(number, one.answers_on(item)) for number, one in held if item in one.items]

    def _last_answer(self, expert: str, item: str) -> float | None:
        found = [answers[expert] for _, answers in self._history(item) if expert in answers]
        return found[-1] if found else None

    def _check_round(self, held: DelphiRound, number: int) -> None:
        for code in held.experts:
            if code not in self.experts:
                raise unknown_name(code, self.experts, "expert", "the panel of this study")
        for item in held.items:
            if item not in self.items:
                raise unknown_name(item, self.items, "item", "this study")
            for code, answer in held.answers_on(item).items():
                if not self.scale[0] <= answer <= self.scale[1]:
                    msg = (
                        f"In round {number}, expert {code!r} answered {answer:g} on {item!r}, "
                        f"which is outside the scale from {self.scale[0]:g} to {self.scale[1]:g}."
                    )
                    raise InvalidDataError(msg)

    def _authority_of(self, code: str, pair: Any) -> tuple[float, float]:
        if code not in self.experts:
            raise unknown_name(code, self.experts, "expert", "the panel of this study")
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            msg = f"The authority of {code!r} must be a pair (ca, cs). Got {pair!r} instead."
            raise InvalidParameterError(msg)
        names = (f"authority[{code!r}][{place}]" for place in (0, 1))
        ca, cs = (
            check_real(value, name, "DelphiStudy", low=0, high=1, closed="both")
            for value, name in zip(pair, names, strict=True)
        )
        return ca, cs

    def _content(self) -> dict[str, Any]:
        return {
            "experts": list(self.experts),
            "items": list(self.items),
            "scale": list(self.scale),
            "authority": {code: list(pair) for code, pair in self.authority.items()},
            "rounds": [held._content() for held in self.rounds],  # noqa: SLF001 - a format within another
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            experts=tuple(content["experts"]),
            items=tuple(content["items"]),
            scale=tuple(content["scale"]),
            authority={code: tuple(pair) for code, pair in content["authority"].items()},
            rounds=tuple(DelphiRound._from_content(held) for held in content["rounds"]),  # noqa: SLF001
        )

    def __repr__(self) -> str:
        """Say in one line how far the study is."""
        n = len(self.rounds)
        last = (
            f"; {len(self.rounds[-1].answered)} of {len(self.experts)} answered the last"
            if n else ""
        )  # fmt: skip
        return (
            f"DelphiStudy({counted(len(self.experts), 'expert')}, "
            f"{counted(len(self.items), 'item')}, {counted(n, 'round')}{last})"
        )

    def _repr_html_(self) -> str:
        """Show the responses, and the spread of the last round."""
        shown = html_table(
            self.responses(), caption=repr(self), formats={"response_rate": "{:.1%}"}
        )
        if self.rounds:
            columns = ("mean", "sd", "cv", "q1", "median", "q3", "iqr", "full_mark_ratio")
            shown += html_table(
                self.spread(),
                caption=f"Opinions of round {len(self.rounds)}",
                formats=dict.fromkeys(columns, "{:.3g}"),
            )
        return shown


def _scale(scale: Any) -> tuple[float, float]:
    if isinstance(scale, (tuple, list)) and len(scale) == 2:
        low, high = (
            check_real(end, "scale", "DelphiStudy", low=-math.inf, high=math.inf) for end in scale
        )
        if low < high:
            return low, high
    msg = (
        "The 'scale' parameter of DelphiStudy must be a pair: the least and the most that an "
        f"answer may be. Got {scale!r} instead."
    )
    raise InvalidParameterError(msg)


def _concordance(held: DelphiRound) -> Any:
    """Return the concordance of a round, or why there is none."""
    try:
        return held.concordance()
    except InvalidDataError as error:
        return str(error)
