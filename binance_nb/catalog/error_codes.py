"""What every error of the exchange means: by code and message, or by HTTP status where the answer has no code.

``ERROR_CODES[-1102].say("Mandatory", "symbol")`` is the message as the server sends it,
``ERROR_CODES[-1003].status("IP banned")`` the HTTP status that comes with one, and
``explain(-1013, "Filter failure: LOT_SIZE")`` tells a person what happened and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from binance_nb.catalog.error_code import AS_TOLD, ErrorCode, Explanation, ServerMessage
from binance_nb.catalog.error_table import ERROR_TABLE
from binance_nb.catalog.filters import FILTERS

__all__ = [
    "ERROR_CODES",
    "HTTP_STATUSES",
    "ErrorCode",
    "Explanation",
    "HttpStatus",
    "ServerMessage",
    "explain",
]

ERROR_CODES: Mapping[int, ErrorCode] = {entry.code: entry for entry in ERROR_TABLE}
"""Every error code by its number."""

_FILTER_FAILURE = "Filter failure: "
_FAULT = 500


@dataclass(frozen=True)
class HttpStatus:
    """An HTTP status that says something by itself, whatever stands in the body.

    Attributes:
        status: The number; 500 stands for all from there on.
        name: What it is called on a card.
        cause: What happened and why.
        remedy: What to do about it.
        is_execution_unknown: Whether the call may have taken effect in spite of it.
        is_documented: False for a status met in the wild that the exchange's documentation does not list.
    """

    status: int
    name: str
    cause: str
    remedy: str
    is_execution_unknown: bool = False
    is_documented: bool = True


_STATUSES = (
    HttpStatus(
        400,
        "request refused",
        cause="The exchange read the request and refused it; its code and message say why.",
        remedy="Correct what the message names.",
    ),
    HttpStatus(
        401,
        "key not accepted",
        cause="The key is not, or no longer, valid for this call.",
        remedy="Check that the key was issued by this environment, is open to this IP address, and has the permission.",
    ),
    HttpStatus(
        403,
        "stopped by the firewall",
        cause="A web firewall stopped the request before it reached the exchange: too many at once, or a value that "
        "looks like an attack.",
        remedy="Wait a few minutes and slow down. Keep SQL words such as select or union out of client order ids.",
    ),
    HttpStatus(
        404,
        "no such path",
        cause="Nothing answers under this path at this host.",
        remedy="Check the base URL of the environment; keyless market-data hosts serve only part of the API.",
        is_documented=False,
    ),
    HttpStatus(
        406,
        "format not available",
        cause="The answer was asked for in the binary SBE encoding only, which is not switched on.",
        remedy="Accept JSON as well.",
    ),
    HttpStatus(
        409,
        "half done",
        cause="Of a cancel and its replacement one half worked and the other did not.",
        remedy="See cancelResult and newOrderResult before you go on: either the old order is gone without a new one, "
        "or both now stand.",
    ),
    HttpStatus(
        418,
        "banned for a while",
        cause="This address is banned because it went on calling after it was told to wait.",
        remedy="Stop everything that calls from this address until the ban ends: repeated offences bring longer bans, "
        "from two minutes up to three days.",
    ),
    HttpStatus(
        429,
        "slow down",
        cause="The allowance of request weight for this address, or of orders for this account, is used up.",
        remedy=f"Wait {AS_TOLD}, for going on leads to a ban. Then fetch larger pages less often.",
    ),
    HttpStatus(
        451,
        "not served here",
        cause="The exchange does not serve the place that this request comes from; cloud machines often count as the "
        "United States.",
        remedy="For market data use the environment market, which needs no key; for practice use sandbox or testnet.",
        is_documented=False,
    ),
    HttpStatus(
        _FAULT,
        "fault of the exchange",
        cause="Something failed inside the exchange. A call that changes orders may have taken effect all the same.",
        remedy="Repeat a read after a pause. Look an order up with get_order by its client order id before you send "
        "another.",
        is_execution_unknown=True,
    ),
)

HTTP_STATUSES: Mapping[int, HttpStatus] = {entry.status: entry for entry in _STATUSES}
"""What statuses mean by themselves; 500 stands for every 5XX."""

_UNKNOWN = Explanation(
    cause="The exchange refused the call in a way that binance_nb does not know yet.",
    remedy="Go by the server's message; the errors page of the exchange's documentation may say more.",
)


def explain(code: int, message: str = "") -> Explanation:
    """Explain an error of the exchange.

    Args:
        code: The ``code`` of its answer, or the HTTP status of an answer without one.
        message: The ``msg`` of its answer, which often says more than the code.

    Returns:
        Cause and remedy in plain words; general ones for a code or a message that is not known.
    """
    broken = FILTERS.get(message.removeprefix(_FILTER_FAILURE)) if message.startswith(_FILTER_FAILURE) else None
    if broken is not None:
        return Explanation(broken.cause, broken.remedy)
    if code in ERROR_CODES:
        return ERROR_CODES[code].explain(message)
    known = HTTP_STATUSES.get(min(code, _FAULT))
    return Explanation(known.cause, known.remedy) if known else _UNKNOWN
