"""Segments that were found: frozen, told in words, and given to new customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._checks import unknown_name
from creditscore._display import counted, html_table
from creditscore._document import JsonDocument
from creditscore._frame import read_named
from creditscore._typing import Float2D, NativeFrame
from creditscore.segment._clusters._evidence import NumberEvidence, nearest
from creditscore.segment._clusters._standard import numbers_of
from creditscore.segment._reading import named, read_labels

HIGHLY_STABLE, STABLE, DOUBTFUL = 0.85, 0.75, 0.6
"""Bounds on the mean Jaccard similarity, as C. Hennig gives them with clusterboot of fpc."""
_FAR, _APART = 1.0, 0.5
"""Standard deviations from the mean of all customers that are far, and that are worth a word."""


@dataclass(frozen=True, kw_only=True, repr=False)
class KMeansSegments(JsonDocument):
    """Groups of customers around centres, with the evidence for them.

    Made by :func:`find_segments`.

    Attributes
    ----------
    columns : tuple of str
        Columns that distances are made of.
    location, spread : tuple of float
        What is taken from a column, and what it is divided by.
    sd : tuple of float
        Standard deviation of each column over all customers.
    centres : tuple of tuple of float
        Centre of each segment, on the columns so standardised.
    means : tuple of tuple of float
        Mean of each segment and column, in the unit of the column.
    names : tuple of str
        Names of the segments, in the order that `settings` tells.
    counts : tuple of int
        Customers of each segment.
    stability : tuple of float or None
        Mean Jaccard similarity to the most similar group of bootstrap samples; None where it was
        not asked for.
    adjusted_rand : float or None
        Mean adjusted Rand index between these segments and those of bootstrap samples.
    evidence : tuple of NumberEvidence
        What speaks for each number of segments.
    settings : tuple of (str, str or int)
        How the segments were found: standardise, order_by, chosen_by, n_resamples, random_state.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore.segment import KMeansSegments, find_segments
    >>> rng = np.random.default_rng(0)
    >>> centres = np.repeat([[0, 0], [6, 0], [3, 6]], 60, axis=0)
    >>> X = pd.DataFrame(centres + rng.normal(size=(180, 2)), columns=["sales", "growth"])
    >>> segments = find_segments(X, n_segments=3, n_resamples=10)
    >>> segments.profiles()["words"].iloc[0]
    'segment 1 (61 customers, 33.9%): sales far above the average; growth below the average'
    >>> KMeansSegments.from_json(segments.to_json()) == segments
    True
    """

    _format: ClassVar[str] = "creditscore.k_means_segments"

    columns: tuple[str, ...]
    location: tuple[float, ...]
    spread: tuple[float, ...]
    sd: tuple[float, ...]
    centres: tuple[tuple[float, ...], ...]
    means: tuple[tuple[float, ...], ...]
    names: tuple[str, ...]
    counts: tuple[int, ...]
    stability: tuple[float | None, ...]
    adjusted_rand: float | None
    evidence: tuple[NumberEvidence, ...]
    settings: tuple[tuple[str, str | int], ...]

    def assign(self, X: NativeFrame) -> Any:
        """Return the segment of each customer: that of the nearest centre.

        Parameters
        ----------
        X : table of shape (n_customers, n_columns)
            With the columns of the segments.

        Returns
        -------
        Series of str in the library and index of `X`
            "unknown" for customers of whom a value is missing.

        Raises
        ------
        MissingColumnError, ColumnTypeError, InfiniteValueError
            A column is not there, holds text, or infinity.
        """
        table = read_named(X, self.columns, reader="A segmentation")
        raw = np.column_stack([numbers_of(table, name) for name in self.columns])
        values = self.standardised(raw)
        codes = nearest(values, np.asarray(self.centres))
        codes = np.where(np.isnan(values).any(axis=1), -1, codes)
        return table.to_series("segment", named(self.names, codes), text=True)

    def standardised(self, raw: Any) -> Float2D:
        """Return columns, in their order here, in the units that distances are in.

        Parameters
        ----------
        raw : array-like of shape (n_customers, n_columns)
            Values in their own units.
        """
        values = np.asarray(raw, dtype=np.float64)
        return np.asarray((values - np.array(self.location)) / np.array(self.spread))

    def named(self, names: Mapping[str, str]) -> Self:
        """Return the segments with names that mean something.

        Parameters
        ----------
        names : mapping of str to str
            New name of a segment by the one it has; others stay.

        Raises
        ------
        InvalidParameterError
            No such segment, or two of one name.
        """
        for name in names:
            if name not in self.names:
                raise unknown_name(name, self.names, "segment", "the segments")
        new = read_labels(tuple(names.get(n, n) for n in self.names), "names", "named")
        return replace(self, names=new)

    def evidence_table(self) -> pd.DataFrame:
        """Return a row for each number of segments.

        Returns
        -------
        DataFrame
            n_segments, inertia (sum of squared distances), silhouette (mean, in [-1, 1]), gap,
            gap_error, chosen.
        """
        table = pd.DataFrame([asdict(entry) for entry in self.evidence])
        table["silhouette"] = table["silhouette"].astype(float)
        return table.assign(chosen=table["n_segments"] == len(self.names))

    def stability_table(self) -> pd.DataFrame:
        """Return segment, count, share, jaccard, verdict of each segment."""
        n = sum(self.counts)
        return pd.DataFrame(
            {
                "segment": self.names,
                "count": self.counts,
                "share": [count / n for count in self.counts],
                "jaccard": [np.nan if value is None else value for value in self.stability],
                "verdict": [verdict(value) for value in self.stability],
            }
        )

    def z_table(self) -> pd.DataFrame:
        """Return how far each segment is from the mean of all, in standard deviations of all.

        Returns
        -------
        DataFrame of shape (n_segments, n_columns)
            Index: the names.
        """
        means, counts = np.array(self.means), np.array(self.counts)
        overall = counts @ means / counts.sum()
        z = (means - overall) / np.array(self.sd)
        return pd.DataFrame(z, index=pd.Index(self.names, name="segment"), columns=self.columns)

    def profiles(
        self,
        *,
        labels: Mapping[str, str] | None = None,
        labels_zh: Mapping[str, str] | None = None,
    ) -> pd.DataFrame:
        """Tell each segment in words: what is far above or below the average of all customers.

        Parameters
        ----------
        labels, labels_zh : mapping of str to str, optional
            What columns are called, in English and in Chinese, where it is not their name.

        Returns
        -------
        DataFrame
            segment, count, share, jaccard, verdict, words, words_zh, then the mean of each column.

        Raises
        ------
        InvalidParameterError
            A label of a column that there is not.

        Notes
        -----
        A mean that is a standard deviation or more from that of all customers is far above or
        below it, half a standard deviation or more is above or below, and less is not told.
        """
        english, chinese = dict(labels or {}), dict(labels_zh or {})
        for name in (*english, *chinese):
            if name not in self.columns:
                raise unknown_name(name, self.columns, "column", "the segments")
        table, z = self.stability_table(), self.z_table()
        words, words_zh = [], []
        for name, count, share in zip(self.names, self.counts, table["share"], strict=True):
            row = z.loc[name]
            told = [_words(english.get(c, c), row[c]) for c in self._by_distance(row)]
            told_zh = [_words_zh(chinese.get(c, c), row[c]) for c in self._by_distance(row)]
            head = f"{name} ({counted(count, 'customer')}, {share:.1%}): "
            words.append(head + ("; ".join(told) or "close to the average in everything"))
            head_zh = f"{name}（{count:,}户，占{share:.1%}）："
            words_zh.append(head_zh + ("；".join(told_zh) or "各项均接近平均"))
        means = pd.DataFrame(list(self.means), columns=list(self.columns))
        return pd.concat([table.assign(words=words, words_zh=words_zh), means], axis="columns")

    def _by_distance(self, z: Any) -> list[str]:
        """Return the columns that are worth a word, the furthest from the average first."""
        told = [name for name in self.columns if abs(z[name]) >= _APART]
        return sorted(told, key=lambda name: -abs(z[name]))

    def _content(self) -> dict[str, Any]:
        plain = ("columns", "location", "spread", "sd", "names", "counts", "stability")
        nested = ("centres", "means", "settings")
        return {
            **{name: list(getattr(self, name)) for name in plain},
            **{name: [list(row) for row in getattr(self, name)] for name in nested},
            "adjusted_rand": self.adjusted_rand,
            "evidence": [asdict(entry) for entry in self.evidence],
        }

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        evidence = tuple(NumberEvidence(**entry) for entry in content["evidence"])
        flat = {
            name: tuple(tuple(v) if isinstance(v, list) else v for v in value)
            for name, value in content.items()
            if isinstance(value, list)
        }
        return cls(**{**content, **flat, "evidence": evidence})

    def __repr__(self) -> str:
        """Say in one line how many segments there are, and how good they are."""
        k = len(self.names)
        silhouette = next(e.silhouette for e in self.evidence if e.n_segments == k)
        known = [value for value in self.stability if value is not None]
        least = f", least stability {min(known):.2f}" if known else ", stability not checked"
        good = "" if silhouette is None else f", silhouette {silhouette:.2f}"
        n = counted(sum(self.counts), "customer")
        return f"<KMeansSegments: {counted(k, 'segment')} of {n}{good}{least}>"

    def _repr_html_(self) -> str:
        """Show the segments in words."""
        shown = self.profiles()[["segment", "count", "share", "jaccard", "verdict", "words"]]
        formats = {"share": "{:.1%}", "jaccard": "{:.2f}"}
        return html_table(shown, caption=repr(self).strip("<>"), formats=formats)


def verdict(jaccard: float | None) -> str:
    """Return what a mean Jaccard similarity says, by the bounds of C. Hennig."""
    if jaccard is None:
        return "not checked"
    if jaccard >= HIGHLY_STABLE:
        return "highly stable"
    if jaccard >= STABLE:
        return "stable"
    return "doubtful" if jaccard >= DOUBTFUL else "unstable"


def _words(name: str, z: float) -> str:
    return f"{name} {'far ' if abs(z) >= _FAR else ''}{'above' if z > 0 else 'below'} the average"


def _words_zh(name: str, z: float) -> str:
    return f"{name}{'远' if abs(z) >= _FAR else ''}{'高于' if z > 0 else '低于'}平均"
