"""Whether this process runs a notebook to see if it still gives what it gave: then nothing leaves it but reads."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["OFFLINE_VARIABLE", "VERIFYING_VARIABLE", "verified_manifest"]

OFFLINE_VARIABLE = "BINANCE_NB_OFFLINE"
"""The environment variable that has the kernel of a notebook that is verified cut off from the network."""

VERIFYING_VARIABLE = "BINANCE_NB_VERIFYING"
"""The environment variable that tells a kernel which manifest its notebook is compared with."""


def verified_manifest() -> Path | None:
    """Return the manifest that the notebook of this process is compared with.

    Returns:
        Its file, or None where no notebook is being verified.
    """
    named = os.environ.get(VERIFYING_VARIABLE)
    return Path(named) if named else None
