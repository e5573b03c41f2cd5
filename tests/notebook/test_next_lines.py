"""The line to paste under a line that went elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from binance_nb.errors import BinanceError, ExecutionUnknownError
from binance_nb.notebook.next_lines import next_line

Shell = Any  # most of what IPython's shell can do has no types
Run = Callable[[str], Any]
Fail = Callable[[str], BinanceError]


@pytest.fixture
def on_sandbox(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines go to a sandbox; no environment has a key."""
    for place in ("LIVE", "TESTNET"):
        for name in ("API_KEY", "SECRET_KEY", "PRIVATE_KEY"):
            monkeypatch.delenv(f"BINANCE_{place}_{name}", raising=False)
    run("%binance use sandbox --seed 1 --frozen 2024-06-01T12:00:00Z")


def answer(shell: Shell, *answers: str) -> None:
    """Be the person whom ``%binance keys`` asks."""
    asked = iter(answers)
    shell.magics_manager.registry["BinanceMagics"].desk.ask = lambda prompt: next(asked)


@pytest.mark.parametrize("line", ["account --env live", "account --env=live", "open_orders BTCUSDT env=live"])
def test_a_missing_key_is_asked_for_where_the_line_went(fail: Fail, on_sandbox: None, line: str) -> None:
    """``%binance keys`` alone would set it where one stands."""
    error = fail(f"%binance {line}")

    assert (error.suggestion or "").replace("=", " ").replace(" --env", " env") == "%binance keys env live"


def test_the_line_that_asks_for_a_key_elsewhere_works(fail: Fail, run: Run, shell: Shell, on_sandbox: None) -> None:
    """The key is there for lines that go there, and nothing changes where one stands."""
    answer(shell, "k" * 64, "s" * 64)
    own = repr(run("%binance status"))

    run(fail("%binance account --env testnet").suggestion or "")

    assert "X-MBX-APIKEY: ••••kkkk" in repr(run("%binance account --env testnet --dry-run"))
    assert "testnet" in repr(run("%binance status --env testnet"))
    assert repr(run("%binance status")) == own


@pytest.mark.parametrize(
    ("line", "here"),
    [
        ("account --omit-zero-balances --env market", "account --omit-zero-balances"),
        ("open_orders --env=market BTCUSDT", "open_orders BTCUSDT"),
    ],
)
def test_what_only_a_sandbox_does_is_tried_on_the_one_that_is_there(
    fail: Fail, on_sandbox: None, line: str, here: str
) -> None:
    """Whoever stands on it needs not be sent there."""
    assert fail(f"%binance {line}").suggestion == f"%binance {here}"


def test_from_elsewhere_one_is_sent_to_a_sandbox(fail: Fail, run: Run) -> None:
    """The line without ``--env`` would not do there."""
    run("%binance use market")

    assert fail("%binance account --env market").suggestion == "%binance use sandbox"


@pytest.mark.parametrize("there", ["--env testnet", "--env=testnet", "--env $there"])
def test_an_order_that_went_elsewhere_is_looked_up_there(there: str) -> None:
    """Where one stands nobody knows it, which would read as not placed."""
    look = "%binance get_order BTCUSDT --orig-client-order-id mine"

    found = next_line(
        f"new_order BTCUSDT BUY MARKET {there} --quantity 1",
        ExecutionUnknownError("No verdict.", suggestion=look),
        is_on_sandbox=True,
    )

    assert found == f"{look} {there}"


@pytest.mark.parametrize("proposed", ["%config BinanceMagics.max_wait_seconds = 50", "%binance help depth"])
def test_what_goes_nowhere_gets_no_place(proposed: str) -> None:
    """Options and pages are the same wherever a line went."""
    error = BinanceError("No.", suggestion=proposed)

    assert next_line("depth BTCUSDT --env live", error, is_on_sandbox=True) == proposed
