"""Write fixtures/toad.json: cards that toad fitted to German credit, and the scores it gave.

toad 0.1.7 declares no dependencies; this was run in an environment of its own, from the
repository root::

    python -m venv toad-env
    toad-env/bin/pip install "numpy<2" "pandas<2.3" "scikit-learn<1.6" scipy seaborn joblib \
        toad==0.1.7
    toad-env/bin/python tests/scorecard/foreign/make_toad_cards.py

Run it again for another version of toad, never to make a failing test pass.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sklearn
import toad

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parents[1] / "oracles"))

from foreign_probes import around, probe_rows, to_lists  # noqa: E402

COLUMNS = [
    *("checking_status", "duration_months", "credit_amount", "age_years"),
    *("purpose", "housing", "job"),
]
SETTINGS: dict[str, dict[str, float]] = {
    "defaults": {},
    "rate of three": {"pdo": 40, "rate": 3, "base_odds": 20, "base_score": 600},
}


def german() -> tuple[pd.DataFrame, pd.Series]:
    """Return columns with missing values, with text of several kinds, and who went bad."""
    table = pd.read_csv(FOLDER.parents[2] / "data" / "sample" / "german_credit.csv")
    X, rng = table[COLUMNS].copy(), np.random.default_rng(20_260_101)
    for name in ("credit_amount", "age_years"):
        X[name] = X[name].astype(float)
        X.loc[rng.random(len(X)) < 0.08, name] = np.nan
    # a column that reaches below zero, so that -1 is an amount like others
    X["age_years"] = X["age_years"] - 40
    X.loc[rng.random(len(X)) < 0.08, "housing"] = np.nan
    X.loc[rng.random(len(X)) < 0.05, "checking_status"] = ""
    return X, table["is_bad"]


def combiner(X: pd.DataFrame, y: pd.Series) -> toad.transform.Combiner:
    """Bin: with and without a bin of missing numbers, with a group of all other levels."""
    made = toad.transform.Combiner()
    made.fit(X.assign(y=y), "y", method="dt", n_bins=5, empty_separate=True)
    rules = made.export()
    ages = [cut for cut in rules["age_years"] if cut == cut]  # noqa: PLR0124 - NaN
    rules["age_years"] = sorted({*ages, -1.0})
    rules["purpose"] = [["car (new)", "education"], ["car (used)"], "else"]
    return toad.transform.Combiner().load(rules)


def fitted(settings: dict[str, float]) -> dict[str, Any]:
    """Fit a card and write down what it is, what it exports and what it gives."""
    X, y = german()
    bins = combiner(X, y)
    binned = bins.transform(X)
    woe = toad.transform.WOETransformer()
    encoded = woe.fit_transform(binned.assign(y=y), y, exclude="y").drop(columns="y")
    card = toad.ScoreCard(combiner=bins, transer=woe, C=1e3, max_iter=1_000, **settings)
    card.fit(encoded, y)
    exported = card.export()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        loaded = toad.ScoreCard().load(exported)
    values: dict[str, list[Any]] = {}
    for name, rule in card.rules.items():
        if np.issubdtype(rule["bins"].dtype, np.number):
            values[name] = [*around(rule["bins"][~np.isnan(rule["bins"])]), np.nan, -1e9, -1, 1e9]
        else:
            groups = [group for group in rule["bins"] if not isinstance(group, str)]
            values[name] = [
                *(level for group in groups for level in group),
                "",
                "never met",
                np.nan,
            ]
    rows = pd.concat([probe_rows(X.astype({"duration_months": float}), values), X.head(40)])
    rows = rows.reset_index(drop=True)
    return {
        "settings": {"pdo": card.pdo, "rate": card.rate, "base_odds": card.base_odds,
                     "base_score": card.base_score},
        "factor": card.factor,
        "offset": card.offset,
        "coefficients": card.coef_.tolist(),
        "intercept": float(card.intercept_),
        "rules": {
            name: {
                "bins": [
                    one if isinstance(one, (str, float)) else list(one)
                    for one in rule["bins"].tolist()
                ],
                "scores": rule["scores"].tolist(),
                "woes": rule["woes"].tolist(),
                "weight": float(rule["weight"]),
            }
            for name, rule in card.rules.items()
        },
        "exported": exported,
        "table": card.export(to_frame=True).to_dict("list"),
        "rows": to_lists(rows),
        "scores": card.predict(rows).tolist(),
        "scores_of_loaded": loaded.predict(rows).tolist(),
        "scores_of_default_max": card.predict(rows, default="max").tolist(),
        "scores_of_default_500": card.predict(rows, default=500).tolist(),
        "prob_default": card.predict_proba(rows)[:, 1].tolist(),
    }  # fmt: skip


def main() -> None:
    """Fit each card and write them."""
    content = {
        "versions": {
            "toad": toad.__version__,
            "numpy": np.__version__,
            "pandas": pd.__version__,
            "scikit-learn": sklearn.__version__,
        },
        "cards": {name: fitted(settings) for name, settings in SETTINGS.items()},
    }
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / "fixtures" / "toad.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
