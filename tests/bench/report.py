"""How the benchmarks speak: lines and tables on standard output, and the machine they ran on."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd


def report(*lines: str) -> None:
    """Write lines at once, so that a long run shows where it is."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def report_table(table: pd.DataFrame, formats: dict[str, str]) -> None:
    """Write a table and an empty line; formats are those of ``str.format``, by column.

    Text is flush left, numbers are flush right.
    """
    texts = {
        name: column.str.ljust(column.str.len().max())
        for name, column in table.items()
        if pd.api.types.is_string_dtype(column)
    }
    table = table.assign(**texts)
    padded = {name: name.ljust(len(text.iloc[0])) for name, text in texts.items()}
    formatters = {name: form.format for name, form in formats.items() if name in table}
    table = table.rename(columns=padded)
    report(table.to_string(index=False, formatters=formatters), "")


def machine() -> dict[str, str]:
    """Describe what the figures depend on beside the code."""
    return {
        "CPU": f"{_cpu()}, {_usable_cores()} cores usable",
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}, {platform.machine()}",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "load": _load(),
    }


def versions(packages: Sequence[str]) -> dict[str, str]:
    """Look up the installed version of each distribution."""
    return {name: _version(name) for name in packages}


def report_machine(packages: Sequence[str]) -> None:
    """Write the machine, and the versions that were measured."""
    report(*(f"{name:<8} {value}" for name, value in machine().items()))
    found = ", ".join(f"{name} {number}" for name, number in versions(packages).items())
    report(f"{'versions':<8} {found}", "")


def _version(name: str) -> str:
    if name == "creditscore":
        # run from the repository it may not be installed
        from creditscore import __version__

        return __version__
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _cpu() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown"


def _usable_cores() -> int:
    """Count the cores this process may use, fewer than the machine's under ``taskset``."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> str:
    try:
        n_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "unknown"
    return f"{n_bytes / 2**30:.1f} GiB"


def _load() -> str:
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"{os.getloadavg()[0]:.2f} over the last minute"
