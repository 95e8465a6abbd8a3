"""The bridge to fairlearn: its table of metrics by group, in its own words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from creditscore._validation import as_floats, check_outcomes, check_weights
from creditscore.exceptions import MissingDependencyError
from creditscore.validate._fairness._fairness_cases import check_decisions
from creditscore.validate._fairness._groups import MissingGroup, check_rows_agree, read_groups

_OWNER = "fairness_metric_frame"


def fairness_metric_frame(
    is_bad: Any,
    approved: Any,
    group: Any,
    *,
    missing: MissingGroup = "error",
    sample_weight: Any = None,
) -> Any:
    """Return rates by group as a MetricFrame of fairlearn, which has more to offer with it.

    Parameters
    ----------
    is_bad : array-like of shape (n_samples,)
        1 for bad, 0 for good.
    approved : array-like of shape (n_samples,)
        1 or True for approved.
    group : array-like of shape (n_samples,), or table or mapping of columns
        Protected attribute; several columns are crossed.
    missing : {"error", "group"}, default="error"
        Whether a missing group is an error, or a group of its own.
    sample_weight : array-like of shape (n_samples,), optional
        Frequencies, zero or more.

    Returns
    -------
    fairlearn.metrics.MetricFrame
        With the metrics selection_rate, true_positive_rate (approved goods), false_positive_rate
        (approved bads), false_negative_rate (refused goods), true_negative_rate and count.

    Raises
    ------
    MissingDependencyError
        fairlearn is not installed.
    InvalidTargetError, InvalidDataError
        Outcomes, decisions or groups that cannot be used.

    See Also
    --------
    fairness_table : The same rates and more, with tests and verdicts, without fairlearn.

    Notes
    -----
    fairlearn takes 1 for the wanted outcome and the wanted decision, so it is given 1 for good, not
    for bad, and 1 for approved [1]_.

    References
    ----------
    .. [1] H. Weerts and others, "Fairlearn: assessing and improving fairness of AI systems",
       *Journal of Machine Learning Research* 24, 2023, no. 257.

    Examples
    --------
    >>> from creditscore.validate import fairness_metric_frame
    >>> frame = fairness_metric_frame(
    ...     [0, 0, 1, 0, 1, 1], [1, 1, 0, 1, 0, 0], list("aaabbb")
    ... )  # doctest: +SKIP
    >>> frame.by_group["selection_rate"].round(3).tolist()  # doctest: +SKIP
    [0.667, 0.333]
    """
    try:
        from fairlearn import metrics  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'fairlearn is needed for this: pip install "creditscore[fairness]".'
        raise MissingDependencyError(msg) from error
    check_rows_agree(is_bad=is_bad, approved=approved, group=group, sample_weight=sample_weight)
    n_rows = len(np.atleast_1d(as_floats(is_bad, "is_bad")))
    bad = check_outcomes(is_bad, n_rows=n_rows, one_class=True, beside="is_bad")
    said = check_decisions(approved, n_rows)
    groups = read_groups(group, n_rows=n_rows, missing=missing, owner=_OWNER)
    weights = check_weights(sample_weight, n_rows=n_rows)
    rates = (
        "selection_rate",
        "true_positive_rate",
        "false_positive_rate",
        "false_negative_rate",
        "true_negative_rate",
    )
    functions = {name: getattr(metrics, name) for name in (*rates, "count")}
    weighed = dict.fromkeys(rates, {} if weights is None else {"sample_weight": weights})
    return metrics.MetricFrame(
        metrics=functions,
        y_true=(~bad).astype(np.int64),
        y_pred=said.astype(np.int64),
        sensitive_features=pd.Series(np.array(groups.names, dtype=object)[groups.codes]),
        sample_params=weighed,
    )
