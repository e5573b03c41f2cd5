"""The pytest fixture ``binance_tape``: a test whose calls are recorded once, and played ever after.

    def test_study(binance_tape):
        session = binance_tape("market")
        assert len(session.klines("BTCUSDT", "1h", start="-30d")) == 720

The tape of a test stands beside it, in ``tapes/<module>/<test>.jsonl``. ``pytest --binance-tape=none`` is for CI: what
is not on a tape fails there, and nothing is ever sent. A test that fails while its tape is recorded leaves none.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from binance_nb.session import Session

__all__ = ["TapedConnect", "binance_tape", "pytest_addoption", "pytest_runtest_makereport"]

_OPTION = "--binance-tape"
_MODES = ("once", "none", "new", "all")
_ODD = re.compile(r"[^\w.=+-]+")
_LONGEST = 100
_REMEDIES = (
    "pytest --binance-tape=new {0} records the reads that the tape lacks.\n"
    "pytest --binance-tape=all {0} records it anew."
)
_HAS_PASSED = pytest.StashKey[bool]()


class TapedConnect(Protocol):
    """What the fixture is: `binance_nb.connect`, with a tape."""

    def __call__(self, environment: str = "market", **options: Any) -> Session:  # Any: as of connect
        """Open a session with the tape of this test on; it is closed with the test.

        Args:
            environment: As of `binance_nb.connect`; not looked at where the tape is played.
            **options: As there.

        Returns:
            The session.
        """
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the option.

    Args:
        parser: Pytest's.
    """
    parser.getgroup("binance_nb").addoption(
        _OPTION,
        choices=_MODES,
        default="once",
        help="what the tests of binance_tape do: once (default) records a test that has no tape yet and plays the "
        "others, none plays, new plays and records reads that are not known, all records all anew",
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Take note whether a test passed, and say what to do where its tape was no use.

    Args:
        item: The test.
        call: A phase of it.

    Returns:
        Pytest's report.
    """
    report = yield
    if "binance_tape" not in getattr(item, "fixturenames", ()):
        return report
    if call.when == "call":
        item.stash[_HAS_PASSED] = report.passed or hasattr(report, "wasxfail")
    if call.excinfo is not None and _is_about_tapes(call.excinfo.value):
        report.sections.append(("binance_tape", _REMEDIES.format(shlex.quote(item.nodeid))))
    return report


@pytest.fixture
def binance_tape(request: pytest.FixtureRequest) -> Iterator[TapedConnect]:
    """Open sessions whose calls stand on a tape beside the test; see `TapedConnect`."""
    mode: str = request.config.getoption(_OPTION)
    paths = _paths_of(request)
    begun: list[Path] = []
    with ExitStack() as opened:

        def connect(environment: str = "market", **options: Any) -> Session:  # Any: as of connect
            path = next(paths)
            is_begun = mode == "all" or (mode != "none" and not path.exists())
            session = _opened(path, mode, environment, options)
            opened.enter_context(session)
            if is_begun:
                begun.append(path)
            return session

        yield connect
    if not request.node.stash.get(_HAS_PASSED, False):
        # It may have ended before its last call: played, it would fail for want of that.
        for path in begun:
            path.unlink(missing_ok=True)


def _opened(path: Path, mode: str, environment: str, options: dict[str, Any]) -> Session:
    from binance_nb.connecting import connect, replay

    if mode == "none" or (mode == "once" and path.exists()):
        return replay(path)
    session = connect(environment, **options)
    try:
        session.record(path, mode)
    except BaseException:
        session.close()
        raise
    return session


def _is_about_tapes(failure: BaseException) -> bool:
    from binance_nb.errors import TapeError

    return isinstance(failure, TapeError)


def _paths_of(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Yield the tapes of a test: of its first session, of its second."""
    node = request.node
    folder: Path = node.path.parent / "tapes" / node.path.stem
    if node.cls is not None:
        folder = folder.joinpath(*(_file_name(name) for name in node.cls.__qualname__.split(".")))
    name = _file_name(node.name)
    yield folder / f"{name}.jsonl"
    number = 2
    while True:
        yield folder / f"{name}@{number}.jsonl"  # no name has that letter
        number += 1


def _file_name(name: str) -> str:
    """Return the name of a test as a file may have it; no two tests have the same."""
    stem, bracket, parameters = name.partition("[")
    plain = f"{stem}-{parameters.removesuffix(']')}" if bracket else stem
    kept = _ODD.sub("-", plain)
    if kept == plain and len(kept) <= _LONGEST:
        return kept
    return f"{kept[:_LONGEST].strip('-')}-{blake2b(plain.encode(), digest_size=4).hexdigest()}"
