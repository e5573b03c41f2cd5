"""Years of candles and trades: ``session.history("klines", "BTCUSDT", "1m", start="2019-01-01")``."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from binance_nb.calls import Answer, Calls
from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.errors import UsageError
from binance_nb.folders import cache_folder
from binance_nb.grammar import did_you_mean, find_zone, nearest, parse_time
from binance_nb.history import MAX_ROWS, Progress
from binance_nb.history.bulk import KINDS, OPERATIONS, BulkSite
from binance_nb.history.long import BEFORE_ALL_MS, Chronicle, Hole, LongPlan, Source, Told, filled, holes_frame
from binance_nb.history.pages import PAGE_ROWS
from binance_nb.reading import Reading, options_of
from binance_nb.store import Dataset, Store
from binance_nb.trading.accounts import sandbox_at

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MAX_LONG_ROWS", "Histories"]

MAX_LONG_ROWS = 5_000_000
"""The most rows of a long range that says no ``max_rows``: some half a gigabyte of memory."""

_SPOT = ("market", "live")
_SANDBOX = "sandbox-"
_SECOND_MS = 1_000
_STALE_SECONDS = 2 * 86_400
_COUNTS = ("weight", "requests", "files", "holes", "conflicts")


class Histories(Calls):
    """A place on the exchange, and all that it can tell of the past; what was fetched once is kept on disk.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
    """

    @cached_property
    def store(self) -> Store:
        """What was fetched once, below the folder that ``BINANCE_NB_CACHE`` names or the user's cache folder."""
        return Store()

    def history(
        self,
        what: str,
        symbols: str | Iterable[str],
        interval: str | None = None,
        *,
        start: object = None,
        end: object = None,
        source: Source = "auto",
        fill: bool = False,
        closed: bool = False,
        tz: str = "UTC",
        max_rows: int | None = None,
        quiet: bool = False,
    ) -> pd.DataFrame:
        """Return a range of any length, fetching only what the store does not have.

        It is planned first: pages in flight together within the weight budget, or bulk files where they are quicker.
        What has come is kept, also when it is interrupted: run it again, and it goes on from there.

        Args:
            what: ``klines``, ``agg_trades`` or ``trades``.
            symbols: A symbol, or several: a list, or with commas between.
            interval: The interval of candles, such as ``1m``.
            start: Earliest time, inclusive, as of `klines`; of candles the first there is when None.
            end: Latest time, exclusive; now when None.
            source: ``api``, ``archive`` or ``store`` for rows from there alone; ``auto`` for whatever is quicker. For a
                closed range the frames are the same.
            fill: Whether holes in candles are closed with ones that stand at the last close, marked in ``filled``. What
                was not fetched stays open: it may be there.
            closed: Whether the candle is left out that is not finished.
            tz: Time zone for reading and for times that name none.
            max_rows: Ceiling for the rows of each symbol; `MAX_LONG_ROWS` when None.
            quiet: Whether no bar is shown.

        Returns:
            A frame as of `klines`, `agg_trades` or `historical_trades`; of several symbols with ``symbol`` as the first
            level of the index. ``attrs["binance"]`` says whether it is ``whole``, how many ``holes`` it has, where its
            rows are from, and in ``note`` what else is to be known.

        Raises:
            UsageError: Something does not fit, or the range is longer than the ceiling.
            ApiError: The exchange knows no such symbol, or as of any call.
            TransportError: Nobody answers; what came before is kept.
            StoreError: The store cannot be read or written.

        Source: rest-api.md, "Kline/Candlestick data", "Compressed/Aggregate trades list" and "Old trade lookup";
            github.com/binance/binance-public-data.
        """
        find_zone(tz)
        datasets = self._datasets(what, symbols, interval)
        begin_ms, end_ms = self._range(datasets[0], start, end, tz)
        if fill and not datasets[0].interval:
            raise UsageError("Only candles can be filled.", hint="Leave fill out.", culprit="fill", operation=what)
        frames = []
        for dataset in datasets:
            chronicle = self._chronicle(dataset, source)
            self._check_size(chronicle.plan(begin_ms, end_ms), max_rows)
            told = self._told(chronicle, dataset, (begin_ms, end_ms), is_quiet=quiet)
            frames.append(self._finished(told, dataset, (begin_ms, end_ms), tz, is_filled=fill, is_closed=closed))
        return frames[0] if len(frames) == 1 else _stacked(frames, datasets)

    def history_plan(
        self,
        what: str,
        symbols: str | Iterable[str],
        interval: str | None = None,
        *,
        start: object = None,
        end: object = None,
        source: Source = "auto",
        tz: str = "UTC",
    ) -> list[LongPlan]:
        """Tell what `history` would take; the listing of the bulk files may be asked for, and nothing else.

        Args:
            what: As of `history`, as all others.
            symbols: A symbol, or several.
            interval: The interval of candles.
            start: Earliest time.
            end: Latest time.
            source: Where rows may come from.
            tz: Time zone of times that name none.

        Returns:
            A plan for each symbol: rows, what the store has, files, requests, weight, seconds; its text is a line.
        """
        datasets = self._datasets(what, symbols, interval)
        begin_ms, end_ms = self._range(datasets[0], start, end, tz)
        return [self._chronicle(dataset, source).plan(begin_ms, end_ms) for dataset in datasets]

    def gaps(
        self,
        what: str,
        symbols: str | Iterable[str],
        interval: str | None = None,
        *,
        start: object = None,
        end: object = None,
        source: Source = "auto",
        tz: str = "UTC",
        quiet: bool = False,
    ) -> pd.DataFrame:
        """Return the holes of a range, after fetching what the store does not have.

        Args:
            what: As of `history`, as all others.
            symbols: A symbol, or several.
            interval: The interval of candles.
            start: Earliest time.
            end: Latest time.
            source: Where rows may come from; with ``store``, nothing is fetched.
            tz: Time zone of times that name none.
            quiet: Whether no bar is shown.

        Returns:
            A row a hole, index 0, 1, 2, ...: ``symbol``, ``start`` and ``end`` (``datetime64[ms, UTC]``, the end
            exclusive), ``candles`` (Int64), and ``kind``: ``before listing``, ``none there`` (the exchange was asked
            and has none) or ``not fetched``.

        Raises:
            BinanceError: As of `history`.
        """
        import pandas as pd

        datasets = self._datasets(what, symbols, interval)
        begin_ms, end_ms = self._range(datasets[0], start, end, tz)
        found = []
        for dataset in datasets:
            told = self._told(self._chronicle(dataset, source), dataset, (begin_ms, end_ms), is_quiet=quiet)
            found.append(holes_frame(told.holes))
            found[-1].insert(0, "symbol", dataset.symbol)
        return pd.concat(found, ignore_index=True)

    def _answered(self, endpoint: Endpoint, sent: dict[str, str], reading: Reading) -> Answer:
        """Answer a read; a range longer than one answer by way of the store."""
        source = reading.source
        if source is None and (self.client.clock.rate == 0 or "source" not in options_of(endpoint)):
            return super()._answered(endpoint, sent, reading)  # a frozen sandbox shows the same each time
        bounds = int(sent.get("startTime", 0)), int(sent.get("endTime", self.client.clock.moment_ms())) + 1
        fits = not {"limit", "fromId", "timeZone"} & set(sent) and "startTime" in sent
        fits = fits and not (reading.raw or reading.exact or reading.is_in_us)
        if source is not None and not fits:
            raise UsageError(
                f"{endpoint.name} takes a source for a range of time alone, read as floats and ms.",
                hint="Give start, and leave limit, from_id, raw, exact, time_unit and time_zone out.",
                culprit="source",
                operation=endpoint.name,
            )
        dataset = Dataset(self.market, endpoint.name, sent["symbol"], sent.get("interval")) if fits else None
        if dataset is None or (source is None and bounds[1] - bounds[0] <= PAGE_ROWS * (dataset.step_ms or _SECOND_MS)):
            return super()._answered(endpoint, sent, reading)
        chronicle = self._chronicle(dataset, cast("Source", source or "auto"))
        plan = chronicle.plan(*bounds)
        if reading.max_rows is None and ((plan.rows or 0) > MAX_ROWS or (plan.weight or 0) > self.client.budget.limit):
            return super()._answered(endpoint, sent, reading)  # which measures it, and says how to allow it
        self._check_size(plan, reading.max_rows)
        told = self._told(chronicle, dataset, bounds, is_quiet=reading.quiet)
        return Answer(self._finished(told, dataset, bounds, reading.zone, is_filled=False, is_closed=reading.closed))

    def _told(self, chronicle: Chronicle, dataset: Dataset, bounds: tuple[int, int], *, is_quiet: bool) -> Told:
        # What a frozen sandbox's notebook shows has to be the same each time.
        bar = Progress(str(dataset), 0, False if is_quiet or self.client.clock.rate == 0 else None)
        try:
            return chronicle.tell(*bounds, bar)
        finally:
            bar.close()

    def close(self) -> None:
        """Let go of connections, and stop the sandbox if this session started it; its data goes with it."""
        super().close()
        if self.sandbox is not None and "market" in vars(self):  # where nothing was fetched, nothing is kept
            shutil.rmtree(self._market_folder(self.market), ignore_errors=True)

    @cached_property
    def market(self) -> str:
        """Under which name the store keeps this place's data; the live exchange and its market data host share one."""
        place = self.environment
        if place.name in _SPOT:
            return "spot"
        instance = f"{self.sandbox.seed}/{self.sandbox.instance}" if self.sandbox else sandbox_at(place.url)
        if not instance:
            return place.name
        self._sweep()
        return _SANDBOX + instance.replace("/", "-")

    def _market_folder(self, market: str) -> Path:
        return self.store.folder / market

    def _sweep(self) -> None:
        """Remove what sandboxes left behind that nobody stopped."""
        for folder in self.store.folder.glob(f"{_SANDBOX}*"):
            with suppress(FileNotFoundError):  # another session sweeps, too
                touched = max(path.stat().st_mtime for path in (folder, *folder.glob("*/*/"), *folder.glob("*/*/*/")))
                if time.time() - touched > _STALE_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)

    def _chronicle(self, dataset: Dataset, source: Source) -> Chronicle:
        if source not in get_args(Source):
            raise UsageError(
                f"There is no source {source!r}.",
                hint=did_you_mean(str(source), get_args(Source)) or f"Choose one of {', '.join(get_args(Source))}.",
                suggestion=next(iter(nearest(str(source), get_args(Source))), None),
                culprit=str(source),
            )
        place = self.environment
        parts = cache_folder() / "parts"
        site = BulkSite(place.archives_url, place.listing_url, parts) if place.archives_url else None
        return Chronicle(self.client, self.store, dataset, site, source)

    def _datasets(self, what: str, symbols: str | Iterable[str], interval: str | None) -> list[Dataset]:
        what = str(what)
        operation = OPERATIONS.get(what, what if what in KINDS else None)
        if operation is None:
            raise UsageError(
                f"There is no history of {what!r}.",
                hint=did_you_mean(what, OPERATIONS) or f"Choose one of {', '.join(OPERATIONS)}.",
                suggestion=next(iter(nearest(what, OPERATIONS)), None),
                culprit=what,
            )
        given: object = symbols.split(",") if isinstance(symbols, str) else symbols
        names = [str(name) for name in given if name] if isinstance(given, Iterable) else [str(given)]
        needs_interval = "interval" in ENDPOINTS[operation].by_name
        if needs_interval is (interval is None) or not names:
            example = f"%binance history {what} BTCUSDT {'1m ' if needs_interval else ''}--start -30d"
            needs = "an interval" if needs_interval else "no interval"
            raise UsageError(
                f"The history of {what} takes a symbol and {needs}.", suggestion=example, operation="history"
            )
        for name in names:
            # Refuses symbols and intervals that cannot be, before anything is asked.
            words = {"symbol": name, "interval": interval} if interval else {"symbol": name}
            self.client.bind(ENDPOINTS[operation], words, is_dry=True)
        return [Dataset(self.market, operation, name, interval) for name in dict.fromkeys(names)]

    def _range(self, dataset: Dataset, start: object, end: object, tz: str) -> tuple[int, int]:
        now_ms = self.client.clock.moment_ms()
        if start is None and not dataset.interval:
            raise UsageError(
                "The history of trades needs a start: all there is would be billions of rows.",
                hint="Say from when.",
                suggestion=f"%binance history {dataset.operation} {dataset.symbol} --start -2d",
            )
        begin_ms = BEFORE_ALL_MS if start is None else parse_time(start, now_ms=now_ms, tz=tz)
        return begin_ms, now_ms + 1 if end is None else parse_time(end, now_ms=now_ms, tz=tz)

    def _check_size(self, plan: LongPlan, max_rows: int | None) -> None:
        most = MAX_LONG_ROWS if max_rows is None else max_rows
        if plan.rows is not None and plan.rows > most:
            raise UsageError(
                f"About {plan.rows:,} rows of {plan.dataset}, above the ceiling of {most:,}: nothing was fetched.",
                hint=f"Ask for less, or raise the ceiling. It would take: {plan}.",
                suggestion=f"--max-rows {plan.rows}",
            )

    def _finished(
        self, told: Told, dataset: Dataset, bounds: tuple[int, int], tz: str, *, is_filled: bool, is_closed: bool
    ) -> pd.DataFrame:
        from binance_nb import frames

        frame, report = told.frame, told.report
        parameters = {"symbol": dataset.symbol, **({"interval": dataset.interval} if dataset.interval else {})}
        parameters |= {"startTime": str(bounds[0]), "endTime": str(bounds[1] - 1)}
        inner = [hole for hole in told.holes if hole.kind != "before listing"]
        if is_filled:
            frame = filled(frame, dataset, inner)
        if is_closed and dataset.interval:
            frame = frames.closed_only(frame)
        digits = self.client.symbols.digits.get(dataset.symbol, {})
        frame = frames.describe(
            frames.in_zone(frame, tz) if tz != "UTC" else frame,
            operation=dataset.operation,
            parameters=parameters,
            time_unit="ms",
            reply={},
            environment=self.environment.label or self.environment.name,
            source=", ".join(sorted(report.sources)) or (self.client.source if report.requests else "store"),
            server_time=self.client.clock.estimate_ms(),
            weight=report.weight,
            requests=report.requests,
            files=report.files,
            whole=told.is_whole,
            holes=len(inner),
            conflicts=report.conflicts,
            note=_note(report.remarks, inner),
            **({"digits": digits} if digits else {}),
        )
        return frames.seal(frame)


