"""Tables of the store, as SQLAlchemy sees them; the migrations make the same ones."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

# SQLite keeps a row by its number only where the type is INTEGER to the letter
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", _Id, primary_key=True, autoincrement=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _whole(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=null)


settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    _text("content"),
    _whole("recorded_at"),
    sa.Column("seal", sa.LargeBinary, nullable=False),
)
"""Documents of the store in all their versions: catalogue, policy, how it is protected."""

customers = sa.Table(
    "customers",
    metadata,
    _id(),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("name_cipher", sa.LargeBinary),
    sa.UniqueConstraint("digest", name="customers_digest"),
)
"""The name lies open in a store without keys alone; the digest is under a key of the store."""

items = sa.Table(
    "items", metadata, _id(), _text("name"), sa.UniqueConstraint("name", name="items_name")
)

origins = sa.Table(
    "origins",
    metadata,
    _id(),
    _text("source"),
    _text("source_name"),
    _text("method"),
    _text("unit"),
    _text("collected_by"),
    sa.Column("confidence", sa.Double, nullable=False),
)
"""Where facts come from; rows of one source share one."""

batches = sa.Table(
    "batches",
    metadata,
    _id(),
    _whole("recorded_at"),
    _text("recorded_by"),
    sa.Column("is_backfill", sa.Boolean, nullable=False),
    _text("note"),
    _whole("n_loaded"),
    _whole("n_known"),
    _whole("n_refused"),
)

observations = sa.Table(
    "observations",
    metadata,
    _id(),
    _whole("customer_id"),
    _whole("item_id"),
    _text("record"),
    sa.Column("number", sa.Double),
    sa.Column("text", sa.Text),
    sa.Column("cipher", sa.LargeBinary),
    _whole("true_from"),
    _whole("true_to", null=True),
    _whole("origin_id"),
    _whole("collected_at"),
    _text("evidence"),
    _whole("batch_id"),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("evidence_cipher", sa.LargeBinary),
)
"""One row a fact. Days count from 1970-01-01, instants are microseconds of UTC from there."""

# one index for three uses: no fact twice, the facts of a customer, and a load in its order
sa.Index(
    "observations_once",
    observations.c.customer_id,
    observations.c.item_id,
    observations.c.true_from,
    observations.c.fingerprint,
    unique=True,
)

blocks = sa.Table("blocks", metadata, _id(), sa.Column("content", sa.LargeBinary, nullable=False))
"""Numbers of observations, many in a row; its own number is that of the last one of them."""

retractions = sa.Table(
    "retractions",
    metadata,
    _id(),
    _whole("observation_id"),
    _text("reason"),
    _whole("recorded_at"),
    _text("recorded_by"),
)

rejects = sa.Table(
    "rejects",
    metadata,
    _id(),
    _whole("batch_id"),
    _text("source"),
    _text("row"),
    _text("column_name"),
    _text("item"),
    _text("reason"),
    sa.Column("is_protected", sa.Boolean, nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("cells", sa.Text),
    sa.Column("value_cipher", sa.LargeBinary),
    sa.Column("cells_cipher", sa.LargeBinary),
)
"""With the cells their customer and the reason are encrypted, which is then empty.

Without keys, a digest of the source stands in the place of cells.
"""

links = sa.Table(
    "links",
    metadata,
    _id(),
    _whole("customer_id"),
    _whole("into_id", null=True),
    _text("reason"),
    _whole("recorded_at"),
    _text("recorded_by"),
)
"""Merges of customers, and un-merges, which lead into nobody."""

subject_keys = sa.Table(
    "subject_keys",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("owner", _Id, primary_key=True, autoincrement=False),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
)
"""Keys under the master key: of the store, of a customer, of a reject.

The one table whose rows are deleted.
"""

erasures = sa.Table(
    "erasures",
    metadata,
    _id(),
    _whole("customer_id"),
    _text("reason"),
    _whole("recorded_at"),
    _text("recorded_by"),
)

protections = sa.Table(
    "protections",
    metadata,
    _id(),
    _text("kind"),
    _whole("customer_id", null=True),
    _text("content"),
    _whole("recorded_at"),
    _text("recorded_by"),
    sa.Column("seal", sa.LargeBinary, nullable=False),
)
"""Holds, consents, requests of customers, and what of erased ones is kept: an event each."""

assignments = sa.Table(
    "assignments",
    metadata,
    _id(),
    _text("member"),
    _whole("customer_id"),
    sa.Column("is_assigned", sa.Boolean, nullable=False),
    _whole("recorded_at"),
    _text("recorded_by"),
)
"""Which log-in of PostgreSQL may see which customers, where its role sees some alone."""

# what was said last of each customer of a log-in, which each of its statements asks
sa.Index("assignments_last", assignments.c.member, assignments.c.customer_id, assignments.c.id)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("number", _Id, primary_key=True, autoincrement=False),
    _text("at"),
    _text("actor"),
    _text("roles"),
    _text("purpose"),
    _text("action"),
    _text("details"),
    _whole("n_subjects"),
    _text("subjects_digest"),
    _text("previous"),
    _text("hash"),
)

ONLY_ADDED: tuple[sa.Table, ...] = (
    settings, customers, items, origins, batches, observations, retractions, rejects, links,
    erasures, protections, assignments, audit, blocks,
)  # fmt: skip
"""Tables of which the database lets nobody change or delete a row."""

ITEM_PLACES = 2**14
"""More than there may be items, so that customer and item together are one number."""
