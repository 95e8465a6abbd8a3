"""The score of one applicant as a waterfall: from the baseline by reasons to the score, and on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import (
    BAD,
    GOOD,
    INK,
    MUTED,
    clean_axes,
    counted,
    decimals,
    new_axes,
    wrap,
)
from creditscore._typing import ReasonBaseline
from creditscore._validation import check_real
from creditscore.scorecard._adverse._points_baseline import PointsBaseline, resolve
from creditscore.scorecard._adverse._reason_codes import Language, ReasonCodes
from creditscore.scorecard._adverse._reason_texts import capitalised, plain_name
from creditscore.scorecard._card_kind import check_card
from creditscore.scorecard._counterfactual._recourse import Counterfactual
from creditscore.scorecard._reading import direction, earned, read_one
from creditscore.scorecard._reasons import in_billionths
from creditscore.scorecard._scorecard import Scorecard

_OWNER = "ReasonDisplay.from_applicant"
_ROW_INCHES = 0.36
_LABEL_WIDTH = 46
_WORDS = {
    "en": ("Baseline: {}", "Score", "Score after the changes", "Why this score", "cutoff {:g}"),
    "zh": ("基准", "得分", "改变后的得分", "得分的原因", "通过线 {:g}"),
}
_NAMED = {"en": "{}: {}", "zh": "{}：{}"}
_AND_ATTRIBUTE = {"en": "{} ({})", "zh": "{}（{}）"}
_AXIS = {"en": "score", "zh": "得分"}


@dataclass(kw_only=True, repr=False)
class ReasonDisplay:
    """The score of one applicant as a waterfall, from a baseline to the score.

    Made by :meth:`from_applicant`. Each characteristic is a bar as long as its points are away
    from the baseline, the largest loss first; below the score follow the changes of a
    counterfactual, where there is one.

    Attributes
    ----------
    steps : DataFrame
        A row a bar or total: kind (baseline, characteristic, score, change, after), code (of what
        lost points), label (of what lost points the text of the code before the attribute), start,
        end, points (end - start; NaN of totals), lost (points lost).
    cutoff : float or None
        The passing score.
    language : {"en", "zh"}
        Language of the words. Chinese needs a font that holds it, as
        ``plt.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans CJK SC"]`` may set it;
        matplotlib warns of what it cannot write.

    Examples
    --------
    >>> from creditscore import Scorecard
    >>> from creditscore.scorecard import Characteristic, ReasonDisplay
    >>> card = Scorecard(characteristics=(
    ...     Characteristic.numeric("income", cuts=[2000], points=[0, 30], missing_points=-5),
    ...     Characteristic.numeric("dti", cuts=[0.4], points=[20, 0], missing_points=0),
    ... ))
    >>> display = ReasonDisplay.from_applicant(
    ...     card, {"income": 1500, "dti": 0.2}, baseline="maximum"
    ... )
    >>> display.frame()[["kind", "code", "label", "start", "end"]]
                 kind  code                             label  start   end
    0        baseline  None  Baseline: most favourable points    NaN  50.0
    1  characteristic   R01          Income: too low (< 2000)   50.0  20.0
    2  characteristic  None                        Dti: < 0.4   20.0  20.0
    3           score  None                             Score    NaN  20.0
    """

    steps: pd.DataFrame
    cutoff: float | None = None
    language: Language = "en"

    @classmethod
    def from_applicant(
        cls,
        card: Scorecard,
        applicant: Any,
        *,
        codes: ReasonCodes | None = None,
        baseline: ReasonBaseline | PointsBaseline = "neutral",
        cutoff: float | None = None,
        counterfactual: Counterfactual | None = None,
        language: Language = "en",
        names: Mapping[str, str] | None = None,
    ) -> Self:
        """Compare the points of an applicant with a baseline.

        Parameters
        ----------
        card : Scorecard
            The card that scored.
        applicant : mapping, Series, or table of one row
            A value for each characteristic of the card.
        codes : ReasonCodes, optional
            As in :func:`adverse_reasons`.
        baseline : {"neutral", "average", "maximum"} or PointsBaseline, default="neutral"
            As in :func:`adverse_reasons`.
        cutoff : float, optional
            The passing score, which is drawn as a line.
        counterfactual : Counterfactual, optional
            Changes of this applicant that are drawn below the score.
        language : {"en", "zh"}, default="en"
            English or Chinese.
        names : mapping of str to str, optional
            What characteristics are called where the text of no code does it: those that lost
            nothing, those of a group, and changes; else by their names, underscores read as blanks.

        Returns
        -------
        ReasonDisplay

        Raises
        ------
        InvalidParameterError
            As in :func:`adverse_reasons`; also more rows than one, and names of characteristics
            that the card does not have.
        """
        check_card(card, _OWNER)
        called = _called(card, names or {})
        if cutoff is not None:
            cutoff = check_real(cutoff, "cutoff", _OWNER, low=-math.inf, high=math.inf)
        codes = ReasonCodes.for_card(card) if codes is None else codes
        check_kind(codes, "codes", _OWNER, ReasonCodes)
        codes.check(card)
        codes.check_language(language, _OWNER)
        compared = resolve(card, baseline, _OWNER)
        table = read_one(card, applicant, _OWNER)
        steps = _steps(card, table, codes, compared, language, called)
        if counterfactual is not None:
            check_kind(counterfactual, "counterfactual", _OWNER, Counterfactual)
            steps += _changes(counterfactual, direction(card), language, called)
        # as objects, so that a code that is not there is None in any version of pandas
        frame = pd.DataFrame(steps, columns=_COLUMNS, dtype=object)
        frame = frame.astype(dict.fromkeys(_NUMBERS, float))
        return cls(steps=frame, cutoff=cutoff, language=language)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.steps.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the waterfall; the axes are then in ``ax_``."""
        n = len(self.steps)
        ax = new_axes(ax, size=(8.6, 1.1 + _ROW_INCHES * n))
        totals = self.steps["points"].isna()
        ends = pd.concat([self.steps["end"], self.steps.loc[~totals, "start"]])
        if self.cutoff is not None:
            ends = pd.concat([ends, pd.Series([self.cutoff])])
        span = float(ends.max() - ends.min()) or 1.0
        ax.set_xlim(ends.min() - 0.12 * span, ends.max() + 0.12 * span)
        ax.set_ylim(n - 0.3, -1.0 if self.cutoff is not None else -0.7)
        for row, step in enumerate(self.steps.to_dict("records")):
            self._draw(ax, row, step, span, last=row == n - 1)
        if self.cutoff is not None:
            ax.axvline(self.cutoff, color=BAD, linewidth=1, linestyle="--")
            ax.text(self.cutoff, -0.72, _WORDS[self.language][4].format(self.cutoff), color=BAD,
                    fontsize=8, ha="center", va="center",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
        labels = [
            wrap(f"{step['code']}  {step['label']}" if step["code"] else step["label"],
                 _LABEL_WIDTH)
            for step in self.steps.to_dict("records")
        ]  # fmt: skip
        ax.set_yticks(range(n), labels, parse_math=False)
        for tick, total in zip(ax.get_yticklabels(), totals, strict=True):
            tick.set_fontweight("bold" if total else "normal")
        ax.set_xlabel(_AXIS[self.language], color=INK)
        clean_axes(ax, title=_WORDS[self.language][3], grid="x")
        ax.tick_params(axis="y", length=0, labelsize=8)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what it is."""
        score = float(self.steps.loc[self.steps["kind"] == "score", "end"].iloc[0])
        n_lost = int(self.steps["code"].notna().sum())
        n = int((self.steps["kind"] == "characteristic").sum())
        return (
            f"<ReasonDisplay: {score:.6g} points, {n_lost} of {counted(n, 'characteristic')} below "
            "the baseline; plot() draws them, frame() returns the numbers>"
        )

    def _draw(self, ax: Any, row: int, step: dict[str, Any], span: float, *, last: bool) -> None:
        """Draw a bar or a total, and the line that leads to the next one."""
        start, end = step["start"], step["end"]
        digits = max(1, decimals(span))
        if not last:
            ax.plot([end, end], [row - 0.35, row + 1.35], color=MUTED, linewidth=0.8, zorder=1)
        if pd.isna(step["points"]):
            ax.plot([end], [row], marker="D", color=INK, markersize=5, zorder=3)
            ax.text(end + 0.02 * span, row, f"{end:,.{digits}f}", va="center", fontsize=8,
                    color=INK, fontweight="bold", zorder=4,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
            return
        colour = BAD if step["lost"] > 0 else GOOD
        alpha = 0.45 if step["kind"] == "change" else 0.85
        ax.barh(row, end - start, left=start, color=colour, alpha=alpha, height=0.7, zorder=2)
        if end != start:
            side = 1 if end > start else -1
            ax.text(end + side * 0.012 * span, row, f"{end - start:+.{digits}f}".replace("-", "−"),
                    va="center", ha="left" if side > 0 else "right", fontsize=8,
                    color=INK)  # fmt: skip


_NUMBERS = ["start", "end", "points", "lost"]
_COLUMNS = ["kind", "code", "label", *_NUMBERS]


def _called(card: Scorecard, names: Mapping[str, str]) -> dict[str, str]:
    """Return what each characteristic is called."""
    for name, called in names.items():
        if name not in card.names:
            raise unknown_name(name, card.names, "characteristic", "the card")
        check_kind(called, "names", _OWNER, str)
    return {name: names.get(name, capitalised(plain_name(name))) for name in card.names}


def _steps(
    card: Scorecard,
    table: Any,
    codes: ReasonCodes,
    baseline: PointsBaseline,
    language: Language,
    called: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return the baseline, the characteristics, the largest loss first, and the score."""
    attributes, points, score = earned(card, table)
    entries = {(r.characteristic, r.attribute): r for r in codes.reasons}
    members: dict[str, set[str]] = {}
    for entry in codes.reasons:
        members.setdefault(entry.code, set()).add(entry.characteristic)
    bars = []
    for place, (name, reference) in enumerate(
        zip(card.names, baseline.for_names(card.names), strict=True)
    ):
        label = card.characteristics[place].partition.labels[int(attributes[place][0])]
        difference = float(points[place][0]) - reference
        lost = -direction(card) * difference
        entry = entries.get((name, label)) or entries[name, None]
        code, said = None, _NAMED[language].format(called[name], label)
        rank = float(in_billionths(np.array([lost]))[0])
        if rank:
            code = entry.code
            # the text of a group does not tell which one of it is meant
            attribute = said if len(members[code]) > 1 else label
            said = _AND_ATTRIBUTE[language].format(entry.text(language), attribute)
        # gains keep their order by size, losses that of the reasons
        bars.append((rank or min(lost, 0.0), lost, difference, code, said))
    bars.sort(key=lambda bar: -bar[0])
    words = _WORDS[language]
    total = float(card.base_points) + math.fsum(baseline.for_names(card.names))
    steps = [_total("baseline", words[0].format(baseline.description), total)]
    for _, lost, difference, code, label in bars:
        steps.append(
            {
                "kind": "characteristic",
                "code": code,
                "label": label,
                "start": total,
                "end": total + difference,
                "points": difference,
                "lost": lost,
            }
        )
        total += difference
    steps.append(_total("score", words[1], float(score[0])))
    return steps


def _changes(
    found: Counterfactual, sign: int, language: Language, called: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return the changes of a counterfactual, and the score after them."""
    steps, total = [], found.score_before
    for change in found.changes:
        name = called.get(change.characteristic)
        step = {
            "kind": "change",
            "code": None,
            "label": change.sentence(language=language, name=name),
            "start": total,
            "end": total + sign * change.gain,
            "points": sign * change.gain,
            "lost": -change.gain,
        }
        steps.append(step)
        total += sign * change.gain
    steps.append(_total("after", _WORDS[language][2], found.score_after))
    return steps


def _total(kind: str, label: str, score: float) -> dict[str, Any]:
    return {
        "kind": kind,
        "code": None,
        "label": label,
        "start": math.nan,
        "end": score,
        "points": math.nan,
        "lost": math.nan,
    }
