"""Rules in words for classes that came from elsewhere, by a shallow tree."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from creditscore._display import html_table
from creditscore._frame import Table, as_table
from creditscore._typing import Bool1D, Float1D, Float2D, Int1D, NativeFrame
from creditscore._validation import check_finite, check_integer, check_real
from creditscore.exceptions import InvalidDataError, InvalidParameterError
from creditscore.segment._reading import check_same_rows, read_names
from creditscore.segment._rules._condition import Condition
from creditscore.segment._rules._rule_set import Rule, RuleSet
from creditscore.segment._shortest import shortest_between

_DEEPEST = 3
_FOLDS = 5
_MOST_LEVELS = 50
"""Columns of more levels are names or codes, not something to split on."""


@dataclass(frozen=True, kw_only=True, repr=False)
class TreeRules:
    """Rules that a shallow tree says, and how well they tell the classes.

    Made by :func:`rules_from_tree`.

    Attributes
    ----------
    rule_set : RuleSet
        The rules.
    fidelity : float
        Share of the customers whose class the rules give, on the customers they are made of.
    fidelity_new : float
        The same on customers that the tree did not see, by five-fold cross-validation.
    baseline : float
        Share of the most frequent class: what one rule for all would give.
    n : int
        Customers.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import rules_from_tree
    >>> X = pd.DataFrame({"sales": range(100), "late": [False, True] * 50})
    >>> labels = ["big" if sales >= 60 else "small" for sales in X["sales"]]
    >>> rules_from_tree(X, labels)
    <TreeRules: 1 rule for 2 classes, fidelity 100.0% (99.0% on new customers, 60.0% without rules)>
    """

    rule_set: RuleSet
    fidelity: float
    fidelity_new: float
    baseline: float
    n: int

    def __repr__(self) -> str:
        """Say in one line how many rules there are, and how well they tell the classes."""
        rules = self.rule_set
        n = len(rules.rules)
        return (
            f"<TreeRules: {n} rule{'' if n == 1 else 's'} for {len(rules.labels)} classes, fidelity"
            f" {self.fidelity:.1%} ({self.fidelity_new:.1%} on new customers, {self.baseline:.1%} "
            "without rules)>"
        )

    def _repr_html_(self) -> str:
        """Show the rules."""
        shown = self.rule_set.table().drop(columns="reason_zh")
        return html_table(shown, caption=repr(self).strip("<>"), formats={})


def rules_from_tree(
    X: NativeFrame,
    labels: Any,
    *,
    max_depth: int = 3,
    min_share: float = 0.01,
    random_state: int = 0,
) -> TreeRules:
    """Say in a few rules what tells given classes apart, such as those of k-means or of a model.

    Parameters
    ----------
    X : table of shape (n_customers, n_columns)
        Numbers, booleans and texts, none missing; all columns are used.
    labels : Series or array-like of str, shape (n_customers,)
        The classes; none missing.
    max_depth : int, default=3
        Conditions that a rule has at most, 1 to 3: nobody reads longer ones.
    min_share : float, default=0.01
        Least share of the customers that a rule may hold, in (0, 0.5].
    random_state : int, default=0
        Which of equally good splits is taken, and which customers are in which fold.

    Returns
    -------
    TreeRules
        The class of most customers is the default of its rules.

    Raises
    ------
    InvalidParameterError
        A parameter out of range.
    InvalidDataError
        Missing values, fewer than two classes or ten customers, or a column of more than 50 texts.

    See Also
    --------
    find_segments : Groups by k-means, whose labels this explains.

    Notes
    -----
    A tree by Gini impurity (scikit-learn); each leaf whose class is not the default is a rule. A
    number is compared with the shortest decimal that lies between the two values it parts, and the
    fidelity is that of these rules. The rules explain, and are no replacement where the fidelity
    is low: read it beside the baseline.

    References
    ----------
    .. [1] M. W. Craven and J. W. Shavlik, "Extracting tree-structured representations of trained
       networks", *Advances in Neural Information Processing Systems* 8, 1996, pp. 24-30; for the
       word fidelity.

    Examples
    --------
    >>> import pandas as pd
    >>> from creditscore.segment import rules_from_tree
    >>> X = pd.DataFrame({"sales": range(100), "late": [False, True] * 50})
    >>> labels = ["risk" if late else "big" if sales >= 60 else "small"
    ...           for sales, late in zip(X["sales"], X["late"])]
    >>> found = rules_from_tree(X, labels)
    >>> found.rule_set.table()[["rule", "condition", "class"]]
          rule                      condition  class
    0        1  late == False and sales <= 59  small
    1        2   late == False and sales > 59    big
    2  default                                  risk
    """
    owner = "rules_from_tree"
    depth = check_integer(max_depth, "max_depth", owner, low=1)
    if depth > _DEEPEST:
        msg = f"The 'max_depth' parameter of {owner} must be 1, 2 or 3. Got {depth} instead."
        raise InvalidParameterError(msg)
    check_real(min_share, "min_share", owner, low=0, high=0.5, closed="right")
    check_integer(random_state, "random_state", owner, low=0)
    check_same_rows(X=X, labels=labels)
    codes, names = _read_labels(labels)
    table = as_table(X)
    splits = [split for name in table.names for split in _splits_of(table, name)]
    inputs = np.column_stack([split.values for split in splits])
    from sklearn.model_selection import (  # noqa: PLC0415 - takes time to import
        KFold,
        cross_val_predict,
    )
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415 - as above

    tree = DecisionTreeClassifier(
        max_depth=depth,
        min_samples_leaf=max(1, math.ceil(min_share * len(codes))),
        random_state=random_state,
    )
    folds = KFold(n_splits=_FOLDS, shuffle=True, random_state=random_state)
    foretold = cross_val_predict(tree, inputs, codes, cv=folds)
    tree.fit(inputs, codes)
    count = np.bincount(codes)
    rule_set = _rules_of(tree.tree_, splits, inputs, codes, names)
    given = np.asarray(rule_set.apply(X).frame()["class"], dtype=object)
    return TreeRules(
        rule_set=rule_set,
        fidelity=float((given == np.array(names, dtype=object)[codes]).mean()),
        fidelity_new=float((foretold == codes).mean()),
        baseline=float(count.max() / len(codes)),
        n=len(codes),
    )


@dataclass(frozen=True)
class _Split:
    """A column as the tree sees it, and what a threshold on it says in words."""

    values: Float1D
    condition: Callable[[float, bool], Condition]


def _read_labels(labels: Any) -> tuple[Int1D, tuple[str, ...]]:
    codes, found = read_names(labels, "labels")
    if (codes < 0).any():
        row = int((codes < 0).argmax())
        msg = f"labels has a missing value at row {row}. Leave out customers without a class."
        raise InvalidDataError(msg)
    if len(found) < 2 or len(codes) < 2 * _FOLDS:
        msg = (
            f"Rules tell two classes or more apart, of {2 * _FOLDS} customers or more. Got "
            f"{len(found)} class(es) of {len(codes)} customers."
        )
        raise InvalidDataError(msg)
    # in alphabetical order, so that the order of rows does not matter
    order = sorted(found)
    place_of = np.array([order.index(name) for name in found], dtype=np.intp)
    return place_of[codes], tuple(order)


def _splits_of(table: Table, name: str) -> list[_Split]:
    if table.kind(name) == "numeric":
        values = check_finite(table.numeric(name), name=name)
        _check_known(name, np.isnan(values))

        def compared(threshold: float, below: bool) -> Condition:
            bound = _readable(values, threshold)
            return Condition(column=name, operator="<=" if below else ">", value=bound)

        return [_Split(values, compared)]
    codes, levels = table.levels(name)
    _check_known(name, codes < 0)
    if len(levels) > _MOST_LEVELS:
        msg = (
            f"Column {name!r} holds {len(levels)} different texts, more than {_MOST_LEVELS}: it "
            "looks like a name or a code. Leave it out, or join levels to groups."
        )
        raise InvalidDataError(msg)
    if all(isinstance(level, bool) for level in levels):
        is_true = np.array([*map(bool, levels)], dtype=np.float64)[codes]

        def asked(threshold: float, below: bool) -> Condition:  # noqa: ARG001 - two values only
            return Condition(column=name, operator="==", value=not below)

        return [_Split(is_true, asked)]
    return [_level_split(name, level, codes == place) for place, level in enumerate(levels)]


def _level_split(name: str, level: Any, held: Bool1D) -> _Split:
    def named(threshold: float, below: bool) -> Condition:  # noqa: ARG001 - two values only
        return Condition(column=name, operator="!=" if below else "==", value=level)

    return _Split(held.astype(np.float64), named)


def _check_known(name: str, missing: Bool1D) -> None:
    if missing.any():
        msg = (
            f"Column {name!r} has {int(missing.sum())} missing value(s), the first at row "
            f"{int(missing.argmax())}. Leave out these customers, or this column."
        )
        raise InvalidDataError(msg)


def _readable(values: Float1D, threshold: float) -> float:
    """Return the shortest decimal that parts the values as the threshold does.

    The tree compares in single precision, so the values are looked up as it sees them.
    """
    below = values.astype(np.float32) <= threshold
    return shortest_between(float(values[below].max()), float(values[~below].min()))


def _rules_of(
    tree: Any, splits: list[_Split], inputs: Float2D, codes: Int1D, names: tuple[str, ...]
) -> RuleSet:
    default = int(np.bincount(codes).argmax())
    rules: list[Rule] = []

    def visit(node: int, rows: Int1D, conditions: tuple[Condition, ...]) -> None:
        count = np.bincount(codes[rows], minlength=len(names))
        label = int(count.argmax())
        if _is_one(tree, node):
            if label != default:
                rules.append(_leaf_rule(conditions, names[label], int(count[label]), len(rows)))
            return
        split, threshold = splits[tree.feature[node]], float(tree.threshold[node])
        below = inputs[rows, tree.feature[node]].astype(np.float32) <= threshold
        for child, side, is_below in (
            (tree.children_left[node], below, True),
            (tree.children_right[node], ~below, False),
        ):
            condition = split.condition(threshold, is_below)
            visit(child, rows[side], _joined(conditions, condition))

    visit(0, np.arange(len(codes)), ())
    share = np.bincount(codes)[default] / len(codes)
    told = f"no rule applies; {names[default]} is the class of most customers, {share:.1%}"
    told_zh = f"无适用规则；{names[default]}为多数客户所属类别，占{share:.1%}"
    return RuleSet(rules=tuple(rules), default=names[default], default_reason=told,
                   default_reason_zh=told_zh)  # fmt: skip


def _is_one(tree: Any, node: int) -> bool:
    """Tell whether all leaves below a node are of one class, so that it needs no split."""
    return len(_leaf_classes(tree, node)) == 1


def _leaf_classes(tree: Any, node: int) -> set[int]:
    if tree.children_left[node] < 0:
        return {int(tree.value[node, 0].argmax())}
    children = (tree.children_left[node], tree.children_right[node])
    return set().union(*(_leaf_classes(tree, int(child)) for child in children))


def _joined(conditions: tuple[Condition, ...], new: Condition) -> tuple[Condition, ...]:
    """Add a condition; it takes the place of a wider one of the same column and operator."""
    same = [c for c in conditions if (c.column, c.operator) == (new.column, new.operator)]
    if same and new.operator in ("<=", ">"):
        return tuple(new if c is same[0] else c for c in conditions)
    # beside the other end of the same column, where there is one
    beside = [place for place, c in enumerate(conditions, start=1) if c.column == new.column]
    at = beside[-1] if beside else len(conditions)
    return (*conditions[:at], new, *conditions[at:])


def _leaf_rule(conditions: tuple[Condition, ...], label: str, n_right: int, n: int) -> Rule:
    reason = f"of {n:,} such customers, {n_right / n:.1%} are {label}"
    reason_zh = f"此类客户{n:,}户，其中{n_right / n:.1%}为{label}"
    return Rule(conditions=conditions, label=label, reason=reason, reason_zh=reason_zh)
