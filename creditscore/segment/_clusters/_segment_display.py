"""Pictures of segments: how they differ from the average, and how well they are apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import BAD, GOOD, INK, MUTED, clean_axes, counted, new_axes
from creditscore._frame import read_named
from creditscore._typing import NativeFrame
from creditscore.exceptions import InvalidDataError
from creditscore.segment._clusters._evidence import MOST_ROWS_FOR_NUMBER, nearest
from creditscore.segment._clusters._segments import KMeansSegments, verdict
from creditscore.segment._clusters._standard import numbers_of
from creditscore.segment._heat import draw_cells, finish

_FULL_SHADE = 2.0
"""Standard deviations from the average at which a cell has its full colour."""


@dataclass(kw_only=True, repr=False)
class SegmentProfileDisplay:
    """How far the mean of each segment is from that of all customers, column by column.

    Made by :meth:`from_segments`.

    Attributes
    ----------
    z : DataFrame of shape (n_segments, n_columns)
        Distances in standard deviations of all customers.
    labels : tuple of str
        What the segments are called beside the picture.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore.segment import SegmentProfileDisplay, find_segments
    >>> rng = np.random.default_rng(0)
    >>> centres = np.repeat([[0, 0], [6, 0], [3, 6]], 60, axis=0)
    >>> X = pd.DataFrame(centres + rng.normal(size=(180, 2)), columns=["sales", "growth"])
    >>> display = SegmentProfileDisplay.from_segments(find_segments(X, n_resamples=10))
    >>> display
    SegmentProfileDisplay(3 segments, 2 columns)
    """

    z: pd.DataFrame
    labels: tuple[str, ...]

    @classmethod
    def from_segments(
        cls, segments: KMeansSegments, *, labels: Mapping[str, str] | None = None
    ) -> Self:
        """Take the profiles of segments.

        Parameters
        ----------
        segments : KMeansSegments
            Of :func:`find_segments`.
        labels : mapping of str to str, optional
            What columns are called, where it is not their name.
        """
        check_kind(segments, "segments", "SegmentProfileDisplay", KMeansSegments)
        n = sum(segments.counts)
        named = tuple(
            f"{name}: {count / n:.0%}, {verdict(value)}"
            for name, count, value in zip(
                segments.names, segments.counts, segments.stability, strict=True
            )
        )
        return cls(z=segments.z_table().rename(columns=dict(labels or {})), labels=named)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.z.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the distances; the axes are then in ``ax_``.

        Parameters
        ----------
        ax : Axes, optional
            A new figure without.
        """
        z = self.z.to_numpy(dtype=np.float64)
        size = (3.0 + 0.9 * z.shape[1], 1.5 + 0.5 * z.shape[0])
        ax = new_axes(ax, size=size)
        # -0.04 would be written as -0.0
        texts = np.array([[f"{round(v, 1) + 0.0:+.1f}" for v in row] for row in z], dtype=object)
        shade = np.clip(z / _FULL_SHADE, -1, 1)
        draw_cells(ax, shade, texts, rows=self.labels, columns=list(map(str, self.z.columns)),
                   both_ways=True)  # fmt: skip
        clean_axes(ax, title="Segments beside the average")
        ax.set_xlabel("standard deviations from\nthe mean of all customers", color=INK, fontsize=9)
        finish(ax)
        # the whole labels, which hold the verdict
        ax.set_yticks(range(len(self.labels)), self.labels, parse_math=False)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        n, k = self.z.shape
        return f"SegmentProfileDisplay({counted(n, 'segment')}, {counted(k, 'column')})"


