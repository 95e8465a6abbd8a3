"""Files of a run: all or none, and never over another unasked."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from creditscore.cli import _outputs, app
from creditscore.cli._outputs import check_outputs
from creditscore.exceptions import InvalidParameterError


def demo(folder: Path, *options: str) -> int:
    return CliRunner().invoke(app, ["demo", "--out", str(folder), *options]).exit_code


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(_outputs._WRITERS, "grades.png", fail)


@pytest.mark.usefixtures("full_disk")
def test_a_failure_leaves_no_folder(tmp_path: Path) -> None:
    assert demo(tmp_path / "new" / "card") == 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("full_disk")
def test_a_failure_leaves_a_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "scorecard.json").write_text("from before")
    assert demo(tmp_path, "--overwrite", "--seed", "1") == 4
    assert [path.name for path in tmp_path.iterdir()] == ["scorecard.json"]
    assert (tmp_path / "scorecard.json").read_text() == "from before"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_files_keep_their_permissions(tmp_path: Path) -> None:
    (tmp_path / "scores.csv").touch(mode=0o600)
    (tmp_path / "other.csv").touch()
    assert demo(tmp_path, "--overwrite") == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes["scores.csv"] == 0o600
    assert modes["points.csv"] == modes["scorecard.json"] == modes["other.csv"]


class TestCheckOutputs:
    def test_new_files_may_be_written(self, tmp_path: Path) -> None:
        check_outputs([tmp_path / "a" / "b" / "s.csv"], [tmp_path / "in.csv"], overwrite=False)

    def test_what_is_read_is_never_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "in.csv").touch()
        with pytest.raises(InvalidParameterError, match="which is read or needed"):
            check_outputs([tmp_path / "in.csv"], [tmp_path / "in.csv"], overwrite=True)

    @pytest.mark.parametrize(
        ("name", "error"),
        [
            ("there.csv", FileExistsError),
            ("folder.csv", IsADirectoryError),
            ("there.csv/s.csv", NotADirectoryError),
        ],
    )
    def test_refused(self, tmp_path: Path, name: str, error: type[OSError]) -> None:
        (tmp_path / "there.csv").touch()
        (tmp_path / "folder.csv").mkdir()
        with pytest.raises(error):
            check_outputs([tmp_path / name], [], overwrite=False)

    def test_folders_that_may_not_be_written_to(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # by permissions it could not be tested as root
        monkeypatch.setattr(os, "access", lambda *_: False)
        with pytest.raises(PermissionError):
            check_outputs([tmp_path / "new" / "s.csv"], [], overwrite=False)
