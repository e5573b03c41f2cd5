"""The ``.CHECKSUM`` file beside each zip: a SHA-256 in hex, two spaces and the zip's name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from binance_nb.errors import StoreError

__all__ = ["Checksum", "verify_checksum"]


@dataclass(frozen=True)
class Checksum:
    """What a ``.CHECKSUM`` file promises.

    Args:
        sha256: 64 hex digits, lower case.
        file_name: The zip it speaks of.
    """

    sha256: str
    file_name: str

    @classmethod
    def parse(cls, text: str, *, source: str = "checksum file") -> Checksum:
        """Read the text of a ``.CHECKSUM`` file, with or without its final newline.

        Args:
            text: The file's text.
            source: Its name, for the error.

        Returns:
            The promise it holds.

        Raises:
            StoreError: The text is not one line of a sum and a name.
        """
        match = re.fullmatch(r"([0-9A-Fa-f]{64}) [ *](\S.*)", text.strip())
        if match is None:
            raise StoreError(
                f"{source} does not hold a SHA-256 and a file name.",
                hint="Download the .CHECKSUM file again.",
                culprit=source,
            )
        return cls(match[1].lower(), match[2])

    @classmethod
    def of(cls, data: bytes, file_name: str) -> Checksum:
        """Compute the checksum of a file's bytes.

        Args:
            data: The zip's bytes.
            file_name: The zip's name.

        Returns:
            The checksum.
        """
        return cls(hashlib.sha256(data).hexdigest(), file_name)

    @property
    def text(self) -> str:
        """The line as the archive publishes it; it has no final newline there."""
        return f"{self.sha256}  {self.file_name}"


def verify_checksum(data: bytes, promised: Checksum, *, source: str) -> None:
    """Compare a zip's bytes with its published checksum.

    Args:
        data: The zip's bytes.
        promised: What its ``.CHECKSUM`` file says.
        source: The zip's path or name, for the error.

    Raises:
        StoreError: The sums differ; the message names the file and both sums.
    """
    found = hashlib.sha256(data).hexdigest()
    if found != promised.sha256:
        raise StoreError(
            f"{source} does not match its checksum: its SHA-256 is {found}, the .CHECKSUM file says {promised.sha256}.",
            hint="Download the zip and its .CHECKSUM again; a regenerated file comes with a new sum.",
            culprit=source,
            details={"expected_sha256": promised.sha256, "found_sha256": found},
        )
