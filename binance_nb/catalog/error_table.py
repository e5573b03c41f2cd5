"""The error codes: for each the server's literal texts, and in our words what happened and what to do.

Source of codes, names and texts: errors.md of the Spot documentation. A text has words of its own only where the code
alone does not tell what went wrong.
"""

from __future__ import annotations

from binance_nb.catalog.engine_messages import ENGINE_MESSAGES
from binance_nb.catalog.error_code import AS_TOLD, ErrorCode, ServerMessage

__all__ = ["ERROR_TABLE"]

_HTTP, _WS = ("rest", "ws_api"), ("ws_api",)


def _code(
    code: int,
    name: str,
    *said: str | ServerMessage,
    cause: str,
    remedy: str,
    category: str = "request",
    topic: str | None = "params",
    surfaces: tuple[str, ...] = _HTTP,
    http: tuple[int, ...] = (),
    is_execution_unknown: bool = False,
    is_documented: bool = True,
) -> ErrorCode:
    texts = tuple(ServerMessage(text) if isinstance(text, str) else text for text in said)
    return ErrorCode(
        code, name, cause, remedy, texts, category, topic, surfaces, http, is_execution_unknown, is_documented
    )


def _elsewhere(code: int, name: str, *said: str, surface: str = "fix", http: tuple[int, ...] = ()) -> ErrorCode:
    return _code(
        code,
        name,
        *said,
        cause="Only FIX sessions and the binary SBE encoding give this code; binance_nb speaks JSON and uses neither.",
        remedy="If it still appeared here, check that the base URL leads to the REST API and not to another service.",
        category="general" if code > -1100 else "request",
        topic="rate_limit" if name == "TOO_MANY_MESSAGES" else None,
        surfaces=(surface,),
        http=http,
    )


_LOOK_UP = (
    "Do not send an order a second time yet: look the first one up with get_order by its client order id, and go by "
    "what that says."
)

# Each filter has words of its own in filters.py; these are for one that is new.
_FILTER_FAILURE = ServerMessage(
    "Filter failure: %s",
    cause="The order breaks the symbol's {0} rule.",
    remedy="Look {0} up among the symbol's filters in exchange_info, and bring the order within its bounds.",
)

