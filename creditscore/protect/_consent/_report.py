"""What a firm does with personal data, in numbers, for those who must answer for it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind, read_entries
from creditscore._days import check_day
from creditscore._display import counted, html_table, markdown_table, markdown_text
from creditscore._files import whole_file
from creditscore._validation import check_choice, check_integer
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._access._grant import LEVELS, GuardedItem
from creditscore.protect._access._policy import AccessPolicy
from creditscore.protect._audit._record import AuditRecord
from creditscore.protect._audit._verify import TrailReport
from creditscore.protect._consent._hold import LegalHold
from creditscore.protect._consent._plan import ProtectionPlan
from creditscore.protect._consent._purpose import Consent, effective_consents
from creditscore.protect._consent._report_words import (
    CODED,
    LANGUAGES,
    POLICY_ZH,
    ReportLanguage,
    column,
    said,
    title,
)
from creditscore.protect._consent._retention import Retention
from creditscore.protect._consent._subject_request import SubjectRequest, request_table

_TOLD = ("denied", "break_glass")
_ONE: Mapping[str, type] = {"retention": Retention, "trail": TrailReport, "policy": AccessPolicy}
_STYLE = (
    "body{font-family:sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#22313f}"
    "table{border-collapse:collapse;margin:.5em 0 1.5em;font-size:.9em}"
    "td,th{padding:.2em .8em .2em 0;vertical-align:top;min-width:4.2em}"
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class DataProtectionReport:
    """A report of purposes, items, retention, consents, requests, breaches, keys and holds.

    Parameters
    ----------
    as_of : str or date
        The day that it is about.
    plan : ProtectionPlan
        Purposes and rules.
    items : iterable of GuardedItem, default=()
        The items that are kept, such as an :class:`~creditscore.collect.ItemCatalogue`.
    consents : iterable of Consent, default=()
        All of them, also those that were withdrawn.
    requests : iterable of SubjectRequest, default=()
        All of them, also those that were answered.
    holds : iterable of LegalHold, default=()
        All of them.
    retention : Retention, optional
        What is due for erasure, by :func:`due_for_erasure`.
    records : iterable of AuditRecord, default=()
        Records of the audit trail in the time that the report is about.
    trail : TrailReport, optional
        Whether the trail is whole.
    keys_made : mapping of int to str or date, or pairs of them, default=()
        Day on which each version of the master key was made.
    policy : AccessPolicy, optional
        Whose findings are told.
    oldest_key_days : int, default=365
        Age from which the newest key is called old, 1 or more.

    Raises
    ------
    InvalidParameterError
        No day, or something of another kind.

    Notes
    -----
    No customer is named: the tables hold counts, and the reasons that people gave for denials,
    emergencies and holds.

    Examples
    --------
    >>> from creditscore.protect import DataProtectionReport, ProtectionPlan, SubjectRequest
    >>> asked = SubjectRequest(subject="X", kind="access", received_on="2025-01-31")
    >>> report = DataProtectionReport(
    ...     as_of="2025-03-31", plan=ProtectionPlan.standard(), requests=[asked],
    ... )
    >>> report
    <DataProtectionReport of 2025-03-31: 7 purposes, 6 rules, 6 findings>
    >>> report.findings()[0]
    '1 request is overdue, the longest since 2025-02-28.'
    """

    as_of: Any
    plan: ProtectionPlan
    items: Iterable[GuardedItem] = ()
    consents: Iterable[Consent] = ()
    requests: Iterable[SubjectRequest] = ()
    holds: Iterable[LegalHold] = ()
    retention: Retention | None = None
    records: Iterable[AuditRecord] = ()
    trail: TrailReport | None = None
    keys_made: Mapping[int, Any] | tuple[tuple[int, str], ...] = ()
    policy: AccessPolicy | None = None
    oldest_key_days: int = 365

    def __post_init__(self) -> None:
        """Check kinds, and keep what iterables hold."""
        owner = type(self).__name__
        object.__setattr__(self, "as_of", str(check_day(self.as_of, "as_of", owner)))
        check_kind(self.plan, "plan", owner, ProtectionPlan)
        check_integer(self.oldest_key_days, "oldest_key_days", owner, low=1)
        for name, kind in (("consents", Consent), ("requests", SubjectRequest),
                           ("holds", LegalHold), ("records", AuditRecord)):  # fmt: skip
            entries = read_entries(getattr(self, name), name, owner)
            for entry in entries:
                check_kind(entry, name, owner, kind)
            object.__setattr__(self, name, entries)
        object.__setattr__(self, "items", read_entries(self.items, "items", owner))
        for name, one in _ONE.items():
            if getattr(self, name) is not None:
                check_kind(getattr(self, name), name, owner, one)
        made = dict(self.keys_made)
        days = tuple((n, str(check_day(made[n], "keys_made", owner))) for n in sorted(made))
        if any(day > self.as_of for _, day in days):
            msg = f"The 'keys_made' parameter of {owner} has a day after 'as_of', {self.as_of}."
            raise InvalidParameterError(msg)
        object.__setattr__(self, "keys_made", days)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return all tables by their titles, those without rows left out."""
        tables = {
            "Purposes and lawful bases": self._purposes(),
            "Items by group and sensitivity": self._items(),
            "Rules of retention": self.plan.rule_table(),
            "Due for erasure": self._retention(),
            "Requests of customers": self._requests(),
            "What was done, by the audit trail": self._actions(),
            "Denials and emergencies": self._told(),
            "Keys": self._keys(),
            "Legal holds": self._holds(),
        }
        return {title: table for title, table in tables.items() if len(table)}

    def findings(self, language: ReportLanguage = "en") -> tuple[str, ...]:
        """Return what should be looked at, in sentences of English or Chinese."""
        check_choice(language, "language", f"{type(self).__name__}.findings", LANGUAGES)
        place = LANGUAGES.index(language)
        return tuple(pair[place] for pair in self._found())

    def frame(self) -> pd.DataFrame:
        """Return the main numbers: a row each, with measure and value."""
        states = [request.state_on(self.as_of) for request in self._received()]
        counts = {} if self.retention is None else self.retention.counts
        measures = {
            "purposes": len(self.plan.purposes),
            "rules of retention": len(self.plan.rules),
            "items": len(tuple(self.items)),
            "personal or sensitive items": len(self._guarded()),
            "consents in force": len(self._in_force()),
            "requests open": states.count("open"),
            "requests overdue": states.count("overdue"),
            "observations due for erasure": counts.get("due", 0),
            "observations under a hold": counts.get("held", 0),
            "denials": sum(record.action == "denied" for record in self.records),
            "emergencies": sum(record.action == "break_glass" for record in self.records),
            "holds in force": len(self._holding()),
            "findings": len(self.findings()),
        }
        return pd.DataFrame(measures.items(), columns=["measure", "value"])

    def to_markdown(self, language: ReportLanguage = "en") -> str:
        """Return the report as Markdown, in English or Chinese."""
        tables = self._shown(language)
        parts = [f"# {self._title(language)}", self.plan.note, f"## {title('Findings', language)}"]
        found = "\n".join(f"- {markdown_text(one)}" for one in self.findings(language))
        parts.append(found or title("None.", language))
        parts += [
            f"## {head}\n\n{markdown_table(table, formats=_formats(table))}"
            for head, table in tables.items()
        ]
        return "\n\n".join(filter(None, parts)) + "\n"

    def to_html(
        self, path: str | os.PathLike[str] | None = None, *, language: ReportLanguage = "en"
    ) -> str | None:
        """Write the report as a page of HTML that needs nothing else, or return it.

        Parameters
        ----------
        path : path-like, optional
            File, which is there whole or stays as it was.
        language : {"en", "zh"}, default="en"
            English or Chinese; names, reasons and the note of the plan stay as they were written.

        Returns
        -------
        str or None
            The page, where there is no path.
        """
        head, body = self._title(language), self._body(language)
        page = (
            f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8">'
            f"<title>{head}</title><style>{_STYLE}</style></head>"
            f"<body><h1>{head}</h1>{body}</body></html>\n"
        )
        if path is None:
            return page
        with whole_file(path) as temporary:
            temporary.write_text(page, encoding="utf-8", newline="\n")
        return None

    def _title(self, language: ReportLanguage) -> str:
        check_choice(language, "language", type(self).__name__, LANGUAGES)
        return f"{title('Data protection', language)}, {self.as_of}"

    def _body(self, language: ReportLanguage) -> str:
        lines = [f"<li>{escape(one)}</li>" for one in self.findings(language)]
        found = "".join(lines) or f"<li>{title('None.', language)}</li>"
        tables = "".join(
            html_table(table, caption=head, formats=_formats(table))
            for head, table in self._shown(language).items()
        )
        head = title("Findings", language)
        return f"<p>{escape(self.plan.note)}</p><h2>{head}</h2><ul>{found}</ul>{tables}"

    def _shown(self, language: ReportLanguage) -> dict[str, pd.DataFrame]:
        """Return the tables as people read them, in a language."""
        rules = {rule.name: rule.text_zh for rule in self.plan.rules}
        shown = {}
        for head, table in self.tables().items():
            if language == "zh" and head == "Rules of retention":
                table["text"] = [rules[name] or text for name, text in
                                 zip(table["name"], table["text"], strict=True)]  # fmt: skip
                table["period"] = [
                    f"{rule.months} 个月" if rule.months else f"{rule.days} 天"
                    for rule in self.plan.rules
                ]
            if "text_zh" in table:
                chinese = table.pop("text_zh")
                if language == "zh":
                    table["text"] = chinese.where(chinese != "", table["text"])
            shown[title(head, language)] = _in_words(table, language)
        return shown

    def _purposes(self) -> pd.DataFrame:
        table = self.plan.purpose_table()
        given = [consent.purpose for consent in self._in_force()]
        ended = [consent.purpose for consent in self._withdrawn()]
        table["consents_in_force"] = [given.count(name) for name in table["name"]]
        table["consents_withdrawn"] = [ended.count(name) for name in table["name"]]
        return table

    def _items(self) -> pd.DataFrame:
        groups = dict.fromkeys(item.group for item in self.items)
        pairs = [(item.group, item.sensitivity) for item in self.items]
        rows = [[group, *(pairs.count((group, level)) for level in LEVELS)] for group in groups]
        return pd.DataFrame(rows, columns=["group", *LEVELS])

    def _retention(self) -> pd.DataFrame:
        if self.retention is None:
            return pd.DataFrame()
        keys = ["status", "rule", "kept_by"]
        grouped = self.retention.table.groupby(keys, sort=True, observed=True)
        return grouped.size().rename("observations").reset_index()

    def _requests(self) -> pd.DataFrame:
        table = request_table(self.requests, as_of=self.as_of)
        grouped = table.groupby(["kind", "law", "state"], sort=True)
        return grouped.size().rename("requests").reset_index()

    def _actions(self) -> pd.DataFrame:
        rows = [(record.action, record.purpose, record.n_subjects) for record in self.records]
        table = pd.DataFrame(rows, columns=["action", "purpose", "n_subjects"])
        grouped = table.groupby(["action", "purpose"], sort=True)["n_subjects"]
        return grouped.agg(records="size", subjects_in_all="sum").reset_index()

    def _told(self) -> pd.DataFrame:
        rows = [
            [r.at, r.actor, ", ".join(r.roles), r.action, r.details.get("asked", ""),
             r.details.get("why", r.details.get("reason", ""))]
            for r in self.records if r.action in _TOLD
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["at", "actor", "roles", "action", "asked", "why"])

    def _keys(self) -> pd.DataFrame:
        rows = [[version, day, self._age(day)] for version, day in self._key_days()]
        return pd.DataFrame(rows, columns=["version", "made_on", "age_days"])

    def _holds(self) -> pd.DataFrame:
        rows = [[h.reason, h.placed_by, h.starts_on, h.ends_on or ""] for h in self._holding()]
        return pd.DataFrame(rows, columns=["reason", "placed_by", "starts_on", "ends_on"])

    def _found(self) -> Iterator[tuple[str, str]]:
        """Yield each finding in English and in Chinese."""
        yield from self._found_late()
        yield from self._found_in_trail()
        in_force = {consent.purpose for consent in self._in_force()}
        for purpose in self.plan.purposes:
            if purpose.needs_consent and purpose.name not in in_force:
                yield (
                    f"The purpose {purpose.name!r} builds on consent, and nobody's is in force.",
                    f"目的“{purpose.name}”以同意为基础，但没有有效的同意。",
                )
        rules = [rule for rule in self.plan.rules if not rule.keep]
        lacking = [i.name for i in self._guarded() if not any(rule.about(i) for rule in rules)]
        if lacking:
            names = ", ".join(lacking)
            yield f"No rule ever erases {names}.", f"以下信息项没有任何删除规则：{names}。"
        if self.keys_made and (age := min(self._age(day) for _, day in self._key_days())) > (
            self.oldest_key_days
        ):
            yield (
                f"The newest key is {age:,} days old; rotate it after {self.oldest_key_days:,}.",
                f"最新密钥已使用 {age:,} 天；超过 {self.oldest_key_days:,} 天应更换。",
            )
        endless = sum(hold.ends_on is None for hold in self._holding())
        if endless:
            yield (
                f"{_counted(endless, 'hold')} in force without an end; see whether still needed.",
                f"{endless:,} 项依法冻结没有结束日期；请确认是否仍有必要。",
            )
        if self.policy is not None:
            for found in self.policy.findings(self.items, at=self.as_of):
                told = POLICY_ZH[found.kind]
                yield f"Access policy: {found.told}.", f"访问策略：{found.role} {told}。"

    def _found_late(self) -> Iterator[tuple[str, str]]:
        late = [
            r.due_as_of(self.as_of) for r in self._received() if r.state_on(self.as_of) == "overdue"
        ]
        if late:
            yield (
                f"{_counted(len(late), 'request')} overdue, the longest since {min(late)}.",
                f"{len(late):,} 项请求逾期未答复，最早到期日为 {min(late)}。",
            )
        due = 0 if self.retention is None else self.retention.counts.get("due", 0)
        if due:
            yield (
                f"{_counted(due, 'observation')} due for erasure by the rules of retention.",
                f"{due:,} 条信息已到期，应予删除。",
            )
        never = 0 if self.retention is None else self.retention.counts.get("no rule", 0)
        if never:
            yield (
                f"{_counted(never, 'observation')} without a rule that would ever erase them.",
                f"{never:,} 条信息没有任何删除规则。",
            )

    def _found_in_trail(self) -> Iterator[tuple[str, str]]:
        if self.trail is None:
            yield (
                "Nobody says whether the audit trail is whole: verify it.",
                "审计日志是否完整尚不清楚：请验证。",
            )
        elif not self.trail.is_whole:
            yield self.trail.told, f"审计日志自第 {self.trail.number} 条记录起不完整。"
        elif self.trail.n_unanchored:
            n = counted(self.trail.n_unanchored, "record")
            yield (
                f"{n} of the audit trail came after the last anchor: a cut would go unseen.",
                f"最后一个锚点之后有 {self.trail.n_unanchored:,} 条审计记录：截断将无法发现。",
            )
        emergencies = sum(record.action == "break_glass" for record in self.records)
        if emergencies:
            yield (
                f"{_counted(emergencies, 'emergency access')} to be looked at.",
                f"{emergencies:,} 次紧急访问有待核查。",
            )

    def _received(self) -> list[SubjectRequest]:
        return [request for request in self.requests if request.received_on <= self.as_of]

    def _guarded(self) -> list[GuardedItem]:
        return [item for item in self.items if item.sensitivity in LEVELS[2:]]

    def _end(self) -> pd.Timestamp:
        """Return the last instant of the day."""
        day = pd.Timestamp(self.as_of, tz="UTC")
        return day + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)

    def _in_force(self) -> list[Consent]:
        consents = effective_consents(self.consents)
        return [consent for consent in consents if consent.holds_at(self._end())]

    def _withdrawn(self) -> list[Consent]:
        end = self._end()
        consents = effective_consents(self.consents)
        return [c for c in consents if c.withdrawn_at is not None and c.withdrawn_at <= end]

    def _holding(self) -> list[LegalHold]:
        return [hold for hold in self.holds if hold.holds_on(self.as_of)]

    def _key_days(self) -> list[tuple[int, str]]:
        return [(version, str(day)) for version, day in dict(self.keys_made).items()]

    def _age(self, day: str) -> int:
        age = np.datetime64(self.as_of, "D") - np.datetime64(day, "D")
        return int(age / np.timedelta64(1, "D"))

    def __repr__(self) -> str:
        """Say in one line what it is about."""
        return (
            f"<DataProtectionReport of {self.as_of}: {len(self.plan.purposes)} purposes, "
            f"{len(self.plan.rules)} rules, {len(self.findings())} findings>"
        )

    def _repr_html_(self) -> str:
        """Show the findings and the tables."""
        return f"<div><h3>{self._title('en')}</h3>{self._body('en')}</div>"


def _in_words(table: pd.DataFrame, language: ReportLanguage) -> pd.DataFrame:
    """Return a table with titles and values as people say them."""
    shown = table.copy()
    for name in shown.columns:
        if name in CODED:
            shown[name] = [said(str(value), language) for value in shown[name]]
        elif name == "needs_consent":
            words = ("no", "yes") if language == "en" else ("否", "是")
            shown[name] = [words[bool(value)] for value in shown[name]]
        elif name == "at":
            shown[name] = [str(value)[:16].replace("T", " ") for value in shown[name]]
    return shown.rename(columns=lambda name: column(name, language))


def _formats(table: pd.DataFrame) -> dict[str, Any]:
    return {name: "{:,}" for name, kind in table.dtypes.items() if kind.kind in "iu"}


def _counted(n: int, noun: str) -> str:
    plural = noun.replace("access", "accesses") if noun.endswith("access") else f"{noun}s"
    return f"{n:,} {noun} is" if n == 1 else f"{n:,} {plural} are"
