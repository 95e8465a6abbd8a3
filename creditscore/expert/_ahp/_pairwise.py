"""Criteria compared two at a time: how many times as important one is as another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
import pandas as pd

from creditscore._checks import unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._typing import Float2D
from creditscore._validation import check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.expert._ahp._consistency import (
    contradictions,
    judgement_text,
    linked,
    nearest_on_scale,
    ratio_of,
)
from creditscore.expert._ahp._pairwise_weights import weights_of
from creditscore.expert._ahp._priorities import completed, groups_of, principal
from creditscore.expert._ahp._random_index import RandomIndex
from creditscore.expert._ahp._reading import (
    check_judgement,
    check_judgements,
    pairs_of,
    read_matrix,
    read_pairs,
)
from creditscore.expert._weights._weights import Weights, check_names


@dataclass(frozen=True, kw_only=True, repr=False)
class PairwiseComparison(JsonDocument):
    r"""One expert's comparisons of criteria two at a time, of the analytic hierarchy process.

    Made by :meth:`of`, :meth:`from_judgements` or :meth:`from_matrix`. Not all pairs need be
    compared, as long as chains of comparisons link all criteria.

    Parameters
    ----------
    names : tuple of str
        Criteria, at least one, each once.
    judgements : tuple of float or None
        How many times as important the first criterion of each pair is as the second: the upper
        triangle of the matrix, row by row. Positive; None or NaN where a pair was not compared.
        Saaty's scale goes from 1 (equally important) by 3, 5 and 7 (moderately, strongly, very
        strongly more important) to 9 (extremely), with fractions for the opposite; other
        numbers, such as ratios of amounts, are taken too.

    Raises
    ------
    InvalidDataError
        Not one judgement a pair; one is zero, negative or infinite.
    InvalidParameterError
        No criterion, one twice, or one that is no text.

    See Also
    --------
    AHPHierarchy : Comparisons at each node of a tree of criteria.
    group_judgements, group_priorities : Of several experts.
    best_worst_weights : Fewer comparisons, with the best and the worst criterion alone.

    Notes
    -----
    With :math:`a_{ij}` the judgement of criterion i to j, and :math:`a_{ji} = 1 / a_{ij}`, the
    priorities are the principal eigenvector, :math:`A w = \lambda_{max} w`, and the consistency
    ratio is :math:`CR = (\lambda_{max} - n) / (n - 1) / RI`, where RI is the mean of the index of
    matrices filled at random. Saaty accepts up to 0.10. Where judgements are missing, their
    places are filled so that :math:`\lambda_{max}` is as small as can be (Bozóki, Fülöp and Rónyai
    2010), which is found by Newton's method on logarithms.

    References
    ----------
    Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill.

    Bozóki, S., Fülöp, J. and Rónyai, L. (2010). On optimal completion of incomplete pairwise
    comparison matrices. Mathematical and Computer Modelling 52, 318-333.

    Examples
    --------
    >>> from creditscore.expert import PairwiseComparison
    >>> comparison = PairwiseComparison.of(
    ...     ["character", "capacity", "capital", "conditions"], [4, 3, 7, 1 / 3, 3, 5]
    ... )
    >>> comparison
    PairwiseComparison(character, capacity, capital, conditions; CR 0.044)
    >>> comparison.weights()
    Weights(character 54.8 %, capacity 12.7 %, capital 27.0 %, conditions 5.6 %; ahp)
    """

    _format: ClassVar[str] = "creditscore.pairwise_comparison"

    names: tuple[str, ...]
    judgements: tuple[float | None, ...]

    def __post_init__(self) -> None:
        """Check the names, and that there is a positive number or none for each pair."""
        owner = type(self).__name__
        object.__setattr__(self, "names", check_names(self.names, owner))
        checked = check_judgements(self.judgements, self.names, owner)
        object.__setattr__(self, "judgements", checked)

    @classmethod
    def of(cls, names: Sequence[str], upper_triangle: Sequence[float | None]) -> Self:
        """Write the judgements above the diagonal, row by row.

        Parameters
        ----------
        names : sequence of str
            Criteria.
        upper_triangle : sequence of float or None
            n (n - 1) / 2 judgements, in the order first to second, first to third, …, second to
            third, and so on; NaN or None for one that was not made.

        Raises
        ------
        InvalidDataError, InvalidParameterError
            As of the class.
        """
        return cls(names=tuple(names), judgements=tuple(upper_triangle))

    @classmethod
    def from_judgements(
        cls,
        judgements: Mapping[tuple[str, str], float],
        *,
        names: Sequence[str] | None = None,
    ) -> Self:
        """Write judgements by pair, in either direction; pairs left out were not compared.

        Parameters
        ----------
        judgements : mapping of (str, str) to float
            How many times as important the first of the pair is as the second.
        names : sequence of str, optional
            The criteria in their order; without, in that in which they are first named.

        Raises
        ------
        InvalidDataError
            As of the class; both directions of a pair are given and are no reciprocals.
        InvalidParameterError
            A name that is not among `names`; a key that is no pair.

        Examples
        --------
        >>> from creditscore.expert import PairwiseComparison
        >>> made = PairwiseComparison.from_judgements({("a", "b"): 2, ("c", "b"): 4})
        >>> made.missing
        (('a', 'c'),)
        >>> made.weights().to_dict()["c"]
        0.5714285714285714
        """
        return cls(**read_pairs(judgements, names, f"{cls.__name__}.from_judgements"))

    @classmethod
    def from_matrix(cls, matrix: Any, *, names: Sequence[str] | None = None) -> Self:
        """Read a square matrix, or its upper triangle with the rest missing.

        Parameters
        ----------
        matrix : table or array-like of shape (n_criteria, n_criteria)
            Row i, column j: how many times as important criterion i is as j. NaN for pairs that
            were not compared, and in one half, or the diagonal, as one likes. A pandas table
            whose index names the criteria may have its rows in another order.
        names : sequence of str, optional
            The criteria in their order; without, the columns of the table.

        Raises
        ------
        InvalidDataError
            Not square; a diagonal other than 1; halves that are not reciprocal to a relative
            1e-9, such as 3 beside 0.333.
        InvalidParameterError
            An array without `names`, or names that are not those of the table.
        """
        return cls(**read_matrix(matrix, names, f"{cls.__name__}.from_matrix"))

    @property
    def matrix(self) -> Float2D:
        """Return the judgements as a new square array, NaN where there is none."""
        n = len(self.names)
        found = np.eye(n)
        upper = np.triu_indices(n, 1)
        found[upper] = [np.nan if value is None else value for value in self.judgements]
        found.T[upper] = 1 / found[upper]
        return found

    @property
    def missing(self) -> tuple[tuple[str, str], ...]:
        """Return the pairs that were not compared."""
        pairs = zip(pairs_of(self.names), self.judgements, strict=True)
        return tuple(pair for pair, value in pairs if value is None)

    def frame(self) -> pd.DataFrame:
        """Return the matrix with the criteria as index and columns."""
        return pd.DataFrame(self.matrix, index=list(self.names), columns=list(self.names))

    def completed(self) -> Self:
        """Return the comparison with missing judgements filled in as consistently as can be.

        Raises
        ------
        InvalidDataError
            Comparisons do not link all criteria; the message says which.

        Warns
        -----
        NonConvergenceWarning
            The search stopped before it came to rest.
        """
        filled = completed(self._linked())
        return type(self).of(self.names, filled[np.triu_indices(len(filled), 1)].tolist())

    def weights(
        self,
        *,
        method: Literal["eigenvector", "geometric_mean"] = "eigenvector",
        random_index: RandomIndex = "saaty_2005",
        threshold: float | Literal["by_size"] = 0.10,
    ) -> Weights:
        """Return the priorities of the criteria.

        Parameters
        ----------
        method : {"eigenvector", "geometric_mean"}, default="eigenvector"
            The principal eigenvector, or the geometric means of rows, which are logarithmic least
            squares and so extend to missing judgements. For three criteria they are the same.
        random_index : str or mapping of int to float, default="saaty_2005"
            Table of random indices, as in :meth:`consistency_ratio`.
        threshold : float or "by_size", default=0.1
            Consistency ratio above which a warning is given: zero or more, `math.inf` for none.
            "by_size" takes Saaty's stricter 0.05 for three criteria and 0.08 for four. The
            warning searches all judgements: in simulations leave it out.

        Returns
        -------
        Weights
            Of method "ahp"; its evidence holds the largest eigenvalue, the consistency index and
            ratio, the table, how the priorities were found and how many judgements are missing.

        Raises
        ------
        InvalidDataError
            Comparisons do not link all criteria; the message says which.
        InvalidParameterError
            A parameter that there is not; a table of random indices that ends before.

        Warns
        -----
        InconsistentJudgementWarning
            The consistency ratio is above the threshold; the message names the judgement most at
            odds with the rest and the value that would mend it.
        """
        settings = {"method": method, "random_index": random_index, "threshold": threshold}
        return weights_of(self.names, self.matrix, settings)

    def consistency_ratio(self, *, random_index: RandomIndex = "saaty_2005") -> float:
        """Return how inconsistent the judgements are, beside judgements made at random.

        Parameters
        ----------
        random_index : str or mapping of int to float, default="saaty_2005"
            Table that the index is divided by: "saaty_2005" (Theory and Applications of the
            Analytic Network Process), "saaty_1980", "donegan_dodd" (1991) or "alonso_lamata"
            (2006). They end at 15 criteria but for the last, whose fitted line goes on. Or a table
            of one's own, by the number of criteria, such as {3: 0.52, 4: 0.89}. The same
            judgements have other ratios by other tables: state which was taken.

        Returns
        -------
        float
            Zero where nothing contradicts, and for one or two criteria; about 1 at random.

        Raises
        ------
        InvalidDataError
            Comparisons do not link all criteria.
        InvalidParameterError
            A table that there is not, or that ends before.

        Notes
        -----
        Of incomplete comparisons the ratio is lenient: the fewer judgements, the less there is
        that could contradict, while the tables are of complete matrices (Ágoston and Csató 2022
        tabulate what would be their due). A tree of comparisons, n - 1 of them, has ratio 0.

        References
        ----------
        Alonso, J. A. and Lamata, M. T. (2006). Consistency in the analytic hierarchy process: a
        new approach. International Journal of Uncertainty, Fuzziness and Knowledge-Based Systems
        14, 445-459.

        Ágoston, K. C. and Csató, L. (2022). Inconsistency thresholds for incomplete pairwise
        comparison matrices. Omega 108, 102576.

        Donegan, H. A. and Dodd, F. J. (1991). A note on Saaty's random indexes. Mathematical and
        Computer Modelling 15, 135-137.
        """
        owner = f"{type(self).__name__}.consistency_ratio"
        excess = principal(completed(self._linked())).excess
        return ratio_of(excess, len(self.names), random_index, owner)

    def most_inconsistent(
        self, n: int = 1, *, on_scale: bool = False, random_index: RandomIndex = "saaty_2005"
    ) -> pd.DataFrame:
        """Return the judgements most at odds with the rest, and what would mend them.

        Parameters
        ----------
        n : int, default=1
            How many, at most; 1 or more.
        on_scale : bool, default=False
            Suggest the nearest value of Saaty's scale.
        random_index : str or mapping of int to float, default="saaty_2005"
            As in :meth:`consistency_ratio`.

        Returns
        -------
        DataFrame
            criterion, compared_with, given, consistent (the value at which the judgements would
            contradict each other least), consistency_ratio (as it is), mended_ratio (with the
            consistent value). The one whose change lowers the ratio most comes first; judgements
            to which no other speaks are not in it.

        Raises
        ------
        InvalidDataError
            Comparisons do not link all criteria.
        InvalidParameterError
            As of :meth:`consistency_ratio`; `n` is not 1 or more.

        Notes
        -----
        Each judgement is taken out in turn and its place filled as if it were missing: for n
        criteria n (n - 1) / 2 searches, 0.1 seconds for 15.
        """
        owner = f"{type(self).__name__}.most_inconsistent"
        check_integer(n, "n", owner, low=1)
        size = len(self.names)
        ratio = self.consistency_ratio(random_index=random_index)
        found = contradictions(self._linked(), on_scale=on_scale)[:n]
        mended = [ratio_of(one.excess, size, random_index, owner) for one in found]
        return pd.DataFrame(
            {
                "criterion": [self.names[one.first] for one in found],
                "compared_with": [self.names[one.second] for one in found],
                "given": np.array([one.given for one in found], dtype=float),
                "consistent": np.array([one.consistent for one in found], dtype=float),
                "consistency_ratio": np.full(len(found), ratio),
                "mended_ratio": np.array(mended, dtype=float),
            }
        )

    def mended(
        self,
        pair: tuple[str, str] | None = None,
        value: float | None = None,
        *,
        on_scale: bool = False,
    ) -> Self:
        """Return the comparison with one judgement replaced.

        Parameters
        ----------
        pair : tuple of two str, optional
            The criteria, in either direction; without, those of the judgement most at odds with
            the rest.
        value : float, optional
            The judgement of the first to the second; without, that which the others ask for.
        on_scale : bool, default=False
            Take the nearest value of Saaty's scale, where `value` is not given.

        Raises
        ------
        InvalidDataError
            The value is not positive and finite; comparisons do not link all criteria, with the
            judgement taken out where its value is asked for.
        InvalidParameterError
            A criterion that there is not; a value without its pair; nothing to mend.

        Examples
        --------
        >>> from creditscore.expert import PairwiseComparison
        >>> odd = PairwiseComparison.of(["a", "b", "c", "d"], [2, 1 / 4, 8, 2, 4, 2])
        >>> round(odd.consistency_ratio(), 2)
        0.41
        >>> odd.mended()
        PairwiseComparison(a, b, c, d; CR 0.000)
        >>> round(odd.mended()["a", "c"], 9)
        4.0
        """
        if pair is None:
            if value is not None:
                msg = "The 'value' of a judgement needs the 'pair' that it is of. Got None."
                raise InvalidParameterError(msg)
            found = contradictions(self._linked())
            if not found:
                msg = (
                    "There is no judgement to which others speak: with two criteria, or one chain "
                    "of comparisons, nothing can contradict. Name the 'pair' to change."
                )
                raise InvalidParameterError(msg)
            pair = (self.names[found[0].first], self.names[found[0].second])
        first, second = self._places(pair)
        matrix = self.matrix
        if value is None:
            matrix[first, second] = matrix[second, first] = np.nan
            filled = float(completed(linked(self.names, matrix))[first, second])
            value = nearest_on_scale(filled) if on_scale else filled
        checked = check_judgement(float(value), (self.names[first], self.names[second]))
        matrix[first, second] = np.nan if checked is None else checked
        matrix[second, first] = 1 / matrix[first, second]
        return type(self).of(self.names, matrix[np.triu_indices(len(matrix), 1)].tolist())

    def __getitem__(self, pair: tuple[str, str]) -> float:
        """Return the judgement of the first of a pair to the second, NaN where not made."""
        first, second = self._places(pair, same=True)
        return float(self.matrix[first, second])

    def __iter__(self) -> Iterator[str]:
        """Go through the criteria."""
        return iter(self.names)

    def __len__(self) -> int:
        """Count the criteria."""
        return len(self.names)

    def _places(self, pair: Any, *, same: bool = False) -> tuple[int, int]:
        if not (isinstance(pair, tuple) and len(pair) == 2 and (same or pair[0] != pair[1])):
            msg = f"A pair is two different criteria, as in ('a', 'b'). Got {pair!r}."
            raise InvalidParameterError(msg)
        for name in pair:
            if name not in self.names:
                raise unknown_name(name, self.names, "criterion", "these comparisons")
        return self.names.index(pair[0]), self.names.index(pair[1])

    def _linked(self) -> Float2D:
        """Return the matrix, having checked that comparisons link all criteria."""
        return linked(self.names, self.matrix)

    def _content(self) -> dict[str, Any]:
        return {"names": list(self.names), "judgements": list(self.judgements)}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls.of(content["names"], content["judgements"])

    def __repr__(self) -> str:
        """Say in one line what is compared, and how consistently."""
        listed = ", ".join(self.names[:6])
        more = f", … {len(self.names) - 6} more" if len(self.names) > 6 else ""
        return f"PairwiseComparison({listed}{more}; {self._state()})"

    def _repr_html_(self) -> str:
        """Show the matrix, judgements as people say them."""
        shown = pd.DataFrame({"": self.names})
        for name, column in zip(self.names, self.matrix.T, strict=True):
            shown[name] = ["–" if np.isnan(value) else judgement_text(value) for value in column]
        return html_table(shown, caption=f"Pairwise comparison ({self._state()})", formats={})

    def _state(self) -> str:
        """Say how many judgements are missing, and the consistency ratio if there is one."""
        missing = f"{len(self.missing)} of {len(self.judgements)} missing, " if self.missing else ""
        if len(groups_of(self.matrix)) > 1:
            return f"{missing}criteria not all linked"
        table: RandomIndex = "saaty_2005" if len(self.names) <= 15 else "alonso_lamata"
        return f"{missing}CR {self.consistency_ratio(random_index=table):.3f}"
