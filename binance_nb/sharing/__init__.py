"""What does somebody else need to run this notebook? Files without keys, a tape, a manifest, and a link to Binder."""

from __future__ import annotations

from binance_nb.sharing.binder import BinderFile
from binance_nb.sharing.checkout import Checkout, checkout_of
from binance_nb.sharing.share import Shared, SharedFile, share
from binance_nb.sharing.target import PROVIDERS, Target

__all__ = [
    "PROVIDERS",
    "BinderFile",
    "Checkout",
    "Shared",
    "SharedFile",
    "Target",
    "checkout_of",
    "share",
]
