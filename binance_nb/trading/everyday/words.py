"""Everyday words as the call they mean: pure, with the reasons.

    buy BTCUSDT 0.01                                             MARKET
    buy BTCUSDT 0.01 --price 60000                               LIMIT, GTC
    sell BTCUSDT 0.01 --stop 58000                               STOP_LOSS or TAKE_PROFIT, by where the stop lies
    sell BTCUSDT 50% --take-profit 70000 --stop-loss 58000       OCO

What is given decides the kind of order; what does not fit together is refused and nothing is guessed. Digits travel as
they were given. Only a share of a balance may have to be cut, and the reasons say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from binance_nb.trading.everyday.shares import Share, base_share, bought_share, plain, quote_share
from binance_nb.trading.everyday.wishes import Wish, refusal

__all__ = ["Built", "MarketFacts", "build", "needed_facts"]

# What these answer by themselves says what became of the order; the others have to be asked.
_TELLS = ("LIMIT", "MARKET")


@dataclass(frozen=True)
class MarketFacts:
    """What has to be known of the market and the account; only what `needed_facts` names.

    Attributes:
        last: The last price.
        free: The free balance of what is given away.
        asset: The name of that asset.
        step: What a quantity is a multiple of.
        quote_step: The smallest part of the quote asset.
    """

    last: Decimal | None = None
    free: Decimal | None = None
    asset: str = ""
    step: Decimal | None = None
    quote_step: Decimal | None = None


@dataclass(frozen=True)
class Built:
    """A call of the catalog.

    Attributes:
        operation: Its name.
        parameters: What it is given, by our names.
        why: What was inferred and from what, a sentence each.
    """

    operation: str
    parameters: Mapping[str, str | int]
    why: tuple[str, ...] = field(default=())


def needed_facts(wish: Wish) -> frozenset[str]:
    """Return what has to be known before an order can be built.

    Args:
        wish: What a person asked for.

    Returns:
        ``last`` for the last price, ``share`` for a balance and the steps.
    """
    needed = set()
    if "stop" in wish.said or wish.is_closing_pair:
        needed.add("last")
    if wish.percent is not None:
        needed.add("share")
    return frozenset(needed)


def build(wish: Wish, facts: MarketFacts) -> Built:
    """Return the call that a person asked for.

    Args:
        wish: What they asked for.
        facts: What `needed_facts` names.

    Returns:
        The call, which the catalog's rules accept, and the reasons.

    Raises:
        UsageError: A price lies on the wrong side, or a share of the balance is less than one step.
    """
    amount, why = _amount(wish, facts)
    if wish.is_closing_pair:
        return _closing_pair(wish, facts, amount, why)
    if wish.is_followed:
        return _followed(wish, amount, why)
    return _single(wish, facts, amount, why)


# ---- how much


def _amount(wish: Wish, facts: MarketFacts) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return how much is meant, and the sum when it is a share of a balance."""
    for word in ("spend", "receive"):
        if word in wish.said:
            return {"quote_order_qty": wish.said[word]}, ()
    if wish.percent is None:
        return {"quantity": wish.said["quantity"]}, ()
    share = _share(wish, facts, wish.percent)
    if share.sent == 0:
        raise refusal(
            wish,
            f"{share.sum}: that is less than one step of {plain(share.step)}.",
            hint="Ask for a larger share, or choose another symbol.",
            culprit=wish.said["quantity"],
        )
    return {share.parameter: format(share.sent, "f")}, (share.words,)


def _share(wish: Wish, facts: MarketFacts, percent: Decimal) -> Share:
    assert facts.free is not None
    if wish.side == "SELL":
        assert facts.step is not None
        return base_share(percent, facts.free, facts.asset, facts.step)
    if price := wish.number("price"):
        assert facts.step is not None
        return bought_share(percent, facts.free, facts.asset, facts.step, price)
    assert facts.quote_step is not None
    return quote_share(percent, facts.free, facts.asset, facts.quote_step)


# ---- one order


def _single(wish: Wish, facts: MarketFacts, amount: Mapping[str, str], why: tuple[str, ...]) -> Built:
    kind, reason = _kind(wish, facts)
    said, more = wish.said, {}
    if "time_in_force" in said or ("price" in said and kind != "LIMIT_MAKER"):
        more["time_in_force"] = said.get("time_in_force", "GTC")
    more |= amount
    for word, parameter in (("price", "price"), ("stop", "stop_price"), ("iceberg", "iceberg_qty")):
        if word in said:
            more[parameter] = said[word]
    if wish.trail is not None:
        more["trailing_delta"] = str(wish.trail)
    if kind not in _TELLS:
        more["new_order_resp_type"] = "FULL"
    return Built("new_order", {"symbol": wish.symbol, "side": wish.side, "type": kind, **more}, (reason, *why))


