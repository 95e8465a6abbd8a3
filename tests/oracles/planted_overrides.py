"""The ratings of the sample as overrides, which several tests ask for bias."""

from __future__ import annotations

import pandas as pd

GRADES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")


def overrides_of(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return analyst, notches (above 0 where a grade was raised), prob_default and is_bad."""
    place = {grade: k for k, grade in enumerate(GRADES)}
    rate = ratings.groupby("model_grade")["is_bad_later"].mean()
    return pd.DataFrame({
        "analyst": ratings["analyst"],
        "notches": ratings["model_grade"].map(place) - ratings["final_grade"].map(place),
        "prob_default": ratings["model_grade"].map(rate), "is_bad": ratings["is_bad_later"],
    })  # fmt: skip
