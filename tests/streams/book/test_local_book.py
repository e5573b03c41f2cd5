"""A local book: in sync or saying that it is not, and what is read from it."""

from __future__ import annotations

import gc
import threading
from decimal import Decimal

import pytest

from binance_nb import Session
from binance_nb.client import Reply
from binance_nb.client.absence import NoAnswer
from binance_nb.client.budget import WeightBudget
from binance_nb.errors import ApiError, StreamError, UsageError
from binance_nb.streams.backoff import Backoff
from binance_nb.streams.book import BookPolicy, LocalBook
from binance_nb.streams.link import LinkState
from tests.streams.book.true_book import (
    AT_ONCE,
    ByHand,
    RoughLine,
    TrueBook,
    client_of,
    differences,
    event,
    live,
    lost,
    refusal,
)


class Gate:
    """Lets snapshots through one by one."""

    def __init__(self) -> None:
        self.asked = threading.Semaphore(0)
        self.open = threading.Semaphore(0)

    def __call__(self, _call: int) -> Reply | None:
        """Wait to be let through."""
        self.asked.release()
        assert self.open.acquire(timeout=30)
        return None


def test_a_book_joins_its_snapshot_with_what_came_meanwhile(truth: TrueBook, hub: ByHand) -> None:
    """Events that come while the snapshot is fetched, before and after it was taken, end up in the book."""
    gate = Gate()
    book = LocalBook(hub, client_of(truth, gate), "BTCUSDT", limit=1000, policy=AT_ONCE)
    hub.say(live())
    gate.asked.acquire(timeout=30)
    for _ in range(30):
        hub.say(truth.step())
    state_before = book.state
    gate.open.release()
    book.wait_in_sync(30)
    hub.say(truth.step())

    assert ("syncing", "in sync", "") == (state_before, book.state, book.problem)
    assert 0 == differences(book, truth.bids, truth.asks)
    assert ["btcusdt@depth@100ms"] == hub.streams


def test_a_quiet_book_is_in_sync_without_any_event(book: LocalBook, truth: TrueBook) -> None:
    """Where nothing changes no event comes, and the snapshot is the book."""
    assert book.is_in_sync
    assert 0 == differences(book, truth.bids, truth.asks)
    assert (truth.update_id, None, 0, 0) == (book.update_id, book.last_update_ms, book.gaps, book.rebuilds)


def test_before_the_first_snapshot_there_is_nothing_to_read(truth: TrueBook, hub: ByHand) -> None:
    """Frames and costs say that there is no book yet; what is drawn often is empty."""
    book = LocalBook(hub, client_of(truth), "BTCUSDT", policy=AT_ONCE)

    assert ([], []) == book.ladder(5)
    assert ([], []) == book.floats(5)
    assert (None, None, None, None) == (book.best_bid, book.mid, book.spread, book.update_id)
    for read in (book.top, book.to_frame, book.imbalance, lambda: book.cost("BUY", 1)):
        with pytest.raises(StreamError, match="There is no book of BTCUSDT yet: it is syncing"):
            read()


def test_a_gap_is_seen_and_mended(truth: TrueBook, hub: ByHand) -> None:
    """A book that misses an event says so, reads as it last was, and is right again after another snapshot."""
    gate = Gate()
    gate.open.release()
    book = LocalBook(hub, client_of(truth, gate), "BTCUSDT", limit=1000, policy=AT_ONCE)
    hub.say(live())
    book.wait_in_sync(30)
    whole = book.ladder(1000)
    truth.step()
    hub.say(truth.step())

    assert ("rebuilding", False, 1, 0) == (book.state, book.is_in_sync, book.gaps, book.rebuilds)
    assert "An event is missing; a new snapshot is being fetched." == book.problem
    assert whole == book.ladder(1000)
    assert book.top(5).attrs["binance"]["in_sync"] is False

    gate.open.release()
    book.wait_in_sync(30)

    assert ("in sync", "", 1) == (book.state, book.problem, book.rebuilds)
    assert 0 == differences(book, truth.bids, truth.asks)


