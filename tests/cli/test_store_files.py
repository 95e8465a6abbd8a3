"""Files of a store that no command may write over, and what of its words goes wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from creditscore.cli import app
from creditscore.cli._errors import in_words
from creditscore.organise import CustomerStore, ErasureRegister
from creditscore.protect import AccessPolicy, Actor, FourEyes, Grant, KeyRing, Role
from stores import CATALOGUE, facts

RUNNER = CliRunner()
MAPPING = """\
format: creditscore.source_mapping
version: 1
source: internal_record
method: data_analysis
customer: {column: customer}
true_from: {column: day}
columns:
  revenue: {item: revenue}
"""


def run(*arguments: object, code: int = 0) -> str:
    """Run a command of the store, check its exit code, and return what it printed on one line."""
    result = RUNNER.invoke(app, ["store", *(str(argument) for argument in arguments)])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STORE", "KEYS", "ACTOR", "ROLES", "PURPOSE"):
        monkeypatch.delenv(f"CREDITSCORE_{name}", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o700)
    Path("day.csv").write_text("customer,day,revenue\nC1,2023-12-31,7\n")
    Path("bad.csv").write_text("customer,day,revenue\nC1,,7\n")
    Path("mapping.yaml").write_text(MAPPING)


def _made(name: str) -> bytes:
    """Make a store that has one fact, and return its bytes."""
    with CustomerStore.create(name, CATALOGUE) as store:
        store.load(facts(("C1", "revenue", 7, "2023-12-31")))
    return Path(name).read_bytes()


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("s.csv", "snapshot --out s.csv"),
        ("s.csv", "snapshot --out link.csv"),
        ("s.csv", "snapshot --out folder/../s.csv"),
        ("s.csv", "due --out s.csv"),
        ("s.csv", "verify --out s.csv"),
        ("s.csv", "audit --out s.csv"),
        ("s.csv", "load day.csv --mapping mapping.yaml --rejects s.csv"),
        ("s.html", "dossier C1 --purpose x --out s.html"),
        ("s.yaml", "load day.csv --guess --write-mapping s.yaml"),
        ("s.db", "audit --write-anchor s.db"),
        ("s.db", "audit --write-anchor s.db-wal"),
        ("s.db", "audit --write-anchor s.db-journal"),
    ],
)
def test_a_store_is_never_written_over(name: str, command: str) -> None:
    before = _made(name)
    Path("folder").mkdir()
    Path("link.csv").symlink_to("s.csv")
    overwrite = () if "--write-anchor" in command else ("--overwrite",)
    output = run(*command.split(), *overwrite, "--store", name, code=2)
    assert "which is read or needed. Choose another name." in output
    assert Path(name).read_bytes() == before
    assert not Path("s.db-wal").exists()
    url = f"sqlite:///{name}"
    assert "is read or needed" in run(*command.split(), *overwrite, "--store", url, code=2)
    assert run("snapshot", "--store", url).count("C1") == 1


def test_keys_and_backups_are_not_written_beside_a_store_as_its_log() -> None:
    _made("s.db")
    assert "is read or needed" in run("backup", "s.db-wal", "--store", "s.db", code=2)
    output = run("init", "--store", "new.db", "--new-keys", "new.db-wal", code=2)
    assert "new.db-wal, which is read or needed" in output
    assert not Path("new.db").exists()


def test_keys_are_no_file_of_anchors(tmp_path: Path) -> None:
    run("init", "--store", "s.db", "--new-keys", "keys.json")
    before = Path("keys.json").read_bytes()
    asked = ("audit", "--store", "s.db", "--keys", "keys.json")
    assert "is read or needed" in run(*asked, "--write-anchor", "keys.json", code=2)
    assert Path("keys.json").read_bytes() == before
    Path("notes.txt").write_text('{"a": 1}\n')
    output = run(*asked, "--write-anchor", "notes.txt", code=3)
    assert "The last line of notes.txt is no anchor" in output
    run(*asked, "--write-anchor", "anchors.jsonl")
    again = run(*asked, "--anchors", "anchors.jsonl", "--write-anchor", "anchors.jsonl")
    assert "after the last anchor" in again


@contextmanager
def _full_disk() -> Iterator[None]:
    """Let no file grow, as on a disk that is full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_on_a_full_disk_no_half_of_a_store_is_left() -> None:
    _made("s.db")
    run("backup", "backup.db", "--store", "s.db")
    there = sorted(Path().iterdir())
    for command, told in (("init", "cannot do this: "), ("restore backup.db", "cannot be copied")):
        with _full_disk():
            output = run(*command.split(), "--store", "new.db", code=4)
        assert told in output
        assert sorted(Path().iterdir()) == there
    run("init", "--store", "new.db")


