"""An exchange in a box on 127.0.0.1: a seeded synthetic market behind the Spot protocol.

`listings` says which symbols there are, `market` what they traded at any moment of any year, `recorded`
which candles come from bulk files instead. None of them knows HTTP, a clock or an account; all of them are
pure functions. The server stands on top of them.
"""

from __future__ import annotations

__all__: list[str] = []
