"""What every widget is: painted by one thread, quiet while nobody looks, gone when it is closed, with static twins."""

from __future__ import annotations

import base64
import threading
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Protocol, TypeVar

from IPython.core.getipython import get_ipython
from ipywidgets import VBox, Widget

from binance_nb.errors import BinanceError
from binance_nb.rendering.pictures import picture_size
from binance_nb.session import Session
from binance_nb.streams.line import unseen
from binance_nb.widgets.models import close_models, lock_messages
from binance_nb.widgets.painter import painter
from binance_nb.widgets.screens import screens
from binance_nb.widgets.sight import Sight
from binance_nb.widgets.workers import Job, Worker

__all__ = ["BOX_CLASS", "Closable", "Live", "problem_of"]

BOX_CLASS = "binance-nb"
"""The CSS class of every box, under which the colours of `js/parts/look.css` hold."""

_WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_SESSION_CLOSED = "The session was closed: this is the last that came."


class Closable(Protocol):
    """A feed, or whatever else has to be closed."""

    def close(self) -> None:
        """Let go of it; more than once does no harm."""
        ...


_Feed = TypeVar("_Feed", bound=Closable)


class Live:
    """Base of every widget.

    A subclass makes its ipywidgets, hands the one that holds them to ``super().__init__``, and overrides what it needs
    of `_paint`, `_begin`, `_end`, `_beat`, `picture` and `words`. Data may come on any thread: whoever has some calls
    `invalidate`, and `_paint` sets the traits, at most ten times a second, on one thread, and not while nobody looks.

    Args:
        content: The ipywidget that shows it all.
        session: Where its data comes from; when that is closed, this stops and says so.

    Attributes:
        kind: What it is, in a word.
        beat_seconds: How often `_beat` is called while somebody looks; None for never.
        content: The ipywidget that was given.
        box: The root: the content, and above it the line for a stated problem. To put into a layout of one's own.
        drawing: Held by whoever sets traits or reads what other threads change.
        is_following: Whether its feeds are open.
        is_closed: Whether it is gone for good.
    """

    kind: ClassVar[str] = "widget"
    beat_seconds: ClassVar[float | None] = None

    def __init__(self, content: Widget, *, session: Session | None = None) -> None:
        self.drawing = threading.RLock()
        self.content = content
        self._sight = Sight()
        self.box = VBox([self._sight, content])
        self.box.add_class(BOX_CLASS)
        self.is_following = self.is_closed = False
        self._is_stopped = self._is_dirty = self._is_asked = False
        self._problems: dict[str, str] = {}
        self._worker = Worker()
        self._feeds_held: list[Closable] = []
        self._sight.observe(self.guarded(self._look), "seen")
        lock_messages(self.box, self.drawing)
        leave = session.on_close(partial(_end_with_session, weakref.ref(self))) if session is not None else _nothing
        self._vanish = weakref.finalize(self, _let_go, self.box, self._worker, leave, self._feeds_held)
        self._vanish.atexit = False  # a kernel that exits takes its models along
        screens().made(self)

    # What subclasses override.

    def _paint(self) -> None:
        """Set the traits to what holds now; called with the lock held, by one thread at a time."""

    def _begin(self) -> None:
        """Open the feeds, without waiting for anything."""

    def _end(self) -> None:
        """Let go of the feeds; any thread, and more than once."""

    def _beat(self) -> None:
        """Do what is to be done every `beat_seconds`; on the painter's thread, so it must not take long."""
        self.invalidate()

    def picture(self) -> bytes:
        """Return what it shows as a PNG, for where no widgets work; empty when there is none."""
        return b""

    def words(self) -> str:
        """Return what it shows as plain text, which stands alone."""
        return f"{type(self).__name__}()"

    # What subclasses and those who feed it call.

    @property
    def is_seen(self) -> bool:
        """Whether it is on somebody's screen, as far as the front end can tell."""
        return bool(self._sight.seen)

    @property
    def problem(self) -> str:
        """What is wrong, as a line for a person; empty when all is well."""
        return " ".join(dict.fromkeys(each for each in list(self._problems.values()) if each))

    def invalidate(self) -> None:
        """Have it painted soon, because there is something new. Any thread, as often as one likes."""
        self._is_dirty = True
        if not self._is_asked and not self.is_closed and self.is_seen:
            self._is_asked = True
            painter().ask(self)

    def hold(self, feed: _Feed) -> _Feed:
        """Have a feed closed at the latest when this goes: one that has callbacks lives on by itself.

        Args:
            feed: The feed.

        Returns:
            The same.
        """
        self._feeds_held.append(feed)
        return feed

    def release(self, feed: Closable | None) -> None:
        """Close a feed that is held.

        Args:
            feed: The feed; None for none.
        """
        if feed is not None:
            self._feeds_held[:] = [each for each in self._feeds_held if each is not feed]
            feed.close()

    def nudge(self) -> Callable[..., None]:
        """Return a callback for feeds: it invalidates, takes whatever it is given, and keeps nothing alive."""
        return partial(_nudge, weakref.ref(self))

    def guarded(self, method: Callable[..., None]) -> Callable[..., None]:
        """Wrap a callback for ipywidgets: it holds the lock, and an error becomes the stated problem.

        Callbacks come on the main thread or on another, while a cell runs or not. ipywidgets keeps every model until
        it is closed, and with it its callbacks: the wrapped one does not keep this widget alive.

        Args:
            method: A method of this widget.

        Returns:
            The callback.
        """
        return partial(_guarded, weakref.WeakMethod(method))

    def say(self, problem: str, about: str = "") -> None:
        """State a problem inside the widget, or take it back. Any thread.

        Args:
            problem: A line for a person; empty when all is well again.
            about: What it is about: a problem replaces only one about the same.
        """
        if self._problems.get(about, "") != problem:
            self._problems[about] = problem
            self.invalidate()

    def fail(self, error: Exception, about: str = "") -> None:
        """State an error as the problem.

        Args:
            error: The error.
            about: As of `say`.
        """
        self.say(problem_of(error), about)

    def work(
        self,
        job: Callable[[], Any],  # Any: what `then` takes
        then: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        *,
        kind: str = "",
    ) -> None:
        """Do something that takes time on a thread of its own. Jobs of a widget are done one after the other.

        Args:
            job: What to do; without the lock.
            then: Told the result, with the lock held.
            failed: Told an error, with the lock held; without it the error becomes the stated problem.
            kind: A job of the same kind that waits is not done any more, and what comes of one that runs is dropped.
        """
        about = f"job {kind}"

        def well(result: Any) -> None:
            with self.drawing:
                if not self.is_closed:
                    self._try(partial(then, result) if then is not None else _nothing, about)

        def badly(error: Exception) -> None:
            with self.drawing:
                if self.is_closed:
                    return
                if failed is None:
                    self.fail(error, about)
                else:
                    self._try(partial(failed, error), about)

        self._worker.put(kind, Job(job, well, badly))

    def adopt(self, *widgets: Widget) -> None:
        """Lock ipywidgets that were put into the content later against two threads at once.

        Args:
            *widgets: The widgets.
        """
        for widget in widgets:
            lock_messages(widget, self.drawing)

    # Its life.

    def follow(self) -> None:
        """Open the feeds and go by them; displaying it in a notebook does so."""
        with self.drawing:
            if self.is_closed or self.is_following:
                return
            self.is_following, self._is_stopped = True, False
        painter().follow(self)
        self._set_beat()
        self._try(self._begin, "feed")

    def rest(self) -> None:
        """Let go of the feeds; what it showed last stays, and displaying it opens them again."""
        with self.drawing:
            was_following, self.is_following = self.is_following, False
        if was_following:
            painter().leave(self)
            self._is_asked = False  # what it had asked for, the painter has forgotten
            if self._is_dirty:
                self.invalidate()
            self._worker.forget()
            self._try(self._end, "feed")

    def stop(self) -> None:
        """Let go of the feeds; what it showed last stays on the screen. `follow` goes on."""
        self._is_stopped = True
        self.rest()

    def close(self) -> None:
        """Let go of everything and leave the screen, for good. Any thread, any number of times."""
        with self.drawing:
            if self.is_closed:
                return
            self.is_closed = True
        self.stop()
        painter().leave(self)
        screens().forget(self)
        self._vanish()

    # The painter's side.

    def paint_now(self) -> None:
        """Bring the picture up to date at once; the painter's thread does so when it is due."""
        self._is_asked = False
        with self.drawing:
            if self.is_closed or not self.is_seen:
                return
            self._is_dirty = False
            with unseen():
                self._try(self._paint, "picture")
            if self._sight.problem != self.problem:
                self._sight.problem = self.problem

    def beat_now(self) -> None:
        """Do what is done at every beat; the painter's thread does so."""
        if self.is_following and self.is_seen:
            with unseen():
                self._try(self._beat, "beat")

    def _look(self, change: object) -> None:
        """Begin to paint again when it is seen again; called when the front end says whether it is."""
        self._set_beat()
        if self._is_dirty:
            self.invalidate()

    def _set_beat(self) -> None:
        if self.beat_seconds is not None:
            painter().beat(self, self.beat_seconds if self.is_seen and self.is_following else None)

    def _try(self, act: Callable[[], None], about: str) -> None:
        problem = ""
        try:
            act()
        except Exception as error:  # noqa: BLE001 - there is nobody to raise to: the widget itself states it
            problem = problem_of(error)
        if about == "picture":  # which is being painted just now
            self._problems[about] = problem
        else:
            self.say(problem, about)

    # How it is displayed.

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:  # Any: what a display message holds
        self.paint_now()
        with unseen():
            data: dict[str, Any] = {"text/plain": self.words()}
            png = self._twin()
        metadata: dict[str, Any] = {}
        if png:
            data["image/png"] = base64.b64encode(png).decode("ascii")
            # Who converts the notebook to a page names the picture so.
            metadata["image/png"] = {**picture_size(png), "alt": data["text/plain"].partition("\n")[0]}
        if not self.is_closed:
            data[_WIDGET_VIEW] = {"version_major": 2, "version_minor": 0, "model_id": self.box.model_id}
            screens().show(self)
            # A terminal draws no widgets, so nobody would see it.
            if getattr(get_ipython(), "kernel", None) is not None and not self._is_stopped:
                self.follow()
        return data, metadata

    def _twin(self) -> bytes:
        try:
            return self.picture()
        except Exception as error:  # noqa: BLE001 - a failed twin must not take widget and text along
            self.fail(error, "twin")
            return b""

    def __repr__(self) -> str:
        with unseen():
            return self.words()


def problem_of(error: Exception) -> str:
    """Return an error as a line for a person.

    Args:
        error: The error.
    """
    if isinstance(error, BinanceError):
        return f"{error.message} {error.hint or ''}".strip()
    return f"{type(error).__name__}: {error}"


# What is handed to those who outlive a widget must not hold it.


def _nothing() -> None:
    pass


def _nudge(reference: weakref.ref[Live], *what: object, **more: object) -> None:
    if (live := reference()) is not None:
        live.invalidate()


def _guarded(reference: weakref.WeakMethod[Callable[..., None]], *what: object, **more: object) -> None:
    if (method := reference()) is not None:
        live: Live = method.__self__  # type: ignore[attr-defined]  # a method has it, its type does not tell
        with live.drawing, unseen():
            if not live.is_closed:
                live._try(partial(method, *what, **more), "control")


def _end_with_session(reference: weakref.ref[Live]) -> None:
    if (live := reference()) is not None and not live.is_closed:
        live.stop()
        live.say(_SESSION_CLOSED, "session")


def _let_go(box: Widget, worker: Worker, leave: Callable[[], None], feeds: list[Closable]) -> None:
    leave()
    for feed in feeds:
        feed.close()
    worker.close()
    close_models(box)
    painter().wake()
