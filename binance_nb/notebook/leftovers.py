"""What a kernel that starts says of those before it: calls whose outcome nobody wrote down."""

from __future__ import annotations

from binance_nb.folders import JOURNAL_NAME, data_folder

__all__ = ["tell_leftovers"]


def tell_leftovers() -> None:
    """Show a line where an earlier kernel left calls without outcome, or a journal that cannot be read."""
    path = data_folder() / JOURNAL_NAME
    if not path.exists():
        return  # and nothing is loaded: most kernels trade nothing
    from binance_nb.trading.journal.glance import leftovers

    counts = leftovers(path)
    if counts == {}:
        return
    from IPython.display import display

    from binance_nb.rendering.journal_sheet import leftovers_line

    display(leftovers_line(counts))  # type: ignore[no-untyped-call]  # IPython's
