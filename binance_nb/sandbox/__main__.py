"""``python -m binance_nb.sandbox``: the exchange in a box, by itself or as somebody's child.

Alone it says where it listens and ends with Ctrl-C. With ``--json --parent-pipe`` it prints one line of JSON when it
is ready, and ends when its standard input closes, which happens however its parent ends.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import math
import os
import secrets
import signal
import socket
import sys
import threading
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from binance_nb.sandbox.clock import Clock, moment_ms

if TYPE_CHECKING:
    from binance_nb.sandbox.door.keys import ApiKey
    from binance_nb.sandbox.door.public_keys import PublicKey
    from binance_nb.sandbox.exchange import Exchange
    from binance_nb.sandbox.matching.accounts import Account
    from binance_nb.sandbox.recorded import Recorded
    from binance_nb.sandbox.venue import Venue

_HOST = "127.0.0.1"
_PROGRAM = "binance_nb.sandbox"
_HIGHEST_PORT = 65535
_HIGHEST_SPEED = 1e9


class _Parser(argparse.ArgumentParser):
    """Refuses in one line: the launcher hands it on to a person."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _moment(text: str) -> int:
    try:
        return moment_ms(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no moment; write it like 2024-06-01T12:00:00Z, or in milliseconds since 1970"
        ) from None


def _speed(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 < rate <= _HIGHEST_SPEED:
        raise argparse.ArgumentTypeError(f"{text!r} is no speed; 1 is as fast as life, and --frozen stands still")
    return rate


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; 0 takes any that is free")
    return int(text)


def _seed(text: str) -> int:
    if not text.removeprefix("-").isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no seed; any whole number is one")
    return int(text)


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text} is not a folder")
    return Path(text)


