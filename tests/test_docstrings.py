"""Docstrings: parameters all documented, documented defaults real, sections in order."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any

import pandas as pd
import pytest
from sklearn.base import BaseEstimator

import creditscore
from creditscore.exceptions import MissingDependencyError

# the order of numpydoc's own validation
SECTIONS = (
    "Parameters",
    "Attributes",
    "Methods",
    "Returns",
    "Yields",
    "Other Parameters",
    "Raises",
    "Warns",
    "See Also",
    "Notes",
    "References",
    "Examples",
)
ENTRY = re.compile(r"^(?P<names>[*\w]+(?:, [*\w]+)*)(?: : (?P<type>.+))?$")
DEFAULT = re.compile(r"(?:^|, )default=(?P<value>.+)$")
SAME_AS = re.compile(r"Parameters(?: and errors)? are those of\s+:func:`(\w+)`")
REQUIRED = inspect.Parameter.empty
NEEDED_IN_SPITE_OF_NONE = {("creditscore.binning.WOEEncoder.fit", "y")}
"""scikit-learn calls ``fit(X)`` to see that it is refused with a clear message."""


@dataclass(frozen=True)
class Documented:
    """One parameter as its docstring has it."""

    optional: bool
    default: str | None


@dataclass
class Docstring:
    """The sections of a docstring: their order, and the entries of those that list names."""

    summary: str = ""
    sections: list[str] = field(default_factory=list)
    entries: dict[str, dict[str, Documented]] = field(default_factory=dict)


def parse(text: str) -> Docstring:
    """Read a numpydoc docstring; a heading is a line with as many hyphens below."""
    parsed = Docstring()
    lines = textwrap.dedent(text).splitlines()
    parsed.summary = lines[0] if lines else ""
    section = ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if line and line[0] != " " and set(below) == {"-"} and len(below) == len(line):
            section = line
            parsed.sections.append(section)
            parsed.entries[section] = {}
        elif section and line and line[0] != " " and set(line) != {"-"}:
            entry = ENTRY.match(line)
            if entry is not None:
                type_text = entry["type"] or ""
                default = DEFAULT.search(type_text)
                value = Documented(
                    optional=type_text.endswith(", optional"),
                    default=default["value"] if default else None,
                )
                parsed.entries[section] |= dict.fromkeys(entry["names"].split(", "), value)
    return parsed


def read(documented: str) -> Any:
    """Read a documented default: a literal, or a name such as ``inf``."""
    try:
        return ast.literal_eval(documented)
    except (ValueError, SyntaxError):
        return float(documented) if documented in ("inf", "-inf") else documented


def agree(documented: Documented, real: Any) -> bool:
    """Tell whether a documented default is the real one; ``("a", …, "z")`` leaves out a middle."""
    if documented.default is None:
        return real is (None if documented.optional else REQUIRED)
    if isinstance(real, tuple) and "…" in documented.default:
        first, last = (read(part.strip(" ,()")) for part in documented.default.split("…"))
        return (real[0], real[-1]) == (first, last)
    value = read(documented.default)
    return value == real and isinstance(value, bool) == isinstance(real, bool)


# --- what is public ------------------------------------------------------------------


def is_public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


@cache
def public_objects() -> dict[str, Any]:
    """Collect what public modules export, by the name of its home."""
    found: dict[str, Any] = {}
    for module in pkgutil.walk_packages(creditscore.__path__, prefix="creditscore."):
        if not is_public(module.name):
            continue
        loaded = importlib.import_module(module.name)
        for name in getattr(loaded, "__all__", ()):
            value = getattr(loaded, name)
            if inspect.isclass(value) or inspect.isfunction(value):
                found[f"{module.name}.{name}"] = value
    return found


CLASSES = {name: value for name, value in public_objects().items() if inspect.isclass(value)}
FUNCTIONS = {name: value for name, value in public_objects().items() if inspect.isfunction(value)}


@cache
def methods() -> dict[str, Callable[..., Any]]:
    """Collect the public methods and properties that our classes define themselves."""
    found = {}
    for owner, value in CLASSES.items():
        for name, member in vars(value).items():
            function = getattr(member, "__func__", getattr(member, "fget", member))
            if not name.startswith("_") and inspect.isfunction(function):
                found[f"{owner}.{name}"] = function
    return found


def defaults_of(function: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(function).parameters.values()
    return {
        ("*" * (p.kind == p.VAR_POSITIONAL) + "**" * (p.kind == p.VAR_KEYWORD) + p.name): p.default
        for p in parameters
        if p.name not in ("self", "cls")
    }


def docstring_of(value: Any) -> Docstring:
    return parse(inspect.getdoc(value) or "")


def differences(documented: dict[str, Documented], real: dict[str, Any]) -> list[str]:
    """Say where documentation and signature part."""
    found = [f"{name} is not documented" for name in real.keys() - documented.keys()]
    found += [f"{name} is documented, but no parameter" for name in documented.keys() - real.keys()]
    for name in real.keys() & documented.keys():
        told = documented[name]
        if not agree(told, real[name]):
            shown = "optional" if told.optional else told.default or "none (required)"
            truth = "none (required)" if real[name] is REQUIRED else repr(real[name])
            found.append(f"{name}: documented default {shown}, real default {truth}")
    return sorted(found)


# --- tests ---------------------------------------------------------------------------


def test_the_parser_reads_what_it_should() -> None:
    parsed = parse(
        "Say what.\n\nParameters\n----------\na, b : array-like of shape (n,)\n    Text.\n"
        'c : {"x", "y"}, default="x"\n    Text.\nd : float, optional\n    Text.\n\n'
        "Returns\n-------\nfloat\n    Number : of text.\n"
    )
    assert parsed.sections == ["Parameters", "Returns"]
    assert list(parsed.entries["Parameters"]) == ["a", "b", "c", "d"]
    real = {"a": REQUIRED, "b": REQUIRED, "c": "x", "d": None}
    assert differences(parsed.entries["Parameters"], real) == []
    wrong = {"a": 1, "c": "y", "d": REQUIRED, "e": 0}
    assert len(differences(parsed.entries["Parameters"], wrong)) == 5


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_classes_document_their_parameters(name: str) -> None:
    value = CLASSES[name]
    entries = docstring_of(value).entries
    documented = entries.get("Parameters", {})
    # a class with an __init__ of its own may be no dataclass, as those that hold keys
    made_by_users = is_dataclass(value) or ("__init__" in vars(value) and bool(documented))
    real = defaults_of(value) if made_by_users or hasattr(value, "get_params") else {}
    if is_dataclass(value):
        made = {f.name: f.default_factory for f in fields(value) if f.init}
        real |= {name: make() for name, make in made.items() if make is not MISSING}
    if is_dataclass(value) and not documented:
        # results that the library makes list their fields as attributes, without defaults
        missing = {f.name for f in fields(value)} - entries["Attributes"].keys()
        assert missing == set()
        return
    assert differences(documented, real) == []


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_document_their_parameters(name: str) -> None:
    function = FUNCTIONS[name]
    same_as = SAME_AS.search(inspect.getdoc(function) or "")
    if same_as is not None:
        other = getattr(inspect.getmodule(function), same_as[1])
        assert defaults_of(function) == defaults_of(other)
        return
    documented = docstring_of(function).entries.get("Parameters", {})
    assert differences(documented, defaults_of(function)) == []


@pytest.mark.parametrize("name", sorted(methods()))
def test_methods_that_list_parameters_list_all_of_them(name: str) -> None:
    function = methods()[name]
    entries = docstring_of(function).entries
    real = {
        parameter: REQUIRED if (name, parameter) in NEEDED_IN_SPITE_OF_NONE else default
        for parameter, default in defaults_of(function).items()
    }
    if "Parameters" in entries:
        assert differences(entries["Parameters"], real) == []


TOLD: dict[str, dict[str, Any]] = {
    "creditscore.calibrate.CalibratedScorecard": {"philosophy": "point_in_time"},
    "creditscore.expert.ShadowRating": {"labels": [False, True]},
}
"""What an estimator must be told before it can be fitted."""


# the table below holds no rejected cases, of which reject inference says so
@pytest.mark.filterwarnings("ignore::creditscore.exceptions.RejectInferenceWarning")
@pytest.mark.parametrize(
    "name", [name for name, value in sorted(CLASSES.items()) if issubclass(value, BaseEstimator)]
)
def test_estimators_document_what_they_learn(name: str) -> None:
    X = pd.DataFrame({"a": [1, 2, 3, 4] * 20, "b": [1] * 40 + [2] * 40})
    # of ten with each pair of values so many are bad: nothing is separated, no sign is wrong
    counts = ((1, 2, 3, 4), (4, 5, 6, 8))
    is_bad = [i < n for bad in counts for i in range(10) for n in bad]
    try:
        fitted = CLASSES[name](**TOLD.get(name, {})).fit(X, is_bad)
    except MissingDependencyError as missing:
        pytest.skip(str(missing))
    learnt = {key for key in vars(fitted) if key.endswith("_") and not key.startswith("_")}
    assert docstring_of(CLASSES[name]).entries["Attributes"].keys() == learnt


@pytest.mark.parametrize("name", sorted(public_objects().keys() | methods().keys()))
def test_sections_and_their_order(name: str) -> None:
    parsed = docstring_of((public_objects() | methods())[name])
    assert parsed.summary.endswith(".")
    assert set(parsed.sections) <= set(SECTIONS)
    assert len(set(parsed.sections)) == len(parsed.sections)
    assert parsed.sections == sorted(parsed.sections, key=SECTIONS.index)
