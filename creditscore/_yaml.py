"""YAML as a person means it: plain values, each entry once, no surprises of its old versions."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any

import yaml

from creditscore._files import whole_file
from creditscore.exceptions import (
    DocumentError,
    DocumentNotFoundError,
    InvalidDataError,
    InvalidParameterError,
)

_RESOLVERS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ("~", "n", "N", "")),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|\.inf|\.Inf)|\.nan|\.NaN",
        "-+.0123456789",
    ),
)
"""The core schema of YAML 1.2, in which yes and no are text, 010 is ten and dates are text."""

_MOST_BYTES = 10_000_000
_MOST_DEEP = 100
"""How large a text may be, and how deep entries may stand in entries, before it is refused."""

_TAGS = (None, *(f"tag:yaml.org,2002:{kind}" for kind in (
    "null", "bool", "int", "float", "str", "seq", "map")))  # fmt: skip
"""What may be said of a value by a tag; None stands for all others, which are refused."""


class _Loader(yaml.SafeLoader):
    """Reads plain values only, each key once, and no references."""

    deep = 0
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as the base class has it
    yaml_constructors = {  # noqa: RUF012 - as above
        tag: made for tag, made in yaml.SafeLoader.yaml_constructors.items() if tag in _TAGS
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Refuse references, which a few lines of can stand for billions of entries, and depth."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            msg = f"line {mark.line + 1} refers to another entry by '*'; write the entry out"
            raise yaml.YAMLError(msg)
        self.deep += 1
        if self.deep > _MOST_DEEP:
            line = self.peek_event().start_mark.line + 1
            msg = f"line {line} has entries within entries, {_MOST_DEEP} deep"
            raise yaml.YAMLError(msg)
        node = super().compose_node(parent, index)
        self.deep -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Refuse a key that stands twice, for which of the two is meant is not known."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, float, bool)) and key is not None:
                msg = f"line {key_node.start_mark.line + 1} has a key that is no single value"
                raise yaml.YAMLError(msg)
            if key in seen:
                line = key_node.start_mark.line + 1
                msg = f"the entry {key!r} stands twice, the second time at line {line}"
                raise yaml.YAMLError(msg)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Writes what the loader reads back."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - as the base class has it

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - of the base class
        """Write values out, however often they occur."""
        return True


for _tag, _pattern, _first in _RESOLVERS:
    for _kind in (_Loader, _Dumper):
        _kind.add_implicit_resolver(
            f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
        )


def read_yaml(raw: bytes, name: str) -> Any:
    """Read the bytes of a file of this name."""
    if len(raw) > _MOST_BYTES:
        msg = f"{name} has more than {_MOST_BYTES:,} bytes, and no more of YAML are read."
        raise DocumentError(msg)
    try:
        return yaml.load(raw.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, LookupError, RecursionError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        is_of_signs = isinstance(error, (yaml.scanner.ScannerError, yaml.parser.ParserError))
        hint = " Put texts that hold signs such as ? : # [ or { in quotes." if is_of_signs else ""
        msg = f"{name} cannot be read as YAML: {said[:300]}.{hint}"
        raise DocumentError(msg) from error


def read_yaml_file(path: str | os.PathLike[str], *, hint: str = "Check the path.") -> Any:
    """Read a file that a person wrote; the hint ends the message where there is none.

    Raises
    ------
    InvalidParameterError
        The path is none.
    DocumentNotFoundError
        There is no such file.
    DocumentError
        It is no YAML.
    """
    try:
        raw = _first_bytes(Path(path))
    except TypeError as error:
        msg = f"The 'path' must be a str or a Path. Got {type(path).__name__} instead."
        raise InvalidParameterError(msg) from error
    except (OSError, ValueError) as error:
        msg = f"There is no file {str(path)[:300]!r} that could be read. {hint}"
        raise DocumentNotFoundError(msg) from error
    return read_yaml(raw, str(path))


def _first_bytes(path: Path) -> bytes:
    """Return no more of a file than is needed to see that it is too large."""
    if not stat.S_ISREG(path.stat().st_mode):
        msg = "it is no plain file, and a device or a pipe may have no end"
        raise OSError(msg)
    with path.open("rb") as file:
        return file.read(_MOST_BYTES + 1)


def write_yaml_file(content: Any, path: str | os.PathLike[str] | None, *, what: str) -> str | None:
    """Write a file that reads back as it is, or return the text; `what` names it in an error.

    Raises
    ------
    InvalidDataError
        YAML does not hold a text of it; nothing is written.
    """
    text = write_yaml(content)
    if read_yaml(text.encode("utf-8", "surrogatepass"), "the text") != content:
        msg = (
            f"The {what} was not written, because YAML does not hold one of its texts as it is: "
            "some control character, such as that of a next line. Leave it out, or use to_json()."
        )
        raise InvalidDataError(msg)
    if path is None:
        return text
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return None


def write_yaml(content: Any) -> str:
    """Return a text that :func:`read_yaml` reads back."""
    text: str = yaml.dump(
        content,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )
    return text
