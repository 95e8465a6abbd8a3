"""A card as a function of one applicant: a mapping in, points and reasons out, in microseconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from creditscore._typing import ReasonBaseline
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._one_row import one_row
from creditscore.scorecard._plain_look import Look, careful_look, plain_look, warn_of_tallies
from creditscore.scorecard._reasons import BILLIONTHS, LEAST_SHORTFALL, reference_points
from creditscore.scorecard._unseen import codes_and_points, unmet_codes

if TYPE_CHECKING:
    from creditscore.scorecard._scorecard import Scorecard


class ScoredApplicant(NamedTuple):
    """What a compiled card says of one applicant.

    Attributes
    ----------
    score : float
        As :meth:`Scorecard.score` has it, bit by bit.
    points : dict of str to float
        By characteristic; with the base points they add up to the score.
    reasons : tuple of str
        Characteristics that cost most points, the largest shortfall first, of those equal to nine
        decimals the first of the card; on a reversed scale those that add most. Empty where none
        was asked for, or nothing falls short.

    Examples
    --------
    >>> from creditscore.scorecard import ScoredApplicant
    >>> answer = ScoredApplicant(score=520.0, points={"years": 20.0}, reasons=())
    >>> score, points, reasons = answer
    """

    score: float
    points: dict[str, float]
    reasons: tuple[str, ...]


class CompiledScorecard:
    """A card as a function of one applicant; made by :meth:`Scorecard.compile`.

    Attributes
    ----------
    card : Scorecard
        What was compiled.
    n_reasons : int
        Most reasons that are given.
    baseline : {"neutral", "average", "maximum"}
        What reasons compare with.
    references : tuple of float
        Points of each characteristic that reasons compare with; empty without reasons.

    Notes
    -----
    Numbers, text, None and NaN are looked up in tables that are made once. A row with a scalar of
    numpy or a Decimal, or with a value that is warned of, is looked up in a second set of them.
    Whatever else a value may be (types of other libraries, what is refused; and mappings that are
    no dict) goes the way of :meth:`Scorecard.score`, so that errors, warnings and points are the
    same. It can be pickled, and threads may share it.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic
    >>> years = Characteristic.numeric("years", cuts=[2], points=[0, 20], missing_points=5)
    >>> decide = Scorecard(characteristics=[years], base_points=500).compile()
    >>> decide({"years": 3})
    ScoredApplicant(score=520.0, points={'years': 20.0}, reasons=())
    """

    __slots__ = (
        *("_base", "_careful", "_looks", "_names", "_safer"),
        *("baseline", "card", "n_reasons", "references"),
    )

    def __init__(self, card: Scorecard, n_reasons: int, baseline: ReasonBaseline) -> None:
        self.n_reasons = check_integer(n_reasons, "n_reasons", "Scorecard.compile", low=0)
        self.card, self.baseline = card, baseline
        self._names = card.names
        self._base = float(card.base_points)
        self._safer = 1.0 if card.higher_is_safer else -1.0
        self._looks = tuple((c.name, _look(c)) for c in card.characteristics)
        self._careful = tuple(
            careful_look(c, look)
            for c, (_, look) in zip(card.characteristics, self._looks, strict=True)
        )
        self.references = (
            tuple(
                float(reference_points(c, baseline, higher_is_safer=card.higher_is_safer))
                for c in card.characteristics
            )
            if n_reasons
            else ()
        )

    def __call__(self, applicant: Mapping[str, Any]) -> ScoredApplicant:
        """Score one applicant.

        Parameters
        ----------
        applicant : mapping of str to object
            A value for each column of the card; others are ignored. None and NaN are missing.

        Returns
        -------
        ScoredApplicant

        Raises
        ------
        MissingColumnError, ColumnTypeError, InfiniteValueError, RefusedValueError
            As of :meth:`Scorecard.score`.

        Warns
        -----
        UnseenCategoryWarning, UnseenValueWarning
            As of :meth:`Scorecard.score`.
        """
        if type(applicant) is not dict:
            # others may have an answer for every name, or be no mapping at all
            return self._by_table(applicant)
        score, points = self._base, {}
        try:
            for name, look in self._looks:
                found = look(applicant[name])
                if found is None:
                    return self._carefully(applicant)
                score += found
                points[name] = found
        except KeyError:
            return self._by_table(applicant)
        return ScoredApplicant(score, points, self._reasons(points) if self.n_reasons else ())

    def _carefully(self, applicant: Mapping[str, Any]) -> ScoredApplicant:
        """Score values that need a word, or to be made plain, without a table if that can be."""
        score, points, said = self._base, {}, []
        for (name, _), look in zip(self._looks, self._careful, strict=True):
            found = look(applicant[name]) if name in applicant else None
            if found is None:
                return self._by_table(applicant)
            score += found.points
            points[name] = found.points
            if found.tally is not None:
                said.append(found.tally)
        # not before all values were read, for a table would say it again
        warn_of_tallies(said)
        return ScoredApplicant(score, points, self._reasons(points) if self.n_reasons else ())

    def _reasons(self, points: Mapping[str, float]) -> tuple[str, ...]:
        safer = self._safer
        # in billionths, as in_billionths has them: rounding breaks no tie
        short = [
            ((lost * BILLIONTHS + 0.5) // 1.0, name)
            for reference, (name, earned) in zip(self.references, points.items(), strict=True)
            if (lost := safer * (reference - earned)) > LEAST_SHORTFALL
        ]
        # of equal ones, the characteristic that comes first in the card stays first
        short.sort(key=_first, reverse=True)
        return tuple([name for _, name in short[: self.n_reasons]])

    def _by_table(self, applicant: Any) -> ScoredApplicant:
        """Score a table of one row, which knows all types, errors and warnings."""
        if not isinstance(applicant, Mapping):
            msg = (
                "A compiled card takes one applicant as a mapping of column names to values. Got "
                f"{type(applicant).__name__} instead; for tables there is Scorecard.score."
            )
            raise InvalidParameterError(msg)
        table = one_row(applicant, self._names)
        found = [p for _, p in codes_and_points(self.card.characteristics, table)]
        points = {n: float(p[0]) for n, p in zip(self._names, found, strict=True)}
        score = self._base
        for earned in points.values():
            score += earned
        return ScoredApplicant(score, points, self._reasons(points) if self.n_reasons else ())

    def __reduce__(self) -> tuple[Any, ...]:
        return CompiledScorecard, (self.card, self.n_reasons, self.baseline)

    def __repr__(self) -> str:
        """Say in one line what it is."""
        return f"<CompiledScorecard of {self.card!r}, {self.n_reasons} reasons>"


def _first(pair: tuple[float, str]) -> float:
    return pair[0]


def _look(characteristic: Characteristic) -> Look:
    """Return the points of plain values of a characteristic, None for all others."""
    warned = set(unmet_codes(characteristic))
    # what is refused, or warned of, needs more than points
    points = [
        None if attribute.refused or code in warned else attribute.points
        for code, attribute in enumerate(characteristic.attributes)
    ]
    slopes = [attribute.slope for attribute in characteristic.attributes]
    return plain_look(characteristic.partition, points, slopes)
