"""What to say about the figures of the four principles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from creditscore.organise._principles._access_review import AccessReview
from creditscore.organise._principles._completeness import Completeness
from creditscore.organise._principles._file_coverage import FileCoverage
from creditscore.organise._principles._finding import PrincipleFinding
from creditscore.organise._principles._objectivity import Objectivity
from creditscore.organise._principles._rater_severity import RaterSeverity
from creditscore.organise._refresh._freshness import Freshness

_RARE = 0.5
"""Share of customers below which an item that is known of so many is called rare."""
_MUCH = 0.25
"""Share of a group's weight that is stale, or not verified, from which it is told."""
_MOST = 0.5
"""Share of the facts from one person from which it is told."""
_REFUSED = 3
"""Refusals of one actor from which they are told."""
_NAMED = 5


def _found(code: str, **values: Any) -> PrincipleFinding:
    plain = {
        name: value.item() if isinstance(value, np.generic) else value
        for name, value in values.items()
    }
    return PrincipleFinding(code=code, values=plain)


def _names(names: list[Any]) -> str:
    return ", ".join(map(str, names[:_NAMED])) + (" …" if len(names) > _NAMED else "")


def found_complete(
    complete: Completeness, files: FileCoverage | None
) -> Iterator[PrincipleFinding]:
    """Yield what is missing, and of whom."""
    if files is not None:
        yield from _found_files(files)
    # the surest hint of an item speaks for it
    for row in complete.hints.drop_duplicates("item").to_dict("records"):
        yield _found(
            "item_bias", item=row["item"], direction=row["verdict"], trait=row["trait"],
            level=row["level"], share=row["share"], others=row["share_others"],
        )  # fmt: skip
    rare = complete.items["share_known"]
    rare = rare[rare < _RARE].sort_values(kind="stable")
    if len(rare):
        yield _found(
            "rare_items", n=len(rare), total=len(complete.items), which=_names(list(rare.index))
        )


def _found_files(files: FileCoverage) -> Iterator[PrincipleFinding]:
    gone = files.table["state"] == "missing"
    if gone.any():
        yield _found(
            "no_file", n=int(gone.sum()), total=len(gone), share=gone.mean(),
            exposure=_share_of(files.table["exposure"], gone),
        )  # fmt: skip
    if files.traits and 0 < gone.sum() < len(gone):
        levels = files.bias().levels
        # the surest of a trait speaks for it
        told = levels[levels["verdict"] == "more often"].drop_duplicates("trait")
        for row in told.to_dict("records"):
            yield _found(
                "file_bias", trait=row["trait"], level=row["level"], share=row["share"],
                others=row["share_others"],
            )  # fmt: skip
    if files.unknown:
        yield _found("unlisted_file", n=len(files.unknown))


def _share_of(amount: pd.Series, holds: pd.Series) -> float:
    total = float(amount.sum())
    return float(amount.where(holds, 0.0).sum() / total) if total > 0 else 0.0


def found_current(facts: Freshness, files: FileCoverage | None) -> Iterator[PrincipleFinding]:
    """Yield what is old."""
    if files is not None:
        old = files.table["state"] == "stale"
        if old.any():
            yield _found(
                "stale_file", n=int(old.sum()), total=len(old), days=files.current_days,
                exposure=_share_of(files.table["exposure"], old),
            )  # fmt: skip
    known = facts.table[(facts.table["state"] != "missing").to_numpy()]
    stale = known["weight"].where(known["state"] == "stale", 0.0)
    share = (
        stale.groupby(known["group"], sort=False).sum()
        / known.groupby("group", sort=False)["weight"].sum()
    )
    for group, part in share.items():
        if part >= _MUCH:
            yield _found("stale_facts", group=str(group), share=part)


def found_confidential(accesses: AccessReview | None) -> Iterator[PrincipleFinding]:
    """Yield who read what it may not."""
    if accesses is None:
        yield _found("no_accesses")
        return
    breaches = accesses.breaches
    firm = breaches[(breaches["kind"] != "volume").to_numpy()]
    for actor, rows in firm.groupby("actor", sort=True):
        kinds = ", ".join(sorted(rows["kind"].unique(), reverse=True))
        yield _found("breach", actor=str(actor), n=len(rows), kind=kinds)
    for row in accesses.days[accesses.days["is_unusual"].to_numpy()].to_dict("records"):
        day = row["day"].strftime("%Y-%m-%d")
        yield _found("volume", actor=row["actor"], n=int(row["n"]), day=day)
    few = accesses.unjudged
    if len(few):
        who = list(few["actor"].drop_duplicates())
        yield _found("few_days", n=len(few), who=_names(who), most=int(few["n"].max()))
    for actor, n in accesses.actors["n_denied"].items():
        if n >= _REFUSED:
            yield _found("denials", actor=str(actor), n=int(n))
    if accesses.protected_share < 1:
        yield _found("unencrypted", share=1 - accesses.protected_share)


def found_objective(
    objective: Objectivity | None,
    severity: RaterSeverity | None,
    overrides: pd.DataFrame | None,
) -> Iterator[PrincipleFinding]:
    """Yield what rests on one person's word."""
    if objective is not None:
        yield from _found_facts(objective)
    if severity is not None:
        for rater, row in severity.table.iterrows():
            if row["verdict"]:
                verdict = {"harsh": "harshly", "lenient": "leniently"}[row["verdict"]]
                yield _found(
                    "rater", who=str(rater), verdict=verdict, effect=row["effect"], n=int(row["n"])
                )
    if overrides is not None:
        yield from _found_overrides(overrides)


def _found_facts(objective: Objectivity) -> Iterator[PrincipleFinding]:
    n = int((objective.table["status"] == "contradicted").sum())
    if n:
        yield _found("contradicted", n=n)
    names = objective.own_word_only()
    if names:
        yield _found("own_word", n=len(names), who=_names(list(names)))
    for group, share in objective.by("group")["share_verified"].items():
        if 1 - share >= _MUCH:
            yield _found("unverified", group=str(group), share=1 - share)
    collectors = objective.collectors
    if len(collectors) and collectors["share"].iloc[0] >= _MOST:
        who = str(collectors.index[0])
        yield _found("one_collector", who=who, share=collectors["share"].iloc[0])


def _found_overrides(overrides: pd.DataFrame) -> Iterator[PrincipleFinding]:
    for analyst, row in overrides[(overrides["verdict"] != "").to_numpy()].iterrows():
        yield _found(
            "overrides", who=str(analyst), verdict=row["verdict"], raised=int(row["raised"]),
            lowered=int(row["lowered"]), raised_bad=int(row["raised_bad"]),
            raised_expected=float(row["raised_expected"]), lowered_bad=int(row["lowered_bad"]),
            lowered_expected=float(row["lowered_expected"]),
        )  # fmt: skip
    few = overrides["p_one_sided"].isna() & (overrides["raised"] + overrides["lowered"] > 0)
    if few.any():
        yield _found("few_overrides", n=int(few.sum()))
