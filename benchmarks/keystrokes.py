"""Ten everyday jobs, written with binance_nb and with python-binance + pandas, counted side by side.

Tests run each of them: ours always, the other where python-binance is installed (make test-peers); `check` has to come
out the same. Neither side's set-up is counted, nor is indentation, which editors do: on the left `%load_ext` and
`%binance use`, on the right imports and `Client(key, secret)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

__all__ = ["JOBS", "Job", "table"]


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        title: What is wanted; both leave it in ``answer``.
        ours: A cell of a notebook.
        theirs: Python over ``client``, ``pd`` and ``Decimal``.
        check: An expression over ``answer`` that has the same value on both sides.
    """

    title: str
    ours: str
    theirs: str
    check: str


def _job(title: str, ours: str, theirs: str, check: str) -> Job:
    return Job(title, dedent(ours).strip(), dedent(theirs).strip(), check)


JOBS = (
    _job(
        "A month of hourly candles as a typed frame",
        "answer = %binance klines BTCUSDT 1h --start 2024-05-01 --end 2024-06-01",
        """
        rows = client.get_historical_klines("BTCUSDT", "1h", "2024-05-01", "2024-05-31 23:00")
        answer = pd.DataFrame(rows, columns=[
            "open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume",
            "trade_count", "taker_buy_base_volume", "taker_buy_quote_volume", "ignore",
        ])
        answer = answer.drop(columns="ignore")
        times = ["open_time", "close_time"]
        numbers = [name for name in answer if name not in [*times, "trade_count"]]
        answer[numbers] = answer[numbers].astype("float64")
        for name in times:
            answer[name] = pd.to_datetime(answer[name], unit="ms", utc=True)
        answer = answer.set_index("open_time")
        """,
        "len(answer), round(answer['close'].sum(), 4), str(answer.index[0]), list(answer.columns)[:10]",
    ),
    _job(
        "The last 500 trades as a typed frame",
        "answer = %binance trades ETHUSDT",
        """
        answer = pd.DataFrame(client.get_recent_trades(symbol="ETHUSDT", limit=500))
        numbers = ["price", "qty", "quoteQty"]
        answer[numbers] = answer[numbers].astype("float64")
        answer["time"] = pd.to_datetime(answer["time"], unit="ms", utc=True)
        """,
        "len(answer), round(answer['qty'].sum(), 6), str(answer['time'].iloc[-1])",
    ),
    _job(
        "Ten levels of the order book, bids beside asks",
        "answer = %binance depth BTCUSDT --limit 10",
        """
        book = client.get_order_book(symbol="BTCUSDT", limit=10)
        bids = pd.DataFrame(book["bids"], columns=["bid_price", "bid_quantity"], dtype="float64")
        asks = pd.DataFrame(book["asks"], columns=["ask_price", "ask_quantity"], dtype="float64")
        answer = pd.concat([bids[["bid_quantity", "bid_price"]], asks], axis=1)
        """,
        "answer.to_numpy().tolist(), list(answer.columns)",
    ),
    _job(
        "The spread of three pairs, in basis points",
        """
        book = %binance ticker_book_ticker --symbols BTCUSDT,ETHUSDT,SOLUSDT
        answer = (book["ask_price"] / book["bid_price"] - 1) * 10_000
        """,
        """
        names = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
        book = pd.DataFrame([client.get_orderbook_ticker(symbol=name) for name in names]).set_index("symbol")
        book = book.astype("float64")
        answer = (book["askPrice"] / book["bidPrice"] - 1) * 10_000
        """,
        "answer.round(9).to_dict()",
    ),
    _job(
        "The five pairs that moved most in a day",
        """
        day = %binance ticker_24hr
        answer = day.nlargest(5, "price_change_percent")["price_change_percent"]
        """,
        """
        day = pd.DataFrame(client.get_ticker()).set_index("symbol")
        day["priceChangePercent"] = day["priceChangePercent"].astype("float64")
        answer = day.nlargest(5, "priceChangePercent")["priceChangePercent"]
        """,
        "answer.to_dict()",
    ),
    _job(
        "A pair's filters as a table",
        "answer = %binance exchange_info BTCUSDT --part filters",
        """
        info = client.get_symbol_info("BTCUSDT")
        answer = pd.DataFrame(info["filters"])
        """,
        "len(answer)",
    ),
    _job(
        "What the account holds",
        "answer = %binance account --omit-zero-balances",
        """
        answer = pd.DataFrame(client.get_account()["balances"]).set_index("asset").astype("float64")
        answer = answer[(answer["free"] > 0) | (answer["locked"] > 0)]
        """,
        "answer[['free', 'locked']].sort_index().to_dict()",
    ),
    _job(
        "Order a little below the market, on the tick",
        """
        book = %binance ticker_book_ticker ETHUSDT --exact
        price = (book["bid_price"].iloc[0] * 99 / 100).quantize(Decimal("0.01"))
        answer = %binance new_order ETHUSDT BUY LIMIT --time-in-force GTC --quantity 0.1 --price $price
        """,
        """
        book = client.get_orderbook_ticker(symbol="ETHUSDT")
        price = (Decimal(book["bidPrice"]) * 99 / 100).quantize(Decimal("0.01"))
        order = client.order_limit_buy(symbol="ETHUSDT", quantity="0.1", price=str(price))
        answer = pd.DataFrame([order])
        """,
        "answer['status'].tolist(), answer['price'].astype('float64').tolist()",
    ),
    _job(
        "Open orders as a frame, then take them all back",
        """
        answer = %binance open_orders ETHUSDT
        %binance cancel_open_orders ETHUSDT
        """,
        """
        answer = pd.DataFrame(client.get_open_orders(symbol="ETHUSDT"))
        for name in ("price", "origQty", "executedQty"):
            answer[name] = answer[name].astype("float64")
        for name in ("time", "updateTime"):
            answer[name] = pd.to_datetime(answer[name], unit="ms", utc=True)
        for order_id in answer["orderId"]:
            client.cancel_order(symbol="ETHUSDT", orderId=order_id)
        """,
        "len(answer), answer['price'].tolist(), answer['status'].tolist()",
    ),
    _job(
        "Buy at the market, and what the fills cost in fees",
        """
        fills = %binance new_order BTCUSDT BUY MARKET --quantity 0.01 --part fills
        answer = fills.groupby("commission_asset")["commission"].sum()
        """,
        """
        order = client.order_market_buy(symbol="BTCUSDT", quantity="0.01")
        fills = pd.DataFrame(order["fills"])
        fills["commission"] = fills["commission"].astype("float64")
        answer = fills.groupby("commissionAsset")["commission"].sum()
        """,
        "answer.to_dict()",
    ),
)


def counted(code: str) -> tuple[int, int]:
    """Return the lines of a snippet and its keystrokes: letters, and Enter once a line."""
    lines = [line.strip() for line in code.splitlines() if line.strip()]
    return len(lines), sum(len(line) + 1 for line in lines)


def table() -> str:
    """Return the counts as a Markdown table, with their sum."""
    rows = [(job.title, *counted(job.ours), *counted(job.theirs)) for job in JOBS]
    counts = [row[1:] for row in rows]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    lines = [
        "| job | lines | keystrokes | lines with python-binance + pandas | keystrokes |",
        "|---|--:|--:|--:|--:|",
        *("| {} | {} | {} | {} | {} |".format(*row) for row in rows),
        "| **all ten** | **{}** | **{:,}** | **{}** | **{:,}** |".format(*sums),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