_GENERAL = (
    _code(
        -1000,
        "UNKNOWN",
        "An unknown error occurred while processing the request.",
        cause="Something failed inside the exchange, and it does not say what.",
        remedy="Repeat a read after a pause. Look an order up with get_order by its client order id before you send "
        "another.",
        category="general",
        topic="availability",
    ),
    _code(
        -1001,
        "DISCONNECTED",
        "Internal error; unable to process your request. Please try again.",
        cause="A connection inside the exchange broke, so it could not work on the request.",
        remedy="Try again in a few seconds. Look an order up with get_order by its client order id first.",
        category="general",
        topic="availability",
    ),
    _code(
        -1002,
        "UNAUTHORIZED",
        "You are not authorized to execute this request.",
        cause="The call needs rights that this key does not have, or it came without a key.",
        remedy="Check that a key is set for this environment and that its permissions cover the call: reading, or spot "
        "trading.",
        category="general",
        topic="auth",
    ),
    _code(
        -1003,
        "TOO_MANY_REQUESTS",
        ServerMessage(
            "Too many requests queued.",
            cause="More calls were under way at once than the exchange keeps waiting for one client.",
            remedy="Send fewer at the same time, and try again in a moment.",
        ),
        ServerMessage(
            "Too much request weight used; current limit is %s request weight per %s. Please use WebSocket Streams "
            "for live updates to avoid polling the API.",
            cause="This address has used up its allowance of {0} request weight per {1}; everything that runs behind "
            "the address counts together.",
            remedy=f"Wait {AS_TOLD}, for going on leads to a ban. Then fetch larger pages less often, "
            "and take live prices from a stream.",
            http_status=429,
        ),
        ServerMessage(
            "Way too much request weight used; IP banned until %s. Please use WebSocket Streams for live updates to "
            "avoid bans.",
            cause="This address went on calling after it was told to wait, and is now banned.",
            remedy="Stop everything that calls from this address until the ban ends: repeated offences bring longer "
            "bans, up to three days.",
            http_status=418,
        ),
        cause="This address asked for more than the exchange gives one address; everything that runs behind it counts "
        "together.",
        remedy="Pause, then fetch larger pages less often, and take live prices from a stream.",
        category="general",
        topic="rate_limit",
        http=(429, 418),
    ),
    _code(
        -1006,
        "UNEXPECTED_RESP",
        "An unexpected response was received from the message bus. Execution status unknown.",
        cause="The exchange took the request but could not read its own inner answer, so it cannot say whether the "
        "call took effect.",
        remedy=_LOOK_UP,
        category="general",
        topic="availability",
        is_execution_unknown=True,
    ),
    _code(
        -1007,
        "TIMEOUT",
        "Timeout waiting for response from backend server. Send status unknown; execution status unknown.",
        cause="The matching engine did not answer within the exchange's ten seconds, so nobody knows yet whether the "
        "call took effect.",
        remedy=_LOOK_UP,
        category="general",
        topic="availability",
        is_execution_unknown=True,
    ),
    _code(
        -1008,
        "SERVER_BUSY",
        "Server is currently overloaded with other requests. Please try again in a few minutes.",
        cause="The exchange has more work than it can do, and turned this request away.",
        remedy="Wait a few minutes and try again; it is busy for everybody, not only for you.",
        category="general",
        topic="availability",
    ),
    _code(
        -1010,
        "ERROR_MSG_RECEIVED",
        *ENGINE_MESSAGES,
        cause="The matching engine refused, for the reason in the server's message.",
        remedy="Correct what the message names and try again.",
        category="order_rejection",
        topic=None,
    ),
    _code(
        -1013,
        "INVALID_MESSAGE",
        _FILTER_FAILURE,
        ServerMessage(
            "This symbol does not allow the specified self-trade prevention mode.",
            cause="The symbol does not offer the self-trade prevention that was asked for.",
            remedy="Choose one of its allowedSelfTradePreventionModes in exchange_info, or leave "
            "selfTradePreventionMode out.",
        ),
        cause="The order breaks a rule of the symbol and never reached the matching engine.",
        remedy="Compare price and quantity with the symbol's filters in exchange_info.",
        category="general",
        topic=None,
    ),
    _code(
        -1014,
        "UNKNOWN_ORDER_COMPOSITION",
        "Unsupported order combination.",
        cause="The exchange has no order of this kind: type, timeInForce, prices and quantities do not fit together.",
        remedy="Send only what the type takes: LIMIT needs timeInForce, quantity and price, MARKET only quantity or "
        "quoteOrderQty.",
        category="general",
        topic=None,
    ),
    _code(
        -1015,
        "TOO_MANY_ORDERS",
        "Too many new orders.",
        ServerMessage(
            "Too many new orders; current limit is %s orders per %s.",
            cause="The account has more than {0} unfilled orders placed within {1}; fills give room back, cancels do "
            "not.",
            remedy=f"Wait {AS_TOLD}. Amending an order with amend_keep_priority does not count, replacing it does.",
        ),
        cause="The account placed more orders than the limit allows before enough of them filled; cancelling gives no "
        "room back.",
        remedy=f"Wait {AS_TOLD}, and see rate_limit_order for the counts.",
        category="general",
        topic="rate_limit",
        http=(429,),
    ),
    _code(
        -1016,
        "SERVICE_SHUTTING_DOWN",
        "This service is no longer available.",
        cause="The exchange has ended this service.",
        remedy="Trying again will not help: the exchange's changelog names what takes its place.",
        category="general",
        topic="availability",
    ),
    _code(
        -1020,
        "UNSUPPORTED_OPERATION",
        "This operation is not supported.",
        cause="The exchange knows the call but does not carry it out here.",
        remedy="Check in exchange_info what the symbol offers, and whether this environment serves the call.",
        category="general",
        topic=None,
    ),
    _code(
        -1021,
        "INVALID_TIMESTAMP",
        ServerMessage(
            "Timestamp for this request is outside of the recvWindow.",
            cause="The request arrived later after its timestamp than recvWindow allows: the clock here is behind, or "
            "the way was slow. Nothing was executed.",
            remedy="Look at the clocks (%binance clock), and try again; on a slow line "
            "raise recvWindow, at most to 60000.",
        ),
        ServerMessage(
            "Timestamp for this request was 1000ms ahead of the server's time.",
            cause="The clock here is a second or more ahead of the exchange's. Nothing was executed.",
            remedy="Look at the clocks (%binance clock), and try again; a larger recvWindow does not help.",
        ),
        cause="The request's timestamp is not within the time the exchange accepts. Nothing was executed.",
        remedy="Look at the clocks (%binance clock), and try again.",
        category="general",
        topic="auth",
    ),
    _code(
        -1022,
        "INVALID_SIGNATURE",
        "Signature for this request is not valid.",
        cause="The signature does not fit the request: the secret belongs to another key, or what was sent is not what "
        "was signed.",
        remedy="Enter key and secret again, as the pair they were issued in. Signing yourself: percent-encode first, "
        "then sign exactly the bytes you send.",
        category="general",
        topic="auth",
    ),
    _code(
        -1034,
        "TOO_MANY_CONNECTIONS",
        ServerMessage(
            "Too many concurrent connections; current limit is '%s'.",
            cause="More than {0} connections are open at the same time.",
            remedy="Close those no longer needed; one connection carries many streams.",
        ),
        ServerMessage(
            "Too many connection attempts for account; current limit is %s per '%s'.",
            cause="The account opened more than {0} connections in {1}.",
            remedy="Wait, then reconnect with growing pauses instead of at once.",
        ),
        ServerMessage(
            "Too many connection attempts from IP; current limit is %s per '%s'.",
            cause="This address opened more than {0} connections in {1}.",
            remedy="Wait, then reconnect with growing pauses instead of at once.",
        ),
        cause="More WebSocket connections were opened than the exchange allows.",
        remedy="Close those no longer needed, and reconnect with growing pauses.",
        category="general",
        topic="rate_limit",
        surfaces=_WS,
    ),
)

