"""The purposes and the rules of retention of a firm, as one document."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any, ClassVar, Self, TypeVar

import pandas as pd

from creditscore._checks import check_kind, read_entries, unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._yaml import read_yaml, read_yaml_file
from creditscore.exceptions import InvalidParameterError
from creditscore.protect._consent._purpose import Purpose
from creditscore.protect._consent._retention_rule import RetentionRule
from creditscore.protect._fields import set_text
from creditscore.protect._yaml_file import at_entry, entries_of

_KIND = "creditscore.protection_plan"
_Made = TypeVar("_Made", Purpose, RetentionRule)


@dataclass(frozen=True, kw_only=True, repr=False)
class ProtectionPlan(JsonDocument):
    """What personal data are used for, on which basis, and how long they are kept.

    Parameters
    ----------
    purposes : tuple of Purpose
        Of different names.
    rules : tuple of RetentionRule, default=()
        Of different names.
    note : str, default=""
        What readers must know of it; it stands in every report.

    Raises
    ------
    InvalidParameterError
        Two purposes, or two rules, of one name.

    See Also
    --------
    ProtectionPlan.standard : An illustration, to begin with.

    Examples
    --------
    >>> from creditscore.protect import ProtectionPlan, Purpose, RetentionRule
    >>> ProtectionPlan(
    ...     purposes=(Purpose(name="credit decision", gdpr="contract"),),
    ...     rules=(RetentionRule(name="contact", after="true_from", months=24),),
    ... )
    ProtectionPlan(1 purpose, 1 rule of retention)
    """

    _format: ClassVar[str] = _KIND

    purposes: tuple[Purpose, ...]
    rules: tuple[RetentionRule, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        """Check that names stand once."""
        set_text(self, "note", empty=True)
        for name, kind in (("purposes", Purpose), ("rules", RetentionRule)):
            entries = read_entries(getattr(self, name), name, "ProtectionPlan")
            for entry in entries:
                check_kind(entry, name, "ProtectionPlan", kind)
            object.__setattr__(self, name, entries)
            names = [entry.name for entry in entries]
            twice = next((one for one in names if names.count(one) > 1), None)
            if twice is not None:
                msg = f"The name {twice!r} stands twice in the {name} of ProtectionPlan."
                raise InvalidParameterError(msg)

    def __getitem__(self, name: str) -> Purpose:
        """Return a purpose by its name; near names are listed where there is none."""
        found = next((purpose for purpose in self.purposes if purpose.name == name), None)
        if found is None:
            names = tuple(purpose.name for purpose in self.purposes)
            raise unknown_name(name, names, "purpose", "the plan")
        return found

    def purpose_table(self) -> pd.DataFrame:
        """Return a row a purpose: name, text, text_zh, gdpr, pipl (articles), needs_consent."""
        rows = [
            [p.name, p.text, p.text_zh, p.article("gdpr"), p.article("pipl"), p.needs_consent]
            for p in self.purposes
        ]
        names = ["name", "text", "text_zh", "gdpr", "pipl", "needs_consent"]
        return pd.DataFrame(rows, columns=names)

    def rule_table(self) -> pd.DataFrame:
        """Return a row a rule: name, what (erase or keep), period, after, about, law, text."""
        rows = []
        for rule in self.rules:
            about = [*rule.items, *rule.groups, *rule.record_kinds, *rule.sensitivities, *rule.of]
            what = "keep at least" if rule.keep else "erase after"
            rows.append([rule.name, what, rule.period, rule.after, ", ".join(about) or "everything",
                         rule.law, rule.text])  # fmt: skip
        return pd.DataFrame(
            rows, columns=["name", "what", "period", "after", "about", "law", "text"]
        )

    @classmethod
    def standard(cls) -> Self:
        """Return a plan to begin with: an illustration, and no legal advice.

        Its times are those of laws of several countries side by side; which of them hold for a
        firm, and whether others do, is for its lawyers to say.

        Examples
        --------
        >>> from creditscore.protect import ProtectionPlan
        >>> plan = ProtectionPlan.standard()
        >>> plan["credit decision"].needs_consent
        True
        >>> plan.note.startswith("Illustration, no legal advice")
        True
        """
        name = "protection_plan.yaml"
        raw = (resources.files("creditscore.protect") / "templates" / name).read_bytes()
        return cls(**_plan_entries(read_yaml(raw, name), name))

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Self:
        """Read a plan that a person wrote; the standard one is the model.

        Parameters
        ----------
        path : path-like
            File with the entries format, version, note, purposes and retention.

        Raises
        ------
        DocumentNotFoundError
            There is no such file.
        DocumentError
            It is no YAML, or holds something else; the message names the entry.
        """
        return cls(**_plan_entries(read_yaml_file(path), str(path)))

    def _content(self) -> dict[str, Any]:
        return {
            "note": self.note,
            "purposes": [_purpose_content(purpose) for purpose in self.purposes],
            "rules": [rule.content() for rule in self.rules],
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            note=content["note"],
            purposes=tuple(Purpose(**entry) for entry in content["purposes"]),
            rules=tuple(RetentionRule(**entry) for entry in content["rules"]),
        )

    def __repr__(self) -> str:
        """Say in one line how much is in it."""
        n, m = len(self.purposes), len(self.rules)
        return (
            f"ProtectionPlan({n} purpose{'' if n == 1 else 's'}, {m} rule{'' if m == 1 else 's'} "
            "of retention)"
        )

    def _repr_html_(self) -> str:
        """Show the purposes and the rules."""
        return html_table(self.purpose_table(), caption=self.note, formats={}) + html_table(
            self.rule_table(), caption="Retention", formats={}
        )


def _plan_entries(content: Any, file: str) -> dict[str, Any]:
    entries = entries_of(
        content, file, kind=_KIND, known=("note", "purposes", "retention"), needed=("purposes",)
    )
    plan: dict[str, Any] = {
        "note": entries.get("note") or "",
        "purposes": _named(entries["purposes"], file, "purposes", Purpose),
        "rules": _named(entries.get("retention") or {}, file, "retention", RetentionRule),
    }
    with at_entry(file, "note"):
        ProtectionPlan(**plan)
    return plan


def _named(content: Any, file: str, place: str, made: Callable[..., _Made]) -> tuple[_Made, ...]:
    """Read a mapping of names to what each holds."""
    found = []
    with at_entry(file, place):
        for name, entry in dict(content).items():
            with at_entry(file, f"{place}.{name}"):
                found.append(made(name=name, **(entry or {})))
    return tuple(found)


def _purpose_content(purpose: Purpose) -> dict[str, Any]:
    plain = {entry.name: getattr(purpose, entry.name) for entry in fields(Purpose)}
    return {name: value for name, value in plain.items() if value}
