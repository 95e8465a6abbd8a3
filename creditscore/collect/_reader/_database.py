"""Tables of databases, read by SQLAlchemy in streams; names are checked, never pasted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from creditscore._checks import unknown_name
from creditscore.collect._reader._source_table import SourceTable, check_names, digest_of
from creditscore.exceptions import InvalidParameterError, MissingDependencyError

_AT_ONCE = 10_000
"""Rows that are fetched at a time."""


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DatabaseTable:
    """A table, or a select, of a database that SQLAlchemy reaches.

    Parameters
    ----------
    connection : sqlalchemy.Connection or sqlalchemy.Engine
        Open connection, or an engine that one is made of; needs the extra ``store``.
    table : str, default=""
        Name of a table or view; it is looked up in the database, never pasted into a text.
    schema : str or None, default=None
        Where the table lies.
    select : sqlalchemy.Select or None, default=None
        In the place of a table; a text of SQL is refused.
    order_by : tuple of str, default=()
        Columns by which rows are sorted, so that they are read in one order always; without, by
        the primary key, where the table has one.

    Examples
    --------
    >>> import sqlalchemy as sa
    >>> from creditscore.collect import DatabaseTable
    >>> engine = sa.create_engine("sqlite://")
    >>> DatabaseTable(connection=engine, table="invoices")
    DatabaseTable(invoices)
    """

    connection: Any
    table: str = ""
    schema: str | None = None
    select: Any = None
    order_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that there is either a table or a select."""
        sa = sqlalchemy_module()
        if not isinstance(self.connection, (sa.Connection, sa.Engine)):
            # what was passed may hold a password, so the message shows its type only
            msg = (
                "The 'connection' of DatabaseTable must be a Connection or an Engine of "
                f"SQLAlchemy. Got {type(self.connection).__name__}."
            )
            raise InvalidParameterError(msg)
        if bool(self.table) == (self.select is not None):
            msg = "A DatabaseTable needs either a 'table' or a 'select', and not both."
            raise InvalidParameterError(msg)
        if self.select is not None and not isinstance(self.select, sa.Select):
            msg = (
                "The 'select' of DatabaseTable must be made by sqlalchemy.select(). Got "
                f"{type(self.select).__name__}: texts of SQL are not run."
            )
            raise InvalidParameterError(msg)

        if self.select is not None and self.order_by:
            msg = "The 'order_by' of DatabaseTable is of a 'table': let the 'select' sort its rows."
            raise InvalidParameterError(msg)

    def __repr__(self) -> str:
        """Say in one line which table."""
        return f"DatabaseTable({self.table or 'a select'})"


def sqlalchemy_module() -> Any:
    """Return SQLAlchemy, which the extra installs."""
    try:
        import sqlalchemy  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = 'SQLAlchemy is needed for databases: pip install "creditscore[store]".'
        raise MissingDependencyError(msg) from error
    return sqlalchemy


def database_table(data: DatabaseTable) -> SourceTable:
    """Fetch the rows in streams."""
    sa = sqlalchemy_module()
    if isinstance(data.connection, sa.Engine):
        with data.connection.connect() as connection:
            return _fetched(connection, data, sa)
    return _fetched(data.connection, data, sa)


def _fetched(connection: Any, data: DatabaseTable, sa: Any) -> SourceTable:
    statement = data.select if data.select is not None else _select(connection, data, sa)
    # of this statement alone: options of the connection would stay with the caller's
    streamed = {"stream_results": True, "yield_per": _AT_ONCE}
    result = connection.execute(statement, execution_options=streamed)
    names = [str(name) for name in result.keys()]  # noqa: SIM118 - no mapping
    name = f"the table {data.table!r}" if data.table else "the select"
    check_names(names, name)
    parts: list[list[Any]] = [[] for _ in names]
    for rows in result.partitions():
        for cells, column in zip(zip(*rows, strict=True), parts, strict=True):
            column.extend(cells)
    columns = {
        title: pd.Series(cells, dtype=object) for title, cells in zip(names, parts, strict=True)
    }
    n = len(parts[0]) if parts else 0
    return SourceTable(
        name=name, origin=data.table or "select", columns=columns, places=range(1, n + 1),
        digest=digest_of(columns),
    )  # fmt: skip


def _select(connection: Any, data: DatabaseTable, sa: Any) -> Any:
    look = sa.inspect(connection)
    known: Sequence[str] = [
        *look.get_table_names(schema=data.schema), *look.get_view_names(schema=data.schema),
    ]  # fmt: skip
    if data.table not in known:
        raise unknown_name(data.table, known, "table", "the database")
    table = sa.Table(data.table, sa.MetaData(), schema=data.schema, autoload_with=connection)
    for column in data.order_by:
        if column not in table.columns:
            raise unknown_name(column, list(table.columns.keys()), "column", data.table)
    order = [table.columns[name] for name in data.order_by] or list(table.primary_key.columns)
    return sa.select(table).order_by(*order)
