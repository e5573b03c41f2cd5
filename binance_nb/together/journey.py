"""How calls are made together: what goes when, and what a failure leaves undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack
from typing import Any

from binance_nb.client import Reply
from binance_nb.errors import BinanceError, TogetherError, UsageError
from binance_nb.history import Errand, Flight, Progress, Stage
from binance_nb.together.answers import Answers, Report
from binance_nb.together.call import Call

__all__ = ["Together"]


class _Trip:
    """One call on its way: its stages, and the replies of the one that is under way."""

    def __init__(self, call: Call, report: Report) -> None:
        self.call, self.report = call, report
        self.steps: Generator[Stage, list[Reply], Any] | None = None
        self.stage: Stage | None = None
        self.errands: list[Errand] = []
        self.replies: dict[Errand, Reply] = {}
        self._started = time.monotonic()

    def start(self) -> None:
        self.report.state, self._started = "under way", time.monotonic()

    def keep(self, errand: Errand, reply: Reply) -> None:
        """Keep a reply until its stage is complete; its bytes no longer than they are needed."""
        take = self.stage.take if self.stage is not None else None
        self.replies[errand] = reply if take is None else take(self.errands.index(errand), reply)

    def finish(self, answer: Any) -> None:  # Any: see Calls.call
        self.report.state, self.report.answer = "done", answer
        self._stop()

    def fail(self, error: BinanceError) -> None:
        self.report.state, self.report.error = "failed", self.report.session.explained(error)
        self._stop()

    def skip(self, reason: str) -> None:
        self.report.state, self.report.reason = "skipped", reason

    def _stop(self) -> None:
        # What a frozen sandbox's notebook shows has to be the same each time.
        if self.report.session.client.clock.rate != 0:
            self.report.seconds = time.monotonic() - self._started


class Together:
    """Makes calls together, within the weight budget.

    Reads are under way at the same time; one that needs another's answer waits for it. A call that may place or cancel
    something goes alone: what is written before it has ended, what is written after it waits, and it is not sent
    when anything before it failed.

    Args:
        calls: What to call, by the names of the answers; each knows where it goes.
        on_answer: Told each name and answer as it comes, so that an interrupt loses nothing.

    Attributes:
        answers: What has come so far.

    Raises:
        UsageError: A call needs the answer of one that is not written before it.
    """

    def __init__(
        self,
        calls: Mapping[str, Call],
        on_answer: Callable[[str, Any], None] | None = None,  # Any: see Calls.call
    ) -> None:
        _check_order(calls)
        self._on_answer = on_answer
        self._trips = {name: _Trip(call, _report(name, call)) for name, call in calls.items()}
        self.answers = Answers([trip.report for trip in self._trips.values()])
        is_quiet = any(call.words.get("quiet") is True for call in calls.values())
        is_frozen = any(report.session.client.clock.rate == 0 for report in self.answers.reports)
        self._bar = Progress("together", 0, False if is_quiet or is_frozen else None, unit="request")
        self._flight = Flight(self._bar.wait)
        self._owners: dict[Errand, _Trip] = {}

    @property
    def has_begun(self) -> bool:
        """Whether the first call has been made."""
        return any(report.state != "waiting" for report in self.answers.reports)

    def check(self) -> None:
        """Refuse calls that cannot work, as far as can be told without asking anybody.

        Raises:
            TogetherError: Names every one of them; nothing was sent.
        """
        wrong: list[tuple[str, BinanceError]] = []
        for trip in self._trips.values():
            try:
                trip.call.check()
            except BinanceError as error:
                wrong.append((trip.report.label, error))
        if wrong:
            cannot = f"{len(wrong)} of {len(self._trips)} calls cannot be made: nothing was sent."
            raise TogetherError(cannot, wrong)

    def run(self) -> Answers:
        """Check all calls, and make them.

        Returns:
            The answers.

        Raises:
            TogetherError: Names every call that failed, and holds the answers of the others.
        """
        self.check()
        try:
            with ExitStack() as together:
                for clock in {report.session.client.clock for report in self.answers.reports}:
                    together.enter_context(clock.one_moment())
                while self._next() is not None:
                    self._fly()
                    self._make_alone()
        except KeyboardInterrupt:
            self._break_off()
            raise
        finally:
            self._flight.end()
            self._bar.close()
        failed = [(report.label, report.error) for report in self.answers.reports if report.error is not None]
        if failed:
            raise TogetherError(f"{len(failed)} of {len(self._trips)} calls failed.", failed, self.answers)
        return self.answers

    def _next(self) -> _Trip | None:
        return next((trip for trip in self._trips.values() if trip.report.state == "waiting"), None)

    def _fly(self) -> None:
        """Make all reads up to the next call that goes alone."""
        self._start_reads()
        self._flight.land(self._land)

    def _land(self, errand: Errand, outcome: Reply | BinanceError) -> None:
        self._take(errand, outcome)
        self._start_reads()

    def _start_reads(self) -> None:
        for trip in self._trips.values():
            if trip.report.state in ("waiting", "under way") and trip.call.goes_alone:
                return
            if trip.report.state != "waiting" or not self._is_ready(trip):
                continue
            trip.start()
            try:
                words = trip.call.resolved(self.answers)
            except BinanceError as error:
                trip.fail(error)
                continue
            trip.steps = trip.report.session.stages(trip.call.endpoint.name, **words)
            self._advance(trip, None)

    def _is_ready(self, trip: _Trip) -> bool:
        """Whether all that a call needs is there; a call whose need will never come is skipped."""
        for name in trip.call.needs:
            state = self._trips[name].report.state
            if state in ("failed", "skipped"):
                trip.skip(f"needs {name}, which {'failed' if state == 'failed' else 'was skipped'}")
            if state != "done":
                return False
        return True

    def _advance(self, trip: _Trip, replies: list[Reply] | None) -> None:
        assert trip.steps is not None
        try:
            stage = next(trip.steps) if replies is None else trip.steps.send(replies)
        except StopIteration as done:
            self._keep(trip, done.value)
        except BinanceError as error:
            trip.fail(error)
        else:
            trip.stage = stage
            trip.errands = [Errand(stage.client, stage.endpoint, page.sent, stage.is_planned) for page in stage.pages]
            trip.replies = {}
            self._owners |= dict.fromkeys(trip.errands, trip)
            self._bar.grow(len(trip.errands))
            self._flight.add(trip.errands)

    def _take(self, errand: Errand, outcome: Reply | BinanceError) -> None:
        trip = self._owners.pop(errand)
        if trip.report.state != "under way":
            return  # another page of the same call has failed
        self._bar.step()
        try:
            if isinstance(outcome, BinanceError):
                raise outcome
            trip.keep(errand, outcome)
        except BinanceError as error:
            self._flight.drop(trip.errands)
            trip.fail(error)
            return
        if len(trip.replies) == len(trip.errands):
            self._advance(trip, [trip.replies[each] for each in trip.errands])

    def _keep(self, trip: _Trip, answer: Any) -> None:  # Any: see Calls.call
        trip.finish(answer)
        if self._on_answer is not None:
            self._on_answer(trip.report.name, answer)

    def _make_alone(self) -> None:
        trip = self._next()
        if trip is None:
            return
        before = next((report.name for report in self.answers.reports if report.state == "failed"), None)
        if before is not None:
            trip.skip(f"not sent, because {before} failed")
            return
        trip.start()
        try:
            answer = trip.report.session.call(trip.call.endpoint.name, **trip.call.resolved(self.answers))
        except BinanceError as error:
            trip.fail(error)
        else:
            self._keep(trip, answer)

    def _break_off(self) -> None:
        """Keep what has arrived, and say what became of the rest."""
        try:
            self._flight.end()
            for errand, reply in self._flight.arrived():
                self._take(errand, reply)
        finally:
            # Also when the person grows impatient and presses the button again.
            self._close_reports()

    def _close_reports(self) -> None:
        for trip in self._trips.values():
            report = trip.report
            if report.state == "under way":
                report.state = "interrupted"
                report.reason = "it may have been executed: look first" if trip.call.endpoint.changes_state else ""
            elif report.state == "waiting":
                trip.skip("not sent, because of the interrupt")


def _report(name: str, call: Call) -> Report:
    assert call.session is not None
    return Report(name, call.label or f"{name}: {call.text}", call.text, call.session)


def _check_order(calls: Mapping[str, Call]) -> None:
    seen: set[str] = set()
    for name, call in calls.items():
        missing = [need for need in call.needs if need not in seen]
        if missing:
            raise UsageError(
                f"{name} needs the answer of {missing[0]}, which is not written before it.",
                hint="A call can need those before it alone.",
                culprit=missing[0],
                operation=call.endpoint.name,
            )
        seen.add(name)
