"""Verbs about the session: where it goes, where it stands, what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from binance_nb.grammar import Bound
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.rendering import Sheet, status_sheet

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk

__all__ = ["VERBS"]


def _use(desk: Desk, bound: Bound) -> Sheet:
    return desk.use(bound)


def _status(desk: Desk, bound: Bound) -> Sheet:
    return status_sheet(desk.session_for(bound).status())


def _gauge(desk: Desk, bound: Bound) -> Any:  # Any: ipywidgets has no types
    return desk.gauge()


def _lasterror(desk: Desk, bound: Bound) -> Sheet:
    return desk.card() if desk.last_error else Sheet("No error so far.", is_framed=False)


def _help(desk: Desk, bound: Bound) -> Sheet:
    verb = bound.options.get("verb")
    return desk.page(None if verb is None else str(verb))


VERBS: Mapping[str, OwnVerb] = {
    "use": OwnVerb(
        "Goes to an environment: market, live, testnet, demo, sandbox, or a base URL.",
        "%binance use ENVIRONMENT [--option value]",
        "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00",
        'session = binance_nb.connect("sandbox", seed=1, frozen="2024-06-01T12:00")',
        places=("environment",),
        options={
            "seed": "sandbox: which made-up market, a whole number",
            "frozen": "sandbox: the moment at which its clock stands",
            "speed": "sandbox: how many times as fast as here its clock runs",
            "archives": "sandbox: folder of bulk files whose recorded candles it serves",
            "port": "sandbox: port to listen on; any free one when left out",
            "profile": "which of several keys for that environment; %binance keys --show lists them",
            "keys_file": "a file of variables to take its key from, and from nowhere else",
        },
        run=_use,
    ),
    "status": OwnVerb(
        "Shows where you stand: environment, key, clock, weight used. %binance alone does the same.",
        "%binance status [--env NAME]",
        "%binance status",
        "session.status()",
        options={"env": "the place to tell of, when lines have gone there with --env"},
        run=_status,
    ),
    "gauge": OwnVerb(
        "Shows weight used, clock and environment as a widget that follows your calls.",
        "%binance gauge",
        "%binance gauge",
        "binance_nb.widgets.Gauge(session.status)  # import binance_nb.widgets",
        run=_gauge,
    ),
    "lasterror": OwnVerb(
        "Shows the card of the last error again.",
        "%binance lasterror",
        "%binance lasterror",
        "try:\n    session.ping()\nexcept BinanceError as error:  # from binance_nb.errors\n"
        "    print(error_card(error))  # from binance_nb.rendering",
        run=_lasterror,
    ),
    "help": OwnVerb(
        "Lists the verbs, or says all about one, about an error code or a filter; help errors lists those.",
        "%binance help [VERB | CODE | FILTER | errors]",
        "%binance help klines",
        "help(binance_nb.Session.klines)",
        places=("verb",),
        run=_help,
    ),
}
