"""The room's door."""

from __future__ import annotations

import pytest

from binance_nb import frames


def test_the_public_names_are_all_there() -> None:
    """Every public name can be had, and the list of them is sorted."""
    assert sorted(frames.__all__) == frames.__all__
    assert all(callable(getattr(frames, name)) for name in frames.__all__)


def test_other_names_are_not_there() -> None:
    """The lazy door does not open to names it does not have."""
    with pytest.raises(AttributeError, match="no attribute 'decod'"):
        _ = frames.decod  # type: ignore[attr-defined, unused-ignore]  # that is the point
