"""From values to grades, and from grades to the probabilities they mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from creditscore._frame import like
from creditscore._typing import Float1D
from creditscore.grade._ladder import ranks_of, read_grades
from creditscore.grade._scale import GradeScale


class GradeMeanings:
    """A scale and the probability that each of its grades means, to look grades up in."""

    scale: GradeScale
    prob_default: tuple[float, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Grades, the safest first, without that of customers in default."""
        return self.scale.labels

    @property
    def default_label(self) -> str:
        """Grade of customers in default."""
        return self.scale.default_label

    def grade(self, values: Any, *, in_default: Any = None) -> Any:
        """Return the grade of each value; parameters and errors are those of GradeScale.grade.

        Parameters
        ----------
        values : Series or array-like of shape (n_samples,)
            Probabilities of default or scores, as `scale.measure` says.
        in_default : array-like of bool, shape (n_samples,), optional
            Customers in default.

        Returns
        -------
        Series of str in the library and index of `values`, else ndarray of str

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> MasterScale.agency(notches=True).grade([0.0002, 0.003, 0.4]).tolist()
        ['AA', 'BB+', 'CCC-']
        """
        return self.scale.grade(values, in_default=in_default)

    def prob_default_of(self, grades: Any) -> Any:
        """Return the probability of default that each grade stands for; 1 for default.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_samples,)
            Grades of the scale, or its default label.

        Returns
        -------
        Series of float in the library and index of `grades`, else ndarray
            Fractions in [0, 1].

        Raises
        ------
        InvalidDataError
            A grade that is missing or not on the scale.

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> MasterScale.agency().prob_default_of(["BBB", "D"]).tolist()
        [0.0014, 1.0]
        """
        return like(self._looked_up(grades), grades, name="prob_default")

    def odds_of(self, grades: Any) -> Any:
        """Return the odds good:bad that each grade stands for, (1 - p) / p.

        Parameters
        ----------
        grades : Series or array-like of str, shape (n_samples,)
            As in :meth:`prob_default_of`, with its errors.

        Returns
        -------
        Series of float in the library and index of `grades`, else ndarray
            Infinite for a probability of zero, and zero for default.

        Examples
        --------
        >>> from creditscore.grade import MasterScale
        >>> MasterScale.agency().odds_of(["BBB", "D"]).round(2).tolist()
        [713.29, 0.0]
        """
        prob = self._looked_up(grades)
        odds = np.divide(1 - prob, prob, out=np.full(len(prob), np.inf), where=prob > 0)
        return like(odds, grades, name="odds")

    def _looked_up(self, grades: Any) -> Float1D:
        ranks = ranks_of(self.scale, type(self).__name__)
        prob = np.array([*self.prob_default, 1.0])
        found: Float1D = prob[[ranks[grade] for grade in read_grades(grades, ranks)]]
        return found
