"""A probit model of the acceptance, and what methods that lean on one share."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from creditscore._checks import check_kind
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Float1D, Float2D
from creditscore._warn import warn_user
from creditscore.binning import WOEEncoder
from creditscore.exceptions import (
    InvalidDataError,
    InvalidParameterError,
    RejectInferenceWarning,
    SeparationWarning,
)
from creditscore.scorecard._challenge._probit import ProbitClassifier
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._unseen import codes_and_points
from creditscore.scorecard.reject._method import RejectMethod, ScoredApplications
from creditscore.scorecard.reject._sample import AugmentedSample


@dataclass(frozen=True)
class Probit:
    """Estimate of a probit model.

    Attributes
    ----------
    terms : tuple of str
        The constant first.
    coefficients, errors : ndarray of shape (n_terms,)
        Estimates and standard errors.
    """

    terms: tuple[str, ...]
    coefficients: Float1D
    errors: Float1D

    @classmethod
    def fit(
        cls, features: Float2D, names: tuple[str, ...], outcome: Bool1D, weights: Float1D, what: str
    ) -> Self:
        """Maximise the likelihood; `what` names the outcome."""
        try:
            with warnings.catch_warnings(action="error", category=SeparationWarning):
                fit = ProbitClassifier().fit(features, outcome, weights)
        except SeparationWarning as error:
            told_by = _told_by(features[weights > 0], names, outcome[weights > 0])
            msg = (
                f"The {what} is told without error by {told_by}, so no probit model of it can be "
                "estimated: where the old policy was a rule on these columns, no accepted case is "
                "like a rejected one."
            )
            raise InvalidDataError(msg) from error
        return cls(
            ("(constant)", *names),
            np.append(fit.intercept_, fit.coef_),
            np.append(fit.intercept_error_, fit.standard_errors_),
        )

    def index(self, features: Float2D) -> Float1D:
        """Return constant + features · coefficients."""
        index: Float1D = self.coefficients[0] + features @ self.coefficients[1:]
        return index

    def frame(self, equation: str) -> pd.DataFrame:
        """Return a row a term."""
        return pd.DataFrame(
            {
                "equation": equation,
                "term": self.terms,
                "coefficient": self.coefficients,
                "std_error": self.errors,
            }
        )


def _told_by(features: Float2D, names: tuple[str, ...], outcome: Bool1D) -> str:
    """Name the columns that tell the outcome alone; where none does, all of them together."""
    alone = [
        name
        for name, values in zip(names, features.T, strict=True)
        if not np.intersect1d(values[outcome], values[~outcome]).size
    ]
    return ", ".join(map(repr, alone)) or f"{', '.join(map(repr, names))} together"


@dataclass(frozen=True)
class Selected:
    """Accepted and rejected with their index of the acceptance and their WOE.

    Attributes
    ----------
    acceptance : Probit
        Model of being accepted.
    index, rejected_index : ndarray
        Its index t of each case, accepted with probability Φ(t).
    woe, rejected_woe : ndarray of shape (n, n_characteristics)
        WOE of the card.
    """

    scored: ScoredApplications
    acceptance: Probit
    index: Float1D
    rejected_index: Float1D

    @cached_property
    def woe(self) -> Float2D:
        """WOE of the accepted by the characteristics of the card."""
        return _woe_of(self.scored.card, self.scored.applications.table)

    @cached_property
    def rejected_woe(self) -> Float2D:
        """WOE of the rejected by the characteristics of the card."""
        return _woe_of(self.scored.card, self.scored.applications.rejected_table)


@dataclass(frozen=True, kw_only=True)
class AcceptanceMethod(RejectMethod):
    """A method that infers outcomes from a model of the acceptance."""

    exclusion: tuple[str, ...] = ()
    encoder: WOEEncoder | None = None

    def __post_init__(self) -> None:
        """Check the parameters."""
        owner = type(self).__name__
        given: Any = self.exclusion
        names = tuple(given) if isinstance(given, (list, tuple)) else (None,)
        if not all(isinstance(name, str) for name in names):
            msg = (
                f"The 'exclusion' parameter of {owner} must be a tuple of column names. Got "
                f"{self.exclusion!r} instead."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "exclusion", names)
        if self.encoder is not None:
            check_kind(self.encoder, "encoder", owner, WOEEncoder)

    @property
    def selection_only(self) -> tuple[str, ...]:
        """Columns that explain the acceptance alone."""
        return self.exclusion

    def _augment(self, scored: ScoredApplications) -> AugmentedSample:
        used = sorted(set(self.exclusion) & set(scored.card.names))
        if used:
            msg = (
                f"{self}: {', '.join(map(repr, used))} should explain the acceptance alone, and "
                "the card of the accepted uses it too. Fit that card without it."
            )
            raise InvalidParameterError(msg)
        if not self.exclusion:
            warn_user(
                f"{self}: no column explains the acceptance alone, so acceptance and outcome are "
                "told apart by the form of the model only, and the result may be far off. Name "
                "in 'exclusion' what moved the decision and not the risk, such as the load of "
                "the office or a change of policy.",
                RejectInferenceWarning,
            )
        selected = _select(scored, self.encoder)
        prob, outcome = self._rejected_prob(selected)
        details = pd.concat([selected.acceptance.frame("acceptance"), outcome], ignore_index=True)
        return self._assigned(scored, prob, details=details)

    @abstractmethod
    def _rejected_prob(self, selected: Selected) -> tuple[Float1D, pd.DataFrame]:
        """Return probabilities of default of the rejected, and the equation of the outcome."""


def _select(scored: ScoredApplications, encoder: WOEEncoder | None) -> Selected:
    """Fit the probit of being accepted on the WOE of accepted against rejected."""
    applications = scored.applications
    n_accepted = applications.table.n_rows
    table = as_table(applications.stacked(applications.names)).with_kinds(applications.kinds or {})
    rejected = np.arange(table.n_rows) >= n_accepted
    weights = np.concatenate([applications.weights, applications.rejected_weights])
    fitted = clone(encoder or WOEEncoder()).set_params(output="woe", bad_label=None)
    fitted.fit(table, rejected, weights)
    tables = [bins for bins in fitted.tables_.values() if bins.iv > 0]
    if not tables:
        msg = (
            "No column tells accepted from rejected, so there is no model of the acceptance: the "
            "decision was made on other grounds, or by chance."
        )
        raise InvalidDataError(msg)
    features = np.column_stack([bins.encode_column(table) for bins in tables])
    names = tuple(bins.feature for bins in tables)
    probit = Probit.fit(features, names, ~rejected, weights, "acceptance")
    index = probit.index(features)
    return Selected(scored, probit, index[:n_accepted], index[n_accepted:])


def _woe_of(card: Scorecard, table: Table) -> Float2D:
    columns = []
    pairs = zip(card.characteristics, codes_and_points(card.characteristics, table), strict=True)
    for characteristic, (codes, _) in pairs:
        woe = [attribute.woe for attribute in characteristic.attributes]
        if None in woe:
            msg = (
                f"Characteristic {characteristic.name!r} has no WOE, as its points were written "
                "by hand. Models of acceptance and outcome need a card that was estimated."
            )
            raise InvalidParameterError(msg)
        columns.append(np.asarray(woe, dtype=np.float64)[codes])
    return np.column_stack(columns)