def test_who_was_erased_is_back_without_the_register_alone() -> None:
    keys = KeyRing.generate()
    keys.to_file("keys.json")
    with CustomerStore.create("s.db", CATALOGUE, keys=keys) as store:
        store.load(facts(("C1", "name", "Anna", "2023-12-31"), ("C2", "name", "Bo", "2023-12-31")))
        store.backup("backup.db")
        store.erase("C1", reason="by letter", register=ErasureRegister("erasures.jsonl"))
    given = ("restore", "backup.db", "--keys", "keys.json", "--store")
    assert "is back. If there is a register, delete" in run(*given, "back.db")
    with CustomerStore.open("back.db", keys=keys) as store:
        assert store.customers() == ("C1", "C2")
    assert "none.jsonl is not there" in run(*given, "n.db", "--register", "none.jsonl", code=4)
    output = run(*given, "right.db", "--register", "erasures.jsonl")
    assert "Who is in erasures.jsonl is erased." in output
    assert "is back" not in output
    with CustomerStore.open("right.db", keys=keys) as store:
        assert "C1" not in store.snapshot("2024-06-30").index


def test_nobody_names_the_role_for_emergencies_alone() -> None:
    keys, wei = KeyRing.generate(), Actor(name="wei", roles=("credit_manager",))
    keys.to_file("keys.json")
    with CustomerStore.create("s.db", CATALOGUE, keys=keys) as store:
        store.load(facts(("C1", "name", "Anna", "2023-12-31")))
        store.change_policy(AccessPolicy.standard())
    asked = ("snapshot", "--store", "s.db", "--keys", "keys.json", "--purpose", "sales",
             "--role", "emergency", "--actor")  # fmt: skip
    output = run(*asked, "mallory", code=3)
    assert "mallory was denied the role 'emergency': no emergency of mallory is running" in output
    with CustomerStore.open("s.db", keys=keys, actor=wei) as store:
        store.break_glass(reason="The claim falls due today, nobody is there.")
    assert "Anna" in run(*asked, "wei")


def test_a_backup_is_made_with_an_approval() -> None:
    roles = (Role(name="ops", grants=(Grant(actions=("backup",)),)),
             Role(name="boss", grants=(Grant(actions=("approve",)),)))  # fmt: skip
    rule = FourEyes(action="backup", approvers=("boss",))
    kim, policy = Actor(name="kim", roles=("ops",)), AccessPolicy(roles=roles, four_eyes=(rule,))
    with CustomerStore.create("s.db", CATALOGUE, policy=policy, actor=kim) as store:
        request = store.approvals.ask(kim, "backup", reason="each day")
        store.approvals.approve(request.id, Actor(name="wei", roles=("boss",)))
    asked = ("backup", "b.db", "--store", "s.db", "--actor", "kim", "--role", "ops")
    assert "needs the approval of a second person" in run(*asked, code=3)
    assert "b.db" in run(*asked, "--approval", request.id)


def test_what_is_empty_means_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    _made("s.db")
    monkeypatch.setenv("CREDITSCORE_STORE", "s.db")
    for command in ("snapshot", "due", "verify"):
        assert "--as-of must be a day, such as" in run(command, "--as-of", "", code=2)
    output = run("snapshot", "--known-at", "", code=2)
    assert "--known-at must be an instant, such as" in output
    assert "or a day, which means its end" in run("snapshot", "--known-at", "2024-13-01", code=2)
    for option in ("--store", "--actor", "--purpose", "--role"):
        output = run("snapshot", option, "", code=2)
        assert f"{option} is empty. Is a variable of the shell not set?" in output


def test_a_file_without_a_usable_row_is_said_to_load_nothing() -> None:
    with CustomerStore.create("s.db", CATALOGUE):
        pass
    asked = ("--mapping", "mapping.yaml", "--store", "s.db", "--collected-at", "2024-01-01")
    output = run("load", "bad.csv", *asked, "--rejects", "rejects.csv", code=5)
    assert "Batch 1: nothing was loaded." in output
    assert len(pd.read_csv("rejects.csv")) == 1


def test_what_a_program_would_call_is_no_advice_of_a_command() -> None:
    told = "It was written. Look at it, then move it aside by mend()."
    assert in_words(told) == "It was written. Look at it, and take it out."