def _kind(wish: Wish, facts: MarketFacts) -> tuple[str, str]:
    """Return the type of a single order, and why it is that."""
    if "stop" in wish.said or wish.trail is not None:
        return _stop_kind(wish, facts)
    if "post_only" in wish.said:
        return "LIMIT_MAKER", "LIMIT_MAKER: post-only, so it is refused rather than filled at once."
    if "price" not in wish.said:
        return "MARKET", "MARKET: no price was given, so it takes what the book offers."
    stays = {
        "IOC": "what cannot be filled at once is dropped",
        "FOK": "it is filled at once and whole, or not at all",
    }.get(wish.said.get("time_in_force", ""), "it stays until it is filled or cancelled")
    return "LIMIT", f"LIMIT: a price was given; {stays}."


def _stop_kind(wish: Wish, facts: MarketFacts) -> tuple[str, str]:
    kind, reason = "STOP_LOSS", f"a {wish.verb} that follows the price at a distance of {wish.said.get('trail')}"
    if stop := wish.number("stop"):
        assert facts.last is not None
        _refuse_reached(wish, stop, facts.last)
        is_above = stop > facts.last
        kind = "STOP_LOSS" if is_above == (wish.side == "BUY") else "TAKE_PROFIT"
        lies = "above" if is_above else "below"
        reason = f"a {wish.verb} whose stop {wish.said['stop']} lies {lies} the last price {plain(facts.last)}"
        if wish.trail is not None:
            reason += f", from where it follows the price at a distance of {wish.said['trail']}"
    if "price" in wish.said:
        return f"{kind}_LIMIT", f"{kind}_LIMIT: {reason}; a limit price was given too."
    return kind, f"{kind}: {reason}; without a price, it takes what the book offers then."


def _refuse_reached(wish: Wish, stop: Decimal, last: Decimal) -> None:
    if stop != last:
        return
    raise refusal(
        wish,
        f"The stop {wish.said['stop']} is the last price: it would go off at once.",
        hint="A stop lies above or below the market; for an order at once leave it out.",
        culprit=wish.said["stop"],
    )


# ---- lists of orders


def _closing_pair(wish: Wish, facts: MarketFacts, amount: Mapping[str, str], why: tuple[str, ...]) -> Built:
    profit, loss, last = wish.number("take_profit"), wish.number("stop_loss"), facts.last
    assert profit is not None
    assert loss is not None
    assert last is not None
    for name, is_right, lies in (("take_profit", profit > last, "above"), ("stop_loss", loss < last, "below")):
        if not is_right:
            raise refusal(
                wish,
                f"--{name.replace('_', '-')} {wish.said[name]} does not lie {lies} the last price {plain(last)}.",
                hint="A sell takes its profit above the market and stops its loss below it.",
                culprit=wish.said[name],
            )
    legs = {"above_type": "LIMIT_MAKER", "above_price": wish.said["take_profit"], **_stop_leg(wish, "below_")}
    reason = (
        f"OCO: two sells of which one ends the other, {wish.said['take_profit']} above the last price {plain(last)} "
        f"and {wish.said['stop_loss']} below it."
    )
    return Built("order_list_oco", {"symbol": wish.symbol, "side": "SELL", **amount, **legs}, (reason, *why))


def _followed(wish: Wish, amount: Mapping[str, str], why: tuple[str, ...]) -> Built:
    """Return a buy at a price, and what sells what it bought."""
    said, quantity = wish.said, amount["quantity"]
    working = {"working_type": "LIMIT_MAKER" if "post_only" in said else "LIMIT", "working_side": "BUY"}
    working |= {"working_price": said["price"], "working_quantity": quantity}
    if "iceberg" in said:
        working["working_iceberg_qty"] = said["iceberg"]
    if "post_only" not in said:
        working["working_time_in_force"] = said.get("time_in_force", "GTC")
    follows = {"pending_side": "SELL", "pending_quantity": quantity}
    head = {"symbol": wish.symbol, **working}
    if "stop_loss" not in said:
        leg = {"pending_type": "LIMIT", "pending_price": said["take_profit"], "pending_time_in_force": "GTC"}
        reason = f"OTO: once the buy at {said['price']} is filled, a sell at {said['take_profit']} goes out."
        return Built("order_list_oto", {**head, **leg, **follows}, (reason, *why))
    if "take_profit" not in said:
        reason = f"OTO: once the buy at {said['price']} is filled, a sell with the stop {said['stop_loss']} goes out."
        return Built("order_list_oto", {**head, **_stop_leg(wish, "pending_"), **follows}, (reason, *why))
    legs = {"pending_above_type": "LIMIT_MAKER", "pending_above_price": said["take_profit"]}
    legs |= _stop_leg(wish, "pending_below_")
    reason = (
        f"OTOCO: once the buy at {said['price']} is filled, two sells go out of which one ends the other: "
        f"{said['take_profit']} takes the profit, {said['stop_loss']} stops the loss."
    )
    return Built("order_list_otoco", {**head, **follows, **legs}, (reason, *why))


def _stop_leg(wish: Wish, prefix: str) -> dict[str, str]:
    stop = {f"{prefix}stop_price": wish.said["stop_loss"]}
    if "stop_limit" not in wish.said:
        return {f"{prefix}type": "STOP_LOSS", **stop}
    limit = {f"{prefix}price": wish.said["stop_limit"], f"{prefix}time_in_force": "GTC"}
    return {f"{prefix}type": "STOP_LOSS_LIMIT", **stop, **limit}
