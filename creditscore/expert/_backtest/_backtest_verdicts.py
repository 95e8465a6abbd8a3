"""What a back-test says, in sentences: only what outcomes bear out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from creditscore._display import p_value_text
from creditscore.expert._outcomes._cases import LEAST_CASES
from creditscore.metrics import Interval

_TROUBLE = {
    "separated": "The characteristics tell good and bad cases apart without error, so that no "
    "weights follow from these cases.",
    "alone": "Fewer than two characteristics differ among these cases, so that no weights follow.",
    "weak": "The slopes of the characteristics cancel out or cannot be told from 0, so that no "
    "weights follow.",
    "reversed": "By all characteristics together the card ranks these cases the wrong way round, "
    "so that no weights follow.",
}


def characteristic_verdict(row: pd.Series, alpha: float) -> str:
    """Say of one characteristic what its row bears out; empty where nothing speaks against it."""
    if row["auc_p_holm"] < alpha and row["auc"] < 0.5:
        return "direction reversed"
    if not row["ratio_p_holm"] < alpha:
        return ""
    if row["ratio_upper"] < 0:
        return "counts against its direction beside the others"
    return "weight too high" if row["weight_ratio"] < 1 else "weight too low"


def verdicts_of(
    area: Interval,
    characteristics: pd.DataFrame,
    reversals: pd.DataFrame,
    *,
    trouble: str,
    n_bad: float,
    n_good: float,
    calibration: tuple[float, float, float],
) -> Iterator[str]:
    """Yield the sentences, the most general first."""
    alpha = 1 - area.level
    yield from _of_counts(characteristics, min(n_good, n_bad), "bad" if n_bad <= n_good else "good")
    yield _of_ranking(area)
    if trouble:
        yield _TROUBLE[trouble]
    yield from _of_calibration(calibration, alpha)
    for row in characteristics.to_dict("records"):
        yield from _of_characteristic(row)
    clear = reversals[reversals["p_holm"] < alpha]
    for row in clear.to_dict("records"):
        yield (
            f"Order reversed in {row['characteristic']!r}: {row['safer']!r} earns "
            f"{row['points_safer']:.4g} points and {row['riskier']!r} {row['points_riskier']:.4g}, "
            f"with {_percent(row['bad_rate_safer'])} and {_percent(row['bad_rate_riskier'])} bad "
            f"cases (p {p_value_text(row['p_holm'])})."
        )
    if not (characteristics["verdict"] != "").any() and clear.empty and not trouble:
        yield (
            "Nothing in these cases speaks clearly against a weight or an order of the card, "
            "which does not prove them."
        )


def _of_counts(characteristics: pd.DataFrame, rarer: float, kind: str) -> Iterator[str]:
    if rarer < LEAST_CASES * len(characteristics):
        yield (
            f"There are {rarer:,.0f} {kind} cases for {len(characteristics)} characteristics, "
            f"fewer than {LEAST_CASES} for each: intervals are rough, and only gross errors of "
            "weights would be seen."
        )


def _of_ranking(area: Interval) -> str:
    if area.lower > 0.5:
        return f"The card ranks these cases better than chance: AUC {area}."
    if area.upper < 0.5:
        return f"The card ranks these cases the wrong way round: AUC {area}."
    return f"The card cannot be told from chance on these cases: AUC {area}."


def _of_calibration(calibration: tuple[float, float, float], alpha: float) -> Iterator[str]:
    intercept, slope, p_value = calibration
    if p_value < alpha:
        yield (
            f"The odds of the scale are off: ln(odds) = {intercept:.2f} + {slope:.2f} of those "
            f"claimed (p {p_value_text(p_value)}). calibrated(card, X, is_bad) gives the scale "
            "that fits."
        )


def _of_characteristic(row: dict[str, Any]) -> Iterator[str]:
    name, verdict = row["characteristic"], row["verdict"]
    if verdict == "direction reversed":
        yield (
            f"Direction reversed in {name!r}: cases with more safety by the card are worse (AUC "
            f"{row['auc']:.3f}, p {p_value_text(row['auc_p_holm'])})."
        )
    elif verdict == "counts against its direction beside the others":
        yield (
            f"{name!r} counts against its direction beside the others ({_ratio(row)} times "
            f"the card's weight, p {p_value_text(row['ratio_p_holm'])}): others may say the same "
            "already."
        )
    elif verdict:
        word = str(verdict).removeprefix("weight ")
        yield (
            f"Weight {word} for {name!r}: the data give it {_ratio(row)} times that of the "
            f"card (p {p_value_text(row['ratio_p_holm'])})."
        )


def _ratio(row: dict[str, Any]) -> str:
    return f"{row['weight_ratio']:.2f} ({row['ratio_lower']:.2f} to {row['ratio_upper']:.2f})"


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")
