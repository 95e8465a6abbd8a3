"""The one door for data of others: a source and its mapping → observations and rejects."""

from __future__ import annotations

from typing import Any

from creditscore._checks import check_kind
from creditscore._display import counted
from creditscore._warn import warn_user
from creditscore.collect._observation._catalogue import ItemCatalogue
from creditscore.collect._observation._faults import HIDDEN, MOST_SHOWN, first_faults
from creditscore.collect._reader._collect import Collecting
from creditscore.collect._reader._collected import Collected, told_later
from creditscore.collect._reader._fields import file_time
from creditscore.collect._reader._mapping import SourceMapping
from creditscore.collect._reader._open import open_source
from creditscore.exceptions import (
    FutureRowsWarning,
    InvalidDataError,
    InvalidParameterError,
    RejectedRowsWarning,
)
from creditscore.protect import InputLimits

_LETTER = r"[^\W\d_]"
_UNREAD = r"^is (?:no (?:number|day|time|whole number|currency)\b|neither true)"


def read_source(
    data: Any,
    mapping: SourceMapping,
    *,
    catalogue: ItemCatalogue | None = None,
    collected_at: Any = None,
    strict: bool = False,
    limits: InputLimits | None = None,
) -> Collected:
    """Read a source by its mapping; rows that cannot be used are put aside with their reasons.

    Parameters
    ----------
    data : path, DataFrame of pandas, polars or pyarrow, list of mappings, or DatabaseTable
        A file that ends in .csv, .tsv, .txt, .json or .jsonl, packed by gzip (.gz) or not, in
        .xlsx or .parquet; a table; records; a table of a database.
    mapping : SourceMapping
        What its columns mean.
    catalogue : ItemCatalogue, optional
        What the items are; without, the standard one.
    collected_at : datetime or str, optional
        When the facts were collected: the instant, or the day, at which the file was exported, in
        UTC where no zone is said. It is needed where the mapping does not say it, and used where
        its column is empty. A row that says a later instant counts as collected then, or at the
        end of that day: what stands in a file was known when the file was made.
    strict : bool, default=False
        Whether one row that cannot be used is an error; without, it is a warning.
    limits : InputLimits, optional
        What a file may measure at most, and how many rows it may have; without, the standard
        ones: 1 GiB, and 5 million rows.

    Returns
    -------
    Collected
        Observations in the order of the rows, those of rows later than `collected_at` in the
        order of the instants that these say; rejects, and what became of the rows.

    Raises
    ------
    DocumentNotFoundError, DocumentError, DuplicateColumnError, EmptyDataError
        The file is not there, is not what its ending says, is in another encoding than was
        said, or has no header of different names.
    MissingColumnError
        A column that the mapping uses is not there.
    InvalidParameterError
        The mapping does not fit the catalogue, or nobody says when the facts were collected.
    InvalidDataError
        With `strict`, a row cannot be used.
    UnsafeInputError
        The file is larger, or has more rows or columns, than the limits allow, or is an archive
        that could do harm.

    Warns
    -----
    RejectedRowsWarning
        Some rows cannot be used. Words in the place of numbers and days, which may be names in a
        wrong column, are not shown; `rejects` has them.
    FutureRowsWarning
        Some rows say a later instant than `collected_at`, which counts; `after_export` has how
        many, by column.

    Notes
    -----
    A row is used whole or not at all: of an invoice without a legible amount, nothing is taken.
    Empty cells are no fault unless their rule says ``required``; they make no observation. Each
    row is used, rejected or skipped, and the three numbers add up to all.

    A number that a workbook shows as per cent is per cent: 0.61 as 61%; one that it shows with a
    currency must be in that of its row. Where the format of its cell names a scale, or divides by
    1,000, the rule must count in the same: in thousands where 5 is shown as 5 TEUR, and in whole
    EUR where 5,000 is divided and shown as 5 TEUR. Others are rejected. A minus may stand before
    or behind a number, or be brackets, and so beside a unit: (5) €.

    Items that are named currency, such as invoice.currency, are kept as codes: 人民币 and RMB are
    CNY. Signs of several currencies, ¥ and $, need 'words' that say which is meant; so does 万元,
    but in the column of the field 'unit'.

    Cells are read by their distinct values. The evidence of an observation names the file, its
    row, counted from 1 with the header as in a spreadsheet (from 0 in a frame), and the column:
    ``ledger.csv#row=12&column=amount``. One file, read twice, gives equal observations.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import FieldRule, ItemRule, SourceMapping, read_source
    >>> mapping = SourceMapping(
    ...     source="public_filing", method="data_analysis",
    ...     customer=FieldRule(columns=("firm",)),
    ...     true_from=FieldRule(columns=("year",), format="%Y", at="end"),
    ...     columns={"sales": ItemRule(item="revenue", unit="thousand CNY")},
    ... )
    >>> table = pd.DataFrame({"firm": ["C1", "C2"], "year": [2023, 2023], "sales": [1250, 98.5]})
    >>> collected = read_source(table, mapping, collected_at="2024-05-02T08:00Z")
    >>> collected
    Collected(2 observations of 2 rows, 0 rejected, 0 skipped)
    >>> collected.observations.table[["customer", "number", "unit", "true_from", "evidence"]]
      customer     number unit  true_from             evidence
    0       C1  1250000.0  CNY 2023-12-31  #row=0&column=sales
    1       C2    98500.0  CNY 2023-12-31  #row=1&column=sales
    """
    _check_mapping(mapping)
    catalogue = ItemCatalogue.standard() if catalogue is None else catalogue
    check_kind(catalogue, "catalogue", "read_source", ItemCatalogue)
    check_kind(strict, "strict", "read_source", bool)
    if limits is not None:
        check_kind(limits, "limits", "read_source", InputLimits)
    collected = collect(
        data, mapping, catalogue=catalogue, collected_at=collected_at, limits=limits
    )
    return told_of(collected, strict=strict)


