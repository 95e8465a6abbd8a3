"""What all readers of foreign bins share: the optional package, and words on what is lost."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType

from creditscore._warn import warn_user
from creditscore.exceptions import ForeignRulesWarning, MissingDependencyError

_HOW = 'optbinning is needed for this: pip install "creditscore[optbinning]".'


def import_optbinning() -> ModuleType:
    """Import optbinning, which takes seconds; the error names the extra that installs it."""
    try:
        return importlib.import_module("optbinning")
    except ImportError as error:
        raise MissingDependencyError(_HOW) from error


def import_binning_cp() -> ModuleType:
    """Import the module of optbinning's constraint programming solver."""
    import_optbinning()
    return importlib.import_module("optbinning.binning.cp")


def import_binning_mip() -> ModuleType:
    """Import the module of optbinning's mixed-integer programming solver."""
    import_optbinning()
    return importlib.import_module("optbinning.binning.mip")


def warn_of_losses(source: str, losses: Sequence[str]) -> None:
    """Warn once of all that the rules of another library say and a partition cannot."""
    if losses:
        warn_user(
            f"Not all rules of {source} could be carried over: {'; '.join(losses)}. Counts and "
            "WOE of these attributes will differ from those of the source. After the fit, "
            "BinTable.merge joins missing values or one special code with a regular bin; special "
            "codes share one WOE under BinPolicy(pool_special=True).",
            ForeignRulesWarning,
        )
