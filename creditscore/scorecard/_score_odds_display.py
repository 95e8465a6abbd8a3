"""The line of a points scale, and the odds that were observed along it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy.special import expit

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, counted, new_axes, wrap
from creditscore._newton import fit_logistic
from creditscore._typing import Float1D, NativeFrame
from creditscore._validation import as_floats, check_integer, check_real
from creditscore.exceptions import InvalidDataError, UncalibratedCardError
from creditscore.metrics import calibration_table, gains_table
from creditscore.scorecard._scale import PointsScale
from creditscore.scorecard._scorecard import Scorecard

_MOST_TICKS = 9
_FURTHEST = 25.0
"""Log-odds beyond which nothing is drawn: one bad case in 70 billion."""


@dataclass(kw_only=True, repr=False)
class ScoreOddsDisplay:
    """Odds that a scale promises, and those observed, score band by score band.

    Made by :meth:`from_scorecard` or :meth:`from_scores`. Where observed odds lie off the line,
    the score does not mean what the scale says. Bands whose interval does not hold the promised
    odds are drawn in the colour of bads; a triangle stands for a band without good or without bad
    cases, whose odds are zero or infinite.

    Attributes
    ----------
    bands : DataFrame
        A row a band of scores, in their order: score_lower, score_upper, score (at which the
        scale has the mean probability of the band), count, n_good, n_bad, log_odds (ln of the
        odds good:bad that the scale gives at `score`), observed, observed_lower, observed_upper
        (the same of the sample, with a Jeffreys interval of its bad rate), points_off (the score
        that belongs to the observed odds, less `score`; infinite without a good or bad case).
    scale : PointsScale
        The scale.
    intercept, slope : float
        Of the observed log-odds on those promised, by logistic regression of all cases: 0 and 1
        where the scale is right, NaN where the sample parts goods from bads without error.
    level : float, default=0.95
        Confidence level of the intervals, a fraction.

    References
    ----------
    .. [1] D. R. Cox, "Two further applications of a model for binary regression", *Biometrika*
       45, 1958, pp. 562-565.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import ScoreOddsDisplay
    >>> german = load_german_credit()
    >>> columns = ["checking_status", "duration_months"]
    >>> card = LogisticScorecard().fit(german[columns], german["is_bad"]).scorecard_
    >>> display = ScoreOddsDisplay.from_scorecard(card, german, german["is_bad"], n_bands=5)
    >>> display
    ScoreOddsDisplay(5 bands, observed log-odds = 0.00 + 1.00 · promised, 0 bands off the line)
    >>> display.plot().ax_.get_xlabel()
    'score'
    """

    bands: pd.DataFrame
    scale: PointsScale
    intercept: float
    slope: float
    level: float = 0.95

    @classmethod
    def from_scorecard(
        cls,
        card: Scorecard,
        X: NativeFrame,
        is_bad: Any,
        *,
        n_bands: int = 10,
        sample_weight: Any = None,
        level: float = 0.95,
    ) -> Self:
        """Score a table and compare its odds with those that the card's scale promises.

        Parameters
        ----------
        card : Scorecard
            One that has a scale.
        X : table of shape (n_samples, n_columns)
            As in :meth:`Scorecard.score`.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; both must occur.
        n_bands : int, default=10
            As in :meth:`from_scores`.
        sample_weight : array-like of shape (n_samples,), optional
            As in :meth:`from_scores`.
        level : float, default=0.95
            As in :meth:`from_scores`.

        Returns
        -------
        ScoreOddsDisplay

        Raises
        ------
        UncalibratedCardError
            The card has no scale.
        InvalidParameterError, InvalidTargetError, InvalidDataError
            As in :meth:`from_scores` and :meth:`Scorecard.score`.
        """
        check_kind(card, "card", f"{cls.__name__}.from_scorecard", Scorecard)
        if card.scale is None:
            msg = (
                "This card has no scale, so its score promises no odds. Where the odds at a score "
                "are known, give it one: card.on_scale(PointsScale(…))."
            )
            raise UncalibratedCardError(msg)
        return cls.from_scores(
            card.score(X),
            is_bad,
            scale=card.scale,
            n_bands=n_bands,
            sample_weight=sample_weight,
            level=level,
        )

    @classmethod
    def from_scores(
        cls,
        score: Any,
        is_bad: Any,
        *,
        scale: PointsScale,
        n_bands: int = 10,
        sample_weight: Any = None,
        level: float = 0.95,
    ) -> Self:
        """Compare the odds of scores with those that a scale promises.

        Parameters
        ----------
        score : array-like of shape (n_samples,)
            Scores on the scale, finite; on a reversed scale a lower one is safer.
        is_bad : array-like of shape (n_samples,)
            1 for bad, 0 for good; both must occur.
        scale : PointsScale
            What the scores say about odds.
        n_bands : int, default=10
            Number of bands of nearly equal size, 1 or more. Equal scores are never parted, so
            that there may be fewer.
        sample_weight : array-like of shape (n_samples,), optional
            Counts of rows, whole numbers, zero or more, as the intervals need them.
        level : float, default=0.95
            Confidence level of the intervals in (0, 1).

        Returns
        -------
        ScoreOddsDisplay

        Raises
        ------
        InvalidParameterError
            A parameter is out of range.
        InvalidTargetError
            Missing outcomes or one class only; outcomes and scores that were swapped.
        InvalidDataError
            Scores that are missing or infinite; weights that are no whole numbers; pandas Series
            with one index in different orders.
        """
        owner = f"{cls.__name__}.from_scores"
        check_kind(scale, "scale", owner, PointsScale)
        check_integer(n_bands, "n_bands", owner, low=1)
        check_real(level, "level", owner, low=0, high=1)
        # the checks of outcomes, weights and their order are those of the measures
        upper = gains_table(is_bad, score, n_groups=n_bands, sample_weight=sample_weight)[
            "score_upper"
        ].to_numpy()
        values = as_floats(score, "score")
        if np.isinf(values).any():
            msg = (
                f"The score is infinite at row {int(np.isinf(values).argmax())}. No card gives "
                "such a score, and no scale has odds for it."
            )
            raise InvalidDataError(msg)
        band = np.searchsorted(upper, values)
        names = band.astype(str)
        observed = calibration_table(
            is_bad,
            scale.prob_default(values),
            grades=names,
            sample_weight=sample_weight,
            level=level,
        ).set_index("group")
        weights = (
            np.ones(len(values)) if sample_weight is None else as_floats(sample_weight, "weights")
        )
        weights = np.broadcast_to(weights, values.shape)
        rows = observed.loc[[str(place) for place in range(len(upper))]].reset_index(drop=True)
        bands = _bands(rows, band, values, weights, scale)
        bad = np.asarray(as_floats(is_bad, "is_bad"), dtype=bool)
        intercept, slope = _alignment(scale.log_odds(values), bad, weights)
        return cls(bands=bands, scale=scale, intercept=intercept, slope=slope, level=level)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.bands.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the line and the bands; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        ends = np.array([self.bands["score_lower"].min(), self.bands["score_upper"].max()], float)
        room = 0.04 * float(np.ptp(ends)) or 1.0
        ends += np.array([-room, room])
        promised = self.scale.log_odds(ends)
        # that a higher score is riskier, the line says itself
        scale = str(self.scale).removesuffix(": a higher score is riskier")
        ax.plot(ends, promised, color=MUTED, linewidth=2, label=wrap(f"scale: {scale}", 46))
        if np.isfinite(self.slope):
            ax.plot(ends, self.intercept + self.slope * promised, color=INK, linewidth=1.2,
                    linestyle="--", label="observed, straight line")  # fmt: skip
        low, high = self._ends(promised)
        off = self._off()
        said = f"{self.level:.0%} interval"
        self._draw_bands(ax, self.bands[~off], GOOD, f"observed, {said}", low, high)
        self._draw_bands(ax, self.bands[off], BAD, f"scale outside the {said}", low, high)
        ax.set(xlim=tuple(ends), ylim=(low, high))
        _name_odds(ax, low, high)
        ax.set_xlabel("score", color=INK)
        ax.set_ylabel("odds good:bad (log scale)", color=INK)
        # in the corner that the line keeps away from
        corner = "upper left" if self.scale.factor > 0 else "lower left"
        ax.legend(edgecolor="none", framealpha=0.8, loc=corner, fontsize=9)
        clean_axes(ax, title="Score and odds", grid="both")
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line how far the scale is right; :meth:`frame` has the bands."""
        line = "not known"
        if np.isfinite(self.slope):
            # the sum takes the sign from a zero
            line = f"{round(self.intercept, 2) + 0.0:.2f} + {self.slope:.2f} · promised"
        return (
            f"{type(self).__name__}({counted(len(self.bands), 'band')}, observed log-odds = "
            f"{line}, {counted(int(self._off().sum()), 'band')} off the line)"
        )

    def _off(self) -> pd.Series:
        """Tell which bands have promised odds outside their interval."""
        bands = self.bands
        return ~bands["log_odds"].between(bands["observed_lower"], bands["observed_upper"])

    def _ends(self, promised: Float1D) -> tuple[float, float]:
        """Return the ends of the axis of odds: all that is finite, as far as it helps."""
        shown = self.bands[["log_odds", "observed", "observed_lower", "observed_upper"]].to_numpy()
        finite = np.append(shown[np.isfinite(shown)], promised)
        low = min(max(float(finite.min()), -_FURTHEST), _FURTHEST - 1)
        high = max(min(float(finite.max()), _FURTHEST), 1 - _FURTHEST)
        room = 0.08 * (high - low) or 1.0
        return low - room, high + room

    def _draw_bands(
        self, ax: Any, bands: pd.DataFrame, colour: str, name: str, low: float, high: float
    ) -> None:
        if not len(bands):
            return
        at = bands["score"].to_numpy()
        ends = bands[["observed_lower", "observed_upper"]].clip(low, high).to_numpy()
        ax.vlines(at, ends[:, 0], ends[:, 1], color=colour, linewidth=1.5)
        observed = bands["observed"].to_numpy()
        for rows, mark, place in (
            (np.isfinite(observed), "o", observed),
            (observed == np.inf, "^", np.full(len(at), high)),
            (observed == -np.inf, "v", np.full(len(at), low)),
        ):
            if rows.any():
                ax.plot(at[rows], place[rows], mark, color=colour, markersize=6, clip_on=False,
                        zorder=4, label=name if mark == "o" else None)  # fmt: skip


