"""The commands of a store, on the sample of the trading firm."""

from __future__ import annotations

import itertools
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from creditscore.cli import app
from creditscore.collect import FieldRule, FileForm, SourceMapping, read_ledger
from creditscore.datasets import load_trading_firm, trading_firm_mappings, trading_firm_path
from creditscore.organise import CustomerStore
from creditscore.protect import AccessPolicy, KeyRing
from stores import postgres_place

RUNNER = CliRunner()
FIRM = load_trading_firm()
NUMBERS = itertools.count(1)
DAY = ("--as-of", "2024-06-30", "--known-at", "2024-06-30")
POLICY = """\
format: creditscore.access_policy
version: 1
purposes: [credit decision, audit]
roles:
  clerk:
    grants:
      - actions: [read, write]
        sensitivities: [public, internal, personal, sensitive]
        purposes: [credit decision]
  analyst:
    grants:
      - {actions: [read], sensitivities: [public, internal], purposes: [credit decision]}
      - {actions: [read_masked], sensitivities: [personal], purposes: [credit decision]}
  auditor:
    grants:
      - {actions: [audit]}
"""


def run(*arguments: object, code: int = 0) -> str:
    """Run a command of the store, check its exit code, and return what it printed on one line."""
    result = RUNNER.invoke(app, ["store", *(str(argument) for argument in arguments)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.split())


def loaded(name: str, table: str | None = None) -> tuple[object, ...]:
    """Return what loads a table of the sample as history."""
    mapping = trading_firm_mappings()[name]
    return ("load", trading_firm_path(table or name), "--mapping", mapping, "--backfill")


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.engine("postgresql"))]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "customers.db")
    make: Callable[[], object] = postgres_place(request.getfixturevalue("postgres"), NUMBERS)
    return str(make())


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("STORE", "KEYS", "ACTOR", "ROLES", "PURPOSE"):
        monkeypatch.delenv(f"CREDITSCORE_{name}", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    tmp_path.chmod(0o700)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    run("key", tmp_path / "keys.json")
    return tmp_path / "keys.json"


@pytest.fixture
def store(tmp_path: Path, keys: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store, which the environment names with its keys."""
    path = tmp_path / "customers.db"
    monkeypatch.setenv("CREDITSCORE_STORE", str(path))
    monkeypatch.setenv("CREDITSCORE_KEYS", KeyRing.from_file(keys).to_text())
    run("init")
    return path


# --- the whole chain ------------------------------------------------------------------------


def test_the_whole_chain(place: str, tmp_path: Path) -> None:
    keys, anchors = tmp_path / "keys.json", tmp_path / "anchors.jsonl"
    where = ("--store", place, "--keys", keys, "--actor", "ana")
    output = run("init", "--store", place, "--new-keys", keys)
    assert "items in its catalogue" in output
    assert "everybody who has it may do everything" in output
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600

    output = run(*loaded("customers"), *where)
    assert "210 rows read: 194 used, 0 rejected, 16 skipped." in output
    assert "2,485 observations loaded" in output
    output = run(*loaded("customers_unverified", "customers"), *where)
    assert "202 observations loaded" in output
    rejects = tmp_path / "rejects.csv"
    output = run(*loaded("statements"), *where, "--rejects", rejects, code=5)
    assert "341 rows read: 336 used, 5 rejected, 0 skipped." in output
    assert "12,769 observations loaded" in output
    assert "The store keeps them with all their cells" in output
    told = pd.read_csv(rejects)
    assert told["column"].value_counts().to_dict() == {"interest_expense": 4, "payables": 1}
    output = run(*loaded("statements"), *where, code=5)
    assert "nothing new; the store knows all 12,769 observations already" in output

    out = tmp_path / "facts.parquet"
    run("snapshot", *where, *DAY, "--item", "name", "--item", "revenue", "--out", out)
    facts = pd.read_parquet(out).set_index("customer")
    assert list(facts.columns) == ["name", "revenue"]
    names = FIRM.customers.set_index("customer")["name"]
    assert facts["name"].to_dict() == names.to_dict()

    exposure = tmp_path / "exposure.csv"
    exposure.write_text("customer,exposure,owner\nC00011,5000,bo\n", encoding="utf-8")
    assert "for 210 customers" in run("due", *where, *DAY, "--exposure", exposure)
    tasks = tmp_path / "tasks.csv"
    run("due", *where, *DAY, "--exposure", exposure, "--out", tasks)
    first = pd.read_csv(tasks).iloc[0]
    # of its statements nothing is known, and it alone is owed to
    assert first[["customer", "source", "owner"]].tolist() == ["C00011", "public_filing", "bo"]

    findings = tmp_path / "findings.csv"
    output = run("verify", *where, "--trail", "--out", findings, code=5)
    assert "The audit trail is whole, and the tables hold what it tells. 15,456 observ" in output
    errors = pd.read_csv(findings).query("severity == 'error' and check == 'identity'")
    odd = FIRM.planted[FIRM.planted["kind"] == "unbalanced"]["key"]
    firms = FIRM.statements.set_index("statement").loc[odd, "customer"]
    assert set(errors["customer"]) == set(firms)

    output = run("audit", *where, "--write-anchor", anchors)
    assert "The trail is whole: " in output
    assert "0 after the last anchor" in run("audit", *where, "--anchors", anchors)
    assert "snapshot" in run("audit", *where, "--last", 50)

    run("backup", tmp_path / "backup.db", *where)
    restored = ("--store", tmp_path / "restored.db", *where[2:])
    output = run("restore", tmp_path / "backup.db", *restored)
    assert "210 customers in 4 batches. The trail is whole." in output
    assert "up to date" in run("migrate", *restored)
    assert "whole" in run("audit", *restored, "--anchors", anchors)


def test_a_program_of_its_own_loads_a_store(tmp_path: Path) -> None:
    place, keys = tmp_path / "customers.db", tmp_path / "keys.json"
    made = run("init", "--store", place, "--new-keys", keys)
    command = [sys.executable, "-m", "creditscore", "store", *map(str, loaded("visits"))]
    environment = {**os.environ, "CREDITSCORE_STORE": str(place)}
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [*command, "--keys", str(keys)], capture_output=True, text=True, env=environment,
        check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "635 observations loaded" in result.stdout
    secret = keys.read_text(encoding="utf-8")
    assert secret not in made + result.stdout + result.stderr


# --- what is loaded -------------------------------------------------------------------------


def test_a_guess_is_shown_and_loads_nothing(store: Path) -> None:
    output = run("load", trading_firm_path("references"), "--guess")
    assert "customer" in output
    assert "Nothing was loaded" in output
    with CustomerStore.open(store, keys=KeyRing.from_environment()) as found:
        assert len(found.batches()) == 0


def test_a_guess_becomes_a_mapping_that_somebody_answers_for(store: Path, tmp_path: Path) -> None:
    data, out = tmp_path / "staff.csv", tmp_path / "staff.yaml"
    data.write_text("customer,employees,mood\nC1,12,up\nC2,many,down\n", encoding="utf-8")
    asked = ("load", data, "--guess", "--write-mapping", out)
    assert "--source and --method" in run(*asked, code=2)
    said = (*asked, "--source", "site_visit", "--method", "observation", "--actor", "ana")
    assert "Answer by --change what is open: 'mood'" in run(*said, code=2)
    said = (*said, "--change", "mood=ignore")
    assert "or by --field what holds of all rows" in run(*said, code=2)
    assert "Mapping written, nothing loaded" in run(*said, "--field", "true_from=2024-02-01")
    mapping = SourceMapping.from_yaml(out)
    assert (mapping.confirmed_by, mapping.items) == ("ana", ("employees",))
    assert "is there already" in run(*said, code=4)
    output = run("load", data, "--mapping", out, code=2)
    assert "give --collected-at" in output
    output = run("load", data, "--mapping", out, "--collected-at", "2024-02-01", code=5)
    assert "2 rows read: 1 used, 1 rejected" in output
    assert "1 observation loaded" in output


@pytest.mark.usefixtures("store")
def test_a_column_that_is_an_item_may_be_the_day_of_the_row(tmp_path: Path) -> None:
    data, out = tmp_path / "ledger.csv", tmp_path / "ledger.yaml"
    data.write_text("customer,invoice,Invoice Date,amount\nC1,R1,02.01.2013,5\n", encoding="utf-8")
    said = ("load", data, "--guess", "--write-mapping", out, "--source", "internal_record",
            "--method", "data_analysis", "--field", "unit=USD")  # fmt: skip
    told = run(*said, code=2)
    assert "too: --field 'true_from=column:Invoice Date'" in told
    run(*said, "--field", "true_from=column:Invoice Date")
    mapping = SourceMapping.from_yaml(out)
    assert mapping.true_from == FieldRule(columns=("Invoice Date",), format="%d.%m.%Y")
    ledger = read_ledger(data, mapping, collected_at="2013-02-01")
    assert len(ledger.open_items("2013-01-31")) == 1
    # the name of a column may hold the sign
    data.write_text("customer,employees,day=end\nC1,3,2013-01-02\n", encoding="utf-8")
    run("load", data, "--guess", "--write-mapping", out, "--overwrite", "--source", "site_visit",
        "--method", "observation", "--field", "true_from=column:day=end",
        "--change", "day=end=collected_at")  # fmt: skip
    assert SourceMapping.from_yaml(out).true_from == FieldRule(columns=("day=end",))


@pytest.mark.usefixtures("store")
def test_a_guess_can_be_told_how_the_file_is_written(tmp_path: Path) -> None:
    data, form, out = (tmp_path / name for name in ("de.csv", "form.yaml", "out.yaml"))
    data.write_bytes("customer;revenue;region\nC1;1.200,5;Süd\n".encode("cp1252"))
    form.write_text("file: {separator: ';', decimal: ',', thousands: ., encoding: cp1252}\n")
    assert "encoding" in run("load", data, "--guess", code=3)
    asked = ("load", data, "--guess", "--mapping", form)
    assert "revenue" in run(*asked)
    run(*asked, "--write-mapping", out, "--source", "site_visit", "--method", "observation",
        "--field", "true_from=2024-02-01", "--field", "unit=CNY")  # fmt: skip
    assert SourceMapping.from_yaml(out).form == FileForm(
        separator=";", decimal=",", thousands=".", encoding="cp1252"
    )
    output = run("load", data, "--mapping", out, "--collected-at", "2024-02-01")
    assert "2 observations loaded" in output
    for text, told in (("source: x\n", "no entry 'file'"), ("file: {sign: x}\n", "no use for")):
        form.write_text(text)
        assert told in run(*asked, code=3)


def test_rejected_values_of_protected_items_are_in_no_file(store: Path, tmp_path: Path) -> None:
    data, mapping = tmp_path / "persons.csv", tmp_path / "persons.yaml"
    data.write_text("customer,on,income\nP1,2024-01-31,-4711.25\n", encoding="utf-8")
    mapping.write_text(
        "source: third_party\nmethod: questionnaire\ncustomer: customer\ntrue_from: on\n"
        "collected_at: on\nunit: {value: CNY}\ncolumns: {income: annual_income}\n",
        encoding="utf-8",
    )
    rejects = tmp_path / "rejects.csv"
    output = run("load", data, "--mapping", mapping, "--rejects", rejects, code=5)
    assert "4711" not in output + rejects.read_text(encoding="utf-8")
    with CustomerStore.open(store, keys=KeyRing.from_environment()) as found:
        assert found.rejects()["value"].tolist() == ["-4711.25"]


@pytest.mark.parametrize("is_history", [True, False])
def test_days_after_the_export_are_told_and_found(
    store: Path, tmp_path: Path, is_history: bool
) -> None:
    data, out = tmp_path / "payments.csv", tmp_path / "findings.csv"
    future = pd.Timestamp.now("UTC") + pd.Timedelta(days=200)
    paid = FIRM.payments[FIRM.payments["kind"] == "payment"].head(2)
    paid.assign(paid_on=["2024-06-03", future.date()]).to_csv(data, index=False)
    asked = ("load", data, "--mapping", trading_firm_mappings()["payments"])
    output = run(*asked, "--collected-at", "2024-06-30", *["--backfill"] * is_history)
    assert "Note: Later than the --collected-at that was given, in payments.csv" in output
    assert "'paid_on' in 1 row" in output
    known_at = ("--known-at", "2024-06-30") if is_history else ()
    assert "8 observations checked" in run("verify", *known_at, "--out", out, code=5)
    told = pd.read_csv(out).query("check == 'future'")
    assert told[["record", "item", "severity"]].to_numpy().tolist() == [
        [paid["payment"].iloc[1], "payment.paid_on", "error"]
    ]


def test_no_text_of_a_file_is_a_formula(store: Path, tmp_path: Path) -> None:
    data, mapping = tmp_path / "names.csv", tmp_path / "names.yaml"
    data.write_text('customer,on,name\nC1,2024-01-31,"=HYPERLINK(1)"\n', encoding="utf-8")
    mapping.write_text(
        "source: third_party\nmethod: observation\ncustomer: customer\ntrue_from: on\n"
        "collected_at: on\ncolumns: {name: name}\n",
        encoding="utf-8",
    )
    run("load", data, "--mapping", mapping)
    run("snapshot", "--item", "name", "--out", tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines() == ["customer,name", "C1,'=HYPERLINK(1)"]


# --- who may what ---------------------------------------------------------------------------


def test_a_snapshot_is_masked_by_role(tmp_path: Path, keys: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    where = ("--store", tmp_path / "c.db", "--keys", keys)
    assert "Roles: clerk, analyst, auditor." in run("init", *where, "--policy", policy)
    for_credit = ("--purpose", "credit decision")
    output = run(*loaded("customers"), *where, "--actor", "bo", "--role", "analyst", code=3)
    assert "bo was denied 'write'" in output
    run(*loaded("customers"), *where, "--role", "clerk", *for_credit)

    out = tmp_path / "out.csv"
    run("snapshot", *where, *DAY, "--role", "analyst", *for_credit, "--out", out)
    facts = pd.read_csv(out, index_col="customer", dtype=str)
    assert "identity_number" not in facts
    assert facts["registration_number"].notna().any()
    raw = out.read_text(encoding="utf-8")
    for column in ("phone", "email", "address", "identity_number"):
        assert not any(value in raw for value in FIRM.customers[column].dropna())
    named = run("snapshot", *where, "--item", "identity_number", "--role", "analyst", code=3)
    assert "was denied 'read' of item 'identity_number'" in named
    # what is hidden from somebody is no task to this one
    output = run("due", *where, *DAY, "--role", "analyst", *for_credit)
    assert "identity_number" not in output
    assert "was denied" in run("verify", *where, code=3)
    assert "was denied 'read'" in run("snapshot", *where, "--role", "analyst", code=3)

    assert "denied 'audit'" in run("audit", *where, "--role", "analyst", code=3)
    output = run("audit", *where, "--role", "auditor", "--last", 50)
    assert "denied" in output
    assert "194" in output


def test_the_environment_says_who_acts(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITSCORE_ACTOR", "ana")
    monkeypatch.setenv("CREDITSCORE_ROLES", "analyst, credit manager")
    monkeypatch.setenv("CREDITSCORE_PURPOSE", "credit decision")
    run(*loaded("visits"))
    run(*loaded("references"), "--actor", "bo", "--role", "clerk", "--purpose", "sales")
    with CustomerStore.open(store, keys=KeyRing.from_environment()) as found:
        records = [record for record in found.trail.since(0) if record.action == "load"]
    assert [(r.actor, r.roles, r.purpose) for r in records] == [
        ("ana", ("analyst", "credit manager"), "credit decision"),
        ("bo", ("clerk",), "sales"),
    ]


def test_the_standard_policy_is_a_word(tmp_path: Path) -> None:
    where = ("--store", tmp_path / "c.db")
    assert "administrator" in run("init", *where, "--policy", "standard")
    with CustomerStore.open(tmp_path / "c.db") as found:
        assert found.policy == AccessPolicy.standard()


def test_the_next_records_and_the_last_ones(store: Path, tmp_path: Path) -> None:
    run(*loaded("visits"))
    run(*loaded("references"))
    out, anchors = tmp_path / "records.csv", tmp_path / "anchors.jsonl"
    output = run("audit", "--write-anchor", anchors, "--out", out)
    assert "Anchor of" in output
    numbers = pd.read_csv(out)["number"].tolist()
    assert len(numbers) > 2

    def told(*options: object) -> list[int]:
        run("audit", *options)
        lines = RUNNER.invoke(app, ["store", "audit", *map(str, options)]).output.splitlines()
        starts = [line.split()[0] for line in lines if line.split()]
        return [int(start) for start in starts if start.isdigit()]

    n = len(numbers)
    assert told("--last", 1) == [n]
    assert told("--check", "--last", 1) == [n]
    assert told("--check") == []
    assert told("--after", 1, "--last", 1) == [2]
    assert told("--after", 1) == list(range(2, n + 1))


def test_merged_customers_are_one(store: Path, tmp_path: Path) -> None:
    data, mapping = tmp_path / "staff.csv", tmp_path / "staff.yaml"
    data.write_text("customer,on,staff\nC1,2024-01-31,12\nC2,2024-01-31,13\n", encoding="utf-8")
    mapping.write_text(
        "source: third_party\nmethod: observation\ncustomer: customer\ntrue_from: on\n"
        "collected_at: on\ncolumns: {staff: employees}\n",
        encoding="utf-8",
    )
    run("load", data, "--mapping", mapping, "--backfill")
    with CustomerStore.open(store, keys=KeyRing.from_environment()) as found:
        found.link("C2", "C1", "one number")
    assert "for 1 customer," in run("due", "--as-of", "2024-06-30")
    out = tmp_path / "findings.csv"
    # of one customer, the two numbers contradict each other
    run("verify", "--out", out, code=5)
    found_of = pd.read_csv(out)
    assert set(found_of["customer"]) == {"C1"}


def test_a_file_with_rejects_may_be_loaded_twice(store: Path, tmp_path: Path) -> None:
    data, mapping = tmp_path / "persons.csv", tmp_path / "persons.yaml"
    data.write_text("customer,on,income\nP1,2024-01-31,-1\nP2,2024-01-31,5\n", encoding="utf-8")
    mapping.write_text(
        "source: third_party\nmethod: questionnaire\ncustomer: customer\ntrue_from: on\n"
        "collected_at: on\nunit: {value: CNY}\ncolumns: {income: annual_income}\n",
        encoding="utf-8",
    )

    def rejects() -> list[str]:
        run("load", data, "--mapping", mapping, code=5)
        with CustomerStore.open(store, keys=KeyRing.from_environment()) as found:
            return [str(value) for value in found.rejects()["value"]]

    assert rejects() == ["-1"]
    assert rejects() == ["-1"]
    # another value in the same place is another fault
    data.write_text(data.read_text(encoding="utf-8").replace("-1\n", "-2\n"), encoding="utf-8")
    assert rejects() == ["-1", "-2"]
    # what was erased does not come back
    data.write_text("customer,on,income\nP2,2024-01-31,5\nP2,2024-02-29,-7\n", encoding="utf-8")
    assert rejects() == ["-1", "-2", "-7"]
    with CustomerStore.open(store, keys=KeyRing.from_environment()) as found:
        found.erase("P2", reason="asked for it")
    left = rejects()
    assert left[:2] == ["-1", "-2"]
    assert "-7" not in left


def test_a_file_with_rejects_may_be_loaded_twice_without_keys(tmp_path: Path) -> None:
    place, data, mapping = tmp_path / "c.db", tmp_path / "staff.csv", tmp_path / "staff.yaml"
    run("init", "--store", place)
    data.write_text("customer,on,staff\nC1,2024-01-31,many\n", encoding="utf-8")
    mapping.write_text(
        "source: third_party\nmethod: observation\ncustomer: customer\ntrue_from: on\n"
        "collected_at: on\ncolumns: {staff: employees}\n",
        encoding="utf-8",
    )
    for _ in range(2):
        run("load", data, "--mapping", mapping, "--store", place, code=5)
    with CustomerStore.open(place) as found:
        assert found.rejects()["value"].tolist() == ["many"]


def test_a_dossier_is_written_for_a_role(tmp_path: Path, keys: Path) -> None:
    where = ("--store", tmp_path / "c.db", "--keys", keys)
    run("init", *where)
    run(*loaded("customers"), *where)
    with CustomerStore.open(tmp_path / "c.db", keys=KeyRing.from_file(keys)) as found:
        found.change_policy(AccessPolicy.standard())
    out = tmp_path / "C00001.html"
    asked = ("dossier", "C00001", *where, "--role", "auditor", *DAY[:2])
    assert "must end in .html" in run(*asked, "--out", tmp_path / "C00001.pdf", code=2)
    assert "give --purpose" in run(*asked, "--out", out, code=2)
    asked = (*asked, "--purpose", "audit", "--out", out)
    output = run(*asked, "--language", "zh")
    assert "Dossier of C00001 on 2024-06-30, of " in output
    page = out.read_text(encoding="utf-8")
    assert "信用档案 C00001" in page
    master = FIRM.customers.set_index("customer").loc["C00001"]
    assert str(master["phone"]) not in page
    assert os.name == "nt" or stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "is there already" in run(*asked, code=4)


# --- what goes wrong ------------------------------------------------------------------------


def test_a_store_that_cannot_be_made_leaves_no_keys(tmp_path: Path) -> None:
    (tmp_path / "c.db").touch()
    keys = tmp_path / "keys.json"
    output = run("init", "--store", tmp_path / "c.db", "--new-keys", keys, code=4)
    assert "There is a file" in output
    assert not keys.exists()
    nowhere = tmp_path / "none" / "c.db"
    assert "cannot be made" in run("init", "--store", nowhere, "--new-keys", keys, code=4)
    assert not keys.exists()


def test_a_backup_is_not_restored_over_a_file(store: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "backup.db")
    before = store.read_bytes()
    assert "There is a file" in run("restore", tmp_path / "backup.db", "--store", store, code=4)
    assert store.read_bytes() == before


def test_keys_are_never_replaced(keys: Path) -> None:
    before = keys.read_bytes()
    assert "is there already" in run("key", keys, code=4)
    assert keys.read_bytes() == before


def test_a_password_stands_in_no_command(tmp_path: Path) -> None:
    output = run("snapshot", "--store", "postgresql://ana:hunter2@host/db", code=2)
    assert "Put the URL into CREDITSCORE_STORE" in output
    assert "hunter2" not in output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("snapshot", "--store", "none.db"), 4, "make one with creditscore store init"),
        (("snapshot",), 2, "No store is named"),
        (("load", "none.csv", "--mapping", "none.yaml"), 4, "none.csv is not there"),
        (("snapshot", "--out", "facts.txt"), 2, "must end in .csv or .parquet"),
        (("restore", "none.db"), 4, "none.db is not there"),
        (("audit", "--anchors", "none.jsonl"), 4, "none.jsonl is not there"),
    ],
)
def test_what_is_not_there_is_told(arguments: tuple[str, ...], code: int, message: str) -> None:
    assert message in run(*arguments, code=code)


def test_options_are_named_in_errors(store: Path) -> None:
    assert "--as-of must be a day" in run("snapshot", "--as-of", "31.12.2024", code=2)
    assert "--known-at" in run("snapshot", "--known-at", "yesterday", code=2)
    output = run("load", trading_firm_path("visits"), code=2)
    assert "by --mapping, or see by --guess" in output


def test_wrong_keys_and_none_are_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDITSCORE_KEYS", KeyRing.generate().to_text())
    assert "not the keys of the store" in run("snapshot", code=3)
    monkeypatch.delenv("CREDITSCORE_KEYS")
    assert "Name their file by --keys" in run("snapshot", code=3)


def test_a_trail_that_was_cut_off_is_found(store: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "old.db")
    run(*loaded("visits"))
    run("audit", "--write-anchor", tmp_path / "anchors.jsonl")
    old = tmp_path / "older.db"
    run("restore", tmp_path / "old.db", "--store", old)
    output = run("audit", "--store", old, "--anchors", tmp_path / "anchors.jsonl", code=3)
    assert "cut off" in output or "another copy" in output
    again = ("audit", "--store", old, "--write-anchor", tmp_path / "anchors.jsonl")
    assert "cut off" in run(*again, code=3)


def test_a_load_that_was_taken_out_by_hand_is_found(store: Path, tmp_path: Path) -> None:
    run(*loaded("visits"))
    assert "The tables hold what it tells." in run("audit", "--check")
    with sqlite3.connect(store) as raw:
        raw.execute("DROP TRIGGER observations_no_delete")
        raw.execute("DELETE FROM observations WHERE id % 2 = 0")
    raw.close()
    anchors = tmp_path / "anchors.jsonl"
    for asked in (("audit", "--check"), ("audit", "--write-anchor", anchors)):
        output = run(*asked, code=3)
        assert "in observations, load 1, rows were taken out: " in output
    assert "The tables do not hold what the trail tells" in run("verify", "--trail", code=3)
    assert not anchors.exists()