def _public_key(text: str) -> PublicKey:
    # Imported for those who register a key, and refused at once like every other option.
    from binance_nb.sandbox.door.public_keys import read_public_key

    try:
        return read_public_key(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(_PROGRAM, description="A Spot exchange on 127.0.0.1, with a made-up market and nothing to lose.")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on; 0, the default, takes a free one")
    parser.add_argument("--seed", type=_seed, default=1, help="which made-up market, and which keys (default: 1)")
    parser.add_argument("--frozen", type=_moment, metavar="TIME", help="let the clock stand at this moment")
    parser.add_argument("--speed", type=_speed, metavar="RATE", help="let the clock run so many times as fast")
    parser.add_argument("--archives", type=_folder, metavar="DIR", help="serve the recorded candles in this folder")
    parser.add_argument(
        "--public-key",
        type=_public_key,
        action="append",
        default=[],
        metavar="FILE",
        help="register this RSA or Ed25519 public key (PEM) with the account; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="say in one line of JSON when it is ready")
    parser.add_argument("--parent-pipe", action="store_true", help="end when standard input closes")
    return parser


def main() -> int:
    """Run the sandbox until it is told to end.

    Returns:
        The exit status; unusable options leave with 2 and one sentence on standard error.
    """
    parser = _parser()
    options = parser.parse_args()
    if options.frozen is not None and options.speed is not None:
        parser.error("argument --speed: a clock that stands has no speed; leave --speed or --frozen out")
    # The heavy imports come after the options and the port, so that a wrong one is refused at once.
    with _listening(options.port, parser) as listening:
        return _run(options, parser, listening)


def _listening(port: int, parser: argparse.ArgumentParser) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE
        reason = "is already in use" if is_taken else f"cannot be listened on: {os.strerror(error.errno or 0)}"
        parser.error(f"argument --port: port {port} {reason}")


def _run(options: argparse.Namespace, parser: argparse.ArgumentParser, listening: socket.socket) -> int:
    from binance_nb.sandbox.door.keys import account_keys, registered
    from binance_nb.sandbox.exchange import Exchange
    from binance_nb.sandbox.venue import Venue

    recorded = _recorded(options.archives, parser)
    rate = 0.0 if options.frozen is not None else options.speed or 1.0
    clock, instance = Clock(options.frozen, rate), secrets.token_hex(4)
    venue = Venue(options.seed, is_frozen=clock.is_frozen, recorded=recorded)
    keys = {name: account_keys(options.seed, name) for name in venue.accounts}
    others = [registered(options.seed, public_key) for public_key in options.public_key]
    place = f"{_HOST}:{listening.getsockname()[1]}"
    ready = {
        "url": f"http://{place}",
        "ws_url": f"ws://{place}",
        "archive_url": f"http://{place}",
        **_first_keys(keys["main"]),
        "registered": [{"api_key": key.api_key, "kind": key.kind} for key in others],
        "accounts": [_account(account, keys[account.name]) for account in venue.accounts.values()],
        "pid": os.getpid(),
        "clock": {"origin_ms": clock.now_ms(), "rate": clock.rate},
        "seed": options.seed,
        "instance": instance,
        "archives": str(options.archives) if recorded else None,
        "recorded": [vars(part) for part in recorded.coverage()] if recorded else [],
    }
    said = json.dumps(ready) if options.json else _in_words(ready)
    exchange = Exchange(venue, (*chain(*keys.values()), *others), clock, instance)
    asyncio.run(_serve(exchange, venue, clock, listening, said, ends_with_input=options.parent_pipe))
    return 0


def _recorded(folder: Path | None, parser: argparse.ArgumentParser) -> Recorded | None:
    if folder is None:
        return None
    from binance_nb.errors import StoreError
    from binance_nb.sandbox.recorded import Recorded

    try:
        return Recorded(folder)
    except StoreError as error:
        parser.error(f"argument --archives: {error}")


def _first_keys(keys: tuple[ApiKey, ...]) -> dict[str, Any]:
    trading, reading, *_ = keys
    pair = {"api_key": reading.api_key, "secret_key": reading.secret_key}
    return {"api_key": trading.api_key, "secret_key": trading.secret_key, "read_only": pair}


def _account(account: Account, keys: tuple[ApiKey, ...]) -> dict[str, Any]:
    return {"name": account.name, "uid": account.uid, "keys": [key.as_json() for key in keys]}


async def _serve(
    exchange: Exchange, venue: Venue, clock: Clock, listening: socket.socket, said: str, *, ends_with_input: bool
) -> None:
    from binance_nb.sandbox.house import House

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows, where Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(number, stop.set)
    house = House(exchange, venue, clock)
    await house.open(listening)
    print(said, flush=True)
    if ends_with_input:
        threading.Thread(target=_wait_for_end, args=(loop, stop), daemon=True).start()
    await stop.wait()
    await house.close()


def _wait_for_end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # Not sys.stdin, whose lock would hold up the interpreter's end.
    while os.read(0, 1024):
        pass
    with suppress(RuntimeError):  # the loop has ended before
        loop.call_soon_threadsafe(stop.set)


def _in_words(ready: dict[str, Any]) -> str:
    clock, pair = ready["clock"], ready["read_only"]
    runs = f"runs {clock['rate']:g} times as fast as life from" if clock["rate"] else "stands at"
    return "\n".join(
        [
            f"The sandbox exchange (seed {ready['seed']}) listens on {ready['url']}",
            f"  key        {ready['api_key']}",
            f"  secret     {ready['secret_key']}",
            f"  read only  {pair['api_key']}",
            f"  secret     {pair['secret_key']}",
            *(f"  {key['kind']:<9}  {key['api_key']}" for key in ready["registered"]),
            *(line for account in ready["accounts"][1:] for line in _account_in_words(account)),
            f"  streams    {ready['ws_url']}/ws, /stream and /ws-api/v3",
            f"  control    {ready['url']}/sandbox/faults, /log, /clock, /deposit, /lock and /keys",
            f"  clock      {runs} {clock['origin_ms']} ms since 1970",
            *(f"  recorded   {part['symbol']} {part['interval']}" for part in ready["recorded"]),
            "Ctrl-C ends it.",
        ]
    )


def _account_in_words(account: dict[str, Any]) -> tuple[str, str]:
    trading = account["keys"][0]
    return f"  {account['name']:<9}  {trading['api_key']}", f"  secret     {trading['secret_key']}"


if __name__ == "__main__":
    sys.exit(main())
