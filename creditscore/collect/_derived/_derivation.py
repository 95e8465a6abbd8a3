"""A derivation: how an item is made of others."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from creditscore._checks import check_kind, read_entries
from creditscore._validation import check_integer
from creditscore.collect._derived._facts import DerivationInputs
from creditscore.exceptions import InvalidParameterError

DerivationFunction: TypeAlias = Callable[..., Any]
"""Takes :class:`DerivationInputs` and parameters; returns a value for each customer."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Derivation:
    """How an item of customers is made of observations of other items.

    Made by :func:`derivation`, or taken from :func:`ready_derivations`.

    Parameters
    ----------
    item : str
        The item that is made; a number or a flag.
    inputs : tuple of str
        Items that it is made of; nothing else is seen by the function.
    function : callable
        Takes :class:`DerivationInputs` and the parameters, and returns a Series of values by
        customer, NaN where there is none; or a table with the columns value and reason (why there
        is none), and with `across` group (customers whose facts a value rests on have one).
    name : str
        Of the function, in the lineage.
    version : int, default=1
        Of the function: raised whenever it is changed, so that what it made is made anew.
    parameters : mapping, or pairs of it, default=()
        Passed to the function by name; what JSON can hold.
    window_months : int or None, default=None
        Months up to the day of which all is seen; the function finds their beginning in
        ``inputs.start``.
    across : bool, default=False
        Whether a customer's value may rest on facts of others.

    Raises
    ------
    InvalidParameterError
        An entry of another kind, or without content.

    Examples
    --------
    >>> from creditscore.collect import ready_derivations
    >>> late = ready_derivations()["average_days_late"]
    >>> late
    Derivation(average_days_late of invoice.due_on, invoice.settled_on; average_days_late 1, \
12 months)
    >>> late.with_window(24).window_months
    24
    """

    item: str
    inputs: tuple[str, ...]
    function: DerivationFunction
    name: str
    version: int = 1
    parameters: Mapping[str, Any] | tuple[tuple[str, Any], ...] = ()
    window_months: int | None = None
    across: bool = False

    def __post_init__(self) -> None:
        """Check each entry."""
        for name in ("item", "name"):
            check_kind(getattr(self, name), name, "Derivation", str)
            if not getattr(self, name):
                msg = f"The {name!r} parameter of Derivation must not be empty."
                raise InvalidParameterError(msg)
        inputs = read_entries(self.inputs, "inputs", "Derivation")
        if not inputs or self.item in inputs:
            msg = (
                f"The 'inputs' of the derivation of {self.item!r} must be items, and not itself. "
                f"Got {inputs!r}."
            )
            raise InvalidParameterError(msg)
        object.__setattr__(self, "inputs", tuple(inputs))
        function: Any = self.function
        if not callable(function):
            msg = "The 'function' parameter of Derivation must be one that can be called."
            raise InvalidParameterError(msg)
        check_integer(self.version, "version", "Derivation", low=1)
        if self.window_months is not None:
            check_integer(self.window_months, "window_months", "Derivation", low=1)
        pairs = tuple(sorted(dict(self.parameters).items()))
        object.__setattr__(self, "parameters", pairs)
        _ = self.key

    @property
    def settings(self) -> str:
        """The parameters as JSON."""
        try:
            return json.dumps(dict(self.parameters), sort_keys=True, ensure_ascii=False)
        except (TypeError, ValueError) as error:
            msg = f"JSON cannot hold the parameters of the derivation {self.name!r}: {error}."
            raise InvalidParameterError(msg) from error

    @property
    def key(self) -> str:
        """A digest of all that decides what is made: two derivations of one key make the same."""
        parts = (
            self.item, self.name, self.version, self.inputs, self.settings, self.window_months,
            self.across,
        )  # fmt: skip
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def with_parameters(self, **parameters: Any) -> Derivation:
        """Return the derivation with other parameters; those that are not named stay.

        Parameters
        ----------
        **parameters
            Passed to the function by name.
        """
        return replace(self, parameters={**dict(self.parameters), **parameters})

    def with_window(self, months: int | None) -> Derivation:
        """Return the derivation with another window.

        Parameters
        ----------
        months : int or None
            Months up to the day of which all is seen.
        """
        return replace(self, window_months=months)

    def __call__(self, inputs: DerivationInputs) -> Any:
        """Return what the function makes of inputs."""
        return self.function(inputs, **dict(self.parameters))

    def __repr__(self) -> str:
        """Say in one line what is made of what."""
        settings = "" if not self.parameters else f", {self.settings}"
        window = "" if self.window_months is None else f", {self.window_months} months"
        return (
            f"Derivation({self.item} of {', '.join(self.inputs)}; {self.name} {self.version}"
            f"{settings}{window})"
        )


def derivation(
    item: str,
    inputs: tuple[str, ...],
    *,
    version: int = 1,
    window_months: int | None = None,
    across: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> Callable[[DerivationFunction], Derivation]:
    """Make a derivation of a function of one's own, as a decorator.

    Parameters
    ----------
    item : str
        The item that is made.
    inputs : tuple of str
        Items that it is made of.
    version : int, default=1
        Raised whenever the function is changed.
    window_months : int or None, default=None
        Months up to the day of which all is seen.
    across : bool, default=False
        Whether a customer's value may rest on facts of others.
    parameters : mapping, optional
        Passed to the function by name.

    Returns
    -------
    callable
        Makes a :class:`Derivation` of a function; its name is that of the function.

    Raises
    ------
    InvalidParameterError
        As in :class:`Derivation`.

    Examples
    --------
    >>> from creditscore.collect import derivation
    >>> @derivation("largest_invoice", ("invoice.amount",))
    ... def largest_invoice(inputs):
    ...     return inputs.records("invoice").groupby("customer")["amount"].max()
    >>> largest_invoice
    Derivation(largest_invoice of invoice.amount; largest_invoice 1)
    """

    def of(function: DerivationFunction) -> Derivation:
        return Derivation(
            item=item, inputs=inputs, function=function, name=getattr(function, "__name__", ""),
            version=version, parameters=dict(parameters or {}), window_months=window_months,
            across=across,
        )  # fmt: skip

    return of