def _note(remarks: Sequence[str], holes: Sequence[Hole]) -> str:
    missing = sum(hole.candles or 0 for hole in holes)
    gaps = "1 gap" if len(holes) == 1 else f"{len(holes):,} gaps"
    candles = f", {missing:,} candle{'s' if missing > 1 else ''}" if missing else ""
    said = f"{gaps}{candles}: --gaps (session.gaps) lists them." if holes else ""
    if any(hole.kind == "not fetched" for hole in holes):
        said = f"Not whole. {said}".rstrip()
    return " ".join(filter(None, [*remarks, said]))


def _stacked(frames: Sequence[pd.DataFrame], datasets: Sequence[Dataset]) -> pd.DataFrame:
    """Return the frames of several symbols as one; its facts are those that all share."""
    import pandas as pd

    facts = [frame.attrs["binance"] for frame in frames]
    names = [dataset.symbol for dataset in datasets]
    row = "row" if frames[0].index.name is None else frames[0].index.name
    stacked = pd.concat([frame.copy() for frame in frames], keys=names, names=["symbol", row])
    shared = {name: value for name, value in facts[0].items() if all(each.get(name) == value for each in facts)}
    shared |= {"whole": all(each["whole"] for each in facts)}
    shared |= {name: sum(each[name] for each in facts) for name in _COUNTS}
    shared["source"] = ", ".join(sorted({name for each in facts for name in each["source"].split(", ")}))
    shared["note"] = " ".join(dict.fromkeys(each["note"] for each in facts if each["note"]))
    stacked.attrs = {"binance": {name: value for name, value in shared.items() if name != "delivered"}}
    return stacked
