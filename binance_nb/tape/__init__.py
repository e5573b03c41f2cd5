"""Traffic on a tape: recorded as it passes, and played back without keys, network or account."""

from __future__ import annotations

from binance_nb.tape.file import read_tape
from binance_nb.tape.modes import Mode, mode_of
from binance_nb.tape.reels import Reel, put_on
from binance_nb.tape.tape import Entry, Header, Tape

__all__ = ["Entry", "Header", "Mode", "Reel", "Tape", "mode_of", "put_on", "read_tape"]
