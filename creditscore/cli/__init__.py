"""The command line: demo, fit, score, show, validate, and store with its own."""

from creditscore.cli._app import app

__all__ = ["app"]
