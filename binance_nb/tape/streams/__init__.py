"""Streams on a tape: what came, when, and where somebody looked."""

from __future__ import annotations

from binance_nb.tape.streams.adding_hub import AddingHub
from binance_nb.tape.streams.played_account import PlayedAccount
from binance_nb.tape.streams.played_hub import PlayedHub
from binance_nb.tape.streams.recorded_account import RecordedAccount
from binance_nb.tape.streams.recorded_hub import RecordedHub
from binance_nb.tape.streams.recorded_line import Writer

__all__ = ["AddingHub", "PlayedAccount", "PlayedHub", "RecordedAccount", "RecordedHub", "Writer"]
