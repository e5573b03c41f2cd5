"""The portfolio in JupyterLab, on an exchange whose clock runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def test_a_portfolio_shows_the_account_and_follows_it(run_notebook: Callable[..., Any]) -> None:
    """An order placed in another cell appears and is gone again; another asset to count in is one key away."""
    notebook = run_notebook(
        "from binance_nb.widgets import Portfolio\nportfolio = Portfolio(session)\nportfolio",
        "order = session.buy('BTCUSDT', '0.01', price='30000')",
        "_ = session.cancel('BTCUSDT', all=True)",
        setup="import binance_nb\n%load_ext binance_nb\nsession = binance_nb.connect('sandbox', seed=1)",
        run=False,
    )
    notebook.run(0)
    notebook.run(1)
    notebook.element(1, "table th:has-text('BTC')")
    notebook.wait_for("'No open orders.' in portfolio.words()")
    notebook.run(2)
    notebook.element(1, "code:has-text('%binance cancel BTCUSDT')")
    notebook.run(3)
    notebook.wait_for("'No open orders.' in portfolio.words()")
    notebook.element(1, "select").select_option("BTC")
    notebook.wait_for("portfolio.quote", "'BTC'")
    notebook.element(1, "table th:has-text('≈ BTC')")
    notebook.element(1, "text=in 24 h")  # once the prices of yesterday are there, too

    assert notebook.ask("portfolio.problem") == "''"
