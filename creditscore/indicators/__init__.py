"""Facts about customers → indicators as of a date, each missing one with its reason."""

__all__: list[str] = []
