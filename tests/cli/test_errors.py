"""Errors in the words of the command line."""

from __future__ import annotations

import errno
import inspect
import os

import pytest
import typer

from creditscore import LogisticScorecard, PointsScale, WOEEncoder
from creditscore.cli import app
from creditscore.cli._errors import NO_FILE, OPTIONS, REFUSED, WRONG_USAGE, in_words, reporting
from creditscore.collect import read_source
from creditscore.exceptions import (
    AccessDeniedError,
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
    StoreNotFoundError,
)
from creditscore.organise import CustomerStore, freshness
from creditscore.validate import ValidationSettings


def test_a_word_of_english_is_no_option() -> None:
    told = "The 'correlation' parameter of ValidationSettings must be below 1."
    assert in_words(told) == "--correlation must be below 1."
    assert in_words("their correlation is 0.9") == "their correlation is 0.9"


def test_each_option_stands_for_a_parameter_of_the_library() -> None:
    parameters = set(inspect.signature(LogisticScorecard.fit).parameters)
    owners = (
        LogisticScorecard, WOEEncoder, PointsScale, ValidationSettings,
        CustomerStore.snapshot, freshness, read_source,
    )  # fmt: skip
    for owner in owners:
        parameters |= set(inspect.signature(owner).parameters)
    assert set(OPTIONS) <= parameters
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    options = {
        option
        for command in (commands["fit"], commands["validate"], *commands["store"].commands.values())
        for parameter in command.params
        for option in parameter.opts
    }
    assert set(OPTIONS.values()) <= options


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("The 'pdo' parameter of PointsScale must be a number in the range (0, inf). Got -1.",
         "--pdo must be a number above 0. Got -1."),
        ("Pass bad_label=…, or code it.", "Pass --bad-label …, or code it."),
        ("bad_label='x' is not among", "--bad-label 'x' is not among"),
        ("max_n_bins=1 allows no split.", "--max-bins 1 allows no split."),
        ("set coefficient_sign='enforce'.", "set --signs 'enforce'."),
        ("Lower min_iv or min_bin_size, or give user_cuts.",
         "Lower --min-iv or --min-bin-size, or leave the column out by --drop."),
        ("sample_weight is zero", "--weight is zero"),
        ("The target y has one class only", "The target has one class only"),
        ("The 'as_of' parameter of CustomerStore.snapshot must be a day.",
         "--as-of must be a day."),
        ("There is no store 'c.db'. Check the path, or make one with CustomerStore.create().",
         "There is no store 'c.db'. Check the path, or make one with creditscore store init."),
        ("The store was made with keys. Give them: CustomerStore.open(place, keys=…).",
         "The store was made with keys. Name their file by --keys."),
        ("Copy its file or database, then bring it up to date: CustomerStore.migrate(place).",
         "Copy its file or database, then bring it up to date: creditscore store migrate."),
        ("Answer in 'changes' what is open: 'x' (of what use is it?).",
         "Answer by --change what is open: 'x' (of what use is it?)."),
        ("is not known: give 'collected_at' to the reader, or name",
         "is not known: give --collected-at, or name"),
        ("The labels of y are [1, 2]", "The labels of the target are [1, 2]"),
    ],
)  # fmt: skip
def test_parameters_become_options(message: str, words: str) -> None:
    assert in_words(message) == words


@pytest.mark.parametrize(
    "message",
    [
        "Column 'min_iv' is not in the table. It has: 'pdo', 'bad_label_2', 'my_pdo'.",
        "data/min_iv.csv is empty",
        "pdo/card.json is not JSON",
        "Column 'x' holds text.",
    ],
)
def test_names_of_columns_and_files_stay(message: str) -> None:
    assert in_words(message) == message


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InvalidParameterError("no"), WRONG_USAGE, "Error: no"),
        (InvalidDataError("no"), REFUSED, "Error: no"),
        (DocumentError("no"), REFUSED, "Error: no"),
        (AccessDeniedError("no"), REFUSED, "Error: no"),
        (DocumentNotFoundError("no"), NO_FILE, "Error: no"),
        (StoreNotFoundError("no"), NO_FILE, "Error: no"),
        (errno.ENOENT, NO_FILE, "a.csv is not there. Check the name"),
        (errno.EACCES, NO_FILE, "a.csv may not be read or written: check its permissions"),
        (errno.EISDIR, NO_FILE, "a.csv is a folder, and a file is needed"),
        (errno.ENOTDIR, NO_FILE, "a.csv is a file, and a folder is needed"),
        (errno.EEXIST, NO_FILE, "a.csv is there already. Choose another name, or add --overwrite"),
        (errno.ENOSPC, NO_FILE, f"a.csv cannot be read or written: {os.strerror(errno.ENOSPC)}."),
    ],
)
def test_codes_and_words(
    error: Exception | int, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if isinstance(error, int):
        error = OSError(error, os.strerror(error), "a.csv")
    with pytest.raises(typer.Exit) as caught, reporting():
        raise error
    assert caught.value.exit_code == code
    printed = capsys.readouterr().err
    assert message in printed
    assert "Errno" not in printed


def test_a_failed_replacement_names_where_the_file_was_to_go(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit), reporting():
        raise PermissionError(errno.EACCES, "no", ".unfinished-0.csv", None, "s.csv")
    assert "Error: s.csv may not be" in capsys.readouterr().err


def test_a_reader_that_has_gone_is_told_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BrokenPipeError), reporting():
        raise BrokenPipeError
    assert capsys.readouterr().err == ""
