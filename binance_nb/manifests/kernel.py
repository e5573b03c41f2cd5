"""The kernel that a notebook is verified in: ``python -m binance_nb.manifests.kernel -f FILE``."""

from __future__ import annotations

import os
import sys

from binance_nb.manifests.offline import cut_off
from binance_nb.verifying import OFFLINE_VARIABLE

__all__ = ["main"]


def main() -> None:
    """Become the kernel."""
    if sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]  # as ipykernel does: a file here must not stand for a library while the kernel starts
    if os.environ.get(OFFLINE_VARIABLE):
        cut_off()
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
