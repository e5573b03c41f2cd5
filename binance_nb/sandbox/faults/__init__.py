"""Faults on command: what may go wrong, when it does, and what a caller then sees."""

from binance_nb.sandbox.faults.faults import Fault, Faults
from binance_nb.sandbox.faults.kinds import KINDS, WrongWord
from binance_nb.sandbox.faults.postponed import Postponed

__all__ = ["KINDS", "Fault", "Faults", "Postponed", "WrongWord"]
