"""An older store is brought to the tables of this version, and its trail says so."""

from __future__ import annotations

import sqlalchemy as sa

from creditscore.organise._store._access import Desk
from creditscore.organise._store._added import told_anew
from creditscore.organise._store._against_trail import FollowedSink, Told, of_table
from creditscore.organise._store._blocks import mend_blocks
from creditscore.organise._store._revisions import HEAD, revision_of, upgrade
from creditscore.organise._store._subjects import settings_of

_WRITTEN_ANEW = "rejects"
"""Table whose rows a script changes; others that scripts change are told by what stays."""


def bring_up_to_date(connection: sa.Connection, desk: Desk) -> None:
    """Run the scripts that are lacking, and mend blocks.

    All of it is in the transaction of the connection, with the record of it. That tells rows anew
    which a script changes, unless they were no longer what the trail told: so this is still found.

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
    told = Told()
    desk.trail_at(FollowedSink(connection, told.take)).verify().check()
    is_older = revision_of(connection) < HEAD
    is_told = is_older and not any(of_table(_WRITTEN_ANEW, connection, told, desk.vault))
    made = (record for record in trail.since() if record.action in ("create", "migrate"))
    before, after = upgrade(connection, desk.vault, made)
    # in tables of this version, since the older ones have no seals
    policy = settings_of(connection, desk.vault).policy()
    if policy is not None:
        policy.check(desk.under(policy, connection).actor, "migrate")
    said = {"from": before, "to": after, "new_blocks": mend_blocks(connection)}
    if is_told:
        said |= told_anew(connection, desk.vault, _WRITTEN_ANEW)
    if before != after or said["new_blocks"]:
        desk.record_change(connection, "migrate", said)
