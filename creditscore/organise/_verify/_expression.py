"""Sums and products of items, read from a text and worked out for all rows at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from creditscore._typing import Float1D
from creditscore.exceptions import InvalidParameterError

_MOST_LETTERS = 500
_ALLOWED = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Name, ast.Constant, ast.Load, ast.Add, ast.Sub,
    ast.Mult, ast.USub, ast.UAdd,
)  # fmt: skip


@dataclass(frozen=True)
class Expression:
    """A text of items, numbers, plus, minus, times and brackets."""

    text: str

    def __post_init__(self) -> None:
        """Check that the text is one and holds nothing else."""
        self.names  # noqa: B018 - reading the names reads the text

    @property
    def names(self) -> tuple[str, ...]:
        """Items in it, in the order in which they come first."""
        tree = self._tree()
        return tuple(dict.fromkeys(n.id for n in ast.walk(tree) if isinstance(n, ast.Name)))

    def of(self, items: Mapping[str, Float1D]) -> Float1D:
        """Return its value for each row."""
        return _value(self._tree().body, items)

    def size(self, items: Mapping[str, Float1D]) -> Float1D:
        """Return the largest absolute value among its parts, for tolerances that scale."""
        parts = [np.abs(part) for part in _parts(self._tree().body, items)]
        return np.asarray(np.max(parts, axis=0))

    def _tree(self) -> ast.Expression:
        if not isinstance(self.text, str) or len(self.text) > _MOST_LETTERS:
            msg = f"An expression must be a text of at most {_MOST_LETTERS} letters."
            raise InvalidParameterError(msg)
        try:
            tree = ast.parse(self.text, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self._refused() from error
        for node in ast.walk(tree):
            number = isinstance(node, ast.Constant) and type(node.value) not in (int, float)
            if not isinstance(node, _ALLOWED) or number:
                raise self._refused()
        return tree

    def _refused(self) -> InvalidParameterError:
        return InvalidParameterError(
            f"{self.text!r} is no expression of items. It may hold names, numbers, +, -, * and "
            "brackets, such as 'equity + total_liabilities'."
        )


def _value(node: ast.expr, items: Mapping[str, Float1D]) -> Float1D:
    if isinstance(node, ast.Name):
        return items[node.id]
    if isinstance(node, ast.Constant):
        return np.asarray(float(node.value))  # type: ignore[arg-type]
    if isinstance(node, ast.UnaryOp):
        value = _value(node.operand, items)
        return -value if isinstance(node.op, ast.USub) else value
    assert isinstance(node, ast.BinOp)  # noqa: S101 - nothing else is allowed
    left, right = _value(node.left, items), _value(node.right, items)
    if isinstance(node.op, ast.Mult):
        return np.asarray(left * right)
    return np.asarray(left + right if isinstance(node.op, ast.Add) else left - right)


def _parts(node: ast.expr, items: Mapping[str, Float1D]) -> Iterator[Float1D]:
    """Yield what is added up."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        yield from _parts(node.left, items)
        yield from _parts(node.right, items)
    elif isinstance(node, ast.UnaryOp):
        yield from _parts(node.operand, items)
    else:
        yield _value(node, items)
