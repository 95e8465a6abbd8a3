"""Write fixtures/scorecardpy.json: cards of scorecardpy on German credit, and their scores.

scorecardpy 0.1.9.7 cannot bin with pandas 3; this was run in an environment of its own, from the
repository root::

    python -m venv scp-env
    scp-env/bin/pip install "numpy<1.27" "pandas<2.2" "scikit-learn<1.5" setuptools \
        scorecardpy==0.1.9.7
    scp-env/bin/python tests/scorecard/foreign/make_scorecardpy_cards.py

Run it again for another version of scorecardpy, never to make a failing test pass.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scorecardpy
import sklearn
from sklearn.linear_model import LogisticRegression

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parents[1] / "oracles"))

from foreign_probes import around, probe_rows, to_lists  # noqa: E402

COLUMNS = [
    *("checking_status", "duration_months", "credit_amount", "age_years"),
    *("purpose", "housing"),
]
SETTINGS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "base points spread": {
        "points0": 500,
        "odds0": 1 / 10,
        "pdo": 30,
        "basepoints_eq0": True,
        "digits": 2,
    },
}
SPECIAL = {"duration_months": [-9, -8], "age_years": [-9]}


def german() -> tuple[pd.DataFrame, pd.Series]:
    """Return columns with special and missing values, and who went bad."""
    table = pd.read_csv(FOLDER.parents[2] / "data" / "sample" / "german_credit.csv")
    X, rng = table[COLUMNS].copy(), np.random.default_rng(20_260_101)
    draw = rng.random(len(X))
    X.loc[draw < 0.06, "age_years"] = -9
    X.loc[(draw > 0.2) & (draw < 0.25), "duration_months"] = -9
    X.loc[(draw > 0.3) & (draw < 0.34), "duration_months"] = -8
    for name in ("credit_amount", "duration_months"):
        X[name] = X[name].astype(float)
        X.loc[rng.random(len(X)) < 0.08, name] = np.nan
    X.loc[rng.random(len(X)) < 0.08, "housing"] = np.nan
    return X, table["is_bad"]


def cards() -> dict[str, Any]:
    """Bin and fit once; write down the card of each setting and what it gives."""
    X, y = german()
    bins = scorecardpy.woebin(
        X.assign(y=y), "y", special_values=SPECIAL, no_cores=1,
        breaks_list={"credit_amount": ["1500", "4000%,%missing", "8000", "inf"],
                     "purpose": ["car (new)%,%education", "car (used)",
                                 "business%,%others%,%repairs%,%retraining",
                                 "radio or television", "furniture or equipment",
                                 "domestic appliances"]},
    )  # fmt: skip
    woe = scorecardpy.woebin_ply(X.assign(y=y), bins, no_cores=1)
    names = [f"{name}_woe" for name in COLUMNS]
    model = LogisticRegression(C=1e3, max_iter=1_000).fit(woe[names], y)
    rows = probes(X, pd.concat(bins, ignore_index=True))
    found = {}
    for label, settings in SETTINGS.items():
        card = scorecardpy.scorecard(bins, model, names, **settings)
        parts = scorecardpy.scorecard_ply(rows, card, only_total_score=False)
        found[label] = {
            "settings": settings,
            "card": {name: to_lists(part) for name, part in card.items()},
            "scores": parts["score"].tolist(),
        }
    probability = model.predict_proba(
        scorecardpy.woebin_ply(X.assign(y=y), bins, no_cores=1)[names]
    )
    return {"rows": to_lists(rows), "cards": found, "coefficients": model.coef_[0].tolist(),
            "intercept": float(model.intercept_[0]), "columns": COLUMNS,
            "sample_rows": to_lists(X.head(60)),
            "sample_prob_default": probability[:60, 1].tolist()}  # fmt: skip


def probes(X: pd.DataFrame, bins: pd.DataFrame) -> pd.DataFrame:
    """Return rows at each cut, at special and missing values, and of levels never met."""
    values: dict[str, list[Any]] = {}
    for name in COLUMNS:
        labels = bins.loc[bins["variable"] == name, "bin"].astype(str)
        starts = [re.match(r"\[([^,]*),", label) for label in labels]
        cuts = [float(found[1]) for found in starts if found and found[1] != "-inf"]
        if name == "age_years":
            values[name] = [*(int(cut) + i for cut in cuts for i in (-1, 0, 1)), -9]
        elif pd.api.types.is_numeric_dtype(X[name]):
            values[name] = [*around(cuts), np.nan, -1e9, 1e9, *SPECIAL.get(name, [])]
        else:
            levels = [level for label in labels for level in label.split("%,%")]
            values[name] = [*(x for x in levels if x != "missing"), "never met", "", np.nan]
    return pd.concat([probe_rows(X, values), X.head(30)], ignore_index=True)


def main() -> None:
    """Fit and write, without the words of scorecardpy."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        content = {
            "versions": {
                "scorecardpy": scorecardpy.__version__,
                "numpy": np.__version__,
                "pandas": pd.__version__,
                "scikit-learn": sklearn.__version__,
            },
            **cards(),
        }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / "fixtures" / "scorecardpy.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
