"""A dossier: what a role may know of a customer on a day, as tables and as a page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

from creditscore._checks import unknown_name
from creditscore._display import counted
from creditscore._files import whole_file
from creditscore.protect import Actor
from creditscore.report._dossier._page import Page, prefix_of
from creditscore.report._dossier._section import DossierSection


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Dossier:
    """What a role may know of a customer on a day; made by :func:`customer_dossier`.

    Attributes
    ----------
    customer : str
        Whose it is.
    as_of : str
        Day on which facts are true.
    known_at : str
        Instant in UTC at which they were known.
    actor : Actor
        Who it was made for, in which roles and for what.
    language : {"en", "zh", "both"}
        Language of the page.
    sections : tuple of DossierSection
        Its parts, the appendix of observations last.
    labels : mapping of str to tuple of str
        What items are called in English and Chinese.
    indicator_labels : mapping of str to tuple of str
        What indicators are called; one may bear the name of an item, and be another number.
    notes : tuple of (str, str)
        What is to be said of the whole, in English and Chinese: what was given with it and is not
        shown to the role, by kind.

    Examples
    --------
    See :func:`customer_dossier`.

    >>> import pandas as pd
    >>> from creditscore.protect import Actor
    >>> from creditscore.report import Dossier, DossierSection
    >>> section = DossierSection(name="facts", table=pd.DataFrame({"item": ["revenue"]}))
    >>> dossier = Dossier(
    ...     customer="C1", as_of="2024-06-30", known_at="2024-07-01T08:00Z", language="en",
    ...     actor=Actor(name="ana", roles=("analyst",), purpose="credit decision"),
    ...     sections=(section,), labels={"revenue": ("Revenue", "营业收入")},
    ... )
    >>> dossier
    <Dossier of C1 on 2024-06-30 for Actor(ana as analyst, for credit decision): 1 section,
    0 observations>
    >>> ">Revenue</td>" in dossier.to_html()
    True
    """

    customer: str
    as_of: str
    known_at: str
    actor: Actor
    language: str
    sections: tuple[DossierSection, ...]
    labels: Mapping[str, tuple[str, str]]
    indicator_labels: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    notes: tuple[tuple[str, str], ...] = ()

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables of the sections by name."""
        return MappingProxyType({section.name: section.table for section in self.sections})

    def __getitem__(self, name: str) -> DossierSection:
        """Return a section by its name; near names are listed where there is none."""
        found = next((section for section in self.sections if section.name == name), None)
        if found is None:
            raise unknown_name(name, list(self.tables), "section", "the dossier")
        return found

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """Write the dossier as a page that needs nothing else, or return it.

        Parameters
        ----------
        path : path-like, optional
            File, which is there whole or stays as it was.

        Returns
        -------
        str or None
            The page, where there is no path.

        Notes
        -----
        The page runs no script and loads nothing. All texts are escaped, so that what a customer
        wrote cannot become a part of it. It holds what the role may read, which others may not:
        the file is as confidential as the store. O(n_observations) time and size.
        """
        page = self._page("").html()
        if path is None:
            return page
        with whole_file(path) as temporary:
            temporary.write_text(page, encoding="utf-8", newline="\n")
        return None

    def _page(self, prefix: str) -> Page:
        return Page(
            title=self.customer,
            about=(
                ("as_of", self.as_of), ("known_at", self.known_at),
                ("made_for", self.actor.name), ("role", ", ".join(self.actor.roles) or "–"),
                ("purpose", self.actor.purpose),
            ),
            sections=self.sections, labels=self.labels, indicator_labels=self.indicator_labels,
            language=self.language, prefix=prefix, notes=self.notes,
        )  # fmt: skip

    def __repr__(self) -> str:
        """Say in one line whose it is and how much it holds."""
        n = len(self.tables.get("observations", ()))
        return (
            f"<Dossier of {self.customer} on {self.as_of} for {self.actor!r}: "
            f"{counted(len(self.sections), 'section')}, {counted(n, 'observation')}>"
        )

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        return self._page(prefix_of(self.customer, self.as_of, self.language)).notebook()
