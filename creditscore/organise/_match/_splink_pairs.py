"""The same question put to splink, for comparison or for very large files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from creditscore._typing import NativeFrame
from creditscore._validation import check_real
from creditscore._warn import warn_user
from creditscore.exceptions import (
    InvalidDataError,
    MissingDependencyError,
    NonConvergenceWarning,
)
from creditscore.organise._match._records import Records, read_records

_OWNER = "splink_pairs"
_COLUMNS = {
    "name": "core", "name_zh": "core_zh", "registration_number": "registration_number",
    "identity_number": "identity_number", "phone": "phone", "email": "email",
    "address": "address", "address_zh": "address_zh", "birth_year": "birth_year",
}  # fmt: skip
_FUZZY = ("name", "name_zh", "address", "address_zh")
_NO_KEY = ("birth_year", "address", "address_zh")
_DRAWN = 1e6


def splink_pairs(
    table: NativeFrame, *, review_from: float = 0.2, match_share: float = 1e-4
) -> pd.DataFrame:
    """Return pairs that may be the same customer, as splink on DuckDB scores them.

    Parameters
    ----------
    table : table of shape (n_customers, n_columns)
        As :func:`match_customers` takes it.
    review_from : float, default=0.2
        Probability from which pairs are returned, in [0, 1].
    match_share : float, default=1e-4
        Share of all pairs that are matches, in (0, 1), which splink is told.

    Returns
    -------
    DataFrame
        left, right (as in the table, the earlier one on the left), weight (bits, without the
        rarity of matches) and probability, the likeliest first.

    Raises
    ------
    InvalidDataError
        Fewer than two columns have values, or a customer is missing or stands twice.
    MissingDependencyError
        splink is not installed.

    Warns
    -----
    NonConvergenceWarning
        splink learnt nothing from a key.

    Notes
    -----
    splink gets the columns in the form that :func:`match_customers` compares, keys that are equal
    as blocks, exact agreement as levels, and for names and addresses two levels by Jaro–Winkler.
    It draws u from random pairs and estimates m by expectation and maximisation in the blocks of
    each key. It looks for no swapped digits and checks no groups: what it finds is a list of
    pairs for the queue. It needs splink 5 or later.

    *What its estimation needs*: a field is trained in the blocks of the other keys, in which there
    must be matches and others; where records share one kind of key alone, that field keeps the m
    that splink starts from, without a word. Like all models of independent fields it takes
    namesakes for matches where e-mail addresses are made of names, and it is not told that two
    numbers speak against a match: of 10,500 made customers with 500 duplicates it found all 500
    above 0.99, and 3,100 pairs of namesakes with them. So nothing of its list is to be merged
    unseen.

    References
    ----------
    Linacre, R., Lindsay, S., Manassis, T., Slade, Z., Hepworth, T., Kennedy, R. and Bond, A.
    (2022). Splink: Free software for probabilistic record linkage at scale. International Journal
    of Population Data Science 7(3).

    Examples
    --------
    >>> from creditscore.datasets import load_trading_firm
    >>> from creditscore.organise import splink_pairs
    >>> splink_pairs(load_trading_firm().customers)  # doctest: +SKIP
    """
    check_real(review_from, "review_from", _OWNER, low=0, high=1, closed="both")
    check_real(match_share, "match_share", _OWNER, low=0, high=1, closed="neither")
    splink = _splink_module()
    records = read_records(table, _OWNER)
    frame = _frame(records)
    used = [name for name in _COLUMNS if frame[name].notna().any()]
    if not used:
        msg = "No record has a value in any column that is compared."
        raise InvalidDataError(msg)
    keys = {name: splink.block_on(name) for name in used if name not in _NO_KEY}
    if not keys:
        msg = "Only addresses and years of birth have values, which splink gets no keys from."
        raise InvalidDataError(msg)
    if len(used) < 2:
        # splink takes the key out of what it compares, and then nothing is left
        msg = (
            f"Only the column {used[0]!r} has values, and splink needs a second one to compare "
            "where that one is the key. Give the table another column, or take match_customers()."
        )
        raise InvalidDataError(msg)
    with _quiet():
        linker = _linker(splink, frame[["customer", *used]], used, list(keys.values()), match_share)
        linker.training.estimate_u_using_random_sampling(max_pairs=_DRAWN, seed=0)
        for name, key in keys.items():
            _train(linker, name, key)
        found = linker.inference.predict(threshold_match_probability=review_from)
        pairs = found.as_pandas_dataframe()
    return _listed(pairs, records, match_share)


def _splink_module() -> Any:
    try:
        import splink  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'splink is needed. Install it with: pip install "creditscore[splink]".'
        raise MissingDependencyError(msg) from error
    return splink


def _frame(records: Records) -> pd.DataFrame:
    columns = {
        name: pd.Series(records[column], dtype=object).where(records[column] != "", None)
        for name, column in _COLUMNS.items()
    }
    return pd.DataFrame({"customer": np.arange(len(records)), **columns})


def _linker(
    splink: Any, frame: pd.DataFrame, used: list[str], keys: list[Any], match_share: float
) -> Any:
    from splink import comparison_library as levels  # noqa: PLC0415 - an extra
    from splink.backends.duckdb import DuckDBAPI  # noqa: PLC0415 - an extra

    settings = splink.SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="customer",
        probability_two_random_records_match=match_share,
        comparisons=[
            levels.JaroWinklerAtThresholds(name, [0.92, 0.8]) if name in _FUZZY
            else levels.ExactMatch(name)
            for name in used
        ],
        blocking_rules_to_generate_predictions=keys,
    )  # fmt: skip
    return splink.Linker(DuckDBAPI().register(frame), settings, log_level=logging.ERROR)


def _train(linker: Any, name: str, key: Any) -> None:
    """Train m in the blocks of a key, unless they have no pairs, or none but matches."""
    from splink.internals.exceptions import SplinkException  # noqa: PLC0415 - an extra

    try:
        linker.training.estimate_parameters_using_expectation_maximisation(key, max_pairs=_DRAWN)
    except SplinkException:
        # of matches alone, the share of matches becomes 1 and its odds infinite
        warn_user(
            f"splink learnt nothing from the records that share a {name!r}: there are no pairs of "
            "them, or all are the same customer.",
            NonConvergenceWarning,
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep splink from writing of its progress, which it does without being asked."""
    logger = logging.getLogger("splink")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _listed(pairs: pd.DataFrame, records: Records, match_share: float) -> pd.DataFrame:
    ends = np.sort(pairs[["customer_l", "customer_r"]].to_numpy(dtype=np.intp), axis=1)
    rarity = np.log2(match_share / (1 - match_share))
    found = pd.DataFrame(
        {
            "left": records.customers[ends[:, 0]],
            "right": records.customers[ends[:, 1]],
            # splink counts the rarity of matches in
            "weight": pairs["match_weight"].to_numpy(dtype=np.float64) - rarity,
            "probability": pairs["match_probability"].to_numpy(dtype=np.float64),
        }
    )
    return found.sort_values(["weight", "left", "right"], ascending=[False, True, True],
                             ignore_index=True)  # fmt: skip
