"""A calibration: from a score or a raw probability to a probability of default."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from scipy.special import expit, logit, ndtri

from creditscore._checks import PHILOSOPHIES, check_kind, set_number
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import like
from creditscore._typing import Float1D, NativeSeries, Philosophy
from creditscore._validation import check_choice, check_order, check_real, check_weights
from creditscore.calibrate._curve._axis import MEASURES, Measure, read_values
from creditscore.calibrate._curve._curve import CalibrationCurve
from creditscore.calibrate._curve._margin import Margin, with_margins
from creditscore.calibrate._curve._read_curve import read_curve
from creditscore.calibrate._curve._sample import CalibrationSample
from creditscore.calibrate._level._shift import mean_matching_shift, moved
from creditscore.calibrate._quasi_moment._curve import QuasiMomentCurve
from creditscore.exceptions import InvalidDataError, InvalidParameterError

_ROWS = 11
"""Rows of a table of the whole range."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Calibration(JsonDocument):
    """Probability of default of a score, or of a raw probability.

    Made from data by :func:`logistic_calibration`, :func:`isotonic_calibration`,
    :func:`beta_calibration` and :func:`quasi_moment_calibration`.

    Parameters
    ----------
    curve : CalibrationCurve
        A monotone function of the measure.
    measure : {"score", "prob_default"}
        What it is applied to: a score, higher is safer, or a raw probability.
    philosophy : {"point_in_time", "through_the_cycle", "hybrid"}
        What the probabilities mean: the coming year as it is seen now, the average of a whole
        cycle, or something between. Whoever makes a calibration must say it.
    shift : float, default=0.0
        Added to the log-odds of default of the curve, after a change of the level.
    margins : tuple of Margin, default=()
        Parts of the margin of conservatism; empty is none.
    floor : float, default=0.0
        Least probability of default, in [0, 1), such as 0.0005; 0 is none.
    sample : CalibrationSample, optional
        What the curve was estimated on.

    Raises
    ------
    InvalidParameterError
        A part that is not what it should be.
    RankingError
        A curve by which a safer value is riskier.

    See Also
    --------
    CalibratedScorecard : A card and its calibration on cases that the card had not seen.

    Notes
    -----
    best estimate = expit(logit(curve) + shift); prob_default = the best estimate with the
    margins, and the floor where that is more. Both never rise as the measure gets safer. Values
    beyond those of the sample: a logistic and a beta curve go on as they are, an isotonic and a
    quasi-moment curve hold the probability of their ends; :meth:`table` marks them.

    Examples
    --------
    >>> from creditscore.calibrate import Calibration, LogisticCurve
    >>> curve = LogisticCurve(intercept=12.0, slope=-0.025)
    >>> calibration = Calibration(curve=curve, measure="score", philosophy="point_in_time")
    >>> calibration.prob_default([560, 600, 640]).round(4)
    array([0.1192, 0.0474, 0.018 ])
    """

    _format: ClassVar[str] = "creditscore.calibration"

    curve: CalibrationCurve
    measure: Measure
    philosophy: Philosophy
    shift: float = 0.0
    margins: tuple[Margin, ...] = ()
    floor: float = 0.0
    sample: CalibrationSample | None = None

    def __post_init__(self) -> None:
        """Check the parts, and that the curve runs the right way."""
        owner = type(self).__name__
        check_kind(self.curve, "curve", owner, CalibrationCurve)
        check_choice(self.measure, "measure", owner, MEASURES)
        check_philosophy(self.philosophy, owner)
        set_number(self, "shift")
        floor = check_real(self.floor, "floor", owner, low=0, high=1, closed="left")
        object.__setattr__(self, "floor", floor)
        object.__setattr__(self, "margins", _read_margins(self.margins, owner))
        if self.sample is not None:
            check_kind(self.sample, "sample", owner, CalibrationSample)
        self.curve.check(self.measure)

    def best_estimate(self, values: Any) -> NativeSeries:
        """Return probabilities of default without margin and floor.

        Parameters
        ----------
        values : Series or array-like of any shape
            Scores or raw probabilities, as `measure` says.

        Returns
        -------
        Series in the library and index of `values`, called "pd", else ndarray of their shape

        Raises
        ------
        InvalidDataError
            Missing or infinite scores; raw probabilities outside [0, 1].
        """
        return like(self._best(read_values(values, self.measure)), values, name="pd")

    def prob_default(self, values: Any) -> NativeSeries:
        """Return probabilities of default with margin and floor.

        Parameters
        ----------
        values : Series or array-like of any shape
            As in :meth:`best_estimate`.

        Returns
        -------
        Series in the library and index of `values`, called "pd", else ndarray of their shape

        Raises
        ------
        InvalidDataError
            As in :meth:`best_estimate`.
        """
        return like(self._prudent(read_values(values, self.measure)), values, name="pd")

    def interval(self, values: Any, *, level: float = 0.95) -> tuple[NativeSeries, NativeSeries]:
        """Return the interval of the best estimate at each value, one by one.

        Parameters
        ----------
        values : Series or array-like of any shape
            As in :meth:`best_estimate`.
        level : float, default=0.95
            Confidence level in (0, 1), two-sided.

        Returns
        -------
        lower, upper : Series or ndarray, as in :meth:`best_estimate`
            NaN at raw probabilities of 0 and 1, of which no error is known.

        Raises
        ------
        InvalidDataError
            As in :meth:`best_estimate`; also a curve without standard errors, such as an isotonic
            one, see :func:`bootstrap_interval`.

        Notes
        -----
        expit(log-odds ± z · standard error), the error of the log-odds by the delta method from
        the covariance of the curve's parameters. It holds for one value at a time, takes cases as
        independent, and knows nothing of a shift's own error.
        """
        check_real(level, "level", "Calibration.interval", low=0, high=1)
        numbers = read_values(values, self.measure)
        ends = (numbers <= 0) | (numbers >= 1)
        known = ~ends if self.measure == "prob_default" else np.full(numbers.shape, True)
        lower, upper = np.full(numbers.shape, np.nan), np.full(numbers.shape, np.nan)
        error = self.curve.log_odds_error(numbers[known], self.measure)
        reach, middle = float(ndtri(0.5 + level / 2)) * error, logit(self._best(numbers[known]))
        lower[known], upper[known] = expit(middle - reach), expit(middle + reach)
        return like(lower, values, name="pd_lower"), like(upper, values, name="pd_upper")

    def estimation_margin(
        self, values: Any, *, level: float = 0.9, sample_weight: Any = None, reason: str = ""
    ) -> Margin:
        """Return a margin of category C: how far the mean may be above the best estimate.

        Parameters
        ----------
        values : array-like of shape (n_samples,)
            The portfolio, as in :meth:`best_estimate`.
        level : float, default=0.9
            One-sided confidence in (0.5, 1).
        sample_weight : array-like of shape (n_samples,), optional
            How often each value counts.
        reason : str, default=""
            What to say instead of what was done.

        Returns
        -------
        Margin
            Relative: the mean of the upper ends over the mean of the best estimates, less 1.

        Raises
        ------
        InvalidDataError
            As in :meth:`interval`; also raw probabilities of 0 and 1.

        Notes
        -----
        The upper ends are those of the single values, so that the margin is no less than that of
        the mean itself: errors of a curve move all values together, but not all to their end.

        Examples
        --------
        >>> from creditscore.calibrate import logistic_calibration
        >>> is_bad, score = [1, 0, 0, 1, 0, 0] * 20, [500, 600, 620, 560, 540, 640] * 20
        >>> found = logistic_calibration(is_bad, score, philosophy="hybrid")
        >>> found.estimation_margin(score).size
        '+16.72 %'
        """
        check_real(level, "level", "Calibration.estimation_margin", low=0.5, high=1)
        check_order(values=values, sample_weight=sample_weight)
        numbers = read_values(values, self.measure)
        _, upper = self.interval(numbers, level=2 * level - 1)
        if numbers.ndim != 1 or not len(numbers):
            msg = f"The portfolio must be one column of values. Got an array of {numbers.shape}."
            raise InvalidDataError(msg)
        unknown = np.isnan(upper)
        if unknown.any():
            msg = (
                f"{int(unknown.sum()):,} raw probabilities of the portfolio are 0 or 1, the first "
                f"at row {int(unknown.argmax())}, and of those no error is known. Leave them out, "
                "or give the margin yourself."
            )
            raise InvalidDataError(msg)
        best, weights = self._best(numbers), check_weights(sample_weight, n_rows=len(numbers))
        means = [float(np.average(prob, weights=weights)) for prob in (upper, best)]
        said = f"upper end of a one-sided {level:.0%} interval of the curve, mean of the portfolio"
        return Margin(category="C", value=means[0] / means[1] - 1, reason=reason or said)

    def with_margin(self, *margins: Margin) -> Self:
        """Return this calibration with margins added to those that it has.

        Parameters
        ----------
        *margins : Margin
            One or more.

        Examples
        --------
        >>> from creditscore.calibrate import Calibration, LogisticCurve, Margin
        >>> curve = LogisticCurve(intercept=12.0, slope=-0.025)
        >>> plain = Calibration(curve=curve, measure="score", philosophy="hybrid")
        >>> margin = Margin(category="A", value=0.10, reason="outcomes of one branch are missing")
        >>> plain.with_margin(margin).prob_default([600]).round(4)
        array([0.0522])
        """
        return replace(self, margins=(*self.margins, *margins))

    def without_margin(self) -> Self:
        """Return this calibration without any margin, its floor left."""
        return replace(self, margins=())

    def moved_to(
        self,
        rate: float,
        *,
        how: Literal["mean", "prior"] = "mean",
        on: Any = None,
        sample_weight: Any = None,
        philosophy: Philosophy | None = None,
    ) -> Self:
        """Return this calibration at another level, such as a central tendency.

        Parameters
        ----------
        rate : float
            The default rate asked for, in (0, 1).
        how : {"mean", "prior"}, default="mean"
            "mean": the mean best estimate of the values `on` becomes the rate. "prior": the
            default rate of the population is the rate, where that of the sample was another, and
            goods and bads are each like those of the sample.
        on : array-like of shape (n_samples,), optional
            Values of the portfolio whose mean it is, for "mean" alone.
        sample_weight : array-like of shape (n_samples,), optional
            How often each of them counts.
        philosophy : {"point_in_time", "through_the_cycle", "hybrid"}, optional
            What the probabilities mean at the new level; as before unless given. Scores that
            see the present, with the mean of a whole cycle, are "hybrid".

        Returns
        -------
        Calibration
            With another shift, in place of the one it has.

        Raises
        ------
        InvalidParameterError
            A rate out of range, no values for "mean"; for "prior" no sample, or a quasi-moment
            curve, whose mean was asked for and need not be the default rate of its sample.

        See Also
        --------
        prior_correction : The formula of "prior".
        mean_matching : That of "mean", a different problem.

        Notes
        -----
        "prior" shifts the log-odds by logit(rate) - logit(default rate of the sample). The mean
        over the sample is then *not* the rate.

        Examples
        --------
        >>> from creditscore.calibrate import Calibration, LogisticCurve
        >>> curve = LogisticCurve(intercept=12.0, slope=-0.025)
        >>> plain = Calibration(curve=curve, measure="score", philosophy="hybrid")
        >>> moved = plain.moved_to(0.03, on=[560, 600, 640])
        >>> round(float(moved.best_estimate([560, 600, 640]).mean()), 10)
        0.03
        """
        owner = "Calibration.moved_to"
        check_choice(how, "how", owner, ("mean", "prior"))
        check_real(rate, "rate", owner, low=0, high=1)
        meaning = self.philosophy if philosophy is None else philosophy
        if how == "mean":
            if on is None:
                msg = (
                    f"{owner} needs the values whose mean probability shall be {rate:g}: pass "
                    "on=values; or how='prior' to correct for the default rate of the sample."
                )
                raise InvalidParameterError(msg)
            check_order(on=on, sample_weight=sample_weight)
            level = replace(self, shift=0.0)
            prob = np.asarray(level.best_estimate(on), dtype=np.float64)
            shift = mean_matching_shift(prob, central_tendency=rate, sample_weight=sample_weight)
            return replace(self, shift=float(shift), philosophy=meaning)
        if self.sample is None or on is not None:
            what = "no sample is known" if self.sample is None else "it takes no values: got 'on'"
            msg = f"{owner} with how='prior' goes by the default rate of the sample, and {what}."
            raise InvalidParameterError(msg)
        if isinstance(self.curve, QuasiMomentCurve):
            msg = (
                f"{owner} with how='prior' goes by the default rate of the sample, and a "
                "quasi-moment curve has the mean that it was asked for. Use how='mean', or "
                "estimate it again with another central_tendency."
            )
            raise InvalidParameterError(msg)
        shift = math.log(rate / (1 - rate)) - self.sample.log_odds
        return replace(self, shift=shift, philosophy=meaning)

    def table(self, values: Any = None) -> pd.DataFrame:
        """Return what values mean, side by side.

        Parameters
        ----------
        values : array-like of shape (n_values,), optional
            As in :meth:`best_estimate`; without them eleven over the range of the sample, or over
            (0, 1) for probabilities.

        Returns
        -------
        DataFrame
            A row a value, in the order given: the value under the name of the measure, raw (the
            curve alone), best_estimate, pd (with margin and floor), seen (whether the sample
            reaches so far).

        Raises
        ------
        InvalidDataError
            As in :meth:`best_estimate`, or no values where there is no sample of scores.
        """
        numbers = self._range() if values is None else read_values(values, self.measure).ravel()
        known = self.sample
        seen = np.full(len(numbers), fill_value=False)
        if known is not None:
            seen = (numbers >= known.lowest) & (numbers <= known.highest)
        return pd.DataFrame(
            {
                self.measure: numbers,
                "raw": self.curve.prob_default(numbers, self.measure),
                "best_estimate": self._best(numbers),
                "pd": self._prudent(numbers),
                "seen": seen,
            }
        )

    def _best(self, numbers: Float1D) -> Float1D:
        return moved(self.curve.prob_default(numbers, self.measure), self.shift)

    def _prudent(self, numbers: Float1D) -> Float1D:
        return np.maximum(with_margins(self._best(numbers), self.margins), self.floor)

    def _range(self) -> Float1D:
        if self.sample is None and self.measure == "score":
            msg = "No sample says over which scores a table should run: pass the scores."
            raise InvalidDataError(msg)
        low, high = (0.0, 1.0) if self.sample is None else (self.sample.lowest, self.sample.highest)
        return np.linspace(low, high, _ROWS)

    def _content(self) -> dict[str, Any]:
        return {
            "curve": self.curve.content(),
            "measure": self.measure,
            "philosophy": self.philosophy,
            "shift": self.shift,
            "margins": [margin.content() for margin in self.margins],
            "floor": self.floor,
            "sample": None if self.sample is None else self.sample.content(),
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        sample = content["sample"]
        parts = {
            "curve": read_curve(content["curve"]),
            "margins": tuple(Margin(**margin) for margin in content["margins"]),
            "sample": None if sample is None else CalibrationSample(**sample),
        }
        return cls(**{**content, **parts})

    def __repr__(self) -> str:
        """Say in one line the curve, what the probabilities mean, their margin and sample."""
        shift = f"; shift {self.shift:+.4g}" if self.shift else ""
        return (
            f"<{type(self).__name__}: {self.measure} to PD, {self.philosophy}; "
            f"{self.curve.describe(self.measure)}{shift}; margin {self.margin}; floor "
            f"{f'{self.floor:.4%}' if self.floor else 'none'}; sample {self.sample or 'unknown'}>"
        )

    @property
    def margin(self) -> str:
        """The margin of conservatism in one line, such as "A +5.00 %"; "none" without any."""
        return ", ".join(f"{part.category} {part.size}" for part in self.margins) or "none"

    def _repr_html_(self) -> str:
        parts = {
            "philosophy": self.philosophy.replace("_", " "),
            "applied to": self.measure,
            "curve": self.curve.describe(self.measure),
            "shift of the log-odds": f"{self.shift:+.4g}" if self.shift else "none",
            "margin of conservatism": "; ".join(
                f"{part.category} {part.size}: {part.reason}" for part in self.margins
            )
            or "none",
            "floor": f"{self.floor:.4%}" if self.floor else "none",
            "sample": str(self.sample or "unknown"),
        }
        facts = pd.DataFrame({"part": parts.keys(), "value": parts.values()})
        said = html_table(facts, caption="Calibration", formats={})
        if self.sample is None and self.measure == "score":
            return said
        formats = {self.measure: "{:.4g}", "raw": "{:.3%}", "best_estimate": "{:.3%}"}
        numbers = self.table().drop(columns="seen")
        caption = "Probabilities of default over the range of the sample"
        return said + html_table(numbers, caption=caption, formats={**formats, "pd": "{:.3%}"})


def check_philosophy(philosophy: Any, owner: str) -> None:
    """Refuse a probability of which nobody says what it means."""
    if philosophy is None:
        listed = ", ".join(map(repr, PHILOSOPHIES))
        msg = (
            f"The 'philosophy' parameter of {owner} must be said, one of {listed}: a probability "
            "for the coming year and an average of the cycle are not the same number."
        )
        raise InvalidParameterError(msg)
    check_choice(philosophy, "philosophy", owner, PHILOSOPHIES)


def _read_margins(margins: Any, owner: str) -> tuple[Margin, ...]:
    parts = tuple(margins) if isinstance(margins, Iterable) else (margins,)
    if not all(isinstance(part, Margin) for part in parts) or isinstance(margins, Margin):
        msg = f"The 'margins' parameter of {owner} must be a tuple of Margin. Got {margins!r}."
        raise InvalidParameterError(msg)
    return parts
