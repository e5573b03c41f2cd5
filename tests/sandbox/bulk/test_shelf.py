"""What is made, and what is kept."""

from __future__ import annotations

import asyncio

from binance_nb.archive import ArchiveName
from binance_nb.sandbox.bulk.shelf import MadeFile, Shelf
from binance_nb.sandbox.listings import LISTINGS
from binance_nb.sandbox.market import Market

FILES = [ArchiveName.parse(f"BTCUSDT-1h-2024-05-{day:02d}.zip") for day in range(1, 6)]


def made(shelf: Shelf, names: list[ArchiveName]) -> list[MadeFile]:
    async def all_of_them() -> list[MadeFile]:
        return list(await asyncio.gather(*map(shelf.file, names)))

    return asyncio.run(all_of_them())


def test_a_file_is_made_once() -> None:
    """Everybody who asks while it is made, or later, gets the same one."""
    shelf = Shelf(Market(1, LISTINGS))

    first, second = made(shelf, [FILES[0], FILES[0]])
    (later,) = made(shelf, [FILES[0]])

    assert first is second is later


def test_the_least_used_files_are_dropped() -> None:
    """Beyond its bytes the shelf forgets what nobody has asked for the longest; it makes the same again."""
    one = len(made(Shelf(Market(1, LISTINGS)), FILES[:1])[0].data)
    shelf = Shelf(Market(1, LISTINGS), most_bytes=3 * one + one // 2)

    before = [made(shelf, [name])[0] for name in (*FILES[:3], FILES[0], *FILES[3:])]
    kept, dropped = made(shelf, [FILES[0]])[0], made(shelf, [FILES[1]])[0]

    assert kept is before[0]
    assert dropped is not before[1]
    assert dropped == before[1]


def test_a_file_larger_than_the_shelf_stays_until_the_next() -> None:
    """Who downloads it in parts need not wait for it twice."""
    shelf = Shelf(Market(1, LISTINGS), most_bytes=1)

    first, again = made(shelf, FILES[:1])[0], made(shelf, FILES[:1])[0]

    assert first is again
