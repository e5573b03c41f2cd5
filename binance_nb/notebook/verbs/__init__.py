"""The verbs that are not the exchange's, and the options that every line takes, as data.

Each file here holds the verbs of one topic, and what runs a line with them.
"""

from __future__ import annotations

from collections.abc import Mapping

from binance_nb.catalog import ENDPOINTS
from binance_nb.errors import UsageError
from binance_nb.grammar import Command, Token, command_of, did_you_mean, nearest
from binance_nb.notebook.verbs import core, history, journal, keys, live, orders, safety, sharing, tape
from binance_nb.notebook.verbs.own import OwnVerb
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

OWN_VERBS: Mapping[str, OwnVerb] = {
    **core.VERBS,
    **orders.VERBS,
    **journal.VERBS,
    **keys.VERBS,
    **safety.VERBS,
    **history.VERBS,
    **live.VERBS,
    **tape.VERBS,
    **sharing.VERBS,
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
        options = tuple(dict.fromkeys((*own.places, *own.options)))
        return Command(verb, own.places, {}, options, frozenset(own.flags), own.known_as, own.spare, own.rest)
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
