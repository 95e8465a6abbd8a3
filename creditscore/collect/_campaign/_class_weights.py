"""Weights by classes: who answered in a cell speaks for all of the cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from creditscore._cells import word_of
from creditscore._typing import Bool1D, Float1D, Int1D
from creditscore._validation import (
    as_floats,
    check_integer,
    check_same_order,
    check_weights,
)
from creditscore.collect._campaign._campaign import Campaign
from creditscore.collect._campaign._response_weights import (
    ResponseWeights,
    warn_of_thin_cells,
    weight_series,
)
from creditscore.exceptions import EmptyDataError, InvalidDataError, InvalidParameterError


def class_weights(
    answered: Any, cells: Any = None, *, base_weights: Any = None, min_cell: int = 20
) -> ResponseWeights:
    r"""Weight each answer by the inverse of the response rate in its cell.

    Parameters
    ----------
    answered : Campaign, or array-like of shape (n_customers,)
        Of a campaign those count who were asked and are eligible, see :meth:`Campaign.answered`.
        Else 1 for those who answered, 0 for those who were asked and did not; leave out who is
        ineligible, for nobody has to speak for them. The index of a pandas column names the
        customers.
    cells : array-like of shape (n_customers,), or mapping or Series of customers, optional
        The cell of each customer. Of a campaign by customer; without, its strata.
    base_weights : array-like of shape (n_customers,), or mapping or Series, optional
        How many customers each of the sample stood for, as for `cells`; without, 1.
    min_cell : int, default=20
        Cells of fewer answers are named in a warning, 1 or more.

    Returns
    -------
    ResponseWeights
        Of those who answered; they add up to the base weights of all.

    Raises
    ------
    EmptyDataError
        Nobody answered.
    InvalidDataError
        Values other than 0 and 1, a missing cell, not as many; a cell in which nobody answered; a
        customer of a campaign who is not among the cells.
    InvalidParameterError
        No cells, or cells of a campaign that are not by customer.

    Warns
    -----
    ResponseWarning
        Cells of few answers; the message names them.

    Notes
    -----
    :math:`w_i = d_i \sum_{j \in c} d_j / \sum_{j \in c} d_j r_j` with base weights :math:`d` and
    answers :math:`r` in cell :math:`c`. It takes away the bias if, within a cell, those who
    answer are like those who do not.

    References
    ----------
    R. J. A. Little, "Survey nonresponse adjustments for estimates of means", *International
    Statistical Review* 54 (1986), 139-157.

    Examples
    --------
    >>> from creditscore.collect import class_weights
    >>> found = class_weights([1, 0, 1, 1], cells=["small", "small", "large", "large"], min_cell=1)
    >>> found.weights.tolist()
    [2.0, 1.0, 1.0]

    A campaign knows its strata, and who is none of those to be asked:

    >>> from creditscore.collect import Campaign
    >>> campaign = Campaign.from_sample({"C1": "a", "C2": "a", "C3": "a"}, name="terms")
    >>> campaign = campaign.record("sent", ["C1", "C2", "C3"], on="2024-03-04")
    >>> campaign = campaign.record("returned", ["C1"], on="2024-03-11")
    >>> campaign = campaign.record("ineligible", ["C3"], on="2024-03-12")
    >>> class_weights(campaign, min_cell=1)
    ResponseWeights(weighting classes: 1 answer for 2, design effect 1.00, effective n 1.0)
    """
    owner = "class_weights"
    check_integer(min_cell, "min_cell", owner, low=1)
    if isinstance(answered, Campaign):
        strata = pd.Series(dict(answered.sample)) if cells is None else cells
        answered = answered.answered()
        cells = _of_customers(strata, answered.index, "cells", owner)
        if base_weights is not None:
            base_weights = _of_customers(base_weights, answered.index, "base_weights", owner)
    elif cells is None:
        msg = f"{owner} needs the 'cells' of the customers; only a Campaign has its strata."
        raise InvalidParameterError(msg)
    has_answered, base, index = read_answered(answered, base_weights, owner)
    check_same_order(answered, cells, beside="answered", name="cells", error=InvalidDataError)
    codes, names = read_cells(cells, len(has_answered), "cells")
    n_answers = np.bincount(codes[has_answered], minlength=len(names))
    warn_of_thin_cells(dict(zip(names, n_answers.tolist(), strict=True)), min_cell, "cell")
    whole = np.bincount(codes, weights=base)
    part = np.bincount(codes[has_answered], weights=base[has_answered], minlength=len(names))
    weights = base * (whole / part)[codes]
    return ResponseWeights(
        weights=weight_series(weights, has_answered, index), method="weighting classes"
    )


def _of_customers(values: Any, customers: pd.Index, name: str, owner: str) -> pd.Series:
    """Return a value of each customer of a campaign."""
    if not isinstance(values, (Mapping, pd.Series)):
        msg = (
            f"The {name!r} parameter of {owner} must be a mapping or a Series of customers where "
            f"a campaign is weighted. Got {type(values).__name__}."
        )
        raise InvalidParameterError(msg)
    given = pd.Series(values, dtype=object) if isinstance(values, Mapping) else values
    given = given.set_axis(given.index.map(word_of))
    lacking = customers.difference(given.index)
    if len(lacking) or not given.index.is_unique:
        told = f"has none of customer {lacking[0]!r}" if len(lacking) else "names a customer twice"
        msg = f"The {name!r} given to {owner} must be one for each customer asked: it {told}."
        raise InvalidDataError(msg)
    return given.reindex(customers)


def read_answered(answered: Any, base_weights: Any, owner: str) -> tuple[Bool1D, Float1D, pd.Index]:
    """Return who answered, the base weights, and the labels of the customers."""
    if callable(getattr(answered, "answered", None)):
        msg = (
            f"The 'answered' of {owner} must be who answered, not the {type(answered).__name__}. "
            "Give its answered(), such as campaign.answered()."
        )
        raise InvalidDataError(msg)
    values = as_floats(answered, f"The 'answered' of {owner}")
    if values.ndim != 1 or not np.isin(values, (0.0, 1.0)).all():
        msg = (
            f"The 'answered' of {owner} must be 1 for each customer who answered and 0 for each "
            "who was asked and did not."
        )
        raise InvalidDataError(msg)
    if not values.any():
        msg = "Nobody answered, so no weight makes anybody speak for the others."
        raise EmptyDataError(msg)
    check_same_order(
        answered, base_weights, beside="answered", name="base_weights", error=InvalidDataError
    )
    base = check_weights(base_weights, n_rows=len(values), name="base_weights")
    base = np.ones(len(values)) if base is None else base
    if not (base > 0).all():
        msg = "base_weights must be above 0: leave customers out who stand for nobody."
        raise InvalidDataError(msg)
    index = answered.index if isinstance(answered, pd.Series) else pd.RangeIndex(len(values))
    return values == 1, base, index


def read_cells(cells: Any, n_rows: int, name: str) -> tuple[Int1D, list[Any]]:
    """Return the place of each customer's cell among the cells, and these, sorted."""
    values = pd.Series(list(cells), dtype=object)
    if len(values) != n_rows:
        msg = f"{name} must be one for each of {n_rows} customers. Got {len(values)}."
        raise InvalidDataError(msg)
    if values.isna().any():
        msg = (
            f"{name} is missing for {int(values.isna().sum())} customers, the first at row "
            f"{int(values.isna().to_numpy().argmax())}. Give them a cell of their own."
        )
        raise InvalidDataError(msg)
    words = values.map(str)
    names = sorted(words.unique())
    return pd.Index(names).get_indexer(words), names
