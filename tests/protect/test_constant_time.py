"""Comparisons of secrets take as long, whatever is right of them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROTECT = Path(__file__).parents[2] / "creditscore" / "protect"
SECRETS = re.compile(r"(^|_)(digest|hash|hmac|mac|tag|code|check|signature|seal|key|secret)(_|$)")
OPEN = re.compile(r"(^|_)(version|versions|kind|kinds|codes|n|hash_bytes|fault)(_|$)|^n_|BYTES$")
"""Parts of names whose values are no secret."""


def names_in(node: ast.expr) -> list[str]:
    """Name what is compared: variables, attributes, entries and methods that are called."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.Subscript):
        entry = node.slice
        named = isinstance(entry, ast.Constant) and isinstance(entry.value, str)
        return [str(entry.value)] if named else names_in(node.value)  # type: ignore[attr-defined]
    if isinstance(node, ast.Call):
        inside = [name for argument in node.args for name in names_in(argument)]
        # the length or the kind of a secret is none
        called = names_in(node.func)
        if called and called[0] in {"len", "type", "isinstance", "repr"}:
            return []
        owner = names_in(node.func.value) if isinstance(node.func, ast.Attribute) else []
        return called + owner + inside
    return []


def unsafe_comparisons(source: str) -> list[int]:
    """Return the lines in which something secret is compared by == or !=, or looked for."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Compare):
            continue
        if not any(isinstance(op, (ast.Eq, ast.NotEq)) for op in node.ops):
            continue
        sides = [node.left, *node.comparators]
        constant = any(
            isinstance(side, ast.Constant) and isinstance(side.value, (int, type(None)))
            for side in sides
        )
        names = [name for side in sides for name in names_in(side)]
        if not constant and any(SECRETS.search(n.lower()) and not OPEN.search(n) for n in names):
            found.append(node.lineno)
    return found


def compared_by_python(source: str) -> list[str]:
    """Return the dataclasses with secrets whose == stops where they differ, as that of tuples."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ClassDef) or not any(
            ast.unparse(one).startswith("dataclass") and "eq=False" not in ast.unparse(one)
            for one in node.decorator_list
        ):
            continue
        if any(isinstance(one, ast.FunctionDef) and one.name == "__eq__" for one in node.body):
            continue
        fields = [one.target for one in node.body if isinstance(one, ast.AnnAssign)]
        names = [name for field in fields for name in names_in(field)]
        if any(SECRETS.search(name) and not OPEN.search(name) for name in names):
            found.append(node.name)
    return found


@pytest.mark.parametrize(
    ("line", "n"),
    [
        ("ok = self.seal == other.seal", 1),
        ("if digest == other: pass", 1),
        ("ok = record.hash != expected", 1),
        ("ok = hmac.new(k, m).hexdigest() == given", 1),
        ("ok = record['hash'] == given", 1),
        ("ok = self.signature == x.y", 1),
        ("ok = chain_hash(a, b) == c", 1),
        ("ok = compare_digest(digest, other)", 0),
        ("ok = len(key) == 32", 0),
        ("ok = key_version == 3", 0),
        ("ok = name == other", 0),
    ],
)
def test_this_test_sees_comparisons(line: str, n: int) -> None:
    assert len(unsafe_comparisons(line)) == n


def test_this_test_sees_dataclasses() -> None:
    body = "\n    seal: str"
    assert compared_by_python(f"@dataclass(frozen=True)\nclass A:{body}") == ["A"]
    assert compared_by_python(f"@dataclass\nclass A:{body}") == ["A"]
    assert not compared_by_python(f"@dataclass(eq=False)\nclass A:{body}")
    assert not compared_by_python(f"@dataclass\nclass A:{body}\n    def __eq__(self, o): ...")


def test_values_with_secrets_compare_themselves_in_constant_time() -> None:
    unsafe = {
        name
        for path in PROTECT.rglob("*.py")
        for name in compared_by_python(path.read_text(encoding="utf-8"))
    }
    assert unsafe == set()


def test_digests_are_compared_in_constant_time() -> None:
    unsafe = [
        f"{path.relative_to(PROTECT)}:{line}"
        for path in sorted(PROTECT.rglob("*.py"))
        for line in unsafe_comparisons(path.read_text(encoding="utf-8"))
    ]
    assert unsafe == []


def test_the_comparison_of_the_standard_library_is_used() -> None:
    users = [
        path.name
        for path in PROTECT.rglob("*.py")
        if "compare_digest" in path.read_text(encoding="utf-8")
    ]
    assert {"_key_ring.py", "_chain.py"} <= set(users)
    used = {
        path.name
        for path in (PROTECT / "_audit").rglob("*.py")
        if re.search(r"\bsame\(", path.read_text(encoding="utf-8"))
    }
    assert {"_record.py", "_anchor.py", "_trail.py", "_verify.py"} <= used
