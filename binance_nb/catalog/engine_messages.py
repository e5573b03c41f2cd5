"""The matching engine's own refusals: texts that -1010, -2010, -2011 and -2038 share.

The code tells only what was tried (an order, a cancel, an amendment); the reason is in the text.
"""

from __future__ import annotations

from binance_nb.catalog.error_code import ServerMessage

__all__ = ["ENGINE_CODES", "ENGINE_MESSAGES"]

ENGINE_CODES = (-1010, -2010, -2011, -2038)


def _not_on_symbol(template: str, what: str, instead: str, flag: str | None = None) -> ServerMessage:
    listed = f"{flag} in exchange_info" if flag else "orderTypes in exchange_info"
    return ServerMessage(
        template,
        cause=f"This symbol does not take {what}.",
        remedy=f"{instead} Beforehand, {listed} tells what the symbol takes.",
        symbol_flag=flag,
    )


def _no_trading(template: str, door: str) -> ServerMessage:
    return ServerMessage(
        template,
        cause=f"The exchange takes no orders through {door} at the moment; market data may still come.",
        remedy="Wait and try again, and read the exchange's notices. Open orders stay as they are.",
    )


def _thin_book(template: str, what: str, remedy: str) -> ServerMessage:
    return ServerMessage(template, f"The order is sized by quoteOrderQty, and {what}.", remedy, look="depth")


