"""Architecture: imports flow one way, files and functions stay small, the library stays silent."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "creditscore"

# A module imports only what stands to its left (docs/architecture.md says why).
FLOW = (
    *("exceptions", "_typing"),
    *("_warn", "_files", "_yaml", "_words", "_days", "_columns", "_frame"),
    *("_currency", "_declared", "_cells", "_raw_table", "_by_customer", "_allocation"),
    *("_validation", "_checks", "_document", "_repr", "_display", "_estimator", "_progress"),
    *("_curvature", "_newton", "_holm"),
    *("metrics", "datasets"),
    *("protect", "collect", "organise", "indicators"),
    *("binning", "scorecard", "expert", "calibrate", "grade", "segment", "validate"),
    *("policy", "receivables", "monitor", "screen", "deploy", "report"),
    "cli",
)
ENTRANCES = ("__init__", "__main__")
"""Modules of the top level that may see everything, and that nothing may import."""

MAX_FILE_LINES = 500
MEDIAN_FILE_LINES = 200
MAX_FUNCTION_LINES = 60


@dataclass(frozen=True)
class Import:
    """One import of a file, wherever in the file it stands."""

    file: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.target}"


FILES = sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)


def stage_of(module: str) -> str:
    """Return the place in the flow that a module belongs to: the name below the root."""
    return module.split(".")[1]


def imports_of(path: Path) -> Iterator[Import]:
    """Yield what a file imports, in functions and under TYPE_CHECKING too, names made absolute."""
    file = str(path.relative_to(ROOT))
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                parts = path.relative_to(ROOT).parts[: -node.level]
                source = ".".join([*parts, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Import(file, node.lineno, f"{source}.{alias.name}")


def calls_of(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Yield each call with its dotted name, as far as it has one."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def is_import_module(name: str) -> bool:
    return name in {"__import__", "importlib.import_module", "import_module"}


def in_package(target: str) -> bool:
    return target == "creditscore" or target.startswith("creditscore.")


def is_of_the_root(target: str) -> bool:
    """Tell whether a target is the package itself, or a name that its ``__init__`` defines."""
    return target == "creditscore" or (in_package(target) and stage_of(target) not in FLOW)


def all_imports() -> list[tuple[str, Import]]:
    return [(module_of(path), found) for path in FILES for found in imports_of(path)]


# --- imports -------------------------------------------------------------------------


def test_every_folder_and_file_has_a_place_in_the_flow() -> None:
    names = {stage_of(module_of(path)) for path in FILES}
    assert sorted(names - set(FLOW) - set(ENTRANCES)) == []


def test_imports_go_one_way() -> None:
    against = []
    for module, found in all_imports():
        stage = stage_of(module)
        if stage in ENTRANCES or not in_package(found.target) or is_of_the_root(found.target):
            continue
        other = stage_of(found.target)
        if FLOW.index(other) > FLOW.index(stage):
            against.append(f"{found}, which is not to the left of {stage}")
    assert against == []


def test_nothing_imports_the_root_but_the_entrances() -> None:
    """``from creditscore import x`` is allowed to the command line, the outermost caller."""
    roots = [
        str(found)
        for module, found in all_imports()
        if stage_of(module) not in (*ENTRANCES, "cli") and is_of_the_root(found.target)
    ]
    assert roots == []


def test_no_import_by_name_at_run_time_hides_an_arrow() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno} {name}"
        for path in FILES
        for call, name in calls_of(path)
        if is_import_module(name)
        and stage_of(module_of(path)) not in ENTRANCES  # which may see everything
        and not (
            call.args
            and isinstance(call.args[0], ast.Constant)
            and not in_package(str(call.args[0].value))
        )
    ]
    assert hidden == []


def test_stages_enter_each_other_by_the_front_door() -> None:
    """Another folder's private files are its own; its ``__init__`` says what may be used."""
    inside = [
        str(found)
        for module, found in all_imports()
        if in_package(found.target)
        and len(parts := found.target.split(".")) > 3
        and parts[1] != stage_of(module)
        and any(part.startswith("_") for part in parts[2:-1])
    ]
    assert inside == []


def test_no_private_module_of_scikit_learn() -> None:
    private = [
        str(found)
        for _, found in all_imports()
        if found.target.split(".")[0] == "sklearn"
        and any(part.startswith("_") for part in found.target.split(".")[1:])
    ]
    assert private == []


def test_this_test_sees_lazy_and_relative_imports(tmp_path: Path) -> None:
    source = "def f():\n    from . import _b\n    from .._c import d\n    import creditscore.cli\n"
    path = PACKAGE / "binning" / "imagined.py"
    TREES[path] = ast.parse(source)
    try:
        targets = [found.target for found in imports_of(path)]
    finally:
        del TREES[path]
    assert sorted(targets) == ["creditscore._c.d", "creditscore.binning._b", "creditscore.cli"]


# --- silence -------------------------------------------------------------------------


def test_no_print_and_no_question() -> None:
    spoken = [
        f"{path.relative_to(ROOT)}:{call.lineno} {name}()"
        for path in FILES
        for call, name in calls_of(path)
        if name in {"print", "input", "builtins.print", "builtins.input", "breakpoint"}
    ]
    assert spoken == []


def test_no_picture_is_shown_or_saved_but_by_the_command_line() -> None:
    drawn = [
        f"{path.relative_to(ROOT)}:{call.lineno} {name}()"
        for path in FILES
        for call, name in calls_of(path)
        if stage_of(module_of(path)) != "cli"
        and (name.endswith(".savefig") or name in {"plt.show", "pyplot.show", "matplotlib.use"})
    ]
    assert drawn == []


@pytest.mark.parametrize(
    "name",
    [
        "warnings.simplefilter", "warnings.filterwarnings", "np.seterr", "np.random.seed",
        "pd.set_option", "np.set_printoptions", "sklearn.set_config", "matplotlib.rcParams.update",
    ],
)  # fmt: skip
def test_no_setting_of_the_caller_is_changed_by_the_library(name: str) -> None:
    changed = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in FILES
        for call, called in calls_of(path)
        if called == name and stage_of(module_of(path)) != "cli"
    ]
    assert changed == []


# --- size ----------------------------------------------------------------------------


def test_files_are_small() -> None:
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    long = {str(path.relative_to(ROOT)): n for path, n in lines.items() if n > MAX_FILE_LINES}
    assert long == {}
    assert statistics.median(lines.values()) <= MEDIAN_FILE_LINES


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count lines from the first statement after the docstring to the end."""
    body = function.body
    first = body[0]
    described = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if described and isinstance(first.value.value, str):
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_functions_are_small() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": body_lines(node)
        for path in FILES
        for node in ast.walk(TREES[path])
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and body_lines(node) > MAX_FUNCTION_LINES
    }
    assert long == {}


# --- the drawing of it ---------------------------------------------------------------


def drawn_entries() -> set[str]:
    """Read the first word of each line in the fenced block that begins with ``creditscore/``."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    trees = [block for block in blocks if block.startswith("creditscore/")]
    assert len(trees) == 1, "docs/architecture.md must draw creditscore/ in one fenced block"
    lines = [line.strip(" \t│├└─") for line in trees[0].splitlines()[1:]]
    return {line.split()[0].rstrip("/") for line in lines if line}


def test_architecture_page_draws_every_folder_and_file() -> None:
    there = {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}
    drawn = drawn_entries()
    assert sorted(there - drawn) == [], "not drawn in docs/architecture.md"
    everywhere = {path.name for path in PACKAGE.rglob("*")}
    assert sorted(drawn - everywhere) == [], "drawn in docs/architecture.md, but not there"
