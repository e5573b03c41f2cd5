"""Words and calls: the tokens of a line, times as people say them, and the nearest right word."""

from __future__ import annotations

from binance_nb.grammar.binder import Bound, Command, as_magic, as_python, bind, command_of
from binance_nb.grammar.complaints import check_call
from binance_nb.grammar.encoding import encode_parameters, plain_decimal
from binance_nb.grammar.mending import mended_line
from binance_nb.grammar.spelling import did_you_mean, nearest
from binance_nb.grammar.times import find_zone, format_time, parse_duration, parse_time
from binance_nb.grammar.tokens import Piece, Token, expand, point_at, quote, tokenise

__all__ = [
    "Bound",
    "Command",
    "Piece",
    "Token",
    "as_magic",
    "as_python",
    "bind",
    "check_call",
    "command_of",
    "did_you_mean",
    "encode_parameters",
    "expand",
    "find_zone",
    "format_time",
    "mended_line",
    "nearest",
    "parse_duration",
    "parse_time",
    "plain_decimal",
    "point_at",
    "quote",
    "tokenise",
]
