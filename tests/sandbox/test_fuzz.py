"""Whatever is sent to whichever endpoint: an answer or a refusal with a code, and every balance accounted for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.catalog.enums import ENUMS
from binance_nb.catalog.error_codes import ERROR_CODES
from binance_nb.catalog.parameters import Kind, Parameter
from binance_nb.sandbox.amounts import e8_of
from binance_nb.sandbox.door.keys import account_keys
from binance_nb.sandbox.exchange import Exchange
from binance_nb.sandbox.matching.accounts import Account
from binance_nb.sandbox.matching.ledger import STARTING_BALANCES
from tests.sandbox.desk import NOW_MS, Desk, Reply, signed

GARBAGE = (
    *("", " ", "0", "-1", "+1", "1.", ".5", "1e5", "1_000", "NaN", "Infinity", "null", "true", "0x10"),
    *("9" * 19, "9" * 31, "0." + "0" * 29 + "1", "0." + "0" * 31 + "1", "1" * 400, "-" + "9" * 18),
    *("[]", "[1]", "{}", '["BTCUSDT","BTCUSDT"]', "[" * 3000, '"', "\x00", "%", "&", "=", "\r\n"),
    *("٣", "１２", "é" * 60, "💥", "btcusdt", "BTC/USDT", "' OR 1=1", "这是测试币456"),
)
SYMBOLS = (*["BTCUSDT"] * 12, "ETHUSDT", "ADAUSDT", "LTCUSDT", "BNBUSDT", "SOLETH", "ADABTC", "NOSUCH")
LOW, NEAR, HIGH = (
    ("66000", "60000", "50000", "67000"),
    ("67575.22", "67570", "67600", "67500"),
    ("68000", "75000", "90000"),
)
QUANTITIES = ("0.001", "0.01", "0.5", "0.00009", "1", "0.02")
TEXTS = ("mine", "other", "third", "a-b_c")
MOMENTS = (NOW_MS, NOW_MS - 86_400_000, NOW_MS * 1000, NOW_MS - 60_000, NOW_MS + 10_000, 0)
# Endpoints that move something are called more often than those that only look.
MANY = [one for one in ENDPOINTS.values() for _ in range(5 if one.changes_state else 1)]
PLACE = ENDPOINTS["new_order"]


def likely(parameter: Parameter, sent: Mapping[str, str], chance: Random) -> str:
    """A value that may well be right."""
    name = parameter.name.lower()
    if parameter.name == "symbol":
        return chance.choice(SYMBOLS)
    if parameter.enum is not None:
        every = tuple(str(value) for value in ENUMS[parameter.enum].values)
        return chance.choice(parameter.values if chance.random() < 0.95 else every)
    if parameter.kind is Kind.ARRAY_STRING:
        return chance.choice(['["BTCUSDT"]', '["BTCUSDT","ETHUSDT"]', '["SPOT"]'])
    if parameter.kind is Kind.BOOLEAN:
        return chance.choice(["true", "false"])
    if parameter.is_time:
        return str(chance.choice(MOMENTS))
    if name.endswith("delta"):
        return chance.choice(["10", "100", "2000", "5"])
    if name.endswith("price"):
        is_high = "above" in name or (name == "price") is (sent.get("side") == "SELL")
        return chance.choice((HIGH if is_high else LOW) if chance.random() < 0.6 else LOW + NEAR + HIGH)
    if parameter.kind is Kind.DECIMAL:
        return "0.0005" if name.endswith("icebergqty") else chance.choice(QUANTITIES)
    if parameter.kind.is_number:
        return chance.choice(["1", "2", "3", "5"]) if not name.endswith("type") else "1000000"
    return chance.choice(TEXTS)


def is_needed(endpoint: Endpoint, parameter: Parameter, sent: Mapping[str, str]) -> bool:
    """Whether the call is refused without it, as far as that can be told from what stands before."""
    if parameter.required or parameter.enum == "order_type":
        return True
    for rule in endpoint.required_by:
        needs = rule.cases.get(sent.get(rule.decider, ""))
        if needs and (parameter.name in needs.all or any(parameter.name == group[0] for group in needs.any)):
            return True
    return any(parameter.name == group[0] for group in endpoint.one_of)


def is_out_of_place(parameter: Parameter, sent: Mapping[str, str]) -> bool:
    """Whether the call is refused with it."""
    return any(sent.get(name) not in values for name, values in parameter.only_with.items()) or any(
        name in sent for name in parameter.conflicts
    )


def garbage(chance: Random) -> str:
    """A value that can hardly be right."""
    if chance.random() < 0.7:
        return chance.choice(GARBAGE)
    return "".join(chr(chance.choice([chance.randrange(1, 128), chance.randrange(256, 0xD7FF)])) for _ in range(6))


@dataclass
class Sent:
    """One call as it is to travel."""

    endpoint: Endpoint
    pairs: list[tuple[str, str]] = field(default_factory=list)
    in_body: bool = False
    key: str = "trading"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def call_of(seed: int) -> Sent:
    """Make up a call of any endpoint: mostly sensible, with something wrong here and there."""
    chance = Random(seed)
    endpoint = chance.choice(MANY) if chance.random() < 0.7 else PLACE
    sent: dict[str, str] = {}
    for parameter in sorted(endpoint.parameters, key=lambda one: not one.required):
        odds = 0.98 if is_needed(endpoint, parameter, sent) else 0.01 if is_out_of_place(parameter, sent) else 0.08
        if "peg" in parameter.name.lower() or parameter.name.lower().endswith("icebergqty"):
            odds = min(odds, 0.03)
        if parameter.name not in ("timestamp", "recvWindow") and chance.random() < odds:
            sent[parameter.name] = likely(parameter, sent, chance) if chance.random() < 0.98 else garbage(chance)
    pairs = list(sent.items())
    if chance.random() < 0.05:
        pairs.append((chance.choice([*sent, "timestamp", "recvWindow", "signature", "💥", ""]), garbage(chance)))
    is_known = chance.random() < 0.93
    owner = "second" if chance.random() < 0.25 else "trading"
    key = owner if is_known else chance.choice(["reading", "unknown", "none", "unsigned", "forged"])
    unit = {} if is_known else {"x-mbx-time-unit": chance.choice(["MICROSECOND", "fortnight"])}
    return Sent(
        endpoint, pairs, chance.random() < 0.5, key, unit, chance.choice([*[0.0] * 16, 0.25, 7.0, 60.0, 3600.0])
    )


calls = st.integers(0, 2**32).map(call_of)


def send(desk: Shop, sent: Sent) -> Reply:
    """Write, sign and send a call."""
    desk.seconds += sent.seconds
    pairs = list(sent.pairs)
    headers = dict(sent.headers)
    if sent.endpoint.is_signed and not any(name == "timestamp" for name, _ in pairs):
        pairs.append(("timestamp", str(desk.clock.now_ms())))
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    if sent.endpoint.is_signed and sent.key != "none":
        key = {"reading": desk.reading, "second": desk.stranger}.get(sent.key, desk.trading)
        headers["x-mbx-apikey"] = "nobody" if sent.key == "unknown" else key.api_key
        if sent.key != "unsigned":
            text += f"&signature={signed(text, 'x' if sent.key == 'forged' else key.secret_key)}"
    query, body = ("", text) if sent.in_body and sent.endpoint.method != "GET" else (text, "")
    return desk.send(sent.endpoint.method, sent.endpoint.path, query, body, **headers)


class Shop(Desk):
    """A desk with a clock that runs, for two accounts that may meet in the book."""

    def __init__(self) -> None:
        super().__init__(rate=1.0)
        self.stranger = account_keys(1, "second")[0]
        self.exchange = Exchange(self.venue, (self.trading, self.reading, self.stranger), self.clock, "test")


def open_shop(desk: Desk) -> None:
    """Have orders of several kinds waiting, for the calls to find."""
    desk.order(quantity="0.01", price="60000", newClientOrderId="mine")
    desk.order("BTCUSDT", "SELL", quantity="0.02", price="68000", icebergQty="0.01", newClientOrderId="other")
    desk.order("BTCUSDT", "SELL", "STOP_LOSS", quantity="0.01", stopPrice="60000", newClientOrderId="third")
    pair = {"side": "BUY", "quantity": "0.01", "aboveType": "STOP_LOSS", "aboveStopPrice": "75000"}
    desk.ask("POST", "orderList/oco", symbol="BTCUSDT", **pair, belowType="LIMIT_MAKER", belowPrice="50000")


def expected(desk: Desk, account: Account) -> dict[str, int]:
    """What an account has to hold of each asset by the trades it was told of."""
    held: Counter[str] = Counter()
    held.update({asset: e8_of(amount) for asset, amount in STARTING_BALANCES.items()})
    for symbol in desk.venue.listings:
        for order in desk.venue.engine.orders(account, symbol):
            for fill in order.fills:
                sign = 1 if order.is_buy else -1
                held[order.listing.base_asset] += sign * fill.quantity_e8
                held[order.listing.quote_asset] -= sign * fill.quote_e8
                held[fill.commission_asset] -= fill.commission_e8
    return held


def check_books(desk: Desk) -> None:
    """Nothing is negative, lost, made up, or locked for nobody."""
    for account in desk.venue.accounts.values():
        held, locked = expected(desk, account), Counter[str]()
        open_orders = desk.venue.engine.open_orders(account)
        lists = {id(order.order_list): order for order in open_orders if order.order_list is not None}
        for order in open_orders:
            locked[order.pays_with] += order.held_e8
        for order in lists.values():
            assert order.order_list is not None
            locked[order.pays_with] += order.order_list.held_e8
        for row in account.ledger.balances(with_zeros=True):
            free, kept = e8_of(row["free"]), e8_of(row["locked"])
            assert free >= 0 <= kept, row
            assert held[row["asset"]] == free + kept, row
            assert locked[row["asset"]] == kept, row


def check_reply(sent: Sent, reply: Reply) -> None:
    """A success, or a refusal with a code of the documentation and a status that fits."""
    assert 200 <= reply.status < 500, (sent, reply)
    if reply.status >= 400:
        assert reply.json["code"] in ERROR_CODES, (sent, reply)
        assert reply.json["msg"], (sent, reply)
    json.dumps(reply.json, allow_nan=False)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(calls, min_size=1, max_size=12))
def test_whatever_is_sent_is_answered(sequence: Sequence[Sent]) -> None:
    """Never an exception, never a status of its own, never a balance that nobody can explain."""
    desk = Shop()
    open_shop(desk)

    replies = [(sent, send(desk, sent)) for sent in sequence]

    for sent, reply in replies:
        check_reply(sent, reply)
    check_books(desk)


@given(
    st.sampled_from(list(ENDPOINTS.values())),
    st.binary(max_size=60),
    st.binary(max_size=60),
    st.sampled_from(["application/x-www-form-urlencoded", "application/json", "text/plain; charset=utf-7", ""]),
)
def test_bytes_that_say_nothing_are_refused(endpoint: Endpoint, query: bytes, body: bytes, kind: str) -> None:
    """Queries and bodies that are no text, or no pairs."""
    desk = Desk()
    sent = Sent(endpoint)
    headers = {"content-type": kind, "x-mbx-apikey": desk.trading.api_key}

    reply = desk.send(
        endpoint.method, endpoint.path, query.decode("utf-8", "surrogateescape"), body.decode("latin-1"), **headers
    )

    check_reply(sent, reply)
    check_books(desk)
