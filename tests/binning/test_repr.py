"""Values show themselves in a line that a person reads."""

from __future__ import annotations

import pandas as pd

from creditscore import WOEEncoder
from creditscore.binning import BinConstraints, BinPolicy, compare


def test_what_is_as_by_default_is_left_out() -> None:
    assert repr(BinConstraints()) == "BinConstraints()"
    asked = BinConstraints(trend="peak", forbidden_cuts=[(1, 2)], max_n_bins=5)
    text = "BinConstraints(trend='peak', max_n_bins=5, forbidden_cuts=((1.0, 2.0),))"
    assert repr(asked) == text
    assert eval(text) == asked  # noqa: S307 - a repr of ours is the call that makes it
    policy = BinPolicy(special={-9: "error"})
    assert repr(policy) == "BinPolicy(special=((-9, 'error'),))"
    assert eval(repr(policy)) == policy  # noqa: S307


def test_tables_are_written_in_a_line(german: pd.DataFrame) -> None:
    encoder = WOEEncoder().fit(german[["duration_months"]], german["is_bad"])
    table = encoder.tables_["duration_months"]
    assert repr(table) == f"<BinTable 'duration_months': 7 bin(s), IV {table.iv:.4f}, optimal>"
    fewer = table.merge(0, 1, by="M. Chen", reason="few rows")
    assert repr(fewer).endswith(", edited, 1 edit(s)>")
    assert repr(compare(table, fewer)) == f"<BinComparison of {table!r} and {fewer!r}>"
    assert len(repr(encoder.tables_)) < 150