_REQUEST = (
    _code(
        -1100,
        "ILLEGAL_CHARS",
        "Illegal characters found in a parameter.",
        ServerMessage(
            "Illegal characters found in parameter '%s'; legal range is '%s'.",
            cause="{0} holds characters that it does not take; it has to look like {1}.",
            remedy="Write numbers as plain decimals (0.00001, not 1e-05) and symbols as BTCUSDT, without a slash.",
        ),
        cause="A value holds characters that its parameter does not take.",
        remedy="Write numbers as plain decimals (0.00001, not 1e-05) and symbols as BTCUSDT, without a slash.",
    ),
    _code(
        -1101,
        "TOO_MANY_PARAMETERS",
        "Too many parameters sent for this endpoint.",
        ServerMessage(
            "Too many parameters; expected '%s' and received '%s'.",
            cause="The call takes {0} parameters and came with {1}.",
            remedy="Leave out what the call does not take.",
        ),
        ServerMessage(
            "Duplicate values for a parameter detected.",
            cause="The same parameter came more than once, or a list names a value twice.",
            remedy="Send every parameter once, in the query or in the body, and every value once.",
        ),
        cause="The call came with more parameters than it takes.",
        remedy="Leave out what the call does not take.",
    ),
    _code(
        -1102,
        "MANDATORY_PARAM_EMPTY_OR_MALFORMED",
        "A mandatory parameter was not sent, was empty/null, or malformed.",
        ServerMessage(
            "Mandatory parameter '%s' was not sent, was empty/null, or malformed.",
            cause="The call cannot do without {0}, which is missing, empty, or not written as the exchange reads it.",
            remedy="Send {0}; if it was sent, write it plainly: 0.01, BTCUSDT, milliseconds for times.",
        ),
        ServerMessage(
            "Param '%s' or '%s' must be sent, but both were empty/null!",
            cause="The call needs {0} or {1} to know what it is about, and has neither.",
            remedy="Send one of the two.",
        ),
        ServerMessage(
            "Required tag '%s' missing.",
            cause="The call cannot do without {0}, and it is missing.",
            remedy="Send {0}.",
        ),
        ServerMessage(
            "Field value was empty or malformed.",
            cause="A value is empty, or not written as the exchange reads it.",
            remedy="Write numbers as plain decimals and leave out what has no value.",
        ),
        ServerMessage(
            "'%s' contains unexpected value. Cannot be greater than %s.",
            cause="{0} is larger than the {1} that the exchange allows.",
            remedy="Send {1} or less for {0}.",
        ),
        cause="Something that the call cannot do without is missing, empty, or not written as the exchange reads it.",
        remedy="Send every required parameter, numbers as plain decimals, times in milliseconds.",
    ),
    _code(
        -1103,
        "UNKNOWN_PARAM",
        "An unknown parameter was sent.",
        "Undefined Tag.",
        cause="The call came with a parameter that it does not have.",
        remedy="Check the spelling, capitals included, and leave out what the call does not take.",
    ),
    _code(
        -1104,
        "UNREAD_PARAMETERS",
        "Not all sent parameters were read.",
        ServerMessage(
            "Not all sent parameters were read; read '%s' parameter(s) but was sent '%s'.",
            cause="Of {1} parameters sent the call used {0}; the others are misspelt or do not belong to it.",
            remedy="Check the spelling, capitals included, and leave out what the call does not take.",
        ),
        cause="Some of the parameters sent are misspelt or do not belong to this call.",
        remedy="Check the spelling, capitals included, and leave out what the call does not take.",
    ),
    _code(
        -1105,
        "PARAM_EMPTY",
        "A parameter was empty.",
        ServerMessage(
            "Parameter '%s' was empty.",
            cause="{0} was sent without a value.",
            remedy="Give {0} a value, or leave it out.",
        ),
        cause="A parameter was sent without a value.",
        remedy="Give it a value, or leave it out.",
    ),
    _code(
        -1106,
        "PARAM_NOT_REQUIRED",
        "A parameter was sent when not required.",
        ServerMessage(
            "Parameter '%s' sent when not required.",
            cause="{0} has no place beside the other parameters: a MARKET order has no price, a plain LIMIT no stop.",
            remedy="Leave {0} out, or choose the type that takes it.",
        ),
        ServerMessage(
            "A tag '%s' was sent when not required.",
            cause="{0} has no place beside the other parameters.",
            remedy="Leave {0} out, or choose the type that takes it.",
        ),
        cause="A parameter has no place beside the others: a MARKET order has no price, a plain LIMIT no stop.",
        remedy="Leave it out, or choose the type that takes it.",
    ),
    _code(
        -1108,
        "PARAM_OVERFLOW",
        ServerMessage(
            "Parameter '%s' overflowed.",
            cause="The number in {0} is larger than the exchange can hold.",
            remedy="Check its unit and its zeros: times in milliseconds have 13 digits.",
        ),
        cause="A number is larger than the exchange can hold.",
        remedy="Check its unit and its zeros: times in milliseconds have 13 digits.",
    ),
    _code(
        -1111,
        "BAD_PRECISION",
        ServerMessage(
            "Parameter '%s' has too much precision.",
            cause="{0} has more digits after the point than the asset has.",
            remedy="Round it to stepSize for a quantity, to tickSize for a price; both are in exchange_info.",
        ),
        cause="A number has more digits after the point than the asset has.",
        remedy="Round it to stepSize for a quantity, to tickSize for a price; both are in exchange_info.",
    ),
    _code(
        -1112,
        "NO_DEPTH",
        ServerMessage("No orders on book for symbol.", look="depth"),
        cause="The symbol's order book is empty, so there is nothing to trade with.",
        remedy="Look at depth; place a LIMIT order and let it wait, or choose another symbol.",
        topic="market",
    ),
    _code(
        -1114,
        "TIF_NOT_REQUIRED",
        "TimeInForce parameter sent when not required.",
        cause="This type of order has no timeInForce: it trades at once, or it only rests.",
        remedy="Leave timeInForce out; it goes with LIMIT, STOP_LOSS_LIMIT and TAKE_PROFIT_LIMIT.",
    ),
    _code(
        -1115,
        "INVALID_TIF",
        "Invalid timeInForce.",
        cause="The exchange has no such timeInForce.",
        remedy="Use GTC (stays until cancelled), IOC (fills what it can at once) or FOK (all or nothing), in capitals.",
    ),
    _code(
        -1116,
        "INVALID_ORDER_TYPE",
        "Invalid orderType.",
        cause="The exchange has no such order type, or this call does not take it.",
        remedy="Use LIMIT, MARKET, LIMIT_MAKER, STOP_LOSS, STOP_LOSS_LIMIT, TAKE_PROFIT or TAKE_PROFIT_LIMIT, in "
        "capitals.",
    ),
    _code(
        -1117,
        "INVALID_SIDE",
        "Invalid side.",
        cause="An order has one of two sides, and this is neither.",
        remedy="Use BUY or SELL, in capitals.",
    ),
    _code(
        -1118,
        "EMPTY_NEW_CL_ORD_ID",
        "New client order ID was empty.",
        cause="newClientOrderId was sent without a value.",
        remedy="Give it a value, or leave it out and the exchange makes one.",
    ),
    _code(
        -1119,
        "EMPTY_ORG_CL_ORD_ID",
        "Original client order ID was empty.",
        cause="origClientOrderId was sent without a value, so the call names no order.",
        remedy="Send the client order id given when the order was placed, or orderId.",
    ),
    _code(
        -1120,
        "BAD_INTERVAL",
        "Invalid interval.",
        cause="The exchange has no candles of this length.",
        remedy="Use 1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w or 1M; 1m is a minute, 1M a month.",
    ),
    _code(
        -1121,
        "BAD_SYMBOL",
        "Invalid symbol.",
        cause="The exchange lists no symbol of this name here; it may be misspelt, delisted, or only on another "
        "environment.",
        remedy="Write it in capitals without a separator, such as BTCUSDT; exchange_info lists all of them.",
        topic="market",
    ),
    _code(
        -1122,
        "INVALID_SYMBOLSTATUS",
        "Invalid symbolStatus.",
        cause="Symbols cannot be picked by this status.",
        remedy="Use TRADING, HALT or BREAK, or leave symbolStatus out.",
        topic="market",
    ),
    _code(
        -1125,
        "INVALID_LISTEN_KEY",
        "This listenKey does not exist.",
        cause="Listen keys are a thing of the past: the exchange no longer issues them.",
        remedy="Subscribe to user events through the WebSocket API instead.",
        topic="subscription",
        surfaces=("legacy",),
    ),
    _code(
        -1127,
        "MORE_THAN_XX_HOURS",
        "Lookup interval is too big.",
        ServerMessage(
            "More than %s hours between startTime and endTime.",
            cause="startTime and endTime lie further apart than the {0} hours that this call looks through at once.",
            remedy="Ask in steps of {0} hours, or send only one of the two.",
        ),
        cause="startTime and endTime lie further apart than this call looks through at once.",
        remedy="Ask in steps of 24 hours, or send only one of the two.",
    ),
    _code(
        -1128,
        "OPTIONAL_PARAMS_BAD_COMBO",
        "Combination of optional parameters invalid.",
        ServerMessage(
            "Combination of optional fields invalid. Recommendation: '%s' and '%s' must both be sent.",
            cause="{0} and {1} belong together, and only one of them came.",
            remedy="Send both, or neither.",
        ),
        ServerMessage(
            "Fields [%s] must be sent together or omitted entirely.",
            cause="{0} belong together, and only some of them came.",
            remedy="Send all of them, or none.",
        ),
        "Invalid MDEntryType (269) combination. BID and OFFER must be requested together.",
        "Conflicting fields: ['%s'...]",
        cause="Some of the optional parameters cannot travel together, or one came without its companion.",
        remedy="Send fewer of them: symbol or symbols, fromId or a time range; help for the call shows what goes "
        "together.",
    ),
    _code(
        -1130,
        "INVALID_PARAMETER",
        "Invalid data sent for a parameter.",
        ServerMessage(
            "Data sent for parameter '%s' is not valid.",
            cause="The value of {0} is none that the exchange accepts there: out of range, or misspelt.",
            remedy="Check {0} against its bounds and choices; limit, for one, has to be at least 1.",
        ),
        cause="A value is none that the exchange accepts there: out of range, or misspelt.",
        remedy="Check the values against their bounds and choices.",
    ),
    _code(
        -1134,
        "BAD_STRATEGY_TYPE",
        "strategyType was less than 1000000.",
        "TargetStrategy (847) was less than 1000000.",
        cause="The exchange keeps strategy types below 1000000 for itself.",
        remedy="Choose a strategyType of 1000000 or more, or leave it out.",
    ),
    _code(
        -1135,
        "INVALID_JSON",
        "Invalid JSON Request",
        ServerMessage(
            "JSON sent for parameter '%s' is not valid",
            cause="{0} takes a list, and what came cannot be read as one.",
            remedy='Write it as JSON: ["BTCUSDT","ETHUSDT"], with double quotes and without blanks.',
        ),
        cause="A list was sent that cannot be read as JSON.",
        remedy='Write it as ["BTCUSDT","ETHUSDT"], with double quotes and without blanks.',
    ),
    _code(
        -1139,
        "INVALID_TICKER_TYPE",
        "Invalid ticker type.",
        cause="Tickers come in two kinds, and this is neither.",
        remedy="Use FULL or MINI for type, in capitals, or leave it out.",
    ),
    _code(
        -1145,
        "INVALID_CANCEL_RESTRICTIONS",
        "Invalid cancelRestrictions",
        cause="A cancel can be restricted in two ways, and this is neither.",
        remedy="Use ONLY_NEW or ONLY_PARTIALLY_FILLED, or leave cancelRestrictions out.",
    ),
    _code(
        -1151,
        "DUPLICATE_SYMBOLS",
        "Symbol is present multiple times in the list.",
        cause="symbols names the same symbol twice.",
        remedy="Name every symbol once.",
    ),
    _code(
        -1158,
        "OCO_ORDER_TYPE_REJECTED",
        "Order type not supported in OCO.",
        cause="A pair cannot hold a leg of this type.",
        remedy="Pair a STOP_LOSS or STOP_LOSS_LIMIT leg with a LIMIT_MAKER, TAKE_PROFIT or TAKE_PROFIT_LIMIT leg.",
        topic="oco",
    ),
    _code(
        -1160,
        "OCO_ICEBERGQTY_TIMEINFORCE",
        ServerMessage(
            "Parameter '%s' is not supported if aboveTimeInForce/belowTimeInForce is not GTC.",
            cause="{0} makes the leg an iceberg, which has to stay in the book until cancelled.",
            remedy="Set that leg's timeInForce to GTC, or leave {0} out.",
        ),
        "TimeInForce (59) must be GTC (1) when MaxFloor (111) is used.",
        cause="An iceberg leg has to stay in the book until cancelled.",
        remedy="Set that leg's timeInForce to GTC, or leave its iceberg quantity out.",
        topic="oco",
    ),
    _code(
        -1165,
        "BUY_OCO_LIMIT_MUST_BE_BELOW",
        "A limit order in a buy OCO must be below.",
        cause="To buy, the limit leg waits below the last price, and it was sent as the leg above.",
        remedy="Make LIMIT_MAKER the belowType, and the stop the aboveType.",
        topic="oco",
    ),
    _code(
        -1166,
        "SELL_OCO_LIMIT_MUST_BE_ABOVE",
        "A limit order in a sell OCO must be above.",
        cause="To sell, the limit leg waits above the last price, and it was sent as the leg below.",
        remedy="Make LIMIT_MAKER the aboveType, and the stop the belowType.",
        topic="oco",
    ),
    _code(
        -1168,
        "BOTH_OCO_ORDERS_CANNOT_BE_LIMIT",
        "At least one OCO order must be contingent.",
        cause="Both legs are LIMIT_MAKER; a pair needs one that waits for a trigger.",
        remedy="Make one leg a STOP_LOSS or STOP_LOSS_LIMIT.",
        topic="oco",
    ),
    _code(
        -1182,
        "PARAMS_BAD_COMBO",
        ServerMessage(
            "Conflicting fields: [%s]",
            cause="{0} exclude each other.",
            remedy="Send only one of them.",
        ),
        cause="Some of the parameters exclude each other.",
        remedy="Send only one of those that the message names.",
    ),
    _code(
        -1194,
        "INVALID_TIME_UNIT",
        "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.",
        cause="The header X-MBX-TIME-UNIT (timeUnit in a WebSocket URL) holds neither of the two units.",
        remedy="Set it to MICROSECOND or MILLISECOND, or leave it out for milliseconds.",
    ),
    _code(
        -1196,
        "BUY_OCO_STOP_LOSS_MUST_BE_ABOVE",
        "A stop loss order in a buy OCO must be above.",
        cause="To buy, the stop loss waits above the last price, and it was sent as the leg below.",
        remedy="Make the stop loss the aboveType, with its stop above the last price.",
        topic="oco",
    ),
    _code(
        -1197,
        "SELL_OCO_STOP_LOSS_MUST_BE_BELOW",
        "A stop loss order in a sell OCO must be below.",
        cause="To sell, the stop loss waits below the last price, and it was sent as the leg above.",
        remedy="Make the stop loss the belowType, with its stop below the last price.",
        topic="oco",
    ),
    _code(
        -1198,
        "BUY_OCO_TAKE_PROFIT_MUST_BE_BELOW",
        "A take profit order in a buy OCO must be below.",
        cause="To buy, the take profit waits below the last price, and it was sent as the leg above.",
        remedy="Make the take profit the belowType, with its stop below the last price.",
        topic="oco",
    ),
    _code(
        -1199,
        "SELL_OCO_TAKE_PROFIT_MUST_BE_ABOVE",
        "A take profit order in a sell OCO must be above.",
        cause="To sell, the take profit waits above the last price, and it was sent as the leg below.",
        remedy="Make the take profit the aboveType, with its stop above the last price.",
        topic="oco",
    ),
    _code(
        -1210,
        "INVALID_PEG_PRICE_TYPE",
        "Invalid pegPriceType.",
        cause="An order can follow one of two best prices, and this is neither.",
        remedy="Use PRIMARY_PEG (its own side's best) or MARKET_PEG (the other side's).",
        topic="peg",
    ),
    _code(
        -1211,
        "INVALID_PEG_OFFSET_TYPE",
        "Invalid pegOffsetType.",
        cause="A peg's distance is counted in price levels and in nothing else.",
        remedy="Use PRICE_LEVEL together with pegOffsetValue, or leave both out.",
        topic="peg",
    ),
    _code(
        -1220,
        "SYMBOL_DOES_NOT_MATCH_STATUS",
        "The symbol's status does not match the requested symbolStatus.",
        cause="The symbol exists, but is in another state than symbolStatus asks for.",
        remedy="Leave symbolStatus out to get it whatever its state; exchange_info shows the state.",
        topic="market",
    ),
    _code(
        -1222,
        "OPO_WORKING_MUST_BE_BUY",
        "Working order in an OPO list must be a bid.",
        cause="An OPO list first buys and then sells what it got, and its working order sells.",
        remedy="Set workingSide to BUY and pendingSide to SELL, or use order_list_oto.",
        topic="opo",
    ),
    _code(
        -1223,
        "OPO_PENDING_MUST_BE_SELL",
        "Pending orders in an OPO list must be asks.",
        cause="An OPO list first buys and then sells what it got, and its pending order buys.",
        remedy="Set pendingSide to SELL, or use order_list_oto.",
        topic="opo",
    ),
    _code(
        -1224,
        "WORKING_PARAM_REQUIRED",
        ServerMessage(
            "Working order must include the '{param}' tag.",
            cause="The working order of an OPO list cannot do without {0}.",
            remedy="Send {0}.",
        ),
        cause="The working order of an OPO list lacks something it cannot do without.",
        remedy="Send the parameter that the message names.",
        topic="opo",
    ),
    _code(
        -1225,
        "PENDING_PARAM_NOT_REQUIRED",
        ServerMessage(
            "Pending orders should not include the '%s' tag.",
            cause="The pending order of an OPO list takes {0} from the working order.",
            remedy="Leave {0} out.",
        ),
        cause="The pending order of an OPO list came with something it takes from the working order.",
        remedy="Leave out the parameter that the message names.",
        topic="opo",
    ),
)