def test_a_lost_line_is_told_and_mended(book: LocalBook, truth: TrueBook, hub: ByHand) -> None:
    """Without a line the book is lost and says why; when it is back the book is built anew."""
    hub.say(lost("The line was cut."))
    for _ in range(3):
        truth.step()
    told = book.state, book.problem, book.is_in_sync

    hub.say(live(1))
    book.wait_in_sync(30)

    assert ("lost", "The line was cut.", False) == told
    assert (0, 1) == (differences(book, truth.bids, truth.asks), book.rebuilds)


def test_a_planned_renewal_of_the_line_changes_nothing(book: LocalBook, truth: TrueBook, hub: ByHand) -> None:
    """A line that is live again without having been lost needs no new snapshot; repeats are passed over."""
    said = truth.step()
    hub.say(said)
    hub.say(live(1))
    hub.say(said)
    hub.say(truth.step())

    assert (True, 0, 0) == (book.is_in_sync, book.rebuilds, differences(book, truth.bids, truth.asks))


def test_a_snapshot_that_fails_is_asked_for_again(truth: TrueBook, hub: ByHand) -> None:
    """Refusals and silence become the stated problem, and the next try mends it."""
    told: list[str] = []

    def troubles(call: int) -> Reply | None:
        told.append(books[0].problem)
        match call:
            case 1:
                return refusal(429, -1003, "Too many requests.", retry_after="0")
            case 2:
                raise NoAnswer("The line dropped.", was_sent=True)
            case 3:
                return Reply("depth", {}, 200, {}, b'{"lastUpdateId": 1, "bids": [["1"')
        return None

    book = LocalBook(hub, client_of(truth, troubles), "BTCUSDT", limit=1000, policy=AT_ONCE)
    books = [book]
    hub.say(live())
    book.wait_in_sync(30)

    assert 4 == len(told)
    assert all(words.startswith("The snapshot did not come: ") for words in told[1:])
    assert ("", 0) == (book.problem, differences(book, truth.bids, truth.asks))


def test_a_symbol_that_is_not_there_ends_the_book(truth: TrueBook, hub: ByHand) -> None:
    """No retry finds a symbol that the exchange does not know; who waits is told so."""
    book = LocalBook(hub, client_of(truth, lambda _: refusal(400, -1121, "Invalid symbol.")), "BTCUSDD", policy=AT_ONCE)
    hub.say(live())

    with pytest.raises(ApiError) as caught:
        book.wait_in_sync(30)

    assert (-1121, "closed") == (caught.value.code, book.state)


def test_who_waits_in_vain_is_told_why(truth: TrueBook, hub: ByHand) -> None:
    """A wait that is over says how the book stands."""
    book = LocalBook(hub, client_of(truth), "BTCUSDT", policy=AT_ONCE)
    hub.say(LinkState("connecting", reason="The host does not answer."))

    with pytest.raises(StreamError, match="it is syncing") as caught:
        book.wait_in_sync(0)

    assert "The host does not answer." == caught.value.hint


def test_books_of_a_host_take_turns(hub: ByHand) -> None:
    """Several books do not all fetch at once."""
    flying, most = [0], [0]
    guard = threading.Lock()

    def count(_call: int) -> None:
        with guard:
            flying[0] += 1
            most[0] = max(most[0], flying[0])
        threading.Event().wait(0.01)
        with guard:
            flying[0] -= 1

    books = [LocalBook(hub, client_of(TrueBook(1, 100), count), "BTCUSDT", policy=AT_ONCE) for _ in range(5)]
    hub.say(live())
    for book in books:
        book.wait_in_sync(30)

    assert [1] == most


def test_a_snapshot_leaves_weight_to_the_person(truth: TrueBook, hub: ByHand) -> None:
    """When most of a minute's weight is used, the book waits for the next one and says so."""
    budget = WeightBudget()
    client = client_of(truth, budget=budget)
    budget.charge(4_700, client.clock.estimate_ms())
    refused = threading.Event()
    book = LocalBook(hub, client, "BTCUSDT", policy=BookPolicy(backoff=Backoff(0.0, 0.0)))
    book.on_change(lambda _: refused.set() if book.problem else None)
    hub.say(live())
    refused.wait(30)

    assert "the rest is left to your own calls" in book.problem
    book.close()