@dataclass(kw_only=True, repr=False)
class SilhouetteDisplay:
    """Silhouette of each customer: near 1 well within its segment, near 0 between two.

    Made by :meth:`from_segments`.

    Attributes
    ----------
    silhouettes : DataFrame
        A row a customer: segment, silhouette; the segments in order, the largest silhouette first.
    n_customers : int
        Customers that these were drawn from.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from creditscore.segment import SilhouetteDisplay, find_segments
    >>> rng = np.random.default_rng(0)
    >>> centres = np.repeat([[0, 0], [6, 0], [3, 6]], 60, axis=0)
    >>> X = pd.DataFrame(centres + rng.normal(size=(180, 2)), columns=["sales", "growth"])
    >>> SilhouetteDisplay.from_segments(find_segments(X, n_resamples=10), X)
    SilhouetteDisplay(3 segments, 180 customers, mean 0.69)
    """

    silhouettes: pd.DataFrame
    n_customers: int

    @classmethod
    def from_segments(
        cls, segments: KMeansSegments, X: NativeFrame, *, random_state: int = 0
    ) -> Self:
        """Compute the silhouettes of customers, of at most 2,000 of them.

        Parameters
        ----------
        segments : KMeansSegments
            Of :func:`find_segments`.
        X : table of shape (n_customers, n_columns)
            Customers, with the columns of the segments; those with a missing value are left out.
        random_state : int, default=0
            Which customers are drawn, where there are more.

        Raises
        ------
        InvalidDataError
            The customers are of one segment only, so nobody is between two.
        """
        check_kind(segments, "segments", "SilhouetteDisplay", KMeansSegments)
        table = read_named(X, segments.columns, reader="A segmentation")
        raw = np.column_stack([numbers_of(table, name) for name in segments.columns])
        values = segments.standardised(raw[~np.isnan(raw).any(axis=1)])
        n = len(values)
        if n > MOST_ROWS_FOR_NUMBER:
            rng = np.random.default_rng(random_state)
            values = values[rng.choice(n, MOST_ROWS_FOR_NUMBER, replace=False)]
        codes = nearest(values, np.asarray(segments.centres))
        if len(np.unique(codes)) < 2 or len(np.unique(codes)) == len(codes):
            msg = (
                "Silhouettes need two segments or more with customers in them, and more customers "
                f"than segments. Got {len(np.unique(codes))} segment(s) of {len(codes)} customers."
            )
            raise InvalidDataError(msg)
        from sklearn.metrics import silhouette_samples  # noqa: PLC0415 - takes time to import

        silhouettes = silhouette_samples(values, codes)
        order = np.lexsort([-silhouettes, codes])
        names = np.array(segments.names, dtype=object)[codes[order]]
        frame = pd.DataFrame({"segment": names, "silhouette": silhouettes[order]})
        return cls(silhouettes=frame, n_customers=n)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.silhouettes.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw a line a customer; the axes are then in ``ax_``.

        Parameters
        ----------
        ax : Axes, optional
            A new figure without.
        """
        ax = new_axes(ax, size=(6.6, 4.4))
        values = self.silhouettes["silhouette"].to_numpy()
        names = self.silhouettes["segment"]
        mean, gap, start = float(values.mean()), 0.03 * len(values), 0.0
        ticks = []
        for name in dict.fromkeys(names):
            found = values[(names == name).to_numpy()]
            at = start + np.arange(len(found))
            ax.fill_betweenx(at, 0, found, where=found >= 0, color=GOOD, alpha=0.7, linewidth=0.4)
            ax.fill_betweenx(at, 0, found, where=found < 0, color=BAD, alpha=0.9, linewidth=0.4)
            ticks.append((start + len(found) / 2, f"{name}\nmean {found.mean():.2f}"))
            start += len(found) + gap
        ax.axvline(mean, color=INK, linestyle="--", linewidth=1)
        ax.axvline(0, color=MUTED, linewidth=0.8)
        ax.set_ylim(start, -gap)
        ax.set_yticks([at for at, _ in ticks], [text for _, text in ticks], parse_math=False)
        drawn = len(values)
        of = f" of {self.n_customers:,}" if self.n_customers > drawn else ""
        ax.set_xlabel(f"silhouette of {drawn:,} customers{of}, dashed the mean {mean:.2f};\n"
                      "below zero, another segment is nearer", color=INK, fontsize=9)  # fmt: skip
        clean_axes(ax, title="Silhouettes by segment", grid="x")
        ax.tick_params(axis="y", length=0)
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        k = self.silhouettes["segment"].nunique()
        mean = self.silhouettes["silhouette"].mean()
        n = counted(len(self.silhouettes), "customer")
        return f"SilhouetteDisplay({counted(k, 'segment')}, {n}, mean {mean:.2f})"
