"""Whether the words of an order fit together; where they do not, a refusal says what would."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from binance_nb.errors import UsageError
from binance_nb.trading.everyday.wishes import AMOUNT_WORDS, FLAGS, Wish, dashed, refusal, word_text

__all__ = ["read_wish"]

_AMOUNTS = ("spend", "receive")

_NAME = re.compile(r"[A-Z]{2}[A-Z0-9]{3,18}")

# Two words that do not go together, and why.
_APART = (
    *(
        (amount, other, why)
        for amount in _AMOUNTS
        for other, why in (
            ("quantity", "each of them says how much: one in the quote asset, the other in the base asset"),
            ("price", "an amount of the quote asset goes at the market's price; a limit order needs a quantity"),
            ("stop", "an amount of the quote asset goes at once; what waits for a stop needs a quantity"),
            ("trail", "an amount of the quote asset goes at once; what waits for a stop needs a quantity"),
            ("take_profit", "what follows an order, or ends another, needs a quantity"),
            ("stop_loss", "what follows an order, or ends another, needs a quantity"),
        )
    ),
    ("post_only", "stop", "a stop takes what the book offers, and post-only refuses to"),
    ("post_only", "trail", "a stop takes what the book offers, and post-only refuses to"),
    ("post_only", "time_in_force", "a post-only order stays until it is filled or cancelled"),
    ("stop", "take_profit", "--stop makes a single order, --take-profit one of a list"),
    ("stop", "stop_loss", "--stop makes a single order, --stop-loss one of a list"),
    ("trail", "take_profit", "--trail makes a single order, --take-profit one of a list"),
    ("trail", "stop_loss", "--trail makes a single order, --stop-loss one of a list"),
)
# Words that mean nothing without another.
_WITH = (
    ("post_only", "price", "it waits in the book at a price"),
    ("time_in_force", "price", "only an order with a price stays anywhere"),
    ("iceberg", "price", "it hides a part of what waits in the book"),
    ("stop_limit", "stop_loss", "it is the limit price of that"),
)


def read_wish(side: str, symbol: object, given: Mapping[str, object], asides: Sequence[str] = ()) -> Wish:
    """Return an order in everyday words, once they fit together.

    Args:
        side: BUY or SELL.
        symbol: The symbol.
        given: The words that were given; None and False mean "not given".
        asides: Options of the line that say nothing of the order.

    Returns:
        The wish.

    Raises:
        UsageError: They do not fit together; the suggestion is a line that does, where there is one.
    """
    verb = side.lower()
    if not isinstance(symbol, str) or not symbol:
        raise UsageError(
            f"{verb} needs a symbol.", hint=f"Such as: %binance {verb} BTCUSDT 0.01.", operation=verb, culprit=verb
        )
    if symbol[:1].isdecimal() and _NAME.fullmatch(str(given.get("quantity"))):
        raise _swapped(read_wish(side, given["quantity"], {**given, "quantity": symbol}, asides), symbol)
    said = {
        word: word_text(verb, word, value) for word, value in given.items() if value is not None and value is not False
    }
    wish = Wish(side, symbol, MappingProxyType(said), tuple(asides))
    _check_pairs(wish)
    _check_amount(wish)
    (_check_buy if side == "BUY" else _check_sell)(wish)
    _check_iceberg(wish)
    return wish


def _swapped(meant: Wish, first: str) -> UsageError:
    return refusal(
        meant,
        f"{meant.verb} takes the symbol first, then how much.",
        hint="The other way round.",
        culprit=first,
        more={},
    )


def _check_pairs(wish: Wish) -> None:
    for first, second, why in _APART:
        if first in wish.said and second in wish.said:
            raise refusal(
                wish,
                f"{_named(wish, first)} and {_named(wish, second)} do not go together: {why}.",
                hint=f"Leave out {dashed(first)} or {dashed(second)}.",
                culprit=dashed(second),
            )
    for word, other, why in _WITH:
        if word in wish.said and other not in wish.said:
            raise refusal(
                wish,
                f"{_named(wish, word)} needs {dashed(other)}: {why}.",
                hint=f"Add {dashed(other)}, or leave out {dashed(word)}.",
                culprit=dashed(word),
            )


def _check_amount(wish: Wish) -> None:
    word = next(iter(AMOUNT_WORDS[wish.side]))
    wrong = next((other for other in _AMOUNTS if other != word and other in wish.said), None)
    if wrong is not None:
        raise refusal(
            wish,
            f"A {wish.verb} does not {wrong}: the amount in the quote asset is called {dashed(word)} here.",
            hint=f"Write {dashed(word)} {wish.said[wrong]}.",
            without=(wrong,),
            culprit=dashed(wrong),
            more={word: wish.said[wrong]},
        )
    if "quantity" not in wish.said and word not in wish.said:
        raise refusal(
            wish,
            f"{wish.verb} needs how much.",
            hint=f"A quantity, a share of the balance such as 50%, or {dashed(word)} and an amount of the quote asset.",
            culprit=wish.symbol,
        )
    has_price = wish.side == "SELL" or "price" in wish.said
    waits = next((word for word in ("stop", "trail") if word in wish.said), None)
    if wish.percent is not None and waits and not has_price:
        raise refusal(
            wish,
            f"What {wish.said['quantity']} of the balance will buy is not known before {dashed(waits)} sets it off.",
            hint="Give a quantity, or a limit price with --price.",
            culprit=wish.said["quantity"],
        )


def _check_buy(wish: Wish) -> None:
    if not wish.is_followed:
        return
    price, profit, loss = (wish.number(word) for word in ("price", "take_profit", "stop_loss"))
    if price is None:
        given = " and ".join(dashed(word) for word in ("take_profit", "stop_loss") if word in wish.said)
        raise refusal(
            wish,
            f"A buy with {given} needs --price: the order that goes first in such a list has one.",
            hint="Add --price with the price to buy at.",
            culprit=given.partition(" ")[0],
        )
    for word, bound, is_right, lies in (
        ("take_profit", profit, profit is None or profit > price, "above"),
        ("stop_loss", loss, loss is None or loss < price, "below"),
    ):
        if bound is not None and not is_right:
            raise refusal(
                wish,
                f"{dashed(word)} {wish.said[word]} does not lie {lies} the price {wish.said['price']}.",
                hint="What is bought is sold above its price with a profit, or below it before the loss grows.",
                culprit=wish.said[word],
            )


def _check_sell(wish: Wish) -> None:
    listed = [word for word in ("take_profit", "stop_loss") if word in wish.said]
    if not listed:
        return
    if "price" in wish.said:
        raise refusal(
            wish,
            f"A sell with --price and {dashed(listed[0])} can be read in two ways: sell at the price and buy back "
            "later, or sell what is held at the better of two prices.",
            hint="For the second, which is an OCO, write --take-profit and --stop-loss without --price; "
            "for the first, use order_list_oto.",
            culprit=dashed(listed[0]),
            without=("price",),
            more={"take_profit": wish.said["price"]} if listed == ["stop_loss"] else None,
        )
    if len(listed) == 1:
        other = "stop_loss" if listed == ["take_profit"] else "take_profit"
        alone = "price" if listed == ["take_profit"] else "stop"
        limit = {"price": wish.said["stop_limit"]} if "stop_limit" in wish.said else {}
        raise refusal(
            wish,
            f"{dashed(listed[0])} alone makes no list: a sell at that price or a better one is {dashed(alone)}."
            if alone == "price"
            else f"{dashed(listed[0])} alone makes no list: a sell that this price sets off is {dashed(alone)}.",
            hint=f"Write {dashed(alone)} {wish.said[listed[0]]}, or add {dashed(other)} for an OCO of both.",
            without=(*listed, "stop_limit"),
            culprit=dashed(listed[0]),
            more={alone: wish.said[listed[0]], **limit},
        )


def _check_iceberg(wish: Wish) -> None:
    shown = wish.number("iceberg")
    if shown is None:
        return
    stays = wish.said.get("time_in_force", "GTC")
    if stays != "GTC":
        raise refusal(
            wish,
            f"An iceberg order stays in the book; with --time-in-force {stays} it would not.",
            hint="Leave out --time-in-force, or --iceberg.",
            culprit=stays,
        )
    if wish.percent is None and shown > Decimal(wish.said["quantity"]):
        raise refusal(
            wish,
            f"--iceberg {wish.said['iceberg']} is more than the quantity {wish.said['quantity']}.",
            hint="It is the part of the quantity that the book shows.",
            culprit=wish.said["iceberg"],
        )


def _named(wish: Wish, word: str) -> str:
    return dashed(word) if word in FLAGS else f"{dashed(word)} {wish.said[word]}"
