"""A file of variables that a person named: ``NAME=value`` a line, as dotenv files are written. It is only read."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from binance_nb.errors import CredentialsError
from binance_nb.keys.secrets import Secret

__all__ = ["KeysFile", "read_keys_file"]

_LARGEST = 1_000_000
_NAME = re.compile(r"[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*")
_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|$)")
_QUOTED = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'([^']*)'", re.DOTALL)
_PLAIN = re.compile(r"[^\n]*")
_ESCAPES = MappingProxyType({"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$"})


@dataclass(frozen=True)
class KeysFile:
    """What a file of variables holds.

    Attributes:
        path: Where it is.
        values: Its variables.
        note: What is to be said of it, such as that others can read it; empty for nothing.
    """

    path: Path
    values: MappingProxyType[str, Secret]
    note: str = ""


def read_keys_file(given: str | os.PathLike[str]) -> KeysFile:
    """Read a file of variables.

    A value may stand in single or double quotes, and then go on over several lines, as a PEM does; what stands behind
    `` #`` is a comment. Nothing is expanded, and the process's own variables stay as they are.

    Args:
        given: Its path; ``~`` is the home folder.

    Returns:
        Its variables.

    Raises:
        CredentialsError: It cannot be read, or a line of it is no variable; the line's number is told, not its text.
    """
    path = Path(given)
    try:
        path = path.expanduser()
        with path.open("rb") as file:
            mode, content = os.fstat(file.fileno()).st_mode, file.read(_LARGEST + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None
    except (ValueError, RuntimeError):  # a zero byte in the name; no home folder
        raise _unreadable(path, "no file can have such a name") from None
    if len(content) > _LARGEST:
        raise _unreadable(path, "it is far too large to be a file of keys")
    text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    return KeysFile(path, MappingProxyType(_variables(text, path)), _note(mode, path))


def _note(mode: int, path: Path) -> str:
    if os.name != "posix" or not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ""
    return f"Others on this computer can read {path.name}; this ends it: chmod 600 {path}"


def _variables(text: str, path: Path) -> dict[str, Secret]:
    found: dict[str, Secret] = {}
    at = 0
    while at < len(text):
        if blank := _BLANK.match(text, at):
            at = max(blank.end(), at + 1)
            continue
        name = _NAME.match(text, at)
        if name is None:
            raise _no_variable(text, at, path)
        value, at = _value(text, name.end(), path)
        # One that is empty counts as one that is not set, as in a shell.
        if value:
            found[name[1]] = Secret(value)
    return found


def _value(text: str, at: int, path: Path) -> tuple[str, int]:
    quoted = _QUOTED.match(text, at)
    if quoted is None:
        if text[at : at + 1] in ("'", '"'):
            raise _no_variable(text, at, path, "a quotation mark is not closed")
        plain = _PLAIN.match(text, at)
        assert plain is not None
        value = re.split(r"(?:^|[ \t])#", plain.group(), maxsplit=1)[0]
        return value.strip(), plain.end() + 1
    rest = _BLANK.match(text, quoted.end())
    if rest is None:
        raise _no_variable(text, at, path, "something stands behind the closing quotation mark")
    single = quoted[2]
    value = re.sub(r"\\(.)", _unescaped, quoted[1], flags=re.DOTALL) if single is None else single
    return value, max(rest.end(), quoted.end())


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found.group())


def _unreadable(path: Path, reason: str) -> CredentialsError:
    return CredentialsError(
        f"The file of keys {path} cannot be read: {reason}.",
        hint="Give the path of a file with lines such as BINANCE_TESTNET_API_KEY=... and ..._SECRET_KEY=...",
        culprit=str(path),
    )


def _no_variable(text: str, at: int, path: Path, reason: str = "it is no NAME=value") -> CredentialsError:
    return CredentialsError(
        f"Line {text.count(chr(10), 0, at) + 1} of {path} cannot be read: {reason}.",
        hint="Each line is NAME=value, empty, or begins with #; a value over several lines stands in quotes.",
        culprit=str(path),
    )
