"""Every example in a docstring runs, and every public name has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import creditscore

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


SCRIPTS = ("creditscore.__main__", "creditscore.organise._migrations.")
"""What runs by itself, or by Alembic, and is imported by nothing."""


def modules() -> list[str]:
    """Name every module of the package."""
    found = pkgutil.walk_packages(creditscore.__path__, prefix="creditscore.")
    return [
        "creditscore",
        *(module.name for module in found if not module.name.startswith(SCRIPTS)),
    ]


def public_objects() -> dict[str, object]:
    """Collect what the ``__all__`` of each public module exports, modules left out."""
    objects = {}
    for name in modules():
        if any(part.startswith("_") for part in name.split(".")):
            continue
        module = importlib.import_module(name)
        for exported in getattr(module, "__all__", []):
            value = getattr(module, exported)
            if not isinstance(value, ModuleType) and (
                inspect.isclass(value) or inspect.isroutine(value)
            ):
                objects[f"{name}.{exported}"] = value
    return objects


@pytest.mark.parametrize("name", modules())
def test_examples_run(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert result.failed == 0


@pytest.mark.parametrize("name", sorted(public_objects()))
def test_public_names_have_an_example(name: str) -> None:
    documentation = inspect.getdoc(public_objects()[name]) or ""
    assert ">>>" in documentation, f"{name} has no runnable example in its docstring"
