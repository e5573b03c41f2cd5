"""Rate limits know their windows, and are read from what the exchange states."""

from __future__ import annotations

from typing import Any

import pytest

from binance_nb.catalog.limits import DEFAULT_LIMITS, RateLimit, parse_limits

WEIGHT = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 6000}


def test_intervals_have_the_documented_lengths_and_letters(spec_data: Any) -> None:
    """Windows last as long as documented, and headers name them by the documented letter."""
    documented = spec_data("enums.json")["enums"]["rate_limit_interval"]
    limits = {interval: RateLimit("ORDERS", interval, 5, 10) for interval in documented["ms"]}

    assert {name: 5 * length for name, length in documented["ms"].items()} == {
        name: limit.window_ms for name, limit in limits.items()
    }
    assert {name: f"5{letter}" for name, letter in documented["header_letter"].items()} == {
        name: limit.header_suffix for name, limit in limits.items()
    }


def test_defaults_are_those_of_today(spec_data: Any) -> None:
    """The raw-request limit is the changed one, and every default is of a documented kind."""
    documented = spec_data("enums.json")["enums"]["rate_limit_type"]["values"]
    raw = spec_data("general.json")["rate_limits"]["raw_requests"]

    assert RateLimit("RAW_REQUESTS", "MINUTE", raw["interval_minutes"], raw["limit"]) in DEFAULT_LIMITS
    assert set(documented) == {limit.kind for limit in DEFAULT_LIMITS}
    assert [limit.header_suffix for limit in DEFAULT_LIMITS] == ["1M", "10S", "1D", "5M"]


def test_documented_entries_are_read(spec_data: Any) -> None:
    """Every documented sample, and the answer of rate_limit_order, becomes a limit with the same numbers."""
    entries = spec_data("enums.json")["rate_limit_examples"]
    entries += spec_data("rest_examples/rate_limit_order.json")["examples"][0]["body"]

    assert [(e["rateLimitType"], e["interval"], e["intervalNum"], e["limit"]) for e in entries] == [
        (limit.kind, limit.interval, limit.interval_num, limit.limit) for limit in parse_limits(entries)
    ]


def test_new_kinds_are_kept_and_new_intervals_left_out() -> None:
    """A kind nobody knows is a limit all the same; a window of unknown length cannot be kept."""
    connections = {"rateLimitType": "CONNECTIONS", "interval": "HOUR", "intervalNum": 1, "limit": 300, "new": "field"}
    fortnight = {**WEIGHT, "interval": "FORTNIGHT"}

    assert (RateLimit("REQUEST_WEIGHT", "MINUTE", 1, 6000), RateLimit("CONNECTIONS", "HOUR", 1, 300)) == parse_limits(
        [WEIGHT, fortnight, connections]
    )


@pytest.mark.parametrize(("broken", "error"), [({"limit": "many"}, ValueError), ({"intervalNum": ""}, ValueError)])
def test_an_entry_without_numbers_is_refused(broken: dict[str, Any], error: type[Exception]) -> None:
    """A limit that cannot be read is not guessed at."""
    with pytest.raises(error):
        parse_limits([{**WEIGHT, **broken}])


@pytest.mark.parametrize(("now_ms", "end_ms"), [(0, 10_000), (9_999, 10_000), (10_000, 20_000)])
def test_windows_end_on_the_clock(now_ms: int, end_ms: int) -> None:
    """A window belongs to the server's clock, not to the first request in it."""
    assert end_ms == RateLimit("ORDERS", "SECOND", 10, 100).resets_at(now_ms)