def test_what_reads_off_the_edge_is_renewed_in_time(hub: ByHand) -> None:
    """When the prices run off the snapshot's levels another one is fetched, and the book stays in sync all along."""
    truth = TrueBook(seed=3, levels=400)
    calls: list[int] = []
    policy = BookPolicy(backoff=Backoff(0.0, 0.0), weight_share=1.0, renew_share=1.0, renew_seconds=0.0)
    book = LocalBook(hub, client_of(truth, lambda call: calls.append(call)), "BTCUSDT", limit=100, policy=policy)
    hub.say(live())
    book.wait_in_sync(30)
    states = set()
    renewed = threading.Event()
    book.on_change(lambda _: renewed.set() if len(calls) > 2 else None)
    for _ in range(2_000):
        hub.say(truth.step())
        states.add(book.state)
    renewed.wait(30)

    assert {"in sync"} == states
    assert len(calls) > 2
    assert 0 == book.rebuilds


def test_levels_up_to_the_edge_are_the_true_ones(hub: ByHand) -> None:
    """to_frame ends where a level could be missing; up to there it is the exchange's book, whatever has changed."""
    truth = TrueBook(seed=5, levels=400)
    book = LocalBook(hub, client_of(truth), "BTCUSDT", limit=100, policy=AT_ONCE)
    hub.say(live())
    book.wait_in_sync(30)
    for _ in range(40):
        hub.say(truth.step())

    frame = book.to_frame(exact=True)

    for prefix, side, have in (("bid", truth.bids, book.ladder(1000)[0]), ("ask", truth.asks, book.ladder(1000)[1])):
        known = frame[[f"{prefix}_price", f"{prefix}_quantity"]].dropna()
        levels = ((Decimal(price), Decimal(quantity)) for price, quantity in side.items())
        true = sorted(levels, reverse=prefix == "bid")
        assert true[: len(known)] == list(known.itertuples(index=False, name=None))
        assert 0 < len(known) < len(have)
    assert (True, False) == (frame.attrs["binance"]["whole"], book.top(200).attrs["binance"]["whole"])


def test_the_frame_is_the_one_of_depth(session: Session, hub: ByHand) -> None:
    """top(n) has the layout of session.depth, and says what it is."""
    import pandas as pd

    book = LocalBook(hub, session.client, "BTCUSDT")
    hub.say(live())
    book.wait_in_sync(30)
    for exact in (False, True):
        have, want = book.top(20, exact=exact), session.depth("BTCUSDT", limit=20, exact=exact)

        pd.testing.assert_frame_equal(want, have)
        about = have.attrs["binance"]
        assert ("depth", "stream", True, "in sync") == tuple(
            about[name] for name in ("operation", "source", "in_sync", "state")
        )
        assert want.attrs["binance"]["reply"] == about["reply"]
        assert want.attrs["binance"]["environment"] == about["environment"]
    assert 5000 == len(book.to_frame())


def test_a_callback_hears_of_changes_until_it_is_cancelled(book: LocalBook, truth: TrueBook, hub: ByHand) -> None:
    """Each event and each change of state calls it once; one that fails is the stated problem and is told no more."""
    heard: list[str] = []

    failed: list[str] = []

    def fail(changed: LocalBook) -> None:
        failed.append(changed.state)
        raise ZeroDivisionError("oops")

    failing, handle = book.on_change(fail), book.on_change(lambda changed: heard.append(changed.state))
    hub.say(truth.step())
    hub.say(lost())
    failing.cancel()
    handle.cancel()
    handle.cancel()
    hub.say(live(1))
    book.wait_in_sync(30)

    assert ["in sync", "lost"] == heard
    assert ["in sync"] == failed
    assert "A callback failed, and is told no more: ZeroDivisionError: oops" == book.problem


def test_a_closed_book_stays_readable(book: LocalBook, truth: TrueBook, hub: ByHand) -> None:
    """close() lets the stream go; the levels stay, and are not in sync."""
    book.close()
    hub.say(truth.step())
    hub.say(live(1))

    assert ("closed", False, True) == (book.state, book.is_in_sync, hub.is_let_go)
    assert 20 == len(book.top(20))
    with pytest.raises(StreamError, match="it is closed"):
        book.wait_in_sync(30)


