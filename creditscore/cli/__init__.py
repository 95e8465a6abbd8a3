"""The command line: demo, fit, score, show, validate."""

from creditscore.cli._app import app

__all__ = ["app"]
