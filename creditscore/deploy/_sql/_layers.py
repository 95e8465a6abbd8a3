"""The layers of a query, each worked out from the one below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from creditscore.deploy._sql._dialect import Dialect, Node

_ROWS = "rows_of_table"
"""Alias of the table that is scored."""


class Layers:
    """A query that grows by one SELECT around another.

    Parameters
    ----------
    dialect : Dialect
        Of the engine.
    table : node
        Table that is scored.
    columns : sequence of str
        Its columns that are wanted, each once.
    apart : bool
        Whether each SELECT is worked out once. Where not, an engine may look for single rows of
        the result without working out the others; but it may also write out what is used, and
        what that uses, wherever it is used.
    """

    def __init__(
        self, dialect: Dialect, table: Node, columns: Sequence[str], *, apart: bool
    ) -> None:
        self.dialect, self.exp, self.apart = dialect, dialect.exp, apart
        # SQLite takes a quoted name that it does not know for a text, unless a table is named
        alias = self.exp.to_identifier(_ROWS, quoted=True)
        table.set("alias", self.exp.TableAlias(this=alias))
        self.source, self.alias = table, _ROWS
        self.columns = list(columns)
        self.select: Node = None

    def __getitem__(self, name: str) -> Node:
        """Return a column of what is there so far."""
        return self.exp.column(name, table=self.alias, quoted=True)

    def add(
        self,
        alias: str,
        kept: Sequence[str],
        made: Mapping[str, Node],
        *,
        where: Node | None = None,
    ) -> None:
        """Select the columns that are kept, and what is made of those there; name the result."""
        named = [
            self.exp.alias_(node, name, quoted=True, copy=False) for name, node in made.items()
        ]
        columns = [self[name] for name in kept]
        select = self.exp.select(*columns, *named, copy=False).from_(self._from(), copy=False)
        if where is not None:
            select = select.where(where, copy=False)
        self.select, self.columns, self.alias = select, [*kept, *made], alias

    def _from(self) -> Node:
        if self.select is None:
            return self.source
        inner = self.dialect.kept_apart(self.select) if self.apart else self.select
        return inner.subquery(self.exp.to_identifier(self.alias, quoted=True), copy=False)
