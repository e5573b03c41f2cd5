"""The pytest fixture ``binance_tape``: a test whose calls are recorded once, and played ever after.

    def test_study(binance_tape):
        session = binance_tape("market")
        assert len(session.klines("BTCUSDT", "1h", start="-30d")) == 720

The tape of a test stands beside it, in ``tapes/<module>/<test>.jsonl``. ``pytest --binance-tape=none`` is for CI: what
is not on a tape fails there, and nothing is ever sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from binance_nb.session import Session

__all__ = ["TapedConnect", "binance_tape", "pytest_addoption"]

_OPTION = "--binance-tape"
_MODES = ("once", "none", "new", "all")
_ODD = re.compile(r"[^\w.=+-]+")


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


@pytest.fixture
def binance_tape(request: pytest.FixtureRequest) -> Iterator[TapedConnect]:
    """Open sessions whose calls stand on a tape beside the test; see `TapedConnect`."""
    mode: str = request.config.getoption(_OPTION)
    paths = _paths_of(request)
    with ExitStack() as opened:

        def connect(environment: str = "market", **options: Any) -> Session:  # Any: as of connect
            session = _opened(next(paths), mode, environment, options)
            opened.enter_context(session)
            return session

        yield connect


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


def _paths_of(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Yield the tapes of a test: of its first session, of its second."""
    node = request.node
    name = _ODD.sub("-", node.name).strip("-")
    folder = node.path.parent / "tapes" / node.path.stem
    if node.cls is not None:
        folder /= node.cls.__name__
    yield folder / f"{name}.jsonl"
    number = 2
    while True:
        yield folder / f"{name}-{number}.jsonl"
        number += 1
