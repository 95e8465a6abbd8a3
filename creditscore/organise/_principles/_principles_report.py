"""Complete, current, confidential, objective: a report of a portfolio and of each customer."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._by_customer import by_customer
from creditscore._cells import word_of
from creditscore._checks import check_kind
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._files import whole_file
from creditscore.exceptions import InvalidDataError
from creditscore.organise._principles._access_review import AccessReview
from creditscore.organise._principles._completeness import Completeness, completeness
from creditscore.organise._principles._file_coverage import FileCoverage
from creditscore.organise._principles._finding import (
    FINDING_SEVERITIES,
    PRINCIPLES,
    Language,
    PrincipleFinding,
    formula,
    word,
)
from creditscore.organise._principles._found import (
    found_complete,
    found_confidential,
    found_current,
    found_objective,
)
from creditscore.organise._principles._objectivity import Objectivity
from creditscore.organise._principles._rater_severity import RaterSeverity
from creditscore.organise._principles._report_page import report_html, report_markdown
from creditscore.organise._refresh._freshness import Freshness
from creditscore.organise._refresh._tasks import exposures_of

_LOWEST = 20
_FRAMES = ("overall", "customers", "groups", "figures")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class PrinciplesReport(JsonDocument):
    """Four principles as numbers from 0 to 1; made by :func:`principles_report`.

    Attributes
    ----------
    as_of : str
        The day of which all this is said.
    overall : pandas.DataFrame
        A row a principle: number, by_exposure (the customers' numbers weighted by exposure; NaN
        where there are none) and n (customers, or accesses).
    customers : pandas.DataFrame
        A row a customer: complete, current, confidential, objective (NaN where nothing is known of
        it) and exposure.
    groups : pandas.DataFrame
        A row a group of items: complete, current, objective, median_age_days, p90_age_days and
        exposed_age_days (mean age of facts, weighted by the exposure that rests on them).
    figures : pandas.DataFrame
        What else was measured: principle, measure and value.
    findings : tuple of PrincipleFinding
        What should be looked at, the most severe first.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Item, ItemCatalogue, Observations
    >>> from creditscore.organise import freshness, principles_report
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": ["A"], "item": ["phone"], "value": ["123"], "true_from": ["2024-01-01"],
    ...     "source": ["internal_record"], "method": ["interview"], "collected_at": ["2024-01-01"],
    ... }), catalogue=ItemCatalogue(items=(Item(name="phone", kind="text", group="identity"),)))
    >>> report = principles_report(freshness(observations, as_of="2024-06-30"))
    >>> len(report.findings)
    1
    """

    _format: ClassVar[str] = "creditscore.principles_report"

    as_of: str
    overall: pd.DataFrame
    customers: pd.DataFrame
    groups: pd.DataFrame
    figures: pd.DataFrame
    findings: tuple[PrincipleFinding, ...]

    def findings_table(self, language: Language = "en") -> pd.DataFrame:
        """Return a row a finding: principle, severity, what and advice.

        Parameters
        ----------
        language : {"en", "zh"}, default="en"
            English or Chinese.
        """
        rows = [
            [word(f.principle, language), word(f.severity, language), f.told(language),
             f.advice(language)]
            for f in self.findings
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["principle", "severity", "what", "advice"])

    def by(self, trait: Mapping[Any, Any] | pd.Series) -> pd.DataFrame:
        """Return the mean numbers of customers by a trait of theirs.

        Parameters
        ----------
        trait : mapping or Series
            Size, region or industry by customer. Customers that are not in it are a row
            "(not known)".

        Returns
        -------
        DataFrame
            A row a level: n, the four principles, and exposure in all.

        Raises
        ------
        InvalidDataError
            A customer stands twice, or none is in the report.
        """
        names = self.customers.index
        given = by_customer(trait, "trait", "PrinciplesReport.by", known=names)
        level = given.reindex(names).map(word_of)
        grouped = self.customers.groupby(level.where(level != "", "(not known)"))
        table = grouped[list(PRINCIPLES)].mean()
        table.insert(0, "n", grouped.size())
        return table.assign(exposure=grouped["exposure"].sum()).rename_axis(index=None)

    def lowest(self, n: int = _LOWEST) -> pd.DataFrame:
        """Return the customers with the lowest mean of what is known of them, lowest first."""
        mean = self.customers[list(PRINCIPLES)].mean(axis=1)
        return self.customers.loc[mean.sort_values(kind="stable").index[:n]]

    def to_markdown(self, language: Language = "en") -> str:
        """Return the report as Markdown, in English or Chinese."""
        return report_markdown(self._parts(language), self.as_of, language)

    def to_html(
        self, path: str | os.PathLike[str] | None = None, *, language: Language = "en"
    ) -> str | None:
        """Write the report as a page of HTML that needs nothing else, or return it.

        Parameters
        ----------
        path : path-like, optional
            File, which is there whole or stays as it was.
        language : {"en", "zh"}, default="en"
            English or Chinese.

        Returns
        -------
        str or None
            The page, where there is no path.
        """
        page = report_html(self._parts(language), self.as_of, language)
        if path is None:
            return page
        with whole_file(path) as temporary:
            temporary.write_text(page, encoding="utf-8", newline="\n")
        return None

    def _parts(self, language: Language) -> dict[str, pd.DataFrame]:
        overall = self.overall.rename_axis("principle").reset_index()
        overall["formula"] = [formula(name, language) for name in overall["principle"]]
        parts = {
            "overall": overall, "findings": self.findings_table(language),
            "groups": self.groups.rename_axis("group").reset_index(),
            "figures": self.figures.copy(),
            "customers": self.lowest().rename_axis("customer").reset_index(),
        }  # fmt: skip
        for part in parts.values():
            for name in {"principle", "group", "measure"} & set(part.columns):
                part[name] = [word(str(entry), language) for entry in part[name]]
        return {name: part.rename(columns=lambda n: word(n, language))
                for name, part in parts.items()}  # fmt: skip

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {"as_of": self.as_of}
        for name in _FRAMES:
            frame = getattr(self, name)
            content[name] = {
                "index": [str(key) if isinstance(key, str) else int(key) for key in frame.index],
                "columns": {str(c): [_plain(v) for v in frame[c]] for c in frame.columns},
            }
        content["findings"] = [
            {"code": f.code, "values": {k: _plain(v) for k, v in f.values.items()}}
            for f in self.findings
        ]
        return content

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        frames = {}
        for name in _FRAMES:
            columns = {
                column: [math.nan if value is None else value for value in values]
                for column, values in content[name]["columns"].items()
            }
            frames[name] = pd.DataFrame(columns, index=content[name]["index"])
        findings = tuple(PrincipleFinding(**finding) for finding in content["findings"])
        return cls(as_of=content["as_of"], findings=findings, **frames)

    def __repr__(self) -> str:
        """Say the four numbers in one line."""
        parts = [
            f"{name} {'not known' if np.isnan(value) else format(value, '.0%')}"
            for name, value in self.overall["number"].items()
        ]
        return f"PrinciplesReport({self.as_of}: {', '.join(parts)}; {len(self.findings)} findings)"

    def _repr_html_(self) -> str:
        """Show the four numbers and the findings."""
        formats = {"number": "{:.1%}", "by_exposure": "{:.1%}", "n": "{:,}"}
        overall = self.overall.rename_axis("principle").reset_index()
        found = self.findings_table()
        return html_table(overall, caption=repr(self), formats=formats) + html_table(
            found, caption="Findings", formats={}
        )


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value


def principles_report(
    facts: Freshness,
    *,
    complete: Completeness | None = None,
    objective: Objectivity | None = None,
    accesses: AccessReview | None = None,
    files: FileCoverage | None = None,
    severity: RaterSeverity | None = None,
    overrides: pd.DataFrame | None = None,
    exposure: Mapping[Any, float] | pd.Series | None = None,
) -> PrinciplesReport:
    """Return how complete, current, confidential and objective the credit files are.

    Parameters
    ----------
    facts : Freshness
        Of the day, by :func:`freshness`.
    complete : Completeness, optional
        By :func:`completeness`; without, that of `facts` without group weights and traits.
    objective : Objectivity, optional
        By :func:`objectivity`; without, that number is not known.
    accesses : AccessReview, optional
        By :func:`access_review`; without, that number is not known.
    files : FileCoverage, optional
        By :func:`file_coverage`; with it, all customers of the ledger count.
    severity : RaterSeverity, optional
        By :func:`rater_severity`.
    overrides : DataFrame, optional
        By :func:`override_bias`.
    exposure : mapping or Series, optional
        Amount at stake by customer, 0 or more; those that are not in it have 0. Without, that of
        `files`, or 1 each.

    Returns
    -------
    PrinciplesReport

    Raises
    ------
    InvalidDataError
        An exposure is missing, infinite or below 0, or none is of a customer of the report.
    InvalidParameterError
        A part is of another kind.

    Warns
    -----
    RejectedRowsWarning
        Customers with an exposure are not in the report, and count nowhere.

    Notes
    -----
    *complete*: mean over customers of the completeness of their files; with `files`, over all
    customers of the ledger and of the facts, and who has no file, or is not among the facts,
    counts 0. *current*: mean over the same customers of the share of weight within shelf life
    (:meth:`Freshness.shares`); what is missing is not current either. *confidential*: 1 − breaches
    / accesses. *objective*: mean of the share of verified facts, of the share that is not the
    customer's own word, and, with `severity`, of 1 − share of variance that hangs on the rater
    (for a customer, of the first two).

    No number says what is enough: that is for the firm. The findings are certain, or tested
    with all of their kind taken together, and say where too little is known to judge.
    O(n_customers × n_items) time.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.collect import Observations
    >>> from creditscore.organise import freshness, objectivity, principles_report
    >>> observations = Observations.from_frame(pd.DataFrame({
    ...     "customer": "A", "item": ["customer_kind", "revenue", "phone"],
    ...     "value": ["enterprise", "5", "123"], "true_from": "2023-12-31",
    ...     "source": "internal_record", "method": ["data_analysis", "interview", "data_analysis"],
    ...     "collected_at": "2024-01-31",
    ... }))
    >>> report = principles_report(
    ...     freshness(observations, as_of="2024-06-30"), objective=objectivity(observations)
    ... )
    >>> report
    PrinciplesReport(2024-06-30: complete 4%, current 4%, confidential not known, objective 67%; \
4 findings)
    >>> report.findings[0].advice()
    'Ask for statements from the register or of an auditor.'
    """
    owner = "principles_report"
    check_kind(facts, "facts", owner, Freshness)
    for name, value, kind in (
        ("complete", complete, Completeness), ("objective", objective, Objectivity),
        ("accesses", accesses, AccessReview), ("files", files, FileCoverage),
        ("severity", severity, RaterSeverity), ("overrides", overrides, pd.DataFrame),
    ):  # fmt: skip
        if value is not None:
            check_kind(value, name, owner, kind)
    if overrides is not None and "verdict" not in overrides.columns:
        msg = f"The 'overrides' of {owner} must be a table of override_bias(). Got another one."
        raise InvalidDataError(msg)
    complete = completeness(facts) if complete is None else complete
    customers = _customers(facts, complete, objective, accesses, files)
    customers["exposure"] = _exposure(customers, files, exposure)
    found = [
        *found_complete(complete, files), *found_current(facts, files),
        *found_confidential(accesses), *found_objective(objective, severity, overrides),
    ]  # fmt: skip
    found.sort(key=lambda f: FINDING_SEVERITIES.index(f.severity))
    return PrinciplesReport(
        as_of=str(facts.as_of), overall=_overall(customers, objective, accesses, severity),
        customers=customers, groups=_groups(facts, objective, customers["exposure"]),
        figures=_figures(facts, objective, accesses, files, severity), findings=tuple(found),
    )  # fmt: skip


def _customers(
    facts: Freshness,
    complete: Completeness,
    objective: Objectivity | None,
    accesses: AccessReview | None,
    files: FileCoverage | None,
) -> pd.DataFrame:
    names = list(facts.table["customer"].drop_duplicates())
    if files is not None:
        names = list(dict.fromkeys([*names, *files.table.index]))
    table = pd.DataFrame(index=pd.Index([str(name) for name in names], dtype=object))
    table["complete"] = complete.table["complete"].reindex(table.index)
    table["current"] = facts.shares().reindex(table.index)
    if files is not None:
        gone = files.table.index[(files.table["state"] == "missing").to_numpy()]
        nothing = table.index.isin(gone) | ~table.index.isin(complete.table.index)
        table.loc[nothing, ["complete", "current"]] = 0.0
    own = accesses.customers["share_in_policy"] if accesses is not None else pd.Series(dtype=float)
    table["confidential"] = own.reindex(table.index).astype(np.float64)
    own = objective.by()["objective"] if objective is not None else pd.Series(dtype=float)
    table["objective"] = own.reindex(table.index).astype(np.float64)
    return table


def _exposure(customers: pd.DataFrame, files: FileCoverage | None, exposure: Any) -> Any:
    if exposure is None and files is not None:
        exposure = files.table["exposure"]
    names = pd.Series(customers.index, index=customers.index)
    return exposures_of(exposure, names, "principles_report")


def _overall(
    customers: pd.DataFrame,
    objective: Objectivity | None,
    accesses: AccessReview | None,
    severity: RaterSeverity | None,
) -> pd.DataFrame:
    number = customers[list(PRINCIPLES)].mean()
    number["confidential"] = np.nan if accesses is None else accesses.number
    parts = [] if objective is None else [objective.share_verified, objective.share_independent]
    if severity is not None:
        parts.append(1 - severity.rater_share)
    number["objective"] = float(np.mean(parts)) if parts else np.nan
    weighted = {}
    for name in PRINCIPLES:
        known = customers[name].notna()
        weight = customers["exposure"].where(known, 0.0)
        total = float(weight.sum())
        weighted[name] = float((customers[name] * weight).sum() / total) if total else np.nan
    n = customers[list(PRINCIPLES)].notna().sum()
    n["confidential"] = 0 if accesses is None else accesses.n
    return pd.DataFrame({"number": number, "by_exposure": pd.Series(weighted), "n": n})


def _groups(facts: Freshness, objective: Objectivity | None, exposure: pd.Series) -> pd.DataFrame:
    rows = facts.table
    good = rows["weight"].where(rows["state"].isin(["fresh", "due soon"]), 0.0)
    known = rows["weight"].where(rows["state"] != "missing", 0.0)
    by = rows["group"]
    total = rows["weight"].groupby(by, sort=False).sum()
    table = pd.DataFrame({
        "complete": known.groupby(by, sort=False).sum() / total,
        "current": good.groupby(by, sort=False).sum() / total,
    })  # fmt: skip
    own = pd.Series(dtype=float) if objective is None else objective.by("group")["objective"]
    table["objective"] = own.reindex(table.index).astype(np.float64)
    ages = rows["age_days"].groupby(by, sort=False)
    table["median_age_days"] = ages.median()
    table["p90_age_days"] = ages.quantile(0.9)
    amount = rows["customer"].map(exposure) * rows["weight"]
    amount = amount.where(rows["age_days"].notna(), 0.0)
    at_stake = amount.groupby(by, sort=False).sum()
    aged = (amount * rows["age_days"]).groupby(by, sort=False).sum()
    table["exposed_age_days"] = aged / at_stake.where(at_stake > 0)
    return table.rename_axis(index=None)


def _figures(
    facts: Freshness,
    objective: Objectivity | None,
    accesses: AccessReview | None,
    files: FileCoverage | None,
    severity: RaterSeverity | None,
) -> pd.DataFrame:
    known = facts.table[(facts.table["state"] != "missing").to_numpy()]
    weight = float(known["weight"].sum())
    good = float(known["weight"].where(known["state"] != "stale", 0.0).sum())
    rows: list[tuple[str, str, float]] = []
    if files is not None:
        rows += [
            ("complete", "customers with a current file", files.share),
            ("complete", "exposure with a current file", files.exposure_share),
        ]
    rows.append(("current", "of what is known, within its shelf life",
                 good / weight if weight else np.nan))  # fmt: skip
    if accesses is not None:
        counts = {f"breaches: {kind}": n for kind, n in accesses.counts().items()}
        counts["refused"] = len(accesses.denials)
        rows += [("confidential", name, float(n)) for name, n in counts.items()]
        rows.append(("confidential", "protected values encrypted", accesses.protected_share))
    if objective is not None:
        rows += [
            ("objective", "verified", objective.share_verified),
            ("objective", "not the customer's own word", objective.share_independent),
            ("objective", "concentration of collectors", objective.concentration),
        ]
    if severity is not None:
        rows += [
            ("objective", "variance that hangs on the rater", severity.rater_share),
            ("objective", "agreement of raters", severity.agreement),
        ]
    return pd.DataFrame(rows, columns=["principle", "measure", "value"])
