"""How long Tab takes on a line of ours, with three thousand symbols known.

The floor is IPython's own completion of a Python name in the same shell, without Jedi, which takes longer and whose
time depends on what it has seen before. The texts take turns, so that a busy moment of the machine hits all alike.
"""

from __future__ import annotations

import json
import time
from itertools import product
from statistics import median, quantiles
from string import ascii_uppercase
from typing import Any

from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from binance_nb.catalog import ENDPOINTS

ROUNDS = 100
QUOTES = ("USDT", "BTC", "FDUSD")
SYMBOLS = [
    f"{''.join(letters)}{quote}" for letters in product("ABC", ascii_uppercase, ascii_uppercase) for quote in QUOTES
]
SYMBOLS = SYMBOLS[:3000]
FLOOR = "a Python name (floor)"
TEXTS = {
    FLOOR: "x = a_long_na",
    "a verb": "%binance kl",
    "any symbol": "%binance klines ",
    "a symbol": "df = %binance klines BC",
    "a symbol in small letters": "%binance klines bc",
    "a symbol in a list": "%binance ticker_price symbols=AABUSDT,BC",
    "an option": "%binance klines AABUSDT 1h --sta",
    "a time": "%binance klines AABUSDT 1h --start -3",
    "a time zone": "%binance klines AABUSDT 1h --tz Europe/Be",
    "a symbol in a call": 'session.klines("BC',
}


def main() -> None:
    shell = prepared_shell()
    spent: dict[str, list[float]] = {name: [] for name in TEXTS}
    names, found = list(TEXTS), {}
    for turn in range(ROUNDS):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            started = time.perf_counter()
            found[name] = len(ask(shell, TEXTS[name]))
            spent[name].append((time.perf_counter() - started) * 1000)

    floor = median(spent[FLOOR])
    print(f"{f'{len(SYMBOLS)} symbols, ms':26} {'found':>6} {'median':>7} {'95 %':>7} {'of the floor':>13}")
    for name, each in spent.items():
        print(
            f"  {name:24} {found[name]:6} {median(each):7.2f} {quantiles(each, n=20)[-1]:7.2f}"
            f" {median(each) / floor:13.2f}"
        )


def prepared_shell() -> Any:  # Any: most of what IPython's shell can do has no types
    config = Config()
    config.HistoryManager.enabled = False
    config.Completer.use_jedi = False
    shell: Any = InteractiveShell.instance(config=config)
    shell.run_line_magic("load_ext", "binance_nb")
    shell.run_line_magic("binance", "use http://127.0.0.1:1")  # nobody answers there, and nobody is asked
    shell.push({"a_long_name": 1, "session": shell.magics_manager.registry["BinanceMagics"].session})
    pass_by(shell)
    return shell


def pass_by(shell: Any) -> None:
    """Let an exchange_info and a 24h ticker pass by, as if the exchange had been asked."""
    client = shell.user_ns["session"].client
    listed = [{"symbol": name, "quoteAsset": name.removeprefix(name[:3])} for name in SYMBOLS]
    traded = [
        {"symbol": name, "lastPrice": "1.5", "quoteVolume": f"{at * 7919 % 3001}"} for at, name in enumerate(SYMBOLS)
    ]
    for verb, said in (("exchange_info", {"symbols": listed}), ("ticker_24hr", traded)):
        client.symbols.learn(ENDPOINTS[verb], {}, json.dumps(said).encode(), client.budget)


def ask(shell: Any, text: str) -> list[Any]:
    with provisionalcompleter():
        return list(shell.Completer.completions(text, len(text)))


if __name__ == "__main__":
    main()
