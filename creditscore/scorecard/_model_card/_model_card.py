"""The model card: what a scorecard is, what it was made of, how it does, and what nobody said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from creditscore._checks import check_kind
from creditscore._document import JsonDocument
from creditscore._typing import Float1D
from creditscore._validation import as_floats, check_weights
from creditscore._warn import warn_user
from creditscore.binning import BinTable
from creditscore.exceptions import InvalidParameterError, SampleMismatchWarning
from creditscore.metrics import information_value
from creditscore.scorecard._characteristic import Characteristic
from creditscore.scorecard._model_card._markdown import sections_as_html, sections_as_markdown
from creditscore.scorecard._model_card._model_card_sections import model_card_sections
from creditscore.scorecard._model_card._model_statement import ModelStatement
from creditscore.scorecard._model_card._sample_performance import SamplePerformance
from creditscore.scorecard._model_card._selection_summary import SelectionSummary, selection_of
from creditscore.scorecard._scorecard import Scorecard
from creditscore.scorecard._segments._segmented import SegmentedScorecard
from creditscore.scorecard.selection._log import SelectionLog


@dataclass(frozen=True, kw_only=True)
class BinEvidence:
    """What the bins of a characteristic say beside the counts that the card holds.

    Attributes
    ----------
    name : str
        The characteristic.
    iv : float or None
        Information value; None where neither a bin table nor counts are known.
    trend, status : str or None
        As in :class:`BinTable`; None without one.
    edits : tuple of str
        Changes of the bins by hand, in words.

    Examples
    --------
    >>> from creditscore.scorecard import BinEvidence
    >>> BinEvidence(name="age_years", iv=0.0871)
    BinEvidence(name='age_years', iv=0.0871, trend=None, status=None, edits=())
    """

    name: str
    iv: float | None = None
    trend: str | None = None
    status: str | None = None
    edits: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        content = {"name": self.name, "iv": self.iv, "trend": self.trend, "status": self.status}
        return {**content, "edits": list(self.edits)}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Read back what :meth:`to_dict` wrote."""
        return cls(**{**content, "edits": tuple(content["edits"])})


