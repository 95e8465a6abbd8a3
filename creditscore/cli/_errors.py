"""What went wrong, said in the words of the command line, and the exit code that goes with it."""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from creditscore.cli._visible import shown
from creditscore.exceptions import (
    CreditScoreError,
    CreditScoreWarning,
    DocumentNotFoundError,
    InvalidParameterError,
    StoreError,
    StoreNotFoundError,
)

WRONG_USAGE = 2
"""Exit code where an option cannot be used; the one that unknown options have too."""
REFUSED = 3
"""Exit code where data or a card cannot be used."""
NO_FILE = 4
"""Exit code where a file cannot be read or written."""

EXIT_CODES = (
    "Exit codes: 0 done; 1 a fault of the program; 2 wrong usage: an unknown option, or a value "
    "out of range; 3 data or card refused; 4 a file cannot be read or written, or is there already."
)

OPTIONS = {
    "bad_label": "--bad-label",
    "sample_weight": "--weight",
    "special_codes": "--special",
    "min_bin_size": "--min-bin-size",
    "max_n_bins": "--max-bins",
    "min_iv": "--min-iv",
    "coefficient_sign": "--signs",
    "base_score": "--base-score",
    "base_odds": "--base-odds",
    "pdo": "--pdo",
    "min_auc": "--min-auc",
    "initial_auc": "--initial-auc",
    "correlation": "--correlation",
    "as_of": "--as-of",
    "known_at": "--known-at",
    "collected_at": "--collected-at",
    "horizon_days": "--horizon-days",
}
"""Options of the command line by the parameters of the library that they set."""

_NAMES = "|".join(OPTIONS)
_NO_WORDS = "|".join(name for name in OPTIONS if name != "correlation")
"""Names that are no words of English, so that a sentence means the parameter by them."""
_IN_WORDS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"\bThe '({_NAMES})' parameter of [\w.]*\w"), lambda found: OPTIONS[found[1]]),
    # a name in quotes is a column's, and one beside a dot or a slash a file's
    (
        re.compile(rf"(?<![\w'\"/.-])({_NO_WORDS})(?:(=)|(?![\w'\"/-]|\.\w))"),
        lambda found: OPTIONS[found[1]] + (" " if found[2] else ""),
    ),
    (re.compile(r"\b(The target) (?:y|is_bad)\b"), r"\1"),
    (re.compile(r"\bof y\b"), "of the target"),
    (re.compile(r"\bin the range \(0, inf\)"), "above 0"),
    (re.compile(r"\ba number in the range \(-inf, inf\)"), "a finite number"),
    # calls of the library, for which there are commands
    (re.compile(r"\bCustomerStore\.create\(\)"), "creditscore store init"),
    (re.compile(r"\bCustomerStore\.migrate\(place\)"), "creditscore store migrate"),
    (re.compile(r"Give them: CustomerStore\.open\(place, keys=…\)"), "Name their file by --keys"),
    (re.compile(r"\bwith keys=KeyRing\.generate\(\)"), "with --new-keys"),
    (re.compile(r", or give a longer 'busy_seconds'"), ""),
    (re.compile(r"\bgive 'collected_at' to the reader"), "give --collected-at"),
    (re.compile(r"\bLook at it, then move it aside by mend\(\)"), "Look at it, and take it out"),
    (re.compile(r"\bThey are in 'rejects', with all"), "The store keeps them with all"),
    (re.compile(r"\bAnswer in 'changes'"), "Answer by --change"),
    (
        re.compile(r"\bSay in 'changes' which does, or in 'fields'"),
        "Say by --change which does, or by --field",
    ),
    (
        re.compile(r"\btoo: \{'(\w+)': \{'column': '(.*)'\}\}"),
        r"too: --field '\1=column:\2'",
    ),
    # what no option can set, and what no file name can be
    (re.compile(r" The text of a document begins with '\{'\."), ""),
    (re.compile(r"\bgive user_cuts\b"), "leave the column out by --drop"),
    (re.compile(r"\bTry another trend, or drop the column"), "Leave the column out by --drop"),
)

_FILE_TROUBLE: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "is not there. Check the name and the folder."),
    (
        FileExistsError,
        "is there already. Choose another name, or add --overwrite if the command has it.",
    ),
    (IsADirectoryError, "is a folder, and a file is needed. Name a file in it."),
    (NotADirectoryError, "is a file, and a folder is needed. Choose another name."),
    (
        PermissionError,
        "may not be read or written: check its permissions, or the program that holds it open.",
    ),
)


@contextmanager
def reporting() -> Iterator[Console]:
    """Turn errors into a message and an exit code, and warnings into notes before it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # a label that the terminal's encoding lacks must not end the work
            stream.reconfigure(errors="replace")
    console, errors = Console(), Console(stderr=True)
    failure: CreditScoreError | OSError | None = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CreditScoreWarning)
        try:
            yield console
        except BrokenPipeError:
            raise  # whoever read the output has gone, and there is nobody to tell
        except (CreditScoreError, OSError) as error:
            failure = error
    for note in dict.fromkeys(in_words(str(warning.message)) for warning in caught):
        _say(errors, "[yellow]Note:[/yellow]", note)
    if failure is not None:
        _say(errors, "[bold red]Error:[/bold red]", _message(failure))
        raise typer.Exit(_exit_code(failure)) from failure


def in_words(message: str) -> str:
    """Name options in a message that names parameters of the library."""
    for pattern, words in _IN_WORDS:
        message = pattern.sub(words, message)
    return message


def _message(error: CreditScoreError | OSError) -> str:
    if isinstance(error, CreditScoreError):
        return in_words(str(error))
    # of two names, the second is where the file was to go
    name = error.filename2 or error.filename or "A file"
    for kind, trouble in _FILE_TROUBLE:
        if isinstance(error, kind):
            return f"{name} {trouble}"
    return f"{name} cannot be read or written: {error.strerror or error}."


def _exit_code(error: CreditScoreError | OSError) -> int:
    if isinstance(error, InvalidParameterError):
        return WRONG_USAGE
    if isinstance(error, (DocumentNotFoundError, StoreNotFoundError)):
        return NO_FILE
    if isinstance(error, StoreError) and isinstance(error.__cause__ or error.__context__, OSError):
        # of the file of a store, such as that it is there already
        return NO_FILE
    # a denied access is an error of the system, too
    return REFUSED if isinstance(error, CreditScoreError) else NO_FILE


def _say(console: Console, head: str, text: str) -> None:
    # in a log, a message is one line that can be searched
    console.print(head, shown(text), soft_wrap=not console.is_terminal)