_ORDERS = (
    _code(
        -2010,
        "NEW_ORDER_REJECTED",
        *ENGINE_MESSAGES,
        cause="The matching engine refused the order, for the reason in the server's message; nothing was placed.",
        remedy="Correct what the message names and place the order again.",
        category="order_rejection",
        topic=None,
        http=(400,),
    ),
    _code(
        -2011,
        "CANCEL_REJECTED",
        *ENGINE_MESSAGES,
        cause="The matching engine refused the cancel, for the reason in the server's message.",
        remedy="Look the order up with get_order; it may have filled or ended already.",
        category="order_rejection",
        topic=None,
    ),
    _code(
        -2013,
        "NO_SUCH_ORDER",
        "Order does not exist.",
        cause="The account has no order of this id on this symbol.",
        remedy="Check symbol and id (all_orders lists them). An order placed without an answer may still arrive until "
        "its recvWindow has passed.",
        category="processing",
        topic="order_lookup",
    ),
    _code(
        -2021,
        "CANCEL_REPLACE_PARTIALLY_FAILED",
        ServerMessage("Order cancel-replace partially failed.", look="open_orders"),
        cause="One half worked and the other did not: the cancel, or the new order.",
        remedy="Look at both orders before you go on: either the old order is gone without a new one, "
        "or both now stand. The card says which.",
        category="cancel_replace",
        topic=None,
        http=(409, 429),
    ),
    _code(
        -2022,
        "CANCEL_REPLACE_FAILED",
        ServerMessage("Order cancel-replace failed.", look="open_orders"),
        cause="Nothing changed: the cancel failed, and the new order failed too or was not tried.",
        remedy="cancelResponse says why; look the old order up with get_order before you try again.",
        category="cancel_replace",
        topic=None,
        http=(400,),
    ),
    _code(
        -2038,
        "ORDER_AMEND_REJECTED",
        *ENGINE_MESSAGES,
        _FILTER_FAILURE,
        cause="The amendment was refused, for the reason in the server's message; the order stands as it was.",
        remedy="Correct what the message names. newQty has to be above zero and below the order's quantity.",
        category="order_rejection",
        topic=None,
    ),
    _code(
        -2039,
        "CLIENT_ORDER_ID_INVALID",
        "Client order ID is not correct for this order ID.",
        cause="orderId and origClientOrderId were both sent, and they name two different orders.",
        remedy="Send only one of the two.",
        category="processing",
        topic="order_lookup",
    ),
    _code(
        -2026,
        "ORDER_ARCHIVED",
        "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
        cause="The order ended more than 90 days ago without a trade, and the exchange no longer keeps it at hand.",
        remedy="There is nothing to cancel or to fetch; orders that traded remain in my_trades.",
        category="processing",
        topic="order_lookup",
    ),
)

