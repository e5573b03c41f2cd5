"""Zips as the archive publishes them, with one CSV inside."""

from __future__ import annotations

import io
import zipfile

ROW = "1577836800000,7195.24,7196.25,7183.14,7186.68,51.642812,1577836859999,371233.51835535,493,19.59823,140888.41,0"


def zipped(text: str, member: str = "BTCUSDT-1m-2020-01-01.csv") -> bytes:
    """A zip with one member."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr(member, text)
    return buffer.getvalue()
