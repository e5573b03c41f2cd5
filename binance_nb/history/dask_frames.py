"""History past one machine: a Dask frame of one stored period, or one bulk file, a partition.

    from binance_nb.history import dask_frame

    minutes = dask_frame("klines", "BTCUSDT", "1m", start="2020-01-01", end="2024-01-01")
    minutes["close"].resample("1D").last().compute()

What travels to the workers is where a part is and what it is called, nothing else: no session, no key.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from binance_nb.archive import ArchiveName
from binance_nb.catalog import ENDPOINTS, ENUMS
from binance_nb.client import Client
from binance_nb.environment import Environment, resolve
from binance_nb.errors import StoreError, UsageError
from binance_nb.folders import cache_folder
from binance_nb.grammar import did_you_mean, format_time, nearest, parse_time
from binance_nb.history.bulk import KINDS, OPERATIONS, BulkSite, table_of_file
from binance_nb.store import Dataset, Span, Store, missing

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Part", "Place", "dask_frame", "read_part"]

# Such candles open in one month and close in the next, and all there are fit into one answer.
_LONG = ("3d", "1w", "1M")
_SHOWN = 3


class Place(Protocol):
    """What of a session tells where its data is: a `Session` is one."""

    @property
    def client(self) -> Client:
        """Knows what time it is there."""

    @property
    def environment(self) -> Environment:
        """Where its bulk files are."""

    @property
    def market(self) -> str:
        """Whose data they are."""

    @property
    def store(self) -> Store:
        """What was fetched before."""


@dataclass(frozen=True)
class Part:
    """One partition: texts and numbers alone, so that it travels to any worker.

    Attributes:
        dataset: What its rows are rows of.
        start_ms: Where it begins.
        end_ms: Where it ends, exclusive.
        files: Names of the bulk files that hold it, in order of time.
        url: Base URL of the bulk files.
        store: Folder of the store that holds it; empty where none does.
    """

    dataset: Dataset
    start_ms: int
    end_ms: int
    files: tuple[str, ...]
    url: str
    store: str = ""


def dask_frame(
    what: str,
    symbol: str,
    interval: str | None = None,
    *,
    start: object,
    end: object,
    session: Place | None = None,
    url: str | None = None,
    listing_url: str | None = None,
    files: Literal["daily", "monthly"] = "daily",
    allow_gaps: bool = False,
    tz: str = "UTC",
) -> Any:  # Any: a dask.dataframe.DataFrame, which has no types
    """Return a range of candles or trades as a Dask frame.

    Nothing but the listing of the bulk files is fetched here; each worker fetches the files of its partitions, compares
    them with their checksums, and reads them as `Session.history` does. It runs on whatever scheduler is the current
    one: threads, or the cluster of your ``distributed.Client``.

    Args:
        what: ``klines``, ``agg_trades`` or ``trades``.
        symbol: The symbol.
        interval: The interval of candles, a day or less.
        start: Earliest time, inclusive.
        end: Latest time, exclusive.
        session: Whose bulk files and whose store; what its store holds is read from there, wherever a worker sees its
            folder.
        url: Instead of a session, the base URL of the bulk files; those of the exchange when both are left out.
        listing_url: Where they are listed; below ``url`` when None.
        files: ``daily`` files, which agree with the API, or ``monthly`` ones: fewer partitions, and known to differ
            here and there. Where there is none of the one kind, the other is taken.
        allow_gaps: Whether days without a file are left out; else they are an error.
        tz: Time zone of times that name none.

    Returns:
        A ``dask.dataframe.DataFrame`` with known divisions, a partition for each period of the store that is whole and
        for each bulk file. Candles are as of `Session.history`: indexed by ``open_time``, all closed. Trades are
        indexed by ``time``, for the time that a file covers is known before it is read, and its ids are not.

    Raises:
        UsageError: Dask is not installed, something does not fit, or files are missing.
        TransportError: The listing cannot be had.

    Source: github.com/binance/binance-public-data.
    """
    from_map = _from_map()
    place = session.environment if session else resolve("market")
    base, listing = url or place.archives_url, listing_url or (f"{url.rstrip('/')}/" if url else place.listing_url)
    if not base:
        raise UsageError(
            f"There are no bulk files for {place.name}.",
            hint="Give the url of some, or a session on market, live or the sandbox.",
            culprit="session",
        )
    dataset = _dataset(session.market if session else "spot", what, symbol, interval)
    now_ms = session.client.clock.now_ms() if session else int(time.time() * 1000)
    start_ms, end_ms = (parse_time(moment, now_ms=now_ms, tz=tz) for moment in (start, end))
    if start_ms >= end_ms:
        raise UsageError("The range has no time in it.", hint="Give a start before the end.", culprit="start")
    site = BulkSite(base, listing, cache_folder() / "parts")
    parts = list(_parts(dataset, (start_ms, end_ms), site, base, session.store if session else None, files))
    _demand_whole(parts, dataset, start_ms, end_ms, allow_gaps=allow_gaps)
    divisions = [*(_moment(part.start_ms) for part in parts), _moment(end_ms - 1)]
    return from_map(read_part, parts, meta=_meta(dataset), divisions=divisions, label=f"binance-{dataset.operation}")


def read_part(part: Part) -> pd.DataFrame:
    """Read one partition, on whichever machine this runs.

    Args:
        part: Which.

    Returns:
        Its rows.

    Raises:
        StoreError: A file does not match its checksum, or is gone.
        TransportError: The site of the bulk files does not answer.
    """
    import pandas as pd

    frame = _from_store(part)
    if frame is None:
        frames = [_from_file(part, ArchiveName.parse(name)) for name in part.files]
        if not frames:
            raise StoreError(
                f"{part.dataset} from {format_time(part.start_ms)} is not in {part.store}, and no bulk file is known.",
                hint="Make the frame again: what the store held when it was made is no longer there.",
            )
        frame = pd.concat(frames, ignore_index=not part.dataset.interval)
    return frame if part.dataset.interval else frame.set_index("time")


def _from_store(part: Part) -> pd.DataFrame | None:
    """Read a partition from the store if this machine sees it, and it still holds it."""
    if not part.store:
        return None
    store = Store(Path(part.store))
    if store.missing(part.dataset, part.start_ms, part.end_ms):
        return None
    return store.read(part.dataset, part.start_ms, part.end_ms)


def _from_file(part: Part, name: ArchiveName) -> pd.DataFrame:
    from binance_nb.store.parquet import frame_of
    from binance_nb.store.writing import between

    data = _site(part.url).fetch(name)
    if data is None:
        raise StoreError(f"{name.file_name} is no longer published.", culprit=name.file_name)
    table = table_of_file(data, name, part.dataset)
    return frame_of(part.dataset, between(part.dataset, table, part.start_ms, part.end_ms))


@lru_cache(maxsize=8)
def _site(url: str) -> BulkSite:
    return BulkSite(url, url, cache_folder() / "parts")


def _parts(
    dataset: Dataset, bounds: tuple[int, int], site: BulkSite, url: str, store: Store | None, files: str
) -> Iterator[Part]:
    """Give a part for each period that the store has whole, and for each bulk file of the others."""
    known = store.coverage(dataset) if store else ()
    periods = [(max(each.start_ms, bounds[0]), min(each.end_ms, bounds[1])) for each in dataset.periods(*bounds)]
    stored = {each for each in periods if store and not missing(known, *each)}
    needs_files = len(stored) < len(periods)
    published = _published(site, dataset, files, bounds) if needs_files else []
    for begins, ends in periods:
        inside = [name for name in published if name.start_ms < ends and begins < name.end_ms]
        if store and (begins, ends) in stored:
            yield Part(dataset, begins, ends, tuple(name.file_name for name in inside), url, str(store.folder.parent))
            continue
        for name in inside:
            yield Part(dataset, max(name.start_ms, begins), min(name.end_ms, ends), (name.file_name,), url)


def _published(site: BulkSite, dataset: Dataset, files: str, bounds: tuple[int, int]) -> list[ArchiveName]:
    """List the files of a range; of what both kinds hold, the wanted kind's."""
    order = ("daily", "monthly") if files == "daily" else ("monthly", "daily")
    found: list[ArchiveName] = []
    gaps: Sequence[Span] = [Span(*bounds)]
    for kind in order:
        names = site.names(kind, KINDS[dataset.operation], dataset.symbol, dataset.interval) if gaps else []
        # Whole files only, lest two partitions hold the same time.
        found += [name for name in names if _is_free(name, found) and _touches(name, gaps)]
        covered = [Span(name.start_ms, name.end_ms) for name in found]
        gaps = missing(sorted(covered), *bounds)
    return sorted(found, key=lambda name: name.start_ms)


