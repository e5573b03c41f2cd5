"""The verbs that are not the exchange's, and the options that every line takes, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import UsageError
from binance_nb.grammar import Command, Token, command_of, did_you_mean, nearest
from binance_nb.reading import READING_OPTIONS, options_of

__all__ = [
    "CELL",
    "LINE_OPTIONS",
    "OWN_VERBS",
    "VALUED_LINE_OPTIONS",
    "OwnVerb",
    "command_for",
    "unknown_verb",
    "verb_of",
]


@dataclass(frozen=True)
class OwnVerb:
    """A verb of this package.

    Attributes:
        about: What it does.
        usage: How a line with it looks.
        example: A line that runs.
        python: What the example equals in a script.
        places: What is given by place.
        options: What its options do, by name.
    """

    about: str
    usage: str
    example: str
    python: str
    places: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


OWN_VERBS: Mapping[str, OwnVerb] = {
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
        },
    ),
    "status": OwnVerb(
        "Shows where you stand: environment, key, clock, weight used. %binance alone does the same.",
        "%binance status",
        "%binance status",
        "session.status()",
    ),
    "keys": OwnVerb(
        "Asks for an API key and its secret without showing them, and uses them until you go elsewhere.",
        "%binance keys",
        "%binance keys",
        'session = binance_nb.connect("testnet", api_key=getpass("Key: "), secret_key=getpass("Secret: "))',
    ),
    "gauge": OwnVerb(
        "Shows weight used, clock and environment as a widget that follows your calls.",
        "%binance gauge",
        "%binance gauge",
        "binance_nb.widgets.Gauge(session.status)  # import binance_nb.widgets",
    ),
    "lasterror": OwnVerb(
        "Shows the card of the last error again.",
        "%binance lasterror",
        "%binance lasterror",
        "try:\n    session.ping()\nexcept BinanceError as error:  # from binance_nb.errors\n"
        "    print(error_card(error))  # from binance_nb.rendering",
    ),
    "help": OwnVerb(
        "Lists the verbs, or says all about one, about an error code or a filter; help errors lists those.",
        "%binance help [VERB | CODE | FILTER | errors]",
        "%binance help klines",
        "help(binance_nb.Session.klines)",
        places=("verb",),
    ),
}

CELL = OwnVerb(
    "Makes the calls of a cell together, a line each; name = keeps an answer. Its page says more: %%binance?",
    "%%binance [NAME]",
    "%%binance market\nhours = klines BTCUSDT 1h --start -30d\nminutes = klines BTCUSDT 1m --start {hours.index[-2]}",
    "market = session.together({\n"
    '    "hours": Call("klines", "BTCUSDT", "1h", start="-30d"),\n'
    '    "minutes": Call("klines", "BTCUSDT", "1m", start=Later("hours", then=lambda hours: hours.index[-2])),\n'
    "})  # from binance_nb import Call, Later",
)
"""The cell magic, which has a page of help as verbs have."""

LINE_OPTIONS: Mapping[str, str] = {
    "dry_run": "the request, its weight and the text that is signed; nothing is sent",
    "plan": "what it would take: rows, requests, weight, time; at most a first page is fetched",
    "env": "where this one line goes: market, live, testnet, demo, sandbox, or a base URL",
}
"""Options that only a magic line takes, beside the reading options."""

VALUED_LINE_OPTIONS = ("env",)
"""Those of them that need a value."""


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
    flags += [name for name in LINE_OPTIONS if name not in VALUED_LINE_OPTIONS]
    return command_of(endpoint, (*options_of(endpoint), *LINE_OPTIONS), flags)


def verb_of(token: Token) -> str:
    """Return the verb that a line begins with.

    Args:
        token: Its first token.

    Returns:
        The verb.

    Raises:
        UsageError: There is none of that name.
    """
    if token.kind == "word" and token.is_literal and command_for(token.value) is not None:
        return token.value
    raise unknown_verb(token.text)


def unknown_verb(said: str) -> UsageError:
    """Return the error for a verb that does not exist.

    Args:
        said: What was written.

    Returns:
        The error, with the nearest verb as its suggestion.
    """
    verbs = [*OWN_VERBS, *ENDPOINTS]
    return UsageError(
        f"There is no verb {said!r}.",
        hint=did_you_mean(said, verbs) or "%binance help lists them all.",
        suggestion=next(iter(nearest(said, verbs)), None) or "%binance help",
        culprit=said,
    )