_PROCESSING = (
    _code(
        -2008,
        "BAD_API_ID",
        "Invalid Api-Key ID.",
        cause="The exchange at this address knows no such key: it belongs to another environment, or was deleted.",
        remedy="Use a key issued by this very environment (live, testnet and demo each have their own) and enter it "
        "again in full.",
        category="processing",
        topic="auth",
        http=(401,),
        is_documented=False,
    ),
    _code(
        -2014,
        "BAD_API_KEY_FMT",
        "API-key format invalid.",
        cause="What was sent as the key is no key: empty, cut short, or with a blank or quote in it.",
        remedy="Copy the key again in full, without blanks; it is the key that belongs here, not the secret.",
        category="processing",
        topic="auth",
    ),
    _code(
        -2015,
        "REJECTED_MBX_KEY",
        "Invalid API-key, IP, or permissions for action.",
        cause="One of four: the key is of another environment, was deleted, is not open to this IP address, or lacks "
        "the permission.",
        remedy="In the key's settings check address list and permissions (reading, spot trading), and that it was "
        "issued by this environment.",
        category="processing",
        topic="auth",
        http=(401,),
    ),
    _code(
        -2016,
        "NO_TRADING_WINDOW",
        "No trading window could be found for the symbol. Try ticker/24hrs instead.",
        cause="The symbol has not traded in the window asked for.",
        remedy="Use ticker_24hr, which always has an answer.",
        category="processing",
        topic="market",
    ),
    _code(
        -2035,
        "SUBSCRIPTION_ACTIVE",
        "User Data Stream subscription already active.",
        cause="This connection receives user events already.",
        remedy="Nothing needs doing; one subscription a connection is enough.",
        category="processing",
        topic="subscription",
        surfaces=_WS,
    ),
    _code(
        -2036,
        "SUBSCRIPTION_INACTIVE",
        "User Data Stream subscription not active.",
        cause="This connection does not receive user events, so there is nothing to end.",
        remedy="Nothing needs doing; subscribe again after every reconnect.",
        category="processing",
        topic="subscription",
        surfaces=_WS,
    ),
    _code(
        -2042,
        "MAXIMUM_SUBSCRIPTION_IDS",
        "Maximum subscription ID reached for this connection.",
        cause="The connection has used up its numbers for subscriptions.",
        remedy="Open a new connection and subscribe there.",
        category="processing",
        topic="subscription",
        surfaces=_WS,
    ),
    _code(
        -2043,
        "NO_REFERENCE_PRICE",
        "This symbol doesn't have a reference price.",
        cause="The exchange has never set a reference price for the symbol.",
        remedy="Use avg_price or ticker_price; rules that need a reference fall back on the average price.",
        category="processing",
        topic="market",
        http=(400,),
    ),
)

