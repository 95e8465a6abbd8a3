"""Words that stand for missing in a CSV file: never guessed in text, and told among numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from creditscore._warn import warn_user
from creditscore.cli._tables import read_with_words_missing, table_kind
from creditscore.exceptions import CreditScoreWarning

_WORDS = (
    *("NA", "N/A", "n/a", "<NA>", "#N/A", "#NA", "#N/A N/A", "NaN", "nan", "-NaN", "-nan"),
    *("NULL", "null", "None", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"),
)
"""What programs write for a number that is not there."""


def read_missing_words(
    path: Path,
    frame: pd.DataFrame,
    columns: Iterable[str],
    *,
    known: bool = False,
    codes: Collection[str] = (),
) -> pd.DataFrame:
    """Read words such as NA as missing where all other cells of a column are numbers or booleans.

    Parameters
    ----------
    path : Path
        File that the frame was read from; Parquet knows what is missing, and stays as it is.
    frame : DataFrame
        What :func:`read_table` made of it.
    columns : iterable of str
        Columns to look at.
    known : bool, default=False
        Whether a card says that they hold no text, so that the words may be all that they hold.
    codes : collection of str
        Words that are special codes, and so not missing.

    Returns
    -------
    DataFrame

    Warns
    -----
    CreditScoreWarning
        A column had such words; it is named with a word and the number of rows.
    """
    if table_kind(path) == "parquet":
        return frame
    holding = [name for name in columns if name in frame and _words_in(frame[name])]
    if not holding:
        return frame
    found = read_with_words_missing(path, holding, frame, list(_WORDS))
    for name in holding:
        column, written = found[name], frame[name]
        has_no_text = is_numeric_dtype(column) or _holds_booleans(column)
        if has_no_text and (known or column.notna().any()):
            missing = written[~written.isin(codes)]
            if _words_in(missing):
                _tell(missing, "is read as missing, as is usual among numbers")
            if len(missing) < len(written):
                # a word that is a special code stays beside the numbers
                column = written.mask(written.isin(_WORDS) & ~written.isin(codes))
            frame = frame.assign(**{name: column})
    return frame


def tell_words_of_text(
    path: Path, frame: pd.DataFrame, columns: Sequence[str], codes: Collection[str] = ()
) -> None:
    """Say of columns of text that words such as NA are levels there, unless they are codes."""
    if table_kind(path) == "parquet":
        return
    for name in columns:
        others = frame[name][~frame[name].isin(codes)]
        if _words_in(others):
            _tell(
                others,
                "counts as text like any other. Only empty cells are missing: empty them if that "
                "is what is meant",
            )


def tell_empty_text(path: Path, frame: pd.DataFrame, columns: Collection[str]) -> None:
    """Say that empty cells are missing where a card knows the empty text for a level."""
    if table_kind(path) == "parquet":
        return
    for name in columns:
        empty = int(frame[name].isna().sum())
        if empty:
            warn_user(
                f"Column {name!r} has {empty:,} empty cell(s), which are read as missing. The card "
                "knows the empty text as a level, which a CSV file cannot tell from a missing "
                "value: use a Parquet file if that is what is meant.",
                CreditScoreWarning,
            )


def _words_in(column: pd.Series) -> bool:
    return not is_numeric_dtype(column) and bool(column.isin(_WORDS).any())


def _holds_booleans(column: pd.Series) -> bool:
    filled = column.dropna()
    return is_bool_dtype(column) or (len(filled) > 0 and filled.map(type).eq(bool).all())


def _tell(column: pd.Series, what: str) -> None:
    words = column[column.isin(_WORDS)]
    verb = "holds" if len(words.unique()) == 1 else "holds words such as"
    warn_user(
        f"Column {column.name!r} {verb} {words.iloc[0]!r} in {len(words):,} row(s), first at row "
        f"{words.index[0]}. This {what}.",
        CreditScoreWarning,
    )
