"""The expert scorecard: sub-scores by frozen anchors, weighed by judgement."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self, overload

import pandas as pd

from creditscore._checks import check_kind, unknown_name
from creditscore._display import html_table
from creditscore._document import JsonDocument
from creditscore._frame import Table, read_named
from creditscore._typing import Float1D, NativeFrame, NativeSeries
from creditscore._validation import check_real
from creditscore.exceptions import DocumentError, InvalidParameterError, RefusedValueError
from creditscore.expert._card._card_content import card_content, card_parameters
from creditscore.expert._card._card_file import read_card_file, write_card_file
from creditscore.expert._card._card_table import card_line, card_table
from creditscore.expert._card._criteria import (
    check_labels,
    check_rules,
    checked_five_c,
    criteria_of,
)
from creditscore.expert._card._group_weights import exchanged, group_means, within_groups
from creditscore.expert._card._known_weight import known_weight
from creditscore.expert._card._rounded_score import rounded_score
from creditscore.expert._subscore._subscore import SubScore
from creditscore.expert._weights._hierarchy import WeightHierarchy
from creditscore.expert._weights._weights import Weights
from creditscore.scorecard import ReasonCodes, Scorecard, VetoRule


@dataclass(frozen=True, kw_only=True, repr=False)
class ExpertScorecard(JsonDocument):
    """A card made by judgement: the weighted sum of sub-scores.

    Parameters
    ----------
    subscores : mapping of str to SubScore
        The rule of each criterion, by the column that it reads.
    weights : Weights or WeightHierarchy
        Weights of the same criteria; of a hierarchy, they are the leaves.
    scale_to : float, default=100
        Score of a customer who has 100 in all sub-scores, above zero.
    title, title_zh : str, default=""
        What the card is for, in English and in Chinese.
    description : str, default=""
        Where weights and anchors come from.
    labels, labels_zh : mapping of str to str, default={}
        What criteria and groups are called, in English and in Chinese.
    five_c : mapping of str to tuple of str, default={}
        Which of character, capacity, capital, collateral and conditions a criterion tells of.
    vetoes : tuple of VetoRule, default=()
        Facts that cap the grade. They do not change the score: :class:`creditscore.grade.VetoRules`
        applies them to grades.

    Raises
    ------
    InvalidParameterError
        Sub-scores and weights are not of the same criteria; near names are listed.

    See Also
    --------
    load_template : Cards to begin with.
    creditscore.LogisticScorecard : Estimates a card, where there are outcomes.

    Notes
    -----
    score = scale_to / 100 · Σ weight · sub-score. A customer's score depends on no other
    customer: anchors are part of the card, and it is the same alone and among others.

    :meth:`score` rounds the sum to 1e-12 of the power of ten at or next above `scale_to`. A sum of
    fractions such as 0.1 falls short of what it is by hand by as little as 1e-14, and a score that
    is a grade's bound would get the grade below. :attr:`scorecard` adds its points as they are, and
    so do its exports, such as SQL: on a scale to 100 their scores differ from these by up to 5e-11,
    and at a bound by a grade. Round what a database returns likewise before it is graded, to 100
    by ``ROUND(score, 10)``.

    :attr:`scorecard` is the card as points, of the same type as an estimated one: reasons,
    points table, exports and all else work on it. What its ``to_json`` writes is the card that the
    command line reads. Its neutral points, with which reasons compare
    by default, are those of a sub-score that is neither good nor bad
    (:attr:`SubScore.neutral_score`): the average standard of :class:`StandardBandScore`, the
    median of :class:`PercentileScore`, of others the middle between their lowest and highest
    score.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore import ExpertScorecard
    >>> from creditscore.expert import CategoryScore, MinMaxScore, Weights
    >>> card = ExpertScorecard(
    ...     subscores={
    ...         "debt_ratio": MinMaxScore(low=0.4, high=0.8, direction="lower"),
    ...         "audit_opinion": CategoryScore(scores={"clean": 100, "qualified": 30}),
    ...     },
    ...     weights=Weights.of({"debt_ratio": 60, "audit_opinion": 40}),
    ... )
    >>> firms = pd.DataFrame({"debt_ratio": [0.5, 0.9], "audit_opinion": ["clean", "qualified"]})
    >>> card.score(firms).round(6).tolist()
    [85.0, 12.0]
    >>> card.scorecard.reasons(firms, n=2).loc[1].tolist()
    ['debt_ratio', 'audit_opinion']
    """

    _format: ClassVar[str] = "creditscore.expert_scorecard"

    subscores: Mapping[str, SubScore]
    weights: Weights | WeightHierarchy
    scale_to: float = 100.0
    title: str = ""
    title_zh: str = ""
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    labels_zh: Mapping[str, str] = field(default_factory=dict)
    five_c: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vetoes: tuple[VetoRule, ...] = ()

    def __post_init__(self) -> None:
        """Check that all parts speak of the same criteria."""
        owner = type(self).__name__
        for name in ("subscores", "labels", "labels_zh", "five_c"):
            check_kind(getattr(self, name), name, owner, Mapping)
            object.__setattr__(self, name, dict(getattr(self, name)))
        weights: Any = self.weights
        if not isinstance(weights, (Weights, WeightHierarchy)):
            msg = (
                f"The 'weights' parameter of {owner} must be Weights or a WeightHierarchy, which "
                f"Weights.of() and WeightHierarchy.of() make of a mapping. Got {weights!r} instead."
            )
            raise InvalidParameterError(msg)
        for name, subscore in self.subscores.items():
            check_kind(subscore, f"subscores[{name!r}]", owner, SubScore)
        top = check_real(self.scale_to, "scale_to", owner, low=0, high=math.inf)
        object.__setattr__(self, "scale_to", top)
        for name in ("title", "title_zh", "description"):
            check_kind(getattr(self, name), name, owner, str)
        object.__setattr__(self, "vetoes", tuple(self.vetoes))
        for veto in self.vetoes:
            check_kind(veto, "vetoes", owner, VetoRule)
        check_rules(self.subscores, self.names)
        every = criteria_of(self.weights, owner)
        check_labels({"labels": self.labels, "labels_zh": self.labels_zh}, every, owner)
        object.__setattr__(self, "five_c", checked_five_c(self.five_c, every, owner))

    @property
    def names(self) -> tuple[str, ...]:
        """Criteria, which are the columns that the card reads, in the order of the weights."""
        return self.leaves.names

    @property
    def leaves(self) -> Weights:
        """Weights of all criteria, which add up to 1."""
        return self.weights if isinstance(self.weights, Weights) else self.weights.leaves()

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Criteria of each group of the first level; a criterion without a group is its own."""
        return {group: weights.names for group, weights in within_groups(self.weights).items()}

    @cached_property
    def scorecard(self) -> Scorecard:
        """The card as points, which add up to :meth:`score`; without base points or scale.

        Its scores, and those of its exports, are not rounded as :meth:`score` is: at the bound of a
        grade, round them first (see the Notes of the class).
        """
        factor = self.scale_to / 100
        return Scorecard(
            characteristics=tuple(
                self.subscores[name].characteristic(name, factor * weight)
                for name, weight in self.leaves.to_dict().items()
            )
        )

    def score(self, X: NativeFrame) -> NativeSeries:
        """Return the score of each row, as a column of the library and index of `X`.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            pandas, polars or pyarrow; holds the card's columns.

        Returns
        -------
        Series of float64, named "score"

        Raises
        ------
        MissingColumnError
            A column of the card is not there; near names are listed.
        RefusedValueError
            A value is missing, or a level unknown, and its sub-score refuses that.
        InfiniteValueError, ColumnTypeError
            A column cannot be read; the message names it.

        Warns
        -----
        UnseenCategoryWarning
            A column holds levels that the card does not know, and there is a score for them.
        """
        table = self._read(X)
        try:
            score = self.scorecard.score_array(table)
        except RefusedValueError:
            # says in the words of an expert's rule what was refused
            self._columns(table)
            raise
        return table.to_series("score", rounded_score(score, self.scale_to))

    def subscores_of(self, X: NativeFrame) -> NativeFrame:
        """Return the sub-scores of each row, before they are weighed.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.

        Returns
        -------
        table of float64
            A column a criterion, in the library and index of `X`.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.expert import ExpertScorecard, MinMaxScore, Weights
        >>> card = ExpertScorecard(
        ...     subscores={"years": MinMaxScore(low=0, high=10)}, weights=Weights.of({"years": 1})
        ... )
        >>> card.subscores_of(pd.DataFrame({"years": [3, 12]}))
           years
        0   30.0
        1  100.0
        """
        table = self._read(X)
        return table.to_frame(self._columns(table))

    def group_scores(self, X: NativeFrame) -> NativeFrame:
        """Return the weighted mean of the sub-scores in each group of the first level.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`.

        Returns
        -------
        table of float64
            A column a group, in the library and index of `X`; a criterion without a group is one.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.expert import ExpertScorecard, MinMaxScore, WeightHierarchy
        >>> card = ExpertScorecard(
        ...     subscores={
        ...         "debt_ratio": MinMaxScore(low=0.4, high=0.8, direction="lower"),
        ...         "current_ratio": MinMaxScore(low=0.5, high=2),
        ...         "years": MinMaxScore(low=0, high=10),
        ...     },
        ...     weights=WeightHierarchy.of(
        ...         {"financial": (70, {"debt_ratio": 60, "current_ratio": 40}), "years": 30}
        ...     ),
        ... )
        >>> card.group_scores(pd.DataFrame(
        ...     {"debt_ratio": [0.5], "current_ratio": [1.25], "years": [3]}
        ... )).round(6)
           financial  years
        0       65.0   30.0
        """
        table = self._read(X)
        return table.to_frame(group_means(self.weights, self._columns(table)))

    def known_weight(self, X: NativeFrame) -> NativeSeries:
        """Return which share of the weight has a value in each row: 0 where all are missing.

        Parameters
        ----------
        X : table of shape (n_samples, n_columns)
            As in :meth:`score`; values that a sub-score refuses for being missing may be.

        Returns
        -------
        Series of float64, named "known_weight"
            Fractions in [0, 1]. Special codes and unknown levels count as known.

        Raises
        ------
        MissingColumnError, InfiniteValueError, ColumnTypeError
            As in :meth:`score`.

        Examples
        --------
        >>> import pandas as pd
        >>> from creditscore.expert import ExpertScorecard, MinMaxScore, Weights
        >>> rule = MinMaxScore(low=0, high=10, missing_score=50)
        >>> card = ExpertScorecard(
        ...     subscores={"years": rule, "staff": rule},
        ...     weights=Weights.of({"years": 3, "staff": 1}),
        ... )
        >>> card.known_weight(pd.DataFrame({"years": [3, None], "staff": [5, 5]})).tolist()
        [1.0, 0.25]
        """
        table = self._read(X)
        return table.to_series("known_weight", known_weight(self, table))

    def table(self) -> pd.DataFrame:
        """Return a row a criterion, with its weight and its rule in words.

        Returns
        -------
        DataFrame
            criterion, label, group (of the first level, empty where there is none), weight (of
            the whole), kind (of the sub-score), rule, missing (score of a missing value, NaN
            where it is refused).
        """
        return card_table(self)

    def with_weights(self, weights: Weights | WeightHierarchy) -> Self:
        """Return the card with other weights of the same criteria.

        Parameters
        ----------
        weights : Weights or WeightHierarchy
            As in :class:`ExpertScorecard`. Labels of groups that they do not have are left out.
            Weights of all groups of the first level exchange the weights of these, and each group
            keeps its parts.

        Raises
        ------
        InvalidParameterError
            The criteria are not those of the card, or the groups not all of its first level.

        Examples
        --------
        >>> from creditscore.expert import Weights, load_template
        >>> card = load_template("trade_credit").with_weights(Weights.of(
        ...     {"financial": 30, "operating": 25, "reputation": 35, "environment": 10}
        ... ))
        >>> card.weights.weights
        Weights(financial 30.0 %, operating 25.0 %, reputation 35.0 %, environment 10.0 %; direct)
        """
        owner = "ExpertScorecard.with_weights"
        weights = exchanged(self.weights, weights)
        # in other groups, the old ones have nothing to be called
        gone = set(criteria_of(self.weights, owner)) - set(criteria_of(weights, owner))
        gone -= set(self.names)
        words: dict[str, Any] = {
            entry: {n: word for n, word in getattr(self, entry).items() if n not in gone}
            for entry in ("labels", "labels_zh", "five_c")
        }
        return replace(self, weights=weights, **words)

    def with_subscore(self, name: str, subscore: SubScore) -> Self:
        """Return the card with another rule for one of its criteria.

        Parameters
        ----------
        name : str
            A criterion of the card.
        subscore : SubScore
            Its new rule.

        Raises
        ------
        InvalidParameterError
            The card has no such criterion.
        """
        if name not in self.subscores:
            raise unknown_name(name, self.names, "criterion", "the card")
        return replace(self, subscores={**self.subscores, name: subscore})

    def reason_codes(self, *, groups: Mapping[str, Sequence[str]] | None = None) -> ReasonCodes:
        """Return reason codes for :attr:`scorecard`, with texts made of the labels of the card.

        Parameters
        ----------
        groups : mapping of str to sequence of str, optional
            Codes, and the criteria that share them, as in :meth:`ReasonCodes.for_card`. Without
            them, each criterion has its own.

        Returns
        -------
        ReasonCodes
            In English and in Chinese. A criterion without a label is called by its name; without
            a Chinese one, as in English.

        Raises
        ------
        InvalidParameterError
            Groups of criteria that the card does not have, or in two groups.

        Examples
        --------
        >>> from creditscore.expert import load_template
        >>> codes = load_template("trade_credit").reason_codes()
        >>> on_time = codes.frame().query("characteristic == 'on_time_rate'")
        >>> on_time[["code", "english", "chinese"]].iloc[0].tolist()
        ['R12', 'On-time payments: too low', '按时付款率：过低']
        """
        called = {name: self.labels.get(name, name.replace("_", " ")) for name in self.names}
        names = {name: (text, self.labels_zh.get(name, text)) for name, text in called.items()}
        return ReasonCodes.for_card(self.scorecard, groups=groups, names=names)

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Self:
        """Read a card from a file that a person wrote, such as a copy of a template.

        Parameters
        ----------
        path : path-like
            A YAML file; the templates (:func:`template_path`) show its form.

        Raises
        ------
        DocumentNotFoundError
            There is no such file.
        DocumentError
            It is no such file; the message names the file, the entry, and near names.

        Notes
        -----
        Plain YAML 1.2: ``yes``, ``no``, ``on`` and ``off`` are text, as are dates. References
        (``*name``) are not read, and an entry that stands twice is refused.
        """
        entries = read_card_file(path)
        try:
            return cls(**entries)
        except InvalidParameterError as error:
            msg = f"{path}: {error}"
            raise DocumentError(msg) from error

    @overload
    def to_yaml(self, path: None = None) -> str: ...

    @overload
    def to_yaml(self, path: str | os.PathLike[str]) -> None: ...

    def to_yaml(self, path: str | os.PathLike[str] | None = None) -> str | None:
        """Write the card as a file for people to read and edit, or return its text.

        Parameters
        ----------
        path : path-like, optional
            File to write; without one, the text is returned.

        Returns
        -------
        str or None
            The text, where there is no path.

        Raises
        ------
        InvalidDataError
            A text holds a control character that YAML does not keep as it is.

        Notes
        -----
        All of the card but the method and the evidence of its weights, which :meth:`to_json`
        keeps; it also has a hash, as this has not.

        Examples
        --------
        >>> from creditscore.expert import load_template
        >>> print(load_template("small_business").to_yaml()[:42])
        format: creditscore.expert_card
        version: 1
        """
        return write_card_file(self, path)

    def _read(self, X: NativeFrame) -> Table:
        return read_named(X, self.names, reader="An expert scorecard")

    def _columns(self, table: Table) -> dict[str, Float1D]:
        return {name: self.subscores[name].column_score(table, name) for name in self.names}

    def _content(self) -> dict[str, Any]:
        return card_content(self)

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(**card_parameters(content))

    def __repr__(self) -> str:
        """Say in one line what it weighs."""
        return card_line(self)

    def _repr_html_(self) -> str:
        """Show the table."""
        shown = self.table()
        formats = {"weight": "{:.4f}", "missing": "{:g}"}
        return html_table(shown, caption=self.title or "Expert scorecard", formats=formats)