_FIX = (
    _elsewhere(
        -1033,
        "COMP_ID_IN_USE",
        "SenderCompId(49) is currently in use. Concurrent use of the same SenderCompId within one account is not "
        "allowed.",
    ),
    _elsewhere(-1035, "LOGGED_OUT", "Please send Logout<5> message to close the session."),
    _elsewhere(-1169, "INVALID_TAG_NUMBER", "Invalid tag number."),
    _elsewhere(-1170, "TAG_NOT_DEFINED_IN_MESSAGE", "Tag '%s' not defined for this message type."),
    _elsewhere(-1171, "TAG_APPEARS_MORE_THAN_ONCE", "Tag '%s' appears more than once."),
    _elsewhere(-1172, "TAG_OUT_OF_ORDER", "Tag '%s' specified out of required order."),
    _elsewhere(-1173, "GROUP_FIELDS_OUT_OF_ORDER", "Repeating group '%s' fields out of order."),
    _elsewhere(
        -1174, "INVALID_COMPONENT", "Component '%s' is incorrectly populated on '%s' order. Recommendation: '%s'"
    ),
    _elsewhere(
        -1175,
        "RESET_SEQ_NUM_SUPPORT",
        "Continuation of sequence numbers to new session is currently unsupported. Sequence numbers must be reset for "
        "each new session.",
    ),
    _elsewhere(-1176, "ALREADY_LOGGED_IN", "Logon<A> should only be sent once."),
    _elsewhere(
        -1177,
        "GARBLED_MESSAGE",
        "CheckSum(10) contains an incorrect value.",
        "BeginString (8) is not the first tag in a message.",
        "MsgType (35) is not the third tag in a message.",
        "BodyLength (9) does not contain the correct byte count.",
        "Only printable ASCII characters and SOH (Start of Header) are allowed.",
        "Tag specified without a value.",
        "Invalid encodingType.",
    ),
    _elsewhere(
        -1178,
        "BAD_SENDER_COMPID",
        "SenderCompId(49) contains an incorrect value. The SenderCompID value should not change throughout the "
        "lifetime of a session.",
    ),
    _elsewhere(-1179, "BAD_SEQ_NUM", "MsgSeqNum(34) contains an unexpected value. Expected: '%d'."),
    _elsewhere(-1180, "EXPECTED_LOGON", "Logon<A> must be the first message in the session."),
    _elsewhere(-1181, "TOO_MANY_MESSAGES", "Too many messages; current limit is '%d' messages per '%s'."),
    _elsewhere(-1183, "NOT_ALLOWED_IN_DROP_COPY_SESSIONS", "Requested operation is not allowed in DropCopy sessions."),
    _elsewhere(
        -1184,
        "DROP_COPY_SESSION_NOT_ALLOWED",
        "DropCopy sessions are not supported on this server. Please reconnect to a drop copy server.",
    ),
    _elsewhere(
        -1185,
        "DROP_COPY_SESSION_REQUIRED",
        "Only DropCopy sessions are supported on this server. Either reconnect to order entry server or send "
        "DropCopyFlag (9406) field.",
    ),
    _elsewhere(
        -1186, "NOT_ALLOWED_IN_ORDER_ENTRY_SESSIONS", "Requested operation is not allowed in order entry sessions."
    ),
    _elsewhere(
        -1187, "NOT_ALLOWED_IN_MARKET_DATA_SESSIONS", "Requested operation is not allowed in market data sessions."
    ),
    _elsewhere(-1188, "INCORRECT_NUM_IN_GROUP_COUNT", "Incorrect NumInGroup count for repeating group '%s'."),
    _elsewhere(-1189, "DUPLICATE_ENTRIES_IN_A_GROUP", "Group '%s' contains duplicate entries."),
    _elsewhere(
        -1190,
        "INVALID_REQUEST_ID",
        "MDReqID (262) contains a subscription request id that is already in use on this connection.",
        "MDReqID (262) contains an unsubscription request id that does not match any active subscription.",
    ),
    _elsewhere(
        -1191,
        "TOO_MANY_SUBSCRIPTIONS",
        "Too many subscriptions. Connection may create up to '%s' subscriptions at a time.",
        "Similar subscription is already active on this connection. Symbol='%s', active subscription id: '%s'.",
    ),
)

_SBE = (
    _elsewhere(
        -1152,
        "INVALID_SBE_HEADER",
        "Invalid X-MBX-SBE header; expected <SCHEMA_ID>:<VERSION>.",
        "Invalid SBE message header.",
        surface="sbe",
    ),
    _elsewhere(
        -1153,
        "UNSUPPORTED_SCHEMA_ID",
        "Unsupported SBE schema ID or version specified in the X-MBX-SBE header.",
        "Invalid SBE schema ID or version specified.",
        surface="sbe",
        http=(400,),
    ),
    _elsewhere(-1155, "SBE_DISABLED", "SBE is not enabled.", surface="sbe", http=(406, 400)),
    _elsewhere(
        -1161,
        "DEPRECATED_SCHEMA",
        "Unable to encode the response in SBE schema 'x'. Please use schema 'y' or higher.",
        surface="sbe",
    ),
    _elsewhere(-1221, "INVALID_SBE_MESSAGE_FIELD", "Invalid/missing field(s) in SBE message.", surface="sbe"),
)

ERROR_TABLE = (*_GENERAL, *_REQUEST, *_ORDERS, *_PROCESSING, *_FIX, *_SBE)
"""Every code once, by what it is about."""
