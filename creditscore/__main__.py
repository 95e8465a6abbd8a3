"""Run the command line with ``python -m creditscore``."""

from creditscore.cli import app

if __name__ == "__main__":
    app()
