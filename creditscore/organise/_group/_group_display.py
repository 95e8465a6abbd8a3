"""The tree of a group, as a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import pandas as pd

from creditscore._checks import check_kind
from creditscore._display import GOOD, INK, MUTED, new_axes, shorten
from creditscore.organise._group._customer_groups import CustomerGroups


@dataclass(kw_only=True, repr=False)
class GroupTreeDisplay:
    """A group from its parent down: who controls whom most closely, and the effective share.

    Made by :meth:`from_groups`.

    Attributes
    ----------
    table : DataFrame
        A row a member, in the order of the tree: customer, parent, depth, effective_share, how.
    group : str
        The group.
    as_of : str
        The day.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.organise import GroupTreeDisplay, find_groups
    >>> shares = pd.DataFrame({"owner": ["A", "B"], "owned": ["B", "C"], "share": [0.6, 0.7]})
    >>> groups = find_groups(shares, as_of="2024-06-30")
    >>> display = GroupTreeDisplay.from_groups(groups, "A")
    >>> display.frame()[["customer", "depth"]].values.tolist()
    [['A', 0], ['B', 1], ['C', 2]]
    >>> display.plot().ax_.get_title(loc="left")
    'Group A on 2024-06-30'
    """

    table: pd.DataFrame
    group: str
    as_of: str

    @classmethod
    def from_groups(cls, groups: CustomerGroups, group: str) -> Self:
        """Take one group.

        Parameters
        ----------
        groups : CustomerGroups
            Of :func:`find_groups`.
        group : str
            Its name, that of its parent.

        Raises
        ------
        InvalidParameterError
            There is no such group.
        """
        check_kind(groups, "groups", "GroupTreeDisplay.from_groups", CustomerGroups)
        groups.members(group)
        return cls(table=groups.tree(group), group=group, as_of=groups.as_of)

    def frame(self) -> pd.DataFrame:
        """Return the numbers behind the picture."""
        return self.table.copy()

    def plot(self, ax: Any = None) -> Self:
        """Draw the tree, a line a member; the axes are then in ``ax_``."""
        table = self.table
        n = len(table)
        ax = new_axes(ax, size=(6.0, 0.9 + 0.36 * n))
        line = {name: place for place, name in enumerate(table["customer"])}
        for place, row in enumerate(table.itertuples()):
            if row.depth > 0:
                above = line[row.parent]
                x = row.depth - 0.85
                ax.plot([x, x, row.depth - 0.08], [above + 0.25, place, place], color=MUTED, lw=1)
            ax.plot(row.depth, place, "o", color=GOOD if row.depth else INK, markersize=6)
            share = "" if row.depth == 0 else f"  {row.effective_share:.1%}, {row.how}"
            ax.annotate(f"{shorten(row.customer, 40)}{share}", (row.depth, place), xytext=(8, 0),
                        textcoords="offset points", va="center", color=INK, fontsize=9,
                        parse_math=False)  # fmt: skip
        ax.set_xlim(-0.3, table["depth"].max() + 2.5)
        ax.set_ylim(n - 0.4, -0.6)
        ax.set_axis_off()
        title = f"Group {shorten(self.group, 40)} on {self.as_of}"
        ax.set_title(title, loc="left", color=INK, fontsize=11, fontweight="bold",
                     parse_math=False)  # fmt: skip
        self.ax_ = ax
        return self

    def __repr__(self) -> str:
        """Say in one line what is drawn."""
        return f"GroupTreeDisplay({self.group}: {len(self.table)} members on {self.as_of})"
