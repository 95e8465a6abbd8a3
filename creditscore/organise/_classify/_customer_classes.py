"""Customers by kind, industry, region and size at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import counted, html_table
from creditscore._frame import Table, read_named
from creditscore._typing import NativeFrame
from creditscore._validation import check_choice
from creditscore.exceptions import InvalidParameterError
from creditscore.organise._classify._industry import classify_industry
from creditscore.organise._classify._kind import classify_kind
from creditscore.organise._classify._region import classify_region
from creditscore.organise._classify._sections import SCHEMES, IndustryScheme
from creditscore.organise._classify._size_industry import size_industries
from creditscore.organise._classify._size_standard import MEASURES, SizeStandard
from creditscore.organise._match._records import Texts, as_texts

_OWNER = "classify_customers"
_CLASSES = ("kind", "section", "region", "size")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class CustomerClasses:
    """What customers are; made by :func:`classify_customers`.

    Attributes
    ----------
    table : DataFrame
        A row a customer, which is its index: kind, section (with section_label and
        section_confidence), region and size, None where not known, and next to each its reason:
        kind_reason, section_reason, region_reason, size_reason.
    scheme : str
        Of the sections.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import SizeStandard, classify_customers
    >>> classify_customers(
    ...     pd.DataFrame({"customer": ["A"], "kind": ["person"], "country": ["FR"]}),
    ...     size_standard=SizeStandard.eu_2003(), scheme="isic",
    ... )
    CustomerClasses(1 customer; known: kind 100%, section 0%, region 100%, size 0%)
    """

    table: pd.DataFrame
    scheme: str

    def counts(self) -> pd.DataFrame:
        """Return a row a class: of ("kind", "section", "region" or "size"), value, count, share."""
        rows = []
        for name in _CLASSES:
            values = self.table[name].fillna("not known").value_counts()
            ordered = sorted(values.items(), key=lambda item: (-item[1], str(item[0])))
            rows += [(name, value, n, n / len(self.table)) for value, n in ordered]
        return pd.DataFrame(rows, columns=["of", "value", "count", "share"])

    def unknown(self) -> pd.DataFrame:
        """Return a row a customer and class that is not known: customer, of and reason."""
        parts = []
        for name in _CLASSES:
            rows = self.table[self.table[name].isna()]
            parts.append(
                pd.DataFrame(
                    {
                        "customer": rows.index.to_numpy(), "of": name,
                        "reason": rows[f"{name}_reason"].to_numpy(),
                    },
                    dtype=object,
                )
            )  # fmt: skip
        return pd.concat(parts, ignore_index=True)

    def __repr__(self) -> str:
        """Say in one line how much is known."""
        known = ", ".join(f"{name} {1 - self.table[name].isna().mean():.0%}" for name in _CLASSES)
        return f"CustomerClasses({counted(len(self.table), 'customer')}; known: {known})"

    def _repr_html_(self) -> str:
        """Show the counts."""
        return html_table(self.counts(), caption=repr(self), formats={"share": "{:.1%}"})


def classify_customers(
    table: NativeFrame,
    *,
    size_standard: SizeStandard,
    scheme: IndustryScheme = "gbt4754",
) -> CustomerClasses:
    """Classify customers by kind, industry, region and size.

    Parameters
    ----------
    table : table of shape (n_customers, n_columns)
        The column customer, and of customer_kind (or kind), registration_number,
        identity_number, birth_year, name, name_zh, industry, country, employees, revenue,
        total_assets and currency those that are known.
    size_standard : SizeStandard
        Such as ``SizeStandard.china_2011()``; amounts must be in its currency. Where the column
        currency says another one, they are not looked at.
    scheme : {"gbt4754", "isic"}, default="gbt4754"
        Classification of industries that codes are of and sections are given in.

    Returns
    -------
    CustomerClasses

    Raises
    ------
    MissingColumnError
        There is no column "customer", or none that says which kind.
    InvalidDataError
        A customer is missing or stands twice, or an amount is below 0.
    InvalidParameterError
        The scheme is another, or the size standard goes by industries of GB/T 4754 and the scheme
        is another.

    Notes
    -----
    What cannot be told is None, with a reason, and never the likeliest. See :func:`classify_kind`,
    :func:`classify_industry`, :func:`classify_region` and :class:`SizeStandard` for how. Persons
    have no size. Where the standard of sizes has industries of its own, the column industry must
    hold their names.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import SizeStandard, classify_customers
    >>> found = classify_customers(pd.DataFrame({
    ...     "customer": ["A", "B"], "kind": ["enterprise", "enterprise"],
    ...     "industry": ["C33", "trading"], "country": ["CN", "DE"],
    ...     "employees": [45, 8], "revenue": [21e6, 2e6],
    ... }), size_standard=SizeStandard.china_2011())
    >>> found.table[["section", "region", "size"]].values.tolist()
    [['C', 'Eastern Asia', 'small'], ['F', 'Western Europe', None]]
    >>> found.unknown()["reason"].tolist()
    ['section F has several industries of the standard: give a code of 2 to 4 digits']
    """
    check_choice(scheme, "scheme", _OWNER, SCHEMES)
    check_kind(size_standard, "size_standard", _OWNER, SizeStandard)
    kinds = classify_kind(table)
    read = read_named(table, ["customer"], reader=_OWNER)
    named = _values(read, "industry")
    industry = classify_industry(named, scheme=scheme)
    region = classify_region(_values(read, "country"))
    size = _sizes(read, size_standard, industry, named, scheme)
    is_person = (kinds["kind"] == "person").to_numpy()
    size.loc[is_person, ["size", "reason"]] = [None, "a person"]
    found = pd.DataFrame(
        {
            "kind": kinds["kind"].to_numpy(), "kind_reason": kinds["reason"].to_numpy(),
            "section": industry["section"].to_numpy(),
            "section_label": industry["label"].to_numpy(dtype=object),
            "section_confidence": industry["confidence"].to_numpy(),
            "section_reason": industry["reason"].to_numpy(dtype=object),
            "region": region["region"].to_numpy(), "region_reason": region["reason"].to_numpy(),
            "size": size["size"].to_numpy(), "size_reason": size["reason"].to_numpy(),
        },
        index=kinds.index,
        dtype=object,
    )  # fmt: skip
    found = found.astype({"section_confidence": float})
    return CustomerClasses(table=found, scheme=scheme)


def _values(read: Table, name: str) -> list[Any]:
    """Return a column as it is, None where missing or where there is no such column."""
    if name not in read.names:
        return [None] * read.n_rows
    codes, levels = read.levels(name)
    return [None if code < 0 else levels[code] for code in codes.tolist()]


def _sizes(
    read: Table,
    standard: SizeStandard,
    industry: pd.DataFrame,
    named: list[Any],
    scheme: str,
) -> pd.DataFrame:
    columns = dict(zip(MEASURES, ("employees", "revenue", "total_assets"), strict=True))
    amounts: dict[str, Any] = {
        measure: read.numeric(name) if name in read.names else None
        for measure, name in columns.items()
    }
    if all(column is None for column in amounts.values()):
        nothing = ["missing: employees, revenue, total_assets"] * read.n_rows
        return pd.DataFrame({"size": None, "reason": nothing}, dtype=object)
    foreign = _foreign(read, standard)
    for measure in ("revenue", "assets"):
        if amounts[measure] is not None:
            amounts[measure] = np.where(foreign != "", np.nan, amounts[measure])
    found = _sizes_by_industry(standard, industry, named, scheme, amounts)
    unmeasured = (foreign != "") & found["reason"].str.startswith("missing").to_numpy(dtype=bool)
    found.loc[unmeasured, "reason"] = [
        f"amounts are in {currency}, the standard's in {standard.currency}"
        for currency in foreign[unmeasured]
    ]
    return found


def _foreign(read: Table, standard: SizeStandard) -> Texts:
    """Return the currency of each row where it is another one than the standard's."""
    if "currency" not in read.names:
        return np.full(read.n_rows, "", dtype=object)
    said = [currency.upper() for currency in as_texts(read, "currency").tolist()]
    own = standard.currency.upper()
    return np.array(["" if one == own else one for one in said], dtype=object)


def _sizes_by_industry(
    standard: SizeStandard,
    industry: pd.DataFrame,
    named: list[Any],
    scheme: str,
    amounts: Mapping[str, Any],
) -> pd.DataFrame:
    if standard.industries == ("",):
        return standard.classify(**amounts)
    if not set(standard.industries) <= set(SizeStandard.china_2011().industries):
        return standard.classify(industry=named, **amounts)
    if scheme != "gbt4754":
        msg = (
            f"{standard.name} goes by industries of GB/T 4754: give scheme='gbt4754', or another "
            f"standard. Got scheme={scheme!r}."
        )
        raise InvalidParameterError(msg)
    names, reasons = size_industries(industry)
    found = standard.classify(industry=names, **amounts)
    open_ones = [bool(reason) for reason in reasons]
    found.loc[open_ones, "reason"] = [reason for reason in reasons if reason]
    return found
