"""Objects that hold keys: never shown, never pickled, never changed; and how keys are checked."""

from __future__ import annotations

from typing import Any, NoReturn, Self

from creditscore.exceptions import InvalidParameterError, KeyStoreError

KEY_BYTES = 32
"""Keys have 256 bits."""


class SecretHolder:
    """An object that holds keys. Copies are the object itself, and pickles are refused."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse to be pickled: a pickle would carry the key to wherever it goes."""
        msg = (
            f"{type(self).__name__} is not pickled, because the pickle would hold its key. Give "
            "the other process a way to read the keys itself, such as a file of its own."
        )
        raise KeyStoreError(msg)

    def __copy__(self) -> Self:
        """Return itself, since nothing in it changes."""
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        """Return itself, since nothing in it changes."""
        return self


def key_fault(key: Any, owner: str) -> str | None:
    """Say what is wrong with a key of 32 bytes, without showing it; None where nothing is.

    Who raises it takes the key out of the variables first, which reports of errors may show.
    """
    if isinstance(key, bytes) and len(key) == KEY_BYTES:
        return None
    got = f"{len(key)} bytes" if isinstance(key, bytes) else type(key).__name__
    return (
        f"The 'key' parameter of {owner} must be {KEY_BYTES} bytes, such as KeyRing.derive() "
        f"gives. Got {got} instead."
    )


def bytes_fault(name: str, value: Any, owner: str) -> str | None:
    """Say that a parameter is no bytes, without showing it; None where it is."""
    if isinstance(value, bytes):
        return None
    return f"The {name!r} parameter of {owner} must be bytes. Got {type(value).__name__} instead."


def check_bytes(value: Any, name: str, owner: str) -> None:
    """Check that a parameter is bytes; where a key is beside it, take :func:`bytes_fault`."""
    fault = bytes_fault(name, value, owner)
    if fault is not None:
        del value
        raise InvalidParameterError(fault)
