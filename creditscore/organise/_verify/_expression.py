"""Sums and products of items, read from a text and worked out for all rows at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

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
        return self._read()[1]

    def of(self, items: Mapping[str, Float1D]) -> Float1D:
        """Return its value for each row."""
        return _value(self._read()[0], items)

    def size(self, items: Mapping[str, Float1D]) -> Float1D:
        """Return the largest absolute value among its parts, for tolerances that scale."""
        parts = [np.abs(part) for part in _parts(self._read()[0], items)]
        return np.asarray(np.max(np.broadcast_arrays(*parts), axis=0))

    def _read(self) -> tuple[ast.expr, tuple[str, ...]]:
        if not isinstance(self.text, str) or len(self.text) > _MOST_LETTERS:
            msg = f"An expression must be a text of at most {_MOST_LETTERS} letters."
            raise InvalidParameterError(msg)
        return _parsed(self.text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> tuple[ast.expr, tuple[str, ...]]:
    """Return what an expression says, and the items in it; each text is read once."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
        nodes = list(ast.walk(tree))
        allowed = all(isinstance(node, _ALLOWED) and _is_finite(node) for node in nodes)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise _refused(text) from error
    if not allowed:
        raise _refused(text)
    return tree.body, tuple(dict.fromkeys(node.id for node in nodes if isinstance(node, ast.Name)))


def _is_finite(node: ast.AST) -> bool:
    if not isinstance(node, ast.Constant):
        return True
    return type(node.value) in (int, float) and bool(np.isfinite(float(node.value)))  # type: ignore[arg-type]


def _refused(text: str) -> InvalidParameterError:
    return InvalidParameterError(
        f"{text!r} is no expression of items. It may hold names, numbers, +, -, * and brackets, "
        "such as 'equity + total_liabilities'."
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
