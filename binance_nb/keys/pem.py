"""Private keys in PEM form: found, opened, judged. No message repeats any part of one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from binance_nb.errors import CredentialsError
from binance_nb.keys.secrets import Secret
from binance_nb.keys.signing import Ed25519Signer, RsaSigner, Signer

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

__all__ = ["is_pem", "open_private_key", "public_half", "read_pem"]

_RSA_BITS = range(2048, 4096 + 1)
_LABEL = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
# Any other text may be a key that lost its first line, and is not repeated.
_FILE_NAME = re.compile(r"[^\n]*\.(?:key|p8|pem|pk8|txt)", re.IGNORECASE)


def is_pem(text: Secret) -> bool:
    """Tell whether a text is PEM rather than the name of a file or an HMAC secret.

    Args:
        text: The text.

    Returns:
        True if it has a first line such as ``-----BEGIN PRIVATE KEY-----``.
    """
    return _LABEL.search(text.reveal()) is not None


def read_pem(given: Secret | Path) -> Secret:
    """Return the PEM text that was given, or that stands in the file that was named.

    Args:
        given: PEM text, or a path; ``~`` is the home folder.

    Returns:
        The text, checked to be a private key's.

    Raises:
        CredentialsError: No such file, not PEM, a public key, or a form that is not read.
    """
    if isinstance(given, Path) or "-----" not in given.reveal():
        given = _content(given)
    # Files of environment variables write a line break as two characters, neither of which PEM has.
    pem = Secret(given.reveal().replace("\\n", "\n"))
    _check_label(pem)
    return pem


def _content(given: Secret | Path) -> Secret:
    try:
        return Secret(_path(given).read_bytes().decode("ascii", "replace"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except (ValueError, RuntimeError):  # a zero byte in the name; no home folder
        reason = "no file can have such a name"
    if name := _name_to_show(given):
        raise CredentialsError(
            f"The private key's file {name} cannot be read: {reason}.",
            hint="Give the path of the .pem file, from the folder you work in or from the root.",
            culprit=name,
        )
    raise CredentialsError(
        f"The private key is neither PEM text nor the path of a file that can be read: {reason}.",
        hint="Give the path of the .pem file, or its whole text with the BEGIN and END lines. "
        "A secret key without such lines is an HMAC secret: give it as secret_key.",
        culprit="private_key",
    )


def _path(given: Secret | Path) -> Path:
    return (given if isinstance(given, Path) else Path(given.reveal())).expanduser()


def _name_to_show(given: Secret | Path) -> str:
    if isinstance(given, Path):
        return str(given)
    return given.reveal() if _FILE_NAME.fullmatch(given.reveal()) else ""


def _check_label(pem: Secret) -> None:
    labels = _LABEL.findall(pem.reveal())
    if any(label.endswith("PRIVATE KEY") and label != "OPENSSH PRIVATE KEY" for label in labels):
        return
    if "OPENSSH PRIVATE KEY" in labels:
        message = "The private key is in OpenSSH's own form."
        hint = "PKCS#8 is read; such a key is made by: openssl genpkey -algorithm ed25519 -out key.pem"
    elif any(label.endswith("PUBLIC KEY") for label in labels):
        message = "This is a public key, and signing takes the private one."
        hint = "The public key is registered at the exchange; give the file of the private key that was made with it."
    else:
        message = "The private key is not in PEM form."
        hint = "A PEM file has a first line -----BEGIN PRIVATE KEY----- and an END line; give the whole of it."
    raise CredentialsError(message, hint=hint, culprit="private_key")


def open_private_key(pem: Secret, passphrase: Secret | None = None) -> Signer:
    """Open a private key.

    Args:
        pem: Text from `read_pem`.
        passphrase: What opens it, if it is encrypted.

    Returns:
        What signs with it.

    Raises:
        CredentialsError: The passphrase is missing, wrong or one too many, or the key is damaged or of a kind that the
            exchange does not take.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    key = _loaded(pem, passphrase)
    if isinstance(key, Ed25519PrivateKey):
        return Ed25519Signer(key)
    if isinstance(key, RSAPrivateKey):
        _check_size(key.key_size)
        return RsaSigner(key)
    raise _unsupported(type(key).__name__.removesuffix("PrivateKey").strip("_"))


def public_half(pem: Secret, passphrase: Secret | None = None) -> str:
    """Return the public key of a private one.

    Args:
        pem: Text from `read_pem`.
        passphrase: What opens it, if it is encrypted.

    Returns:
        PEM text, as it is registered at an exchange.

    Raises:
        CredentialsError: The private key cannot be opened.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public_key = _loaded(pem, passphrase).public_key()
    return public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def _loaded(pem: Secret, passphrase: Secret | None) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    is_encrypted = "ENCRYPTED" in pem.reveal()
    _check_need(is_encrypted, passphrase)
    try:
        return load_pem_private_key(pem.reveal().encode(), passphrase.reveal().encode() if passphrase else None)
    except UnsupportedAlgorithm:
        raise _unsupported("one that cannot be read here") from None
    except (ValueError, TypeError):
        if is_encrypted:
            message, hint = "The passphrase does not open the private key.", "Type it again; case matters."
        else:
            message, hint = "The private key is damaged.", "Copy the whole file again, BEGIN and END lines included."
    raise CredentialsError(message, hint=hint, culprit="passphrase" if is_encrypted else "private_key")


def _check_need(is_encrypted: bool, passphrase: Secret | None) -> None:
    if is_encrypted == (passphrase is not None):
        return
    message, hint = (
        ("The private key is encrypted and no passphrase was given.", "Give the passphrase that it was saved with.")
        if is_encrypted
        else ("A passphrase was given and the private key is not encrypted.", "Leave the passphrase out.")
    )
    raise CredentialsError(message, hint=hint, culprit="passphrase")


def _check_size(bits: int) -> None:
    if bits not in _RSA_BITS:
        raise CredentialsError(
            f"The RSA key has {bits} bits; the exchange takes {_RSA_BITS[0]} to {_RSA_BITS[-1]}.",
            hint="Make an Ed25519 key instead, which is shorter and faster: openssl genpkey -algorithm ed25519",
            culprit="private_key",
        )


def _unsupported(kind: str) -> CredentialsError:
    return CredentialsError(
        f"The private key's kind is {kind}; the exchange takes ED25519 and RSA.",
        hint="Make an Ed25519 key: openssl genpkey -algorithm ed25519 -out key.pem",
        culprit="private_key",
    )
