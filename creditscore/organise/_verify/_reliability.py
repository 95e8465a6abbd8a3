"""How far sources are believed, by judgement and by how often others agreed with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from creditscore._document import JsonDocument
from creditscore._typing import Float1D
from creditscore._validation import check_real
from creditscore.collect import (
    METHOD_RELIABILITY,
    METHODS,
    SOURCE_KINDS,
    SOURCE_RELIABILITY,
    tidy_table,
)
from creditscore.exceptions import InvalidParameterError


@dataclass(frozen=True, kw_only=True, repr=False)
class SourceReliability(JsonDocument):
    """How far each source and method is believed, from 0 (not at all) to 1.

    Parameters
    ----------
    sources : mapping of str to float, default={}
        Reliability by kind of source, in the place of the ones below.
    methods : mapping of str to float, default={}
        What multiplies it by method, in the place of the ones below.
    names : mapping of str to float, default={}
        Reliability of single sources by source_name, in the place of that of their kind.

    Notes
    -----
    An observation has the reliability of its source times that of its method. Without other
    words: public filings and own records 0.9, third parties and site visits 0.8; analysis and
    observation 1, interviews 0.8, questionnaires 0.7. What counts is the order: first who saw or
    audited, last who speaks of himself. It is a judgement and no estimate;
    :func:`observed_reliability` says how often others agreed. Its rates are of sources with their
    methods: give them as `names` together with ``methods=dict.fromkeys(METHODS, 1.0)``.

    A store of customers chooses among sources by the standard one, without other words, so that
    a snapshot is the same for all who read it, and takes no other. What another trust would
    choose, :func:`find_conflicts` says of ``store.observations(history=True)``, in `chosen`.

    Examples
    --------
    >>> from creditscore.organise import SourceReliability
    >>> SourceReliability(names={"Commercial register": 0.98})
    SourceReliability(Commercial register 0.98, else standard)
    >>> SourceReliability()
    SourceReliability(standard)
    """

    sources: Mapping[str, float] = field(default_factory=dict)
    methods: Mapping[str, float] = field(default_factory=dict)
    names: Mapping[str, float] = field(default_factory=dict)
    _format: ClassVar[str] = "creditscore.source_reliability"

    def __post_init__(self) -> None:
        """Check that each number is a share, of a source or a method that exists."""
        for name, known in (("sources", SOURCE_KINDS), ("methods", METHODS), ("names", None)):
            given = dict(getattr(self, name))
            for word, share in given.items():
                if known is not None and word not in known:
                    msg = f"The {name!r} of SourceReliability are {', '.join(known)}. Got {word!r}."
                    raise InvalidParameterError(msg)
                owner = f"SourceReliability ({word!r})"
                given[word] = check_real(share, name, owner, low=0, high=1, closed="both")
            object.__setattr__(self, name, given)

    def of(self, observations: Any) -> pd.Series:
        """Return the reliability of each observation, in the index of the table."""
        needed = ("source", "source_name", "method")
        table = tidy_table(observations, needed, "SourceReliability.of")
        by_kind = _mapped(table["source"], {**SOURCE_RELIABILITY, **self.sources})
        own = _mapped(table["source_name"], self.names)
        method = _mapped(table["method"], {**METHOD_RELIABILITY, **self.methods})
        value = np.where(np.isnan(own), by_kind, own) * method
        return pd.Series(value, index=table.index, name="reliability")

    def __repr__(self) -> str:
        """Say in one line what is believed otherwise than by standard."""
        given = (*self.sources.items(), *self.methods.items(), *self.names.items())
        told = [f"{word} {share:.3g}" for word, share in given]
        return f"SourceReliability({', '.join([*told, 'else standard'] if told else ['standard'])})"

    def _content(self) -> dict[str, Any]:
        return {name: dict(getattr(self, name)) for name in ("sources", "methods", "names")}

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**content)


def _mapped(words: pd.Series, numbers: Mapping[str, float]) -> Float1D:
    codes, levels = pd.factorize(words)
    values = [numbers.get(level, np.nan) for level in levels]
    # a gap has the code -1, which is the last of them
    return np.asarray(np.array([*values, np.nan], dtype=np.float64)[codes])
