"""What an unknown symbol is answered with."""

from __future__ import annotations

import pytest

from binance_nb import Session
from binance_nb.errors import ApiError


def test_a_symbol_that_is_like_no_other_is_answered_with_the_list_of_all(fresh_sandbox: Session) -> None:
    """There is a line to paste even where no nearest symbol is known."""
    with pytest.raises(ApiError) as failed:
        fresh_sandbox.klines("NOSUCH", "1h")

    assert (-1121, "%binance exchange_info") == (failed.value.code, failed.value.suggestion)