def _bands(
    rows: pd.DataFrame, band: Any, score: Float1D, weights: Float1D, scale: PointsScale
) -> pd.DataFrame:
    """Put what the scale promises beside what was observed."""
    n = len(rows)
    held = (weights > 0) & (band < n)
    band, score, weights = band[held], score[held], weights[held]
    lower, upper = np.full(n, np.inf), np.full(n, -np.inf)
    np.minimum.at(lower, band, score)
    np.maximum.at(upper, band, score)
    # apart, because 1 - p loses what is next to nothing
    log_odds = scale.log_odds(score)
    good, bad = (np.bincount(band, weights * expit(side * log_odds), n) for side in (1, -1))
    tiny = np.finfo(np.float64).tiny
    promised = np.log(np.maximum(good, tiny)) - np.log(np.maximum(bad, tiny))
    n_bad, count = rows["n_bad"].to_numpy(), rows["count"].to_numpy()
    with np.errstate(divide="ignore"):
        observed, least, greatest = (
            np.log1p(-rate) - np.log(rate)
            for rate in (
                n_bad / count,
                rows["observed_upper"].to_numpy(),
                rows["observed_lower"].to_numpy(),
            )
        )
    return pd.DataFrame(
        {
            "score_lower": lower,
            "score_upper": upper,
            "score": scale.offset + scale.factor * promised,
            "count": count,
            "n_good": count - n_bad,
            "n_bad": n_bad,
            "log_odds": promised,
            "observed": observed,
            "observed_lower": least,
            "observed_upper": greatest,
            "points_off": scale.factor * (observed - promised),
        }
    )


