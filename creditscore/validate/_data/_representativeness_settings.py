"""Where the comparison of two samples draws its lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

from creditscore._repr import changed_repr
from creditscore._validation import check_integer, check_real
from creditscore.validate._data._bounds import checked_bounds


@dataclass(frozen=True, kw_only=True, repr=False)
class RepresentativenessSettings:
    """Bounds and parameters of the comparison of a sample with another.

    Parameters
    ----------
    n_bins : int, default=10
        Bins of nearly equal size of a number that no card parts, 2 or more.
    level : float, default=0.95
        Confidence level of the benchmark of each index and of the interval of the AUC, in (0, 1).
    csi_bounds : tuple of two floats, default=(0.10, 0.25)
        The stability index of a characteristic above which the verdict is "watch", and "fail".
    missing_bounds : tuple of two floats, default=(0.05, 0.10)
        The same for the change of the share of missing values, either way, in [0, 1].
    strange_bounds : tuple of two floats, default=(0.01, 0.05)
        The same for the share of current rows with values outside the range of the development
        sample, or with levels that it did not have, in [0, 1].
    auc_bounds : tuple of two floats, default=(0.60, 0.70)
        The same for the AUC with which a classifier tells the samples apart; 0.5 is not at all.
    n_folds : int, default=5
        Folds of the classifier, 2 or more.
    n_permutations : int, default=0
        Fits to shuffled samples for the p-value of the classifier; 0 for the normal
        approximation.
    most_rows : int, default=10000
        Most rows of each sample that the classifier reads, drawn at random; 20 or more.
    random_state : int, default=0
        Seed of the draws and folds.

    Raises
    ------
    InvalidParameterError
        A number is out of range, or bounds are not two, the lower first.

    Notes
    -----
    The bounds of the index are those of the field. For missing values, strange values and the
    AUC there is no convention: the defaults are practice, and yours to move.

    Examples
    --------
    >>> from creditscore.validate import RepresentativenessSettings
    >>> RepresentativenessSettings(csi_bounds=(0.05, 0.2))
    RepresentativenessSettings(csi_bounds=(0.05, 0.2))
    """

    n_bins: int = 10
    level: float = 0.95
    csi_bounds: tuple[float, float] = (0.10, 0.25)
    missing_bounds: tuple[float, float] = (0.05, 0.10)
    strange_bounds: tuple[float, float] = (0.01, 0.05)
    auc_bounds: tuple[float, float] = (0.60, 0.70)
    n_folds: int = 5
    n_permutations: int = 0
    most_rows: int = 10_000
    random_state: int = 0

    def __post_init__(self) -> None:
        """Check the ranges."""
        owner = type(self).__name__
        check_real(self.level, "level", owner, low=0, high=1)
        for name, low in _WHOLE.items():
            check_integer(getattr(self, name), name, owner, low=low)
        for name, high in _HIGHEST.items():
            object.__setattr__(self, name, checked_bounds(getattr(self, name), name, owner, high))

    def __repr__(self) -> str:
        """Show what differs from the defaults."""
        return changed_repr(self)


_WHOLE = {"n_bins": 2, "n_folds": 2, "n_permutations": 0, "most_rows": 20, "random_state": 0}
"""The least value of each whole number."""
_HIGHEST = {"csi_bounds": math.inf, "missing_bounds": 1.0, "strange_bounds": 1.0, "auc_bounds": 1.0}
"""The end of the range of each pair of bounds."""
