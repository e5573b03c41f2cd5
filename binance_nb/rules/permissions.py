"""What symbol and account allow at all, whatever the numbers of an order are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from binance_nb.catalog import Endpoint
from binance_nb.rules.facts import OrderFacts, SymbolTerms
from binance_nb.rules.legs import Leg
from binance_nb.rules.lines import RuleLine

__all__ = ["permission_lines"]

_TRADING = "TRADING"
# Parameters that a symbol has to allow, and the switch of exchange_info for each.
_SWITCHED = (
    ("icebergQty", "icebergAllowed"),
    ("quoteOrderQty", "quoteOrderQtyMarketAllowed"),
    ("trailingDelta", "allowTrailingStop"),
    ("pegPriceType", "pegInstructionsAllowed"),
)


def permission_lines(endpoint: Endpoint, legs: Sequence[Leg], facts: OrderFacts) -> list[RuleLine]:
    """Hold a call against what symbol and account allow.

    Args:
        endpoint: The endpoint to be called.
        legs: The orders of the call.
        facts: What is known.

    Returns:
        A line for each thing that has to be allowed.
    """
    if not legs:
        return []
    return [*_symbol_lines(endpoint, legs, facts), *_account_lines(endpoint, legs[0].sent, facts)]


def _line(rule: str, what: str, sent: str, bound: str, is_kept: bool | None, note: str = "") -> RuleLine:
    verdict = RuleLine.verdict_of(is_kept)
    return RuleLine(rule, what, sent, bound, verdict, note=note)


def _symbol_lines(endpoint: Endpoint, legs: Sequence[Leg], facts: OrderFacts) -> Iterator[RuleLine]:
    symbol, terms = legs[0].sent.get("symbol", ""), facts.terms
    if terms is None:
        why = facts.missing.get("exchange_info", "")
        yield _line("STATUS", f"status of {symbol}", "", _TRADING, None, why)
        return
    yield _line("STATUS", f"status of {symbol}", terms.status, _TRADING, terms.status == _TRADING)
    for kind, name in dict.fromkeys((leg.kind, leg.name("type")) for leg in legs if leg.is_new and leg.kind):
        is_taken = not terms.order_types or kind in terms.order_types
        yield _line("ORDER_TYPES", name or "type", kind, ", ".join(terms.order_types), is_taken)
    yield from _switches(endpoint, legs, terms)
    mode = legs[0].sent.get("selfTradePreventionMode")
    if mode is not None:
        is_taken = not terms.stp_modes or mode in terms.stp_modes
        yield _line("SELF_TRADE_MODES", "selfTradePreventionMode", mode, ", ".join(terms.stp_modes), is_taken)
    if _is_routed(endpoint):
        is_routed = None if facts.routed is None else symbol in facts.routed
        yield _line("SOR", "symbol", symbol, ", ".join(facts.routed or ()) or "routed symbols", is_routed)


def _switches(endpoint: Endpoint, legs: Sequence[Leg], terms: SymbolTerms) -> Iterator[RuleLine]:
    for leg in legs:
        for word, flag in _SWITCHED:
            if leg.name(word) in leg.sent:
                is_on = terms.allows(flag)
                yield _line(flag, leg.name(word), leg.sent[leg.name(word)], f"{flag} {str(is_on).lower()}", is_on)
    for flag in _needed(endpoint, legs):
        is_on = terms.allows(flag)
        yield _line(flag, "call", endpoint.name, f"{flag} {str(is_on).lower()}", is_on)


def _needed(endpoint: Endpoint, legs: Sequence[Leg]) -> Iterator[str]:
    """Yield the switches for the call itself."""
    names = endpoint.by_name
    if any(leg.is_new for leg in legs):
        yield "isSpotTradingAllowed"
    if "cancelReplaceMode" in names:
        yield "cancelReplaceAllowed"
    if "newQty" in names:
        yield "amendAllowed"
    if "workingType" in names:
        yield "otoAllowed"
        if "pendingQuantity" not in names:
            yield "opoAllowed"
    if len(legs) - ("workingType" in names) > 1:
        yield "ocoAllowed"


def _is_routed(endpoint: Endpoint) -> bool:
    return endpoint.path.startswith("/api/v3/sor/")


def _account_lines(endpoint: Endpoint, sent: Mapping[str, str], facts: OrderFacts) -> Iterator[RuleLine]:
    account = facts.account
    if account is None:
        why = facts.missing.get("account", "")
        yield _line("CAN_TRADE", "account", "", "canTrade true", None, why)
        return
    can_trade = bool(account.get("canTrade", True))
    yield _line("CAN_TRADE", "account", f"canTrade {str(can_trade).lower()}", "canTrade true", can_trade)
    held = tuple(account.get("permissions", ()))
    for choices in facts.terms.permission_sets if facts.terms else ():
        is_kept = bool(set(choices) & set(held)) if held else None
        yield _line("PERMISSIONS", "permissions of the account", _some(held), f"one of {_some(choices)}", is_kept)
    if account.get("requireSelfTradePrevention") and sent.get("selfTradePreventionMode") == "NONE":
        bound = "requireSelfTradePrevention true"
        yield _line("SELF_TRADE_MODES", "selfTradePreventionMode", "NONE", bound, False)
    if _is_routed(endpoint) and account.get("preventSor"):
        yield _line("SOR", "account", "preventSor true", "preventSor false", False)


_SHOWN = 6


def _some(words: Sequence[str]) -> str:
    """Return a few of many words; an account may hold hundreds of permissions."""
    return ", ".join(words) if len(words) <= _SHOWN else f"{', '.join(words[:_SHOWN])} and {len(words) - _SHOWN} more"