def test_a_hub_that_closes_closes_its_books(book: LocalBook, hub: ByHand) -> None:
    """The end of the session's streams is the end of the book, with its reason."""
    hub.say(LinkState("closed", reason="The session was closed."))

    assert ("closed", "The session was closed.") == (book.state, book.problem)


def test_best_prices_are_exact(book: LocalBook, hub: ByHand) -> None:
    """Best, middle, spread and imbalance come from the exchange's digits."""
    top = event(book.update_id or 0, (book.update_id or 0) + 1, [("60000.00000001", "3")], [("60000.00000004", "1")])
    hub.say(top)

    assert (Decimal("60000.00000001"), Decimal("60000.00000004")) == (book.best_bid, book.best_ask)
    assert (Decimal("60000.000000025"), Decimal("0.00000003")) == (book.mid, book.spread)
    assert 0.5 == book.imbalance(1)
    assert 1_000 + (book.update_id or 0) == book.last_update_ms
    assert 2_000 - 1_000 - (book.update_id or 0) == book.lag_ms
    assert "LocalBook(BTCUSDT, in sync, 60000.00000001 / 60000.00000004)" == repr(book)


@pytest.mark.parametrize("count", [0, -3, "many", 2.5])
def test_a_count_that_is_none_is_refused(book: LocalBook, count: object) -> None:
    """Frames and imbalance take a positive whole number of levels."""
    for read in (book.top, book.imbalance):
        with pytest.raises(UsageError) as caught:
            read(count)  # type: ignore[arg-type]  # wrong on purpose

        assert str(count) == caught.value.culprit


def test_a_book_that_nobody_holds_lets_its_stream_go(truth: TrueBook, hub: ByHand) -> None:
    """Dropped, a book does not go on in the background; one with a callback does."""
    held: list[str] = []
    kept = LocalBook(hub, client_of(truth), "BTCUSDT", policy=AT_ONCE)
    kept.on_change(lambda changed: held.append(changed.state))
    del kept
    gc.collect()
    was_let_go = hub.is_let_go
    LocalBook(hub, client_of(truth), "BTCUSDT", policy=AT_ONCE)
    gc.collect()

    assert (False, True) == (was_let_go, hub.is_let_go)


@pytest.mark.parametrize(
    ("words", "culprit"),
    [({"speed": "10ms"}, "10ms"), ({"limit": 5}, "5"), ({"limit": 6000}, "6000"), ({"symbol": "BTC USDT"}, "BTC USDT")],
)
def test_words_that_do_not_fit_are_refused_at_once(
    truth: TrueBook, hub: ByHand, words: dict[str, object], culprit: str
) -> None:
    """Nothing is subscribed for a book that cannot be."""
    with pytest.raises(UsageError) as caught:
        LocalBook(hub, client_of(truth), **{"symbol": "BTCUSDT", **words})  # type: ignore[arg-type]  # wrong on purpose

    assert culprit in (caught.value.culprit or "")
    assert caught.value.suggestion
    assert [] == hub.sinks


@pytest.mark.parametrize("seed", [1, 2])
def test_no_level_differs_after_drops_repeats_swaps_and_cuts(seed: int) -> None:
    """Ten thousand changes over a line that loses what it says: whenever the book is in sync, it is the true one."""
    truth, hub = TrueBook(seed, levels=300), ByHand()
    book = LocalBook(hub, client_of(truth), "BTCUSDT", limit=1000, policy=AT_ONCE)
    (sink,) = hub.sinks
    line = RoughLine(sink, seed, troubles_per_event=0.004)
    hub.sinks[:] = [line]
    line.on_state(live())
    wrong = compared = rebuilds = 0
    for step in range(10_000):
        hub.say(truth.step())
        if book.rebuilds != rebuilds or step % 50 == 0:
            if not line.is_holding and book.link.status == "live":
                book.wait_in_sync(30)
            if book.is_in_sync and book.update_id == truth.update_id:
                rebuilds, compared = book.rebuilds, compared + 1
                wrong += differences(book, truth.bids, truth.asks)

    assert 0 == wrong
    assert compared > 150
    assert min(line.dropped, line.repeated, line.swapped, line.cut) > 10
    assert book.rebuilds > 50
