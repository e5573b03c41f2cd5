"""The journal at a glance, for a kernel that starts: cheap, and changing nothing."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from urllib.request import pathname2url

from binance_nb.trading.journal.origins import this_kernel

__all__ = ["leftovers"]

_PATIENCE_SECONDS = 0.1


def leftovers(path: Path) -> dict[str, int] | None:
    """Count the calls of other kernels without known outcome.

    Args:
        path: The journal's file. It is neither made nor checked.

    Returns:
        How many at each place, without sandboxes that are gone; None when the file is damaged.
    """
    import sqlite3  # here, for most kernels load the extension where no journal is

    try:
        # Read-only, so that looking cannot make a file; the log beside it is heeded all the same.
        address = f"file:{pathname2url(str(path))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE_SECONDS)) as connection:
            rows = connection.execute(
                "SELECT place, url, instance, count(*) FROM entries"
                " WHERE (verdict IS NULL OR verdict = 'STILL UNKNOWN') AND kernel <> ?"
                " GROUP BY place, url, instance ORDER BY min(number)",
                [this_kernel()],
            ).fetchall()
    except sqlite3.OperationalError:
        return {}  # held by another process, or not begun yet: whoever orders hears of it
    except sqlite3.DatabaseError:
        return None
    counts: dict[str, int] = {}
    for place, url, instance, count in rows:
        if not instance or _is_there(url, instance):
            counts[place] = counts.get(place, 0) + count
    return counts


def _is_there(url: str, instance: str) -> bool:
    from binance_nb.trading.accounts import sandbox_at  # here, for real accounts have no use for it

    return sandbox_at(url, tries=1) == instance
