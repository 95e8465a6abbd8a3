"""An older store is brought to the tables of this version, and its trail says so."""

from __future__ import annotations

import sqlalchemy as sa

from creditscore.organise._store._access import Desk
from creditscore.organise._store._blocks import mend_blocks
from creditscore.organise._store._revisions import upgrade
from creditscore.organise._store._subjects import settings_of


def bring_up_to_date(connection: sa.Connection, desk: Desk) -> None:
    """Run the scripts that are lacking, and mend blocks.

    All of it is in the transaction of the connection, with the record of it.

    Raises
    ------
    BrokenTrailError
        The audit trail is not whole.
    StoreVersionError
        The tables are newer than this release.
    StoreError
        The trail remembers newer tables than there are, or nothing.
    AccessDeniedError
        The policy does not let the actor do this.
    """
    trail = desk.trail(connection)
    trail.verify().check()
    made = (record for record in trail.since() if record.action in ("create", "migrate"))
    before, after = upgrade(connection, desk.vault, made)
    # in tables of this version, since the older ones have no seals
    policy = settings_of(connection, desk.vault).policy()
    if policy is not None:
        policy.check(desk.under(policy, connection).actor, "migrate")
    said = {"from": before, "to": after, "new_blocks": mend_blocks(connection)}
    if before != after or said["new_blocks"]:
        desk.record_change(connection, "migrate", said)
