"""What a key of the exchange looks like, and what only looks like one.

API keys and HMAC secrets are 64 letters and digits, drawn at random. So are a few other things: hexadecimal digests,
lines of base64, integrity texts. Private keys say what they are, in a first line or in how their bytes begin.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Found", "find_shapes", "may_hold_key"]

_LENGTH = 64
_TOKEN = re.compile(rf"(?<![A-Za-z0-9+/_-])[A-Za-z0-9]{{{_LENGTH}}}(?![A-Za-z0-9+/_-])")
# Given as a key, a text of one case will do, such as a secret in hexadecimal digits.
_NAME = re.compile(
    r"(?:(?:api|secret|private|access)[-_ ]?key|api[-_ ]?secret|binance[-_ ]?(?:key|secret)|secret|x-mbx-apikey)"
    r"[A-Za-z0-9_]{0,12}[\"'\]]*\s*(?:[:=]+|=>|,|\()\s*[bru]{0,2}[\"'`]?$",
    re.IGNORECASE,
)
_NO_KEY = re.compile(
    r"(?:sha-?\d*|md5|hash(?:es)?|checksum|digest|integrity|etag|nonce|commit|fingerprint|public[-_ ]?key|signature)"
    r"[\"'\]]*[^A-Za-z0-9]{0,6}$",
    re.IGNORECASE,
)
_PEM = re.compile(r"-----BEGIN (?P<kind>(?:[A-Z0-9]+ )*?)PRIVATE KEY(?: BLOCK)?-----")
_OTHER_PEM = re.compile(
    r"-----BEGIN (?!(?:[A-Z0-9]+ )*PRIVATE KEY)[A-Z0-9 ]+-----.{0,20000}?-----END [A-Z0-9 ]+-----", re.DOTALL
)
_DATA = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=\\\s]*")
_FILLING = re.compile(r"\\[nrt]|[\s\"'`,\\()+]|(?:Proc-Type|DEK-Info):[^\n]*")
_BODY = re.compile(r"[A-Za-z0-9/=]*")
# How private keys begin, or what names their encryption, in base64: Ed25519, RSA in both forms, PBES2.
_DER = re.compile(
    r"(?<![A-Za-z0-9+/])(?:MC4CAQAwBQYDK2VwBCIEI[A-Za-z0-9+/]{42,43}"
    r"|MI[GIJ][A-Za-z0-9+/]{2,5}(?:IBADANBgkqhkiG9w0BAQEFAASC|IBAAKCA[QgYI])[A-Za-z0-9+/\\]{16,}"
    r"|MI[GHIJ][A-Za-z0-9+/]{2,12}(?:BgkqhkiG9w0BBQ0|YJKoZIhvcNAQUN|GCSqGSIb3DQEFDT)[A-Za-z0-9+/\\]{16,})"
)
_PEM_IN_BASE64 = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{24,}")
# Neighbouring strings, as Python joins them, people add them and lists hold them.
_PIECES = re.compile(
    r"(?<![\w\"'])[bru]{0,2}([\"'])[A-Za-z0-9+/=\\-]{1,80}\1"
    r"(?:[\s\\]*[+,]?[\s\\]*[bru]{0,2}([\"'])[A-Za-z0-9+/=\\-]{1,80}\2){1,40}"
)
_PIECE = re.compile(r"([\"'])([A-Za-z0-9+/=\\-]{1,80})\1")
_LINE_OF_BASE64 = re.compile(r"[\s\"'#*|>,\\]*[A-Za-z0-9+/]{40,}={0,2}(?:\\n)?[\s\"',\\+]*")
_SUSPICIOUS = re.compile(r"[A-Za-z0-9+/]{60}|PRIVATE KEY|[A-Za-z0-9]{4,}[\"']\s*[+,\\]?\s*[bru]?[\"'][A-Za-z0-9]{4,}")

_RUN = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z0-9]{{{_LENGTH}}}(?![A-Za-z0-9])")
# The key pair with which the exchange's documentation shows how to sign, by its SHA-256.
_PUBLISHED = frozenset(
    {
        "5ba1ed8425baaa72d558afddb8aaacdfe29ad0dc1a44dae76640127e83626d29",
        "23e9efa3ced6e70c7f2dbe0d08295f18f94b0cbd5c6026677e3bc51897ee31f2",
    }
)

_SECRET_TEXT = "64 random letters and digits, as API keys and secrets have"
_PRIVATE_KEY = "a private key"


@dataclass(frozen=True)
class Found:
    """Something that looks like a key.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        what: What it looks like, in words that show nothing of it.
    """

    start: int
    end: int
    what: str

    @property
    def is_certain(self) -> bool:
        """Whether it says itself what it is."""
        return self.what.startswith(_PRIVATE_KEY)


def may_hold_key(text: str) -> bool:
    """Tell quickly whether a text is worth a closer look.

    Args:
        text: The text.

    Returns:
        False for nearly every cell that people write.
    """
    return _SUSPICIOUS.search(text) is not None


def find_shapes(text: str) -> Iterator[Found]:
    """Find what looks like a key.

    Args:
        text: The text.

    Yields:
        Each thing found, once.
    """
    if not may_hold_key(text):
        return
    if "-----BEGIN" in text or "base64," in text:
        text = _DATA.sub(_blank, _OTHER_PEM.sub(_blank, text))
    taken: list[Found] = []
    for found in (*_private_keys(text), *_tokens(text), *_in_pieces(text)):
        if not any(one.start < found.end and found.start < one.end for one in taken):
            taken.append(found)
            yield found


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group())


def _private_keys(text: str) -> Iterator[Found]:
    for found in _PEM.finditer(text) if "PRIVATE KEY" in text else ():
        end = text.find("-----END", found.end())
        end = end if 0 < end - found.end() <= 20_000 else min(len(text), found.end() + 4_000)
        body = _BODY.match(_FILLING.sub("", text[found.end() : end]))
        # Documentation shows the first line with dots under it.
        if body is not None and len(body.group()) >= 40 and len(set(body.group())) >= 16:
            lock = " (encrypted)" if "ENCRYPTED" in found["kind"] else ""
            yield Found(found.start(), end, f"{_PRIVATE_KEY}{lock}")
    for found in _DER.finditer(text) if "MC4CAQ" in text or "MI" in text else ():
        yield Found(found.start(), found.end(), f"{_PRIVATE_KEY}, without its first line")
    for found in _PEM_IN_BASE64.finditer(text):
        if _is_private(found.group()):
            yield Found(found.start(), found.end(), f"{_PRIVATE_KEY}, in base64")


def _is_private(encoded: str) -> bool:
    try:
        return b"PRIVATE KEY" in base64.b64decode(encoded[: min(len(encoded), 120) // 4 * 4])
    except binascii.Error:
        return False


def _tokens(text: str) -> Iterator[Found]:
    for found in _TOKEN.finditer(text):
        token, before = found.group(), text[max(0, found.start() - 80) : found.start()]
        if _NO_KEY.search(before) or _is_published(token):
            continue
        if _NAME.search(before) and len(set(token)) >= 10 and not (token.isdigit() or token.isalpha()):
            yield Found(found.start(), found.end(), "64 letters and digits that are given as a key")
        elif _is_random(token) and not _is_part(text, found.start(), found.end()):
            yield Found(found.start(), found.end(), _SECRET_TEXT)


def _is_random(token: str) -> bool:
    """Tell whether letters and digits look drawn: of a thousand keys one fails, of words none passes."""
    digits = sum(map(str.isdigit, token))
    upper = sum(map(str.isupper, token))
    return digits >= 3 and upper >= 12 and len(token) - digits - upper >= 12 and len(set(token)) >= 28


def _is_part(text: str, start: int, end: int) -> bool:
    # Of a token in three parts, of a file's name, of a picture; beside an escape, the text without escapes tells.
    if text[start - 1 : start] == "\\" or re.match(r"\.\w|\\[nrtu]", text[end : end + 2]):
        return True
    return (text[start - 1 : start] == "." and text[start - 2 : start - 1].isalnum()) or _is_in_base64(text, start, end)


def _is_in_base64(text: str, start: int, end: int) -> bool:
    """Tell whether the lines around are base64 too: a certificate, a picture. Two keys under each other are not."""
    line_start = text.rfind("\n", 0, start) + 1
    line_end = end + len(text[end:].partition("\n")[0])
    if _LINE_OF_BASE64.fullmatch(text[line_start:line_end]) is None:
        return False
    above = text[:line_start][-400:].splitlines()[-3:]
    below = text[line_end + 1 :][:400].splitlines()[:3]
    kin = [*_run_of_base64(reversed(above)), *_run_of_base64(below)]
    return len(kin) >= 3 or any(sign in line for line in kin for sign in "+/=")


def _run_of_base64(lines: Iterator[str] | list[str]) -> Iterator[str]:
    for line in lines:
        if _LINE_OF_BASE64.fullmatch(line) is None:
            return
        # The plus between two strings is not the text's own.
        yield line.strip(" \t\"'+,\\")


def _in_pieces(text: str) -> Iterator[Found]:
    for found in _PIECES.finditer(text):
        pieces = [piece[2] for piece in _PIECE.finditer(found.group())]
        # Whole texts in a list are found as such, and names in a list are words.
        if len(max(pieces, key=len)) >= _LENGTH or sum(map(_is_mixed, pieces)) < 0.7 * len(pieces):
            continue
        joined = "".join(pieces).replace("\\n", "")
        if any(_is_random(run) for run in _RUN.findall(joined) if not _is_published(run)):
            yield Found(found.start(), found.end(), f"{_SECRET_TEXT}, in pieces")
        elif _DER.search(joined):
            yield Found(found.start(), found.end(), f"{_PRIVATE_KEY}, in pieces")


def _is_mixed(piece: str) -> bool:
    inner = piece[1:]
    return sum((any(map(str.isdigit, piece)), any(map(str.isupper, inner)), any(map(str.islower, piece)))) >= 2


def _is_published(token: str) -> bool:
    return hashlib.sha256(token.encode()).hexdigest() in _PUBLISHED
