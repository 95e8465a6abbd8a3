"""Frozen values as parameters of an estimator of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, Self

from creditscore.exceptions import InvalidParameterError


class FrozenParameters:
    """Gives a frozen dataclass ``get_params``, so that a search over parameters sees its fields.

    Its ``set_params`` could change nothing; the estimator that holds it takes :meth:`changed`.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the fields by name, and those of frozen values in them as ``field__name``.

        Parameters
        ----------
        deep : bool, default=True
            Whether to look into the values of fields.

        Returns
        -------
        dict of str to object
        """
        found: dict[str, Any] = {}
        for name in _names(self):
            value = getattr(self, name)
            found[name] = value
            if deep and isinstance(value, FrozenParameters):
                inside = value.get_params()
                found.update((f"{name}__{key}", held) for key, held in inside.items())
        return found

    def changed(self, changes: Mapping[str, Any]) -> Self:
        """Return a copy with other values in some fields, or in the fields of its fields.

        Parameters
        ----------
        changes : mapping of str to object
            By name, as :meth:`get_params` has them.

        Raises
        ------
        InvalidParameterError
            A name that is no field, or a value that the field refuses.
        """
        own = {name: value for name, value in changes.items() if "__" not in name}
        for name in own:
            self._check_known(name)
        new: Any = replace(self, **own)  # type: ignore[type-var]
        nested: dict[str, dict[str, Any]] = {}
        for name, value in changes.items():
            if "__" in name:
                first, _, rest = name.partition("__")
                nested.setdefault(first, {})[rest] = value
        for name, inside in nested.items():
            self._check_known(name)
            held = getattr(new, name)
            if not isinstance(held, FrozenParameters):
                msg = (
                    f"{name}__{next(iter(inside))} asks for a setting of the {name!r} of "
                    f"{type(self).__name__}, which is {held!r}. Set {name!r} first."
                )
                raise InvalidParameterError(msg)
            new = replace(new, **{name: held.changed(inside)})
        return new  # type: ignore[no-any-return]

    def __sklearn_clone__(self) -> Self:
        """Give itself to copies of an estimator: nothing about it can change."""
        return self

    def _check_known(self, name: str) -> None:
        known = _names(self)
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = (
                f"{type(self).__name__} has no parameter {name!r}.{hint} It has "
                f"{', '.join(map(repr, known))}."
            )
            raise InvalidParameterError(msg)


def _names(value: Any) -> list[str]:
    return [field.name for field in fields(value)]
