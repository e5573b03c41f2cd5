"""The verbs that are not the exchange's, and the options that every line takes, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from binance_nb.catalog import ENDPOINTS
from binance_nb.grammar import Command, command_of
from binance_nb.reading import READING_OPTIONS, options_of

__all__ = ["LINE_OPTIONS", "OWN_VERBS", "OwnVerb", "command_for"]


@dataclass(frozen=True)
class OwnVerb:
    """A verb of this package.

    Attributes:
        about: What it does.
        usage: How a line with it looks.
        example: A line that runs.
        places: What is given by place.
        options: What its options do, by name.
    """

    about: str
    usage: str
    example: str
    places: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


OWN_VERBS: Mapping[str, OwnVerb] = {
    "use": OwnVerb(
        "Goes to an environment: market, live, testnet, demo, sandbox, or a base URL.",
        "%binance use ENVIRONMENT [--option value]",
        "%binance use sandbox --seed 1 --frozen 2024-06-01T12:00",
        places=("environment",),
        options={
            "seed": "sandbox: which made-up market, a whole number",
            "frozen": "sandbox: the moment at which its clock stands",
            "speed": "sandbox: how many times as fast as here its clock runs",
            "archives": "sandbox: folder of bulk files whose recorded candles it serves",
            "port": "sandbox: port to listen on; any free one when left out",
        },
    ),
    "status": OwnVerb(
        "Shows where you stand: environment, key, clock, weight used. %binance alone does the same.",
        "%binance status",
        "%binance status",
    ),
    "keys": OwnVerb(
        "Asks for an API key and its secret without showing them, and uses them until you go elsewhere.",
        "%binance keys",
        "%binance keys",
    ),
    "gauge": OwnVerb(
        "Shows weight used, clock and environment as a widget that follows your calls.",
        "%binance gauge",
        "%binance gauge",
    ),
    "lasterror": OwnVerb(
        "Shows the card of the last error again.",
        "%binance lasterror",
        "%binance lasterror",
    ),
    "help": OwnVerb(
        "Lists the verbs, or says all about one.",
        "%binance help [VERB]",
        "%binance help klines",
        places=("verb",),
    ),
}

LINE_OPTIONS: Mapping[str, str] = {
    "dry_run": "the request, its weight and the text that is signed; nothing is sent",
    "plan": "what it would take: rows, requests, weight, time; at most a first page is fetched",
}
"""Options that only a magic line takes, beside the reading options."""


def command_for(verb: str) -> Command | None:
    """Return what may stand behind a verb.

    Args:
        verb: One of ours or of the catalog.

    Returns:
        The command, or None for a verb that does not exist.
    """
    if own := OWN_VERBS.get(verb):
        return Command(verb, own.places, options=(*own.places, *own.options))
    if verb not in ENDPOINTS:
        return None
    endpoint = ENDPOINTS[verb]
    flags = [name for name, (kind, _) in READING_OPTIONS.items() if kind == "bool"]
    return command_of(endpoint, (*options_of(endpoint), *LINE_OPTIONS), (*flags, *LINE_OPTIONS))