def _touches(name: ArchiveName, gaps: Sequence[Span]) -> bool:
    return any(gap.start_ms < name.end_ms and name.start_ms < gap.end_ms for gap in gaps)


def _is_free(name: ArchiveName, found: Sequence[ArchiveName]) -> bool:
    return not any(other.start_ms < name.end_ms and name.start_ms < other.end_ms for other in found)


def _demand_whole(parts: Sequence[Part], dataset: Dataset, start_ms: int, end_ms: int, *, allow_gaps: bool) -> None:
    gaps = missing([Span(part.start_ms, part.end_ms) for part in parts], start_ms, end_ms)
    if parts and (allow_gaps or not gaps):
        return
    shown = ", ".join(f"{format_time(gap.start_ms)} to {format_time(gap.end_ms)}" for gap in gaps[:_SHOWN])
    more = f", and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
    raise UsageError(
        f"No bulk file and no store holds {dataset} from {shown}{more}.",
        hint="A day is published on the next. session.history(...) brings it into the store of a session; "
        "allow_gaps=True leaves it out."
        if parts
        else "Look at symbol, interval and times: the listing has none of it.",
        details={"gaps": [(gap.start_ms, gap.end_ms) for gap in gaps]},
        operation="dask_frame",
    )


def _dataset(market: str, what: str, symbol: str, interval: str | None) -> Dataset:
    operation = OPERATIONS.get(what, what if what in KINDS else None)
    if operation is None:
        raise UsageError(
            f"There is no history of {what!r}.",
            hint=did_you_mean(what, OPERATIONS) or f"Choose one of {', '.join(OPERATIONS)}.",
            suggestion=next(iter(nearest(what, OPERATIONS)), None),
            culprit=what,
        )
    needs_interval = "interval" in ENDPOINTS[operation].by_name
    if needs_interval is (interval is None):
        needs = "needs an interval" if needs_interval else "takes no interval"
        raise UsageError(f"The history of {what} {needs}.", culprit=interval or "interval", operation="dask_frame")
    choices = [str(each) for each in ENUMS["kline_interval"].values]
    if interval is not None and interval not in choices:
        raise UsageError(
            f"There is no interval {interval!r}.",
            hint=did_you_mean(interval, choices) or f"Choose one of {', '.join(choices)}.",
            culprit=interval,
        )
    if interval in _LONG:
        raise UsageError(
            f"All candles of {interval} that there are fit into one answer.",
            hint="Ask session.history for them; Dask is for what does not fit into memory.",
            suggestion=f'session.history("{what}", "{symbol}", "{interval}")',
            culprit=interval,
        )
    return Dataset(market, operation, symbol, interval)


def _meta(dataset: Dataset) -> pd.DataFrame:
    """Return the frame without rows: columns, dtypes and index, as declared."""
    from binance_nb.store.parquet import frame_of, schema_of

    empty = frame_of(dataset, schema_of(dataset).empty_table())
    return empty if dataset.interval else empty.set_index("time")


def _moment(stamp_ms: int) -> pd.Timestamp:
    import pandas as pd

    return pd.Timestamp(stamp_ms, unit="ms", tz="UTC")


def _from_map() -> Any:  # Any: Dask's function
    try:
        from dask.dataframe import from_map
    except ImportError as error:
        raise UsageError(
            "dask_frame needs Dask, which is not installed.",
            hint="It comes with an extra of this package.",
            suggestion='%pip install "binance-nb[dask]"',
            operation="dask_frame",
        ) from error
    return from_map
