"""What a threshold on the probability of a match would find, as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, new_axes, percent_axis
from creditscore.exceptions import EmptyDataError
from creditscore.organise._match._match_result import MatchResult
from creditscore.organise._match._quality import labels_of


@dataclass(kw_only=True, repr=False)
class MatchThresholdDisplay:
    """Precision, recall and F1 of pairs, by the threshold on their probability.

    Made by :meth:`from_result`.

    Attributes
    ----------
    table : DataFrame
        A row a threshold: threshold (a probability), bits (its odds, log2(p / (1 - p))), n_pairs
        (of at least so much), precision, recall, f1. Recall is of all true pairs, be they
        candidates or not.
    match_from, review_from : float
        Thresholds of the result, drawn as lines.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import MatchThresholdDisplay, MatchWeights, match_customers
    >>> found = match_customers(pd.DataFrame({
    ...     "customer": ["A", "B", "C"], "name": ["Hua Trading Ltd", "Hua Trdg", "Lin Hotel"],
    ...     "phone": ["12345678", "12345678", None],
    ... }), weights=MatchWeights.default())
    >>> display = MatchThresholdDisplay.from_result(found, {"A": 1, "B": 1, "C": 2})
    >>> display.frame()[["n_pairs", "precision", "recall"]].values.tolist()
    [[1.0, 1.0, 1.0]]
    >>> display.plot().ax_.get_xlabel()
    'least odds of a match, in bits'
    """

    table: pd.DataFrame
    match_from: float
    review_from: float

    @classmethod
    def from_result(cls, result: MatchResult, truth: Mapping[str, Any] | pd.Series) -> Self:
        """Count right and wrong pairs of a result.

        Parameters
        ----------
        result : MatchResult
            Its pairs, from its `review_from` on.
        truth : mapping or Series
            By customer, who it really is.

        Raises
        ------
        EmptyDataError
            The result has no pairs, or no two customers are the same.
        InvalidDataError
            A customer is not in the truth.
        """
        check_kind(result, "result", "MatchThresholdDisplay.from_result", MatchResult)
        customers = [str(name) for name in result.candidates.customers]
        labels = dict(zip(customers, labels_of(truth, customers, "truth").tolist(), strict=True))
        counts = np.unique(list(labels.values()), return_counts=True)[1]
        n_true = int((counts * (counts - 1) // 2).sum())
        if not len(result.pairs) or not n_true:
            msg = "There is no pair found, or no true one, so there is no curve to draw."
            raise EmptyDataError(msg)
        # by bits, for probabilities near 1 are all the same number
        pairs = result.pairs.sort_values("weight", ascending=False)
        right = [
            labels[left] == labels[other]
            for left, other in zip(pairs["left"], pairs["right"], strict=True)
        ]
        n_pairs, n_right = np.arange(1, len(pairs) + 1), np.cumsum(right)
        table = pd.DataFrame(
            {
                "threshold": pairs["probability"].to_numpy(),
                "bits": pairs["weight"].to_numpy() + result.weights.rarity, "n_pairs": n_pairs,
                "precision": n_right / n_pairs, "recall": n_right / n_true,
                "f1": 2 * n_right / (n_pairs + n_true),
            }
        )  # fmt: skip
        # of equal weights all are taken, or none
        table = table.drop_duplicates("bits", keep="last").iloc[::-1].reset_index(drop=True)
        return cls(table=table, match_from=result.match_from, review_from=result.review_from)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture, the lowest threshold first."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the curves; the axes are then in ``ax_``."""
        ax = new_axes(ax)
        bits = self.table["bits"]
        for name, colour in (("precision", GOOD), ("recall", BAD), ("f1", INK)):
            label = "F1" if name == "f1" else name
            # a threshold between two pairs takes what lies above it
            ax.step(bits, self.table[name], where="pre", color=colour, label=label, lw=1.6)
        low, high = bits.min() - 1, bits.max() + 1
        marks = {"review": self.review_from, "match": self.match_from}
        for words, chance in marks.items():
            at = math.log2(chance / (1 - chance)) if 0 < chance < 1 else math.inf
            low = min(low, at - 1)
            if math.isfinite(at):
                high = max(high, at + 1)
                height = 0.03 if words == "review" else 0.09
                ax.axvline(at, color=MUTED, linestyle="--", linewidth=1)
                ax.annotate(f"{words} from {chance:g}", (at, height), xytext=(4, 0),
                            textcoords="offset points", color=INK, fontsize=8)  # fmt: skip
        ax.set_xlim(low, high)
        ax.set_ylim(0, 1.05)
        ax.set_xlabel("least odds of a match, in bits")
        percent_axis(ax.yaxis)
        clean_axes(ax, title="Pairs found, by threshold")
        ax.legend(frameon=False, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.18))
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        best = self.table.loc[self.table["f1"].idxmax()]
        return f"MatchThresholdDisplay(best F1 {best['f1']:.3f} from {best['bits']:.1f} bits)"