def _alignment(log_odds: Float1D, bad: Any, weights: Float1D) -> tuple[float, float]:
    """Return intercept and slope of the observed log-odds on those promised."""
    if len(np.unique(log_odds[weights > 0])) < 2:
        return math.nan, math.nan
    fit = fit_logistic(log_odds[:, None], bad, weights, start=np.array([0.0, -1.0]))
    if fit.diverging.any() or not fit.converged:
        return math.nan, math.nan
    return -fit.intercept, -float(fit.coefficients[0])


def _name_odds(ax: Any, low: float, high: float) -> None:
    """Write odds beside an axis of their logarithm: 1, 2, 5, 10 … or powers of ten alone."""
    from matplotlib.ticker import FixedLocator, FuncFormatter  # noqa: PLC0415 - slow to import

    first, last = (math.floor(end / math.log(10)) for end in (low, high))
    decades = range(first, last + 1)
    for steps, stride in (((1, 2, 5), 1), ((1,), 1), ((1,), math.ceil(len(decades) / 7))):
        odds = [step * 10.0**power for power in decades[::stride] for step in steps]
        ticks = [math.log(value) for value in odds if low <= math.log(value) <= high]
        if len(ticks) <= _MOST_TICKS:
            break
    ax.yaxis.set_major_locator(FixedLocator(ticks))
    ax.yaxis.set_major_formatter(FuncFormatter(_odds_text))


def _odds_text(log_odds: float, _: int | None = None) -> str:
    odds = math.exp(abs(log_odds))
    return f"{odds:,.3g}:1" if log_odds >= 0 else f"1:{odds:,.3g}"
