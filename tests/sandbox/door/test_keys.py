"""Keys drawn from the seed."""

from __future__ import annotations

from binance_nb.catalog import Security
from binance_nb.sandbox.door.keys import is_well_formed, keys_of


def test_a_seed_always_gives_the_same_keys() -> None:
    """A notebook finds the key it had; another seed has others, and no two texts agree."""
    texts = {text for seed in (1, 2) for key in keys_of(seed) for text in (key.api_key, key.secret_key)}

    assert keys_of(1) == keys_of(1)
    assert len(texts) == 8
    assert all(map(is_well_formed, texts))


def test_the_drawing_never_changes() -> None:
    """What a notebook printed once stays true in the next version."""
    trading, _ = keys_of(1)

    assert trading.api_key.startswith("5Sd06U7DWd0I7r5dU1zY5oYf")


def test_only_the_first_key_may_trade() -> None:
    """The second key reads."""
    trading, reading = keys_of(1)

    assert trading.permissions - reading.permissions == {Security.TRADE}


def test_its_repr_hides_the_secret() -> None:
    """A key in a traceback tells nothing."""
    trading, _ = keys_of(1)

    assert trading.secret_key not in repr(trading)
    assert trading.api_key not in repr(trading)
