"""Every notebook runs afresh, is committed as it ran, and teaches: exercises, answers, limits.

After a change, run and save a notebook with the extra "notebooks" installed::

    jupyter nbconvert --to notebook --execute --inplace \
        --ExecutePreprocessor.record_timing=False notebooks/00_quickstart.ipynb
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MAKERS = {
    "02_organise": ("01_collect", "01_observations.parquet"),
    "03_indicators": ("02_organise", "02_store.db"),
    "05_scorecard": ("04_binning", "04_bins.json"),
    "06_expert": ("03_indicators", "03_indicators.parquet"),
    "07_calibrate_and_grade": ("06_expert", "06_card.yaml"),
    "08_classify": ("07_calibrate_and_grade", "07_curve.json"),
    "09_validate": ("05_scorecard", "05_card.json"),
}
"""What a lesson needs of another: which one makes it, and the file in the folder ``made``."""
LIMIT_SECONDS = 60
LIMIT_BYTES = 1_000_000
MACHINE_PATH = re.compile(r"/tmp|/home|/work|/root|/Users|\b[A-Z]:\\")  # noqa: S108 - looked for

pytestmark = [
    # pyzmq: Windows' default event loop lacks what it needs, so tornado lends it a thread
    pytest.mark.filterwarnings("ignore:Proactor event loop does not implement:RuntimeWarning"),
    # jupyter_core announces that its folders will move; ours are set by the fixture below
    pytest.mark.filterwarnings("ignore:Jupyter is migrating its paths:DeprecationWarning"),
    pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem),
]


@pytest.fixture(scope="session")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with all lessons, in which each leaves what it makes for those after it."""
    folder = tmp_path_factory.mktemp("lessons")
    for path in NOTEBOOKS:
        shutil.copyfile(path, folder / path.name)
    return folder


@pytest.fixture
def workplace(lessons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder to run in, and a python3 kernel that is this very interpreter.

    JUPYTER_PATH goes before the kernels of the user and of the system, one of which may be of
    another environment. Jupyter's and IPython's own files go to the test's folder.
    """
    kernel = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel.write_text(json.dumps({"argv": command, "display_name": "Python 3"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(kernel.parents[2]))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    # pictures go into the notebook, whatever backend the tests draw with
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    return lessons


def read(path: Path) -> NotebookNode:
    notebook: NotebookNode = nbformat.read(path, as_version=4)
    return notebook


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    return (output for cell in code_cells(notebook) for output in cell.outputs)


def headings(notebook: NotebookNode) -> list[str]:
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)


def formats(cell: NotebookNode) -> list[list[str]]:
    """List the formats of each picture or table that a cell shows."""
    return [sorted(o.data) for o in cell.outputs if o.output_type != "stream"]


def printed(cell: NotebookNode) -> str:
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


def texts(node: Any) -> Iterator[str]:
    """Walk all text but pictures, whose base64 may hold any short word by chance."""
    if isinstance(node, dict):
        yield from node
        node = [value for key, value in node.items() if not key.startswith("image/")]
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from texts(item)


def run_afresh(path: Path, folder: Path) -> NotebookNode:
    fresh = read(path)
    for cell in code_cells(fresh):
        cell.outputs, cell.execution_count = [], None
    NotebookClient(
        fresh,
        timeout=LIMIT_SECONDS,
        kernel_name="python3",
        allow_errors=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return fresh


def make_ready(lesson: str, folder: Path) -> None:
    """Run the lessons that make what this one needs, where they have not run in this session."""
    maker, file = MAKERS.get(lesson, ("", ""))
    if maker and not (folder / "made" / file).exists():
        make_ready(maker, folder)
        run_afresh(FOLDER / f"{maker}.ipynb", folder)


def test_runs_afresh_and_was_committed_as_it_runs(path: Path, workplace: Path) -> None:
    make_ready(path.stem, workplace)
    start = time.perf_counter()
    fresh = run_afresh(path, workplace)
    assert time.perf_counter() - start < LIMIT_SECONDS
    names = {entry.name for entry in workplace.iterdir()}
    assert names - {"made"} == {notebook.name for notebook in NOTEBOOKS}
    committed = read(path)
    for before, after in zip(code_cells(committed), code_cells(fresh), strict=True):
        assert formats(before) == formats(after), before.source
        # the prose quotes what cells print, so a number that moved is found here
        assert printed(before) == printed(after), before.source


def test_is_committed_with_outputs(path: Path) -> None:
    notebook = read(path)
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert [o for o in outputs(notebook) if o.output_type == "error"] == []
    assert [o for o in outputs(notebook) if o.get("name") == "stderr"] == []
    pictures = [key for o in outputs(notebook) for key in o.get("data", {}) if "image/" in key]
    assert len(pictures) >= 3
    assert path.stat().st_size < LIMIT_BYTES


def test_shows_no_table_without_rows(path: Path) -> None:
    assert [text for text in texts(read(path)) if "Empty DataFrame" in text] == []


def test_tells_nothing_of_the_machine(path: Path) -> None:
    notebook = read(path)
    assert [text for text in texts(notebook) if MACHINE_PATH.search(text)] == []
    assert notebook.metadata.kernelspec.name == "python3"
    assert [cell.metadata for cell in notebook.cells if cell.metadata] == []


def test_has_exercises_answers_and_limits(path: Path) -> None:
    notebook = read(path)
    titles = headings(notebook)
    exercises = [title for title in titles if title.startswith("Exercise")]
    answers = [title for title in titles if title.startswith("Answer")]
    assert 2 <= len(exercises) <= 4
    assert [title.split()[1] for title in exercises] == [title.split()[1] for title in answers]
    assert any("Conclusion" in title for title in titles)
    assert any("Limits" in title for title in titles)
    sources = [cell.source for cell in code_cells(notebook)]
    assert sum(bool(re.match(r"my_\w+ = None", source)) for source in sources) == len(exercises)


def test_answers_are_checked(path: Path) -> None:
    cells = read(path).cells
    answers = [i for i, cell in enumerate(cells) if re.match(r"#+ Answer", cell.source)]
    assert answers
    for i in answers:
        assert cells[i + 1].cell_type == "code"
        assert "\nassert " in cells[i + 1].source, cells[i].source


def test_every_link_leads_somewhere(path: Path) -> None:
    text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (path.parent / link).exists()] == []