@dataclass(frozen=True, kw_only=True, repr=False)
class ModelCard(JsonDocument):
    """A scorecard with all that a reader needs to judge it; made by :meth:`from_scorecard`.

    Attributes
    ----------
    card : Scorecard
        The card, with its bins, points and coefficients.
    statement : ModelStatement
        What people state: purpose, data, period, exclusions, limits.
    samples : tuple of SamplePerformance
        How it does on each sample, the one that it was fitted on first.
    evidence : tuple of BinEvidence
        Information values and edits of the bins, in the order of the card.
    selection : SelectionSummary or None
        Which candidates are in the card, which left, and why.

    See Also
    --------
    ModelStatement : What people state.
    SamplePerformance : What is measured.

    Notes
    -----
    A card of several segments is described segment by segment: a model card for each of its cards,
    ``card.card(name)``, with the rows of that segment as samples.

    What was not given stands in the card as "not stated". Nothing is taken from the clock or the
    machine: the same content makes the same text and the same file.

    References
    ----------
    .. [1] M. Mitchell et al., "Model cards for model reporting", *Proceedings of the Conference on
       Fairness, Accountability, and Transparency*, 2019, pp. 220-229.

    Examples
    --------
    >>> from creditscore import LogisticScorecard
    >>> from creditscore.datasets import load_german_credit
    >>> from creditscore.scorecard import ModelCard, ModelStatement
    >>> german = load_german_credit()
    >>> columns = ["checking_status", "duration_months"]
    >>> model = LogisticScorecard().fit(german[columns], german["is_bad"])
    >>> model_card = ModelCard.from_scorecard(
    ...     model.scorecard_,
    ...     statement=ModelStatement(name="German credit", purpose="Show what a model card holds."),
    ...     samples={"train": (german, german["is_bad"])},
    ...     tables=model.encoder_.tables_,
    ...     selection=model.selection_,
    ... )
    >>> model_card
    <ModelCard 'German credit': 2 characteristics, 1 sample, AUC 0.758 (0.726 to 0.789) on 'train'>
    >>> print(model_card.to_markdown()[:30])
    # Model card: German credit
    <BLANKLINE>
    |
    """

    _format: ClassVar[str] = "creditscore.model_card"

    card: Scorecard
    statement: ModelStatement
    samples: tuple[SamplePerformance, ...] = ()
    evidence: tuple[BinEvidence, ...] = ()
    selection: SelectionSummary | None = None

    def __post_init__(self) -> None:
        """Check the kinds of the parts, and that samples have different names."""
        owner = type(self).__name__
        check_kind(self.card, "card", owner, Scorecard)
        check_kind(self.statement, "statement", owner, ModelStatement)
        for name, kind in (("samples", SamplePerformance), ("evidence", BinEvidence)):
            object.__setattr__(self, name, tuple(getattr(self, name)))
            for part in getattr(self, name):
                check_kind(part, name, owner, kind)
        if self.selection is not None:
            check_kind(self.selection, "selection", owner, SelectionSummary)
        names = [sample.name for sample in self.samples]
        if len(set(names)) < len(names):
            msg = f"The samples of {owner} must have different names. Got {names}."
            raise InvalidParameterError(msg)

    @classmethod
    def from_scorecard(
        cls,
        card: Scorecard,
        *,
        statement: ModelStatement,
        samples: Mapping[str, Any] | None = None,
        tables: Mapping[str, BinTable] | None = None,
        selection: SelectionLog | None = None,
    ) -> Self:
        """Measure a scorecard and put it beside what is stated of it.

        Parameters
        ----------
        card : Scorecard
            The card.
        statement : ModelStatement
            What people state of it.
        samples : mapping of str to tuple, optional
            Table and outcomes of each sample, ``(X, y)``, or with weights that count rows,
            ``(X, y, sample_weight)``, by its name: "train", "test", "oot". The sample of the fit
            comes first; the shift of the scores is measured from it. Whether it is that sample,
            is told by the numbers of its good and bad cases, and the model card says it.
        tables : mapping of str to BinTable, optional
            Bins of the characteristics, as in ``encoder_.tables_``, for their information values
            and edits; tables of other columns are not looked at. Without them information values
            come from the counts that the card holds.
        selection : SelectionLog, optional
            What became of each candidate, as in ``LogisticScorecard.selection_``.

        Returns
        -------
        ModelCard

        Raises
        ------
        InvalidParameterError
            What is no card, no statement, no sample, no bin table or no selection log; a table
            with other bins than the card, or a log of other columns.
        InvalidDataError
            A sample that cannot be scored or measured.

        Warns
        -----
        SampleMismatchWarning
            A sample called "train" has other numbers of good and bad cases than the fit counted.
        UnseenCategoryWarning, UnseenValueWarning
            As in :meth:`Scorecard.score`.
        """
        owner = f"{cls.__name__}.from_scorecard"
        _check_card(card, owner)
        check_kind(statement, "statement", owner, ModelStatement)
        summary = selection_of(card, selection, owner)
        measured: list[SamplePerformance] = []
        reference: tuple[Float1D, Float1D] | None = None
        for name, parts in ({} if samples is None else samples).items():
            X, is_bad, weights = _sample(name, parts, owner)
            measured.append(
                SamplePerformance.measure(
                    name, card, X, is_bad, sample_weight=weights, reference=reference
                )
            )
            if reference is None:
                score = as_floats(card.score(X), "score")
                counts = check_weights(weights, n_rows=len(score))
                reference = score, np.ones(len(score)) if counts is None else counts
        _check_train(card, measured)
        known = {} if tables is None else tables
        evidence = tuple(_evidence(c, known.get(c.name), owner) for c in card.characteristics)
        return cls(
            card=card,
            statement=statement,
            samples=tuple(measured),
            evidence=evidence,
            selection=summary,
        )

    @property
    def card_sha256(self) -> str:
        """Hash of the card's own document, as :meth:`Scorecard.to_json` writes it."""
        sha256: str = self._card_document()["sha256"]
        return sha256

    @property
    def not_stated(self) -> tuple[str, ...]:
        """Names of what nobody stated, and of what could not be measured."""
        missing = [name.replace("_", " ") for name in self.statement.not_stated]
        if not self.samples:
            missing.append("performance")
        if self.card.scale is None:
            missing.append("scale (no probabilities)")
        if self.card.fit_summary is None:
            missing.append("standard errors of the coefficients")
        if self.selection is None:
            missing.append("selection")
        return tuple(missing)

    def to_markdown(self) -> str:
        """Return the model card as Markdown.

        Returns
        -------
        str
            Headings, lists and tables as GitHub writes them. Whatever users wrote, names of
            columns and levels too, is shown as it is and is no markup.
        """
        return sections_as_markdown(self._sections())

    def __repr__(self) -> str:
        """Say in one line what it describes; :meth:`to_markdown` has all of it."""
        n, m = len(self.card.names), len(self.samples)
        told = f"{n} characteristic{'' if n == 1 else 's'}, {m} sample{'' if m == 1 else 's'}"
        first = next((sample for sample in self.samples if sample.auc is not None), None)
        if first is not None:
            told += f", AUC {first.auc} on {first.name!r}"
        return f"<ModelCard {self.statement.name!r}: {told}>"

    def _repr_html_(self) -> str:
        return sections_as_html(self._sections())

    def _sections(self) -> list[Any]:
        return model_card_sections(
            self.card,
            self.statement,
            self.samples,
            {e.name: (e.iv, e.trend, e.status, e.edits) for e in self.evidence},
            self.selection,
            self.card_sha256,
            self.not_stated,
        )

    def _card_document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.card.to_json() or "")
        return document

    def _content(self) -> dict[str, Any]:
        content = {
            "statement": self.statement.to_dict(),
            "samples": [sample.to_dict() for sample in self.samples],
            "evidence": [entry.to_dict() for entry in self.evidence],
            "card": self._card_document(),
        }
        if self.selection is not None:
            content["selection"] = self.selection.to_dict()
        return content

    @classmethod
    def _from_content(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            card=Scorecard.from_json(json.dumps(content["card"])),
            statement=ModelStatement.from_dict(content["statement"]),
            samples=tuple(SamplePerformance.from_dict(entry) for entry in content["samples"]),
            evidence=tuple(BinEvidence.from_dict(entry) for entry in content["evidence"]),
            selection=(
                SelectionSummary.from_dict(content["selection"]) if "selection" in content else None
            ),
        )