def collect(
    data: Any,
    mapping: SourceMapping,
    *,
    catalogue: ItemCatalogue,
    collected_at: Any,
    once: bool = False,
    apart: str = "",
    limits: InputLimits | None = None,
) -> Collected:
    """Read a source; with `once`, each record may have one row only, or one a word of `apart`."""
    told = file_time(collected_at)
    table = open_source(data, mapping.form, limits)
    run = Collecting(
        table=table, mapping=mapping, catalogue=catalogue, collected_at=told, once=once,
        apart=apart,
    )  # fmt: skip
    return run.collected()


def _check_mapping(mapping: Any) -> None:
    if hasattr(mapping, "confirmed"):
        msg = (
            "The mapping is a proposal that nobody has confirmed. Look at its frame(), and let "
            "confirmed(by=…) make a mapping of it."
        )
        raise InvalidParameterError(msg)
    check_kind(mapping, "mapping", "read_source", SourceMapping)


def told_of(collected: Collected, *, strict: bool) -> Collected:
    """Warn of rows that were rejected, or refuse them, and of those that are of the future."""
    if collected.after_export:
        msg = (
            f"Later than the collected_at that was given, in {collected.source_name}: "
            f"{told_later(collected.after_export)}. What stands in a file was known when the file "
            "was made, so they count as collected then."
        )
        warn_user(msg, FutureRowsWarning)
    rejects = collected.rejects
    if not len(rejects):
        return collected
    shown = rejects.masked()[["row", "column", "value", "reason"]]
    # words where a number or a day should be may be the name of a person, and logs keep warnings
    head = shown.head(MOST_SHOWN)
    hidden = head["reason"].str.contains(_UNREAD) & head["value"].astype(str).str.contains(_LETTER)
    shown = shown.assign(value=head["value"].mask(hidden, HIDDEN).reindex(shown.index))
    msg = (
        f"{counted(rejects.n_rows, 'row')} of {collected.source_name} cannot be used: "
        f"{first_faults(shown)}."
    )
    if strict:
        raise InvalidDataError(msg)
    warn_user(f"{msg} They are in 'rejects', with all their cells.", RejectedRowsWarning)
    return collected
