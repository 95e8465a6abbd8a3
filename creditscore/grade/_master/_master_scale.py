"""MasterScale: a grade scale whose grades mean a probability of default."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self, cast

import pandas as pd

from creditscore._checks import check_kind, check_known_philosophy, read_entries, unknown_name
from creditscore._display import counted, meaning, shorten
from creditscore._document import JsonDocument
from creditscore._typing import Philosophy
from creditscore._validation import check_integer, check_real
from creditscore.exceptions import InvalidParameterError
from creditscore.grade._agency_rates import AGENCY_LABELS, AGENCY_RATES, LEAST_RATE
from creditscore.grade._master._grade_mapping import GradeMapping
from creditscore.grade._master._grade_meanings import GradeMeanings
from creditscore.grade._master._grade_name import names_of
from creditscore.grade._master._map_grades import MapMethod, mapped
from creditscore.grade._master._master_table import master_html, master_table
from creditscore.grade._master._middle import geometric_middles
from creditscore.grade._master._notches import parted
from creditscore.grade._master._rates import scale_of_rates
from creditscore.grade._master._smoothing import Smoothing
from creditscore.grade._scale import GradeScale

_TEXTS = ("names", "names_zh", "agency_grades")


@dataclass(frozen=True, kw_only=True, repr=False)
class MasterScale(GradeMeanings, JsonDocument):
    """A grade scale whose grades each mean a probability of default.

    Parameters
    ----------
    scale : GradeScale
        The grades and their bounds, mostly on the probability of default. It says at which end an
        interval holds its bound (`closed`), and what customers in default are called.
    prob_default : tuple of float of length n_grades
        Probability of default that each grade stands for, fractions in [0, 1], the safest grade
        first: none is below the one before it. They may be the long-run rates that a grade was
        calibrated to, and need not lie within its bounds.
    names, names_zh : tuple of str of length n_grades, default=()
        What each grade is called, in English and in Chinese; "" for no name.
    agency_grades : tuple of str of length n_grades, default=()
        Grade of an agency that each corresponds to; "" for none.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}, optional
        What the probabilities mean: the coming year, an average of the cycle, or between. None is
        not said; ``dataclasses.replace(master, philosophy=…, margin=…)`` says both later.
    horizon : int, default=1
        Years that the probabilities look ahead.
    margin : str, optional
        Margin of conservatism that the probabilities hold, in words: "none", or "A +5 %: …".

    Raises
    ------
    InvalidParameterError
        Parts that do not fit together.

    See Also
    --------
    GradeScale : The bounds alone.
    find_grades : The best bounds for cases of known outcomes.
    GradeMapping : Grades of one scale on another.

    Notes
    -----
    Customers in default, who get `scale.default_label`, have the probability 1. Where that label
    is also the last grade of the scale, its probability is that of the grade.

    Examples
    --------
    >>> from creditscore import GradeScale
    >>> from creditscore.grade import MasterScale
    >>> scale = GradeScale(labels=("A", "B", "C"), bounds=(0.01, 0.05))
    >>> master = MasterScale(scale=scale, prob_default=(0.005, 0.02, 0.10))
    >>> master
    MasterScale(3 grades 'A' to 'C', probabilities of default 0.5% to 10%; philosophy and margin
    not said)
    >>> grades = master.grade([0.004, 0.03, 0.5], in_default=[False, False, True])
    >>> grades.tolist()
    ['A', 'B', 'D']
    >>> master.prob_default_of(grades).tolist()
    [0.005, 0.02, 1.0]
    """

    _format: ClassVar[str] = "creditscore.master_scale"

    scale: GradeScale
    prob_default: tuple[float, ...]
    names: tuple[str, ...] = ()
    names_zh: tuple[str, ...] = ()
    agency_grades: tuple[str, ...] = ()
    philosophy: Philosophy | None = None
    margin: str | None = None
    horizon: int = 1

    def __post_init__(self) -> None:
        """Check that each grade has a probability, and names if there are some."""
        owner = type(self).__name__
        check_kind(self.scale, "scale", owner, GradeScale)
        check_known_philosophy(self)
        check_integer(self.horizon, "horizon", owner, low=1)
        if self.margin is not None and not (isinstance(self.margin, str) and self.margin.strip()):
            msg = (
                f"The 'margin' parameter of {owner} must be text that says which margin the "
                f"probabilities hold, such as 'none'. Got {self.margin!r} instead."
            )
            raise InvalidParameterError(msg)
        prob = tuple(
            check_real(value, "prob_default", owner, low=0, high=1, closed="both")
            for value in read_entries(self.prob_default, "prob_default", owner)
        )
        object.__setattr__(self, "prob_default", prob)
        if len(prob) != len(self.labels) or sorted(prob) != list(prob):
            msg = (
                f"The 'prob_default' parameter of {owner} must hold a probability for each of the "
                f"grades {self.labels!r}, none below the one before it, because the safest grade "
                f"comes first. Got {prob!r} instead."
            )
            raise InvalidParameterError(msg)
        for name in _TEXTS:
            texts = read_entries(getattr(self, name), name, owner)
            fits = len(texts) in (0, len(prob)) and all(isinstance(text, str) for text in texts)
            if not fits:
                msg = (
                    f"The {name!r} parameter of {owner} must hold a text for each of the "
                    f"{len(prob)} grades, or none at all. Got {texts!r} instead."
                )
                raise InvalidParameterError(msg)
            object.__setattr__(self, name, tuple(map(str, texts)))

    @classmethod
    def from_scale(
        cls,
        scale: GradeScale,
        *,
        prob_default: Sequence[float] | None = None,
        lowest: float | None = None,
        highest: float = 1.0,
    ) -> Self:
        """Give the grades of a scale probabilities.

        Parameters
        ----------
        scale : GradeScale
            Its letter grades get their names, see :func:`grade_name`.
        prob_default : sequence of float of length n_grades, optional
            Probabilities, as of the class. Without them, the geometric middle of each interval,
            which needs bounds on probabilities.
        lowest : float, optional
            Lower end of the first grade for its middle, above zero. Without it, the first grade is
            as wide as the second on a logarithmic axis; with two grades, the ratio of its ends is
            that of the other's.
        highest : float, default=1.0
            Upper end of the last grade for its middle, at most 1.

        Raises
        ------
        InvalidParameterError
            A scale of scores, or one grade and no `lowest`, without probabilities; ends that are
            not beyond the bounds.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> from creditscore.grade import MasterScale
        >>> scale = GradeScale(labels=("A", "B", "C"), bounds=(0.01, 0.04))
        >>> MasterScale.from_scale(scale).prob_default
        (0.005, 0.02, 0.2)
        """
        check_kind(scale, "scale", f"{cls.__name__}.from_scale", GradeScale)
        if prob_default is None:
            prob_default = geometric_middles(scale, lowest, highest)
        return cls._named(scale, prob_default)

    @classmethod
    def from_rates(
        cls,
        labels: Sequence[str],
        rates: Sequence[float],
        *,
        floor: float = LEAST_RATE,
        smoothing: Smoothing = "none",
        default_label: str = "D",
    ) -> Self:
        """Make a scale of known default rates, the bounds half-way between them.

        Parameters
        ----------
        labels : sequence of str
            Grades, the safest first; letter grades get their names.
        rates : sequence of float of length n_grades
            Long-run default rates of an agency's grades or one's own, fractions in [0, 1].
        floor : float, default=0.0001
            Least probability that a grade stands for, in [0, 1), as of :meth:`with_floor`. Bounds
            are made of the rates themselves; only a rate of zero is put at the floor for them, or
            at half of the least rate above zero if that is less.
        smoothing : {"none", "isotonic", "log_linear"}, default="none"
            What is done about rates that fall from a grade to a riskier one: refuse them, pool
            neighbours to their mean, or put all rates on the line of ln(rate) over the number of
            the grade, fitted by least squares to the rates above zero.
        default_label : str, default="D"
            Grade of customers in default.

        Raises
        ------
        InvalidDataError
            Rates that fall, without smoothing, or that no line fits.
        InvalidParameterError
            Parts that do not fit together; rates of which so many tie that bounds are the same.

        Notes
        -----
        The bound between grades of rates a and b is √(ab), the middle on a logarithmic axis, and
        a probability at the bound gets the safer grade (`closed` is "right").

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> master = MasterScale.from_rates(["A", "B", "C"], [0.0, 0.01, 0.04])
        >>> master.prob_default, [round(bound, 6) for bound in master.scale.bounds]
        ((0.0001, 0.01, 0.04), [0.001, 0.02])
        """
        scale, found = scale_of_rates(labels, rates, floor, smoothing, default_label)
        return cls._named(scale, found).with_floor(floor)

    @classmethod
    def agency(
        cls,
        *,
        notches: bool = False,
        horizon: Literal[1, 5] = 1,
        floor: float = LEAST_RATE,
        smoothing: Smoothing = "isotonic",
    ) -> Self:
        """Make a scale of S&P's average default rates, from AAA to CCC or with notches to C.

        Parameters
        ----------
        notches : bool, default=False
            Whether AA to CCC have notches, AA+, AA, AA- …, and CC and C stand behind CCC-.
        horizon : {1, 5}, default=1
            Years within which default is meant.
        floor : float, default=0.0001
            Least probability that a grade stands for, as in :meth:`from_rates`: no AAA firm
            defaulted within a year. The final Basel III rules have 0.0005 for corporates.
        smoothing : {"none", "isotonic", "log_linear"}, default="isotonic"
            As in :meth:`from_rates`. Rates over one year rise and stay as they are. Over five
            years AAA has defaulted more often than AA, 0.34 % to 0.28 %; by "isotonic" both have
            0.31 %, and notches need "log_linear".

        Notes
        -----
        Global corporates 1981-2024: S&P Global Ratings, *2024 Annual Global Corporate Default and
        Rating Transition Study*, table 24. Over one year the bounds are those of
        :meth:`GradeScale.agency`: 0.0141, 0.0316, 0.0837, 0.2800, 1.281 and 8.748 %.

        The last letter's rate is of CCC, CC and C together. Notches part each letter's interval,
        see :meth:`with_notches`; from CCC to C the probabilities rise by equal ratios to the 1 of
        default. Rates of notches that an agency publishes differ, as they are few and do not rise
        evenly.

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> master = MasterScale.agency()
        >>> [f"{100 * bound:.4g}" for bound in master.scale.bounds]
        ['0.01414', '0.03162', '0.08367', '0.28', '1.281', '8.748']
        >>> MasterScale.agency(notches=True).labels[:6]
        ('AAA', 'AA+', 'AA', 'AA-', 'A+', 'A')
        """
        owner = f"{cls.__name__}.agency"
        check_kind(notches, "notches", owner, bool)
        if horizon not in AGENCY_RATES or isinstance(horizon, bool):
            check_integer(horizon, "horizon", owner, low=1)
            msg = f"The 'horizon' parameter of {owner} must be 1 or 5 (years). Got {horizon!r}."
            raise InvalidParameterError(msg)
        rates = scale_of_rates(AGENCY_LABELS, AGENCY_RATES[horizon], floor, smoothing, "D")
        master = cls._named(*rates)
        if notches:
            finer = parted(master, AGENCY_LABELS[1:], behind=("CC", "C"))
            master = cls._named(finer.scale, finer.prob_default)
        master = master.with_floor(floor)
        said: Any = {"philosophy": "through_the_cycle", "margin": "none", "horizon": horizon}
        return replace(master, agency_grades=master.labels, **said)

    def with_notches(self, grades: Collection[str] | None = None) -> Self:
        """Part grades in three: plus, plain and minus.

        Parameters
        ----------
        grades : collection of str, optional
            Grades that get notches; all but the first and the last unless given.

        Returns
        -------
        MasterScale
            Plain grades keep their probability, and all bounds stay: what had the grade AA gets
            AA+, AA or AA-. Names and agency grades of a notch are those of its letter.

        Raises
        ------
        InvalidParameterError
            A scale of scores; grades that are not on it, or have notches; a probability that is
            not strictly within the bounds of its grade.

        Notes
        -----
        ln(probability) is linear from the plain grade to each of its bounds. The notch stands at
        two thirds of the way, and the bound beside the plain grade at one third. Where bounds are
        the geometric means of neighbouring probabilities a and b, the notches between them have
        a^(2/3) · b^(1/3) and a^(1/3) · b^(2/3). The first grade is taken as wide on its safe side
        as on its risky one; behind the last, probabilities rise by equal ratios to 1.

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> master = MasterScale.from_rates(["A", "B", "C"], [0.001, 0.008, 0.064])
        >>> notched = master.with_notches()
        >>> dict(zip(notched.labels, [round(p, 4) for p in notched.prob_default]))
        {'A': 0.001, 'B+': 0.004, 'B': 0.008, 'B-': 0.016, 'C': 0.064}
        """
        owner = f"{type(self).__name__}.with_notches"
        wanted = self.labels[1:-1] if grades is None else read_entries(grades, "grades", owner)
        for grade in wanted:
            if grade not in self.labels:
                raise unknown_name(grade, self.labels, "grade", "the scale")
        return cast("Self", parted(self, wanted))

    def with_floor(self, floor: float) -> Self:
        """Lift the probabilities that are below a floor; grades and bounds stay.

        Parameters
        ----------
        floor : float
            Least probability that a grade stands for, a fraction in [0, 1]: 0.0005 for corporates
            and most retail exposures in the final Basel III rules.

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> MasterScale.agency().with_floor(0.0005).prob_default[:4]
        (0.0005, 0.0005, 0.0005, 0.0014)
        """
        owner = f"{type(self).__name__}.with_floor"
        least = check_real(floor, "floor", owner, low=0, high=1, closed="both")
        return replace(self, prob_default=tuple(max(p, least) for p in self.prob_default))

    def with_agency_grades(
        self, agency: MasterScale | None = None, *, method: MapMethod = "nearest"
    ) -> Self:
        """Write beside each grade the grade of an agency that it corresponds to.

        Parameters
        ----------
        agency : MasterScale, optional
            The agency's scale; :meth:`agency` with notches unless given.
        method : {"nearest", "interval"}, default="nearest"
            As of :meth:`map_to`.

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> master = MasterScale.from_rates(["1", "2", "3"], [0.001, 0.01, 0.1])
        >>> master.with_agency_grades().agency_grades
        ('BBB+', 'BB-', 'CCC+')
        """
        mapping = self.map_to(MasterScale.agency(notches=True) if agency is None else agency,
                              method=method)  # fmt: skip
        return replace(self, agency_grades=mapping.targets[: len(self.labels)])

    def table(self) -> pd.DataFrame:
        """Return what each grade means, and default in the last row.

        Returns
        -------
        DataFrame
            A row a grade: grade, name, name_zh, lower and upper (ends on the measure of the
            scale, NaN for default), prob_default, agency. Texts that are not there are "".

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> MasterScale.agency().table().tail(2)[["grade", "name", "prob_default"]]
          grade              name  prob_default
        6   CCC  very weak credit        0.2612
        7     D        in default        1.0000
        """
        return master_table(self)

    def check_table(self, values: Any, is_bad: Any) -> pd.DataFrame:
        """Compare observed default rates with the probabilities that grades stand for.

        Parameters
        ----------
        values : array-like of shape (n_samples,)
            As in :meth:`grade`. Of pandas Series, all must have one index.
        is_bad : array-like of shape (n_samples,)
            1 or True for bad, 0 or False for good.

        Returns
        -------
        DataFrame
            As of :meth:`GradeScale.table`, `predicted` being the probability of the grade, in
            empty grades too. :class:`GradeDisplay` draws it.

        Raises
        ------
        InvalidTargetError
            Outcomes that are none, or that were swapped with the values.
        InvalidDataError
            As in :meth:`grade`.

        Examples
        --------
        >>> from creditscore import GradeScale
        >>> from creditscore.grade import MasterScale
        >>> scale = GradeScale(labels=("A", "B"), bounds=(0.1,))
        >>> master = MasterScale(scale=scale, prob_default=(0.02, 0.3))
        >>> table = master.check_table([0.05, 0.05, 0.2, 0.4], [0, 0, 0, 1])
        >>> table[["grade", "count", "observed", "predicted"]]
          grade  count  observed  predicted
        0     A      2       0.0       0.02
        1     B      2       0.5       0.30
        """
        # what a grade means is no mean of values, and is known of empty grades too
        return self.scale.table(values, is_bad).assign(predicted=self.prob_default)

    def map_to(self, other: MasterScale, *, method: MapMethod = "nearest") -> GradeMapping:
        """Find the grade of another scale that each grade corresponds to.

        Parameters
        ----------
        other : MasterScale
            The other scale, such as :meth:`agency`.
        method : {"nearest", "interval"}, default="nearest"
            The grade whose probability is nearest by its logarithm, the riskier of two that are
            equally near; or the grade whose interval holds the probability, which needs bounds on
            probabilities.

        Returns
        -------
        GradeMapping
            Default is mapped to default.

        Raises
        ------
        InvalidParameterError
            Another kind of scale, or of method; scales of other horizons.

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> own = MasterScale.from_rates(["1", "2", "3", "4"], [0.001, 0.004, 0.016, 0.064])
        >>> own.map_to(MasterScale.agency()).apply(["1", "2", "4", "D"]).tolist()
        ['BBB', 'BB', 'B', 'D']
        """
        check_kind(other, "other", f"{type(self).__name__}.map_to", MasterScale)
        return mapped(self, other, method)

    @classmethod
    def _named(cls, scale: GradeScale, prob_default: Sequence[float]) -> Self:
        """Give letter grades their names; a scale without any has none."""
        names = [names_of(scale.labels, language) for language in ("en", "zh")]
        en, zh = (found if any(found) else () for found in names)
        return cls(scale=scale, prob_default=tuple(prob_default), names=en, names_zh=zh)

    def _content(self) -> dict[str, Any]:
        # what is not said is not written: so files of before it could be said read as they stand
        said = {"philosophy": self.philosophy, "margin": self.margin}
        return {
            "scale": self.scale._content(),  # noqa: SLF001 - a document within a document
            "prob_default": list(self.prob_default),
            **{name: list(getattr(self, name)) for name in _TEXTS},
            **{name: text for name, text in said.items() if text is not None},
            **({} if self.horizon == 1 else {"horizon": self.horizon}),
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**{**content, "scale": GradeScale(**content["scale"])})

    def __repr__(self) -> str:
        """Say in one line which grades there are and what they mean."""
        n, prob = len(self.labels), self.prob_default
        ends = dict.fromkeys((self.labels[0], self.labels[-1]))
        grades = " to ".join(repr(shorten(label, 20)) for label in ends)
        rates = " to ".join(dict.fromkeys(f"{100 * p:.3g}%" for p in (prob[0], prob[-1])))
        return (
            f"{type(self).__name__}({counted(n, 'grade')} {grades}, "
            f"{'probability' if n == 1 else 'probabilities'} of default {rates}; "
            f"{meaning(self.philosophy, self.margin)})"
        )

    def _repr_html_(self) -> str:
        return master_html(self)