def _check_card(card: Any, owner: str) -> None:
    """Refuse what is no card, and say what to do with one of several segments."""
    if isinstance(card, SegmentedScorecard):
        msg = (
            f"{owner} takes a card for all, and this one has {len(card.cards)} segments. Make a "
            "model card for each of its cards, card.card(name), with the rows of that segment as "
            "samples."
        )
        raise InvalidParameterError(msg)
    check_kind(card, "card", owner, Scorecard)


def _check_train(card: Scorecard, samples: list[SamplePerformance]) -> None:
    """Warn where what is called the training sample is none that the fit can have counted."""
    fit = card.fit_summary
    for sample in samples:
        if sample.name == "train" and fit is not None and not sample.counts_as(fit):
            warn_user(
                f"Sample 'train' has {sample.n_cases:,.6g} cases, {sample.n_bad:,.6g} of them "
                f"bad, and the fit of the card counted {fit.n_good + fit.n_bad:,.6g} cases, "
                f"{fit.n_bad:,.6g} of them bad. Give the rows, and weights, that the card was "
                "fitted on, or the sample another name.",
                SampleMismatchWarning,
            )


def _sample(name: Any, parts: Any, owner: str) -> tuple[Any, Any, Any]:
    """Read a sample: table, outcomes and perhaps weights."""
    check_kind(name, "samples", owner, str)
    if not isinstance(parts, tuple) or len(parts) not in (2, 3):
        what = f"{len(parts)} of them" if isinstance(parts, tuple) else type(parts).__name__
        msg = (
            f"Sample {name!r} must be a tuple of a table and its outcomes, (X, y), with weights as "
            f"a third part where there are any. Got {what}."
        )
        raise InvalidParameterError(msg)
    X, is_bad, *rest = parts
    return X, is_bad, rest[0] if rest else None


def _evidence(characteristic: Characteristic, table: Any, owner: str) -> BinEvidence:
    """Take what is known of the bins of a characteristic: from their table, or from counts."""
    name = characteristic.name
    if table is not None:
        check_kind(table, "tables", owner, BinTable)
        if table.partition != characteristic.partition:
            msg = (
                f"The table of {name!r} has other bins than the card. Give the tables that the "
                "card was made of, or none."
            )
            raise InvalidParameterError(msg)
        edits = tuple(map(str, table.history))
        return BinEvidence(
            name=name, iv=table.iv, trend=table.trend, status=table.status, edits=edits
        )
    n_good, n_bad = (
        np.array([getattr(a, count) for a in characteristic.attributes], dtype=np.float64)
        for count in ("n_good", "n_bad")
    )
    # NaN where points were written by hand; without a case of a class there is no distribution
    if not (n_good.sum() > 0 and n_bad.sum() > 0):
        return BinEvidence(name=name)
    return BinEvidence(name=name, iv=information_value(n_good, n_bad))