ENGINE_MESSAGES = (
    ServerMessage(
        "Unknown order sent.",
        cause="No open order has this id: it has filled, was cancelled, has expired, or belongs to another symbol.",
        remedy="Look it up with get_order to see how it ended; open_orders lists what can still be cancelled.",
        seen_with=(-2011,),
    ),
    ServerMessage(
        "Duplicate order sent.",
        cause="An open order already has this client order id, so this one was probably sent before.",
        remedy="Look the first one up by its id with get_order. For a second order choose another newClientOrderId.",
    ),
    ServerMessage(
        "Market is closed.",
        cause="The symbol is not trading at the moment, for maintenance or because it was delisted.",
        remedy="Check its status in exchange_info and try again once it says TRADING.",
    ),
    ServerMessage(
        "Account has insufficient balance for requested action.",
        cause="The order needs more than the free balance: quantity in the base asset to sell, price × quantity in the "
        "quote asset to buy.",
        remedy="Check free and locked in account. Open orders lock balance and fees may have been taken from what you "
        "bought, so round the quantity down to stepSize.",
        seen_with=(-2010,),
        look="account",
    ),
    _not_on_symbol(
        "Market orders are not supported for this symbol.",
        "MARKET orders",
        "Use a LIMIT order with timeInForce IOC at a price you accept.",
    ),
    _not_on_symbol(
        "Iceberg orders are not supported for this symbol.",
        "iceberg orders",
        "Leave icebergQty out and split the order yourself if it is large.",
        "icebergAllowed",
    ),
    _not_on_symbol(
        "Stop loss orders are not supported for this symbol.",
        "STOP_LOSS orders",
        "Use STOP_LOSS_LIMIT with a price a little beyond the stop.",
    ),
    _not_on_symbol(
        "Stop loss limit orders are not supported for this symbol.",
        "STOP_LOSS_LIMIT orders",
        "Use STOP_LOSS, or watch the price and place a LIMIT order yourself.",
    ),
    _not_on_symbol(
        "Take profit orders are not supported for this symbol.",
        "TAKE_PROFIT orders",
        "Use TAKE_PROFIT_LIMIT, or a LIMIT order at the target price.",
    ),
    _not_on_symbol(
        "Take profit limit orders are not supported for this symbol.",
        "TAKE_PROFIT_LIMIT orders",
        "Use TAKE_PROFIT, or a LIMIT order at the target price.",
    ),
    _not_on_symbol(
        "Order amend is not supported for this symbol.",
        "amendments",
        "Use cancel_replace; the new order queues at the end of its price.",
        "amendAllowed",
    ),
    ServerMessage(
        "Price * QTY is zero or less.",
        cause="Price × quantity comes to nothing: one of them is zero, or both are very small.",
        remedy="Send price and quantity above zero, and at least minNotional when multiplied.",
    ),
    ServerMessage(
        "IcebergQty exceeds QTY.",
        cause="icebergQty, the visible part, is larger than the whole order.",
        remedy="Make icebergQty smaller than quantity, or leave it out.",
    ),
    ServerMessage(
        "This action is disabled on this account.",
        cause="The exchange has switched this action off for the account.",
        remedy="Nothing in the request can change that: ask the exchange's support.",
    ),
    ServerMessage(
        "This account may not place or cancel orders.",
        cause="Trading is switched off for this account.",
        remedy="Check canTrade in account, and ask the exchange's support why it is off.",
        look="account",
    ),
    ServerMessage(
        "Unsupported order combination",
        cause="The order's type, timeInForce, stopPrice and icebergQty do not fit together.",
        remedy="Send only what the type takes: a stop type needs stopPrice or trailingDelta, an iceberg needs GTC.",
    ),
    ServerMessage(
        "Order would trigger immediately.",
        cause="The last price is already past the stop price, so the stop would go off at once.",
        remedy="Put the stop above the last price for a STOP_LOSS BUY or TAKE_PROFIT SELL, below it for the other two.",
        look="ticker_price",
    ),
    ServerMessage(
        "Cancel order is invalid. Check origClOrdId and orderId.",
        cause="The cancel does not say which order it means.",
        remedy="Send orderId or origClientOrderId; with both, they must name the same order.",
    ),
    ServerMessage(
        "Order would immediately match and take.",
        cause="A LIMIT_MAKER order may only rest in the book, and at this price it would trade at once.",
        remedy="Buy below the best ask or sell above the best bid (see ticker_book_ticker), or use LIMIT.",
        seen_with=(-2010,),
    ),
    ServerMessage(
        "The relationship of the prices for the orders is not correct.",
        cause="The prices of the pair do not lie around the last price: the limit leg belongs on one side of it, the "
        "stop leg on the other.",
        remedy="To SELL put the limit above and the stop below the last price, to BUY the other way round.",
        look="ticker_price",
    ),
    _not_on_symbol(
        "OCO orders are not supported for this symbol",
        "OCO pairs",
        "Place one leg and watch the price for the other.",
        "ocoAllowed",
    ),
    _not_on_symbol(
        "Quote order qty market orders are not support for this symbol.",
        "MARKET orders sized by quoteOrderQty",
        "Send quantity instead, in the base asset.",
        "quoteOrderQtyMarketAllowed",
    ),
    _not_on_symbol(
        "Trailing stop orders are not supported for this symbol.",
        "trailing stops",
        "Send stopPrice instead of trailingDelta.",
        "allowTrailingStop",
    ),
    _not_on_symbol(
        "Order cancel-replace is not supported for this symbol.",
        "cancel_replace",
        "Cancel with cancel_order, then place anew with new_order.",
        "cancelReplaceAllowed",
    ),
    ServerMessage(
        "This symbol is not permitted for this account.",
        cause="The account has none of the permissions that the symbol asks for.",
        remedy="Compare permissions in account with permissionSets in exchange_info, and choose another symbol.",
        look="account",
    ),
    ServerMessage(
        "This symbol is restricted for this account.",
        cause="This kind of account may not trade the symbol.",
        remedy="Choose another symbol, or ask the exchange's support what the account lacks.",
    ),
    ServerMessage(
        "Order was not canceled due to cancel restrictions.",
        cause="cancelRestrictions asked to cancel only in one state, and the order was in the other.",
        remedy="Look it up with get_order. To cancel it whatever its state, leave cancelRestrictions out.",
        seen_with=(-2011,),
    ),
    _no_trading("Rest API trading is not enabled.", "REST"),
    _no_trading("WebSocket API trading is not enabled.", "the WebSocket API"),
    _no_trading("FIX API trading is not enabled.", "FIX"),
    _thin_book(
        "Order book liquidity is less than LOT_SIZE filter minimum quantity.",
        "the book offers less than the smallest quantity that LOT_SIZE allows",
        "Wait until the book has filled up (see depth), or place a LIMIT order.",
    ),
    _thin_book(
        "Order book liquidity is less than MARKET_LOT_SIZE filter minimum quantity.",
        "the book offers less than the smallest quantity that MARKET_LOT_SIZE allows",
        "Wait until the book has filled up (see depth), or place a LIMIT order.",
    ),
    _thin_book(
        "Order book liquidity is less than symbol minimum quantity.",
        "the other side of the book is empty or nearly so",
        "Look at depth; place a LIMIT order and let it wait for the other side.",
    ),
    ServerMessage(
        "Order amend (quantity increase) is not supported.",
        cause="An amendment may only make an order smaller, and newQty is larger than what it has.",
        remedy="Place a second order for the difference, or use cancel_replace.",
    ),
    ServerMessage(
        "The requested action would change no state; rejecting",
        cause="newQty is the quantity the order already has, so there is nothing to change.",
        remedy="Nothing needs doing, unless you meant a smaller newQty.",
    ),
    _not_on_symbol(
        "Pegged orders are not supported for this symbol.",
        "pegged orders",
        "Leave the peg parameters out and send a price.",
        "pegInstructionsAllowed",
    ),
    ServerMessage(
        "This order type may not use pegged price.",
        cause="Only types with a limit price can be pegged, and this one has none.",
        remedy="Use LIMIT, LIMIT_MAKER, STOP_LOSS_LIMIT or TAKE_PROFIT_LIMIT, or leave pegPriceType out.",
    ),
    ServerMessage(
        "This price peg cannot be used with this order type.",
        cause="A MARKET_PEG follows the other side of the book, where a LIMIT_MAKER may not go.",
        remedy="Use PRIMARY_PEG with LIMIT_MAKER, or LIMIT with MARKET_PEG.",
    ),
    ServerMessage(
        "Order book liquidity is too low for this pegged order.",
        cause="The book does not reach as deep as the price level that the peg should follow.",
        remedy="Choose a smaller pegOffsetValue, or send a price of your own.",
        look="depth",
    ),
    _not_on_symbol(
        "OPO orders are not supported for this symbol.",
        "OPO lists",
        "Use order_list_oto, which takes the quantity of what follows from you.",
        "opoAllowed",
    ),
    ServerMessage(
        "Order amend (pending OPO order) is not supported.",
        cause="The pending order of an OPO list gets its quantity from the working order, so it cannot be amended.",
        remedy="Cancel the list and place it anew with another workingQuantity.",
    ),
)
"""In the documentation's order."""
