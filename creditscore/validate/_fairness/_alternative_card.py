"""A card that differs from a baseline in a few characteristics, and the estimator that fits it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from sklearn.base import clone

from creditscore._frame import Table, as_table
from creditscore._typing import NativeFrame
from creditscore.binning import BinConstraints, WOEEncoder
from creditscore.scorecard import CoefficientPrior, LogisticScorecard

_BY_COLUMN = ("trend", "special_codes", "user_cuts", "constraints", "policy", "kinds")
"""Parameters of an encoder that may name columns."""


@dataclass(frozen=True)
class BaselineCard:
    """The card as it is: what alternatives start from; its estimator has an encoder."""

    estimator: LogisticScorecard
    names: tuple[str, ...]
    columns: tuple[str, ...]
    n_bins: Mapping[str, int]
    coefficients: Mapping[str, float]

    @classmethod
    def fitted(cls, estimator: LogisticScorecard, table: Table, y: Any) -> BaselineCard:
        """Fit the estimator once and note what came of it."""
        estimator = clone(estimator)
        if estimator.encoder is None:
            sampled = estimator.weight_type == "sampling"
            encoder = WOEEncoder() if sampled else LogisticScorecard.default_encoder()
            estimator.set_params(encoder=encoder)
        model = clone(estimator).fit(table, y)
        names = model.scorecard_.names
        return cls(
            estimator,
            table.names,
            names,
            {name: model.encoder_.tables_[name].n_bins for name in names},
            dict(zip(names, model.coef_.tolist(), strict=True)),
        )


@dataclass(frozen=True)
class Change:
    """One change of one characteristic: "drop", "merge" to `value` bins, "limit" to `value`."""

    kind: str
    column: str
    value: float = 0.0

    def __str__(self) -> str:
        if self.kind == "drop":
            return f"without {self.column}"
        if self.kind == "merge":
            return f"{self.column} in at most {self.value:g} bins"
        return f"coefficient of {self.column} at most {self.value:.0%}"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class AlternativeCard:
    """A card that a search for alternatives judged.

    Attributes
    ----------
    number : int
        Its row in the table of the search; 0 is the baseline.
    changes : tuple of str
        What differs from the baseline, in words; none for the baseline.
    columns : tuple of str
        Characteristics that it is fitted on.
    estimator : LogisticScorecard
        Fits it; not fitted.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.validate import AlternativeCard
    >>> AlternativeCard(
    ...     number=1, changes=("without housing",), columns=("telephone",),
    ...     estimator=LogisticScorecard(),
    ... )
    <AlternativeCard 1: without housing>
    """

    number: int
    changes: tuple[str, ...]
    columns: tuple[str, ...]
    estimator: LogisticScorecard = field(repr=False)

    def fit(self, X: NativeFrame, y: Any) -> LogisticScorecard:
        """Fit the card on a sample.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            With the characteristics, by name; others do not matter.
        y : array-like of shape (n_samples,)
            As in :meth:`LogisticScorecard.fit`.

        Returns
        -------
        LogisticScorecard
            Fitted; its ``scorecard_`` is the card.
        """
        estimator: LogisticScorecard = clone(self.estimator)
        return estimator.fit(as_table(X).only(self.columns), y)

    def __repr__(self) -> str:
        """Say in one line what differs."""
        return f"<AlternativeCard {self.number}: {'; '.join(self.changes) or 'the baseline'}>"


def changed_card(
    baseline: BaselineCard, changes: tuple[Change, ...], number: int
) -> AlternativeCard:
    """Return the card with some changes, at most one a characteristic."""
    by_kind: dict[str, dict[str, float]] = {"drop": {}, "merge": {}, "limit": {}}
    for change in changes:
        by_kind[change.kind][change.column] = change.value
    columns = tuple(name for name in baseline.columns if name not in by_kind["drop"])
    left_out = set(baseline.names) - set(columns)
    encoder = without_columns(baseline.estimator.encoder, left_out)
    if by_kind["merge"]:
        encoder = _coarser(encoder, columns, by_kind["merge"])
    # the characteristics are chosen here, not once more in each fold
    parameters: dict[str, Any] = {"min_iv": 0, "selection": None, "encoder": encoder}
    bounds = baseline.estimator.coefficient_bounds
    if by_kind["limit"]:
        parameters["coefficient_bounds"] = _bounds(baseline, columns, by_kind["limit"])
    elif isinstance(bounds, Mapping):
        parameters["coefficient_bounds"] = _without(bounds, left_out)
    prior = baseline.estimator.prior
    if prior is not None:
        parameters["prior"] = _prior(prior, columns)
    estimator = clone(baseline.estimator).set_params(**parameters)
    said = tuple(str(change) for change in changes)
    return AlternativeCard(number=number, changes=said, columns=columns, estimator=estimator)


def without_columns(encoder: Any, left_out: Collection[str]) -> WOEEncoder:
    """Return an encoder that asks nothing of columns that are left out."""
    asked = {name: getattr(encoder, name) for name in _BY_COLUMN}
    fewer = {
        name: _without(value, left_out)
        for name, value in asked.items()
        if isinstance(value, Mapping)
    }
    copy: WOEEncoder = clone(encoder).set_params(**fewer)
    return copy


def _without(asked: Mapping[str, Any], left_out: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if name not in left_out}


def _coarser(
    encoder: WOEEncoder, columns: tuple[str, ...], most: Mapping[str, float]
) -> WOEEncoder:
    """Return the encoder with fewer bins of some columns."""
    asked = encoder.constraints
    constraints = {}
    for name in columns:
        own = asked.get(name) if isinstance(asked, Mapping) else asked
        own = BinConstraints() if own is None else own
        if name in most:
            fewer = int(most[name])
            least = fewer if own.max_n_bins is None else min(fewer, own.max_n_bins)
            own = replace(own, max_n_bins=least)
        constraints[name] = own
    coarser: WOEEncoder = encoder.set_params(constraints=constraints)
    return coarser


def _prior(prior: CoefficientPrior, columns: tuple[str, ...]) -> CoefficientPrior | None:
    """Return what is held of the columns that are left."""
    means = {name: mean for name, mean in prior.means.items() if name in columns}
    if not means:
        return None
    sd = prior.sd
    if isinstance(sd, Mapping):
        sd = {name: sd[name] for name in means}
    return replace(prior, means=means, sd=sd)


def _bounds(
    baseline: BaselineCard, columns: tuple[str, ...], shares: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """Return bounds of coefficients: those asked for before, and closer ones of some columns."""
    asked = baseline.estimator.coefficient_bounds
    bounds = {}
    for name in columns:
        own = asked.get(name) if isinstance(asked, Mapping) else asked
        low, high = (-np.inf, np.inf) if own is None else own
        if name in shares:
            most = shares[name] * abs(baseline.coefficients[name])
            low, high = max(low, -most), min(high, most)
        if np.isfinite(low) or np.isfinite(high):
            bounds[name] = (low, high)
    return bounds
