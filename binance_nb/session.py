"""The one object a person holds: every endpoint is a method that returns a frame.

Type checkers and editors read ``session.pyi``, which ``tools/make_stub.py`` writes from the same declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from binance_nb.calls import Calls
from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.signatures import arguments_of, describe_method, signature_of
from binance_nb.together import Answers, Call, Together, name_calls

__all__ = ["Session"]


class Session(Calls):
    """A place on the exchange, with a method for each endpoint.

    Every method takes the endpoint's parameters by their snake-case names, and the reading options of
    `binance_nb.signatures.READING_OPTIONS`. Nothing is contacted before the first call.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
    """

    def together(
        self,
        calls: Mapping[str, Call] | Iterable[Call],
        *,
        on_answer: Callable[[str, Any], None] | None = None,  # Any: see Calls.call
    ) -> Answers:
        """Make several calls, the reads among them at the same time and within the weight budget.

            answers = session.together({
                "top": Call("ticker_24hr", "BTCUSDT"),
                "hours": Call("klines", "BTCUSDT", "1h", start="-30d"),
                "minutes": Call("klines", "BTCUSDT", "1m", start=Later("hours", then=lambda hours: hours.index[-2])),
            })

        All calls are checked before the first is sent. A call that may place or cancel something goes alone, in the
        order given, and not at all once one before it has failed. A call may go elsewhere: ``Call(...).at(other)``.

        Args:
            calls: What to call, by the names of the answers; without names, verbs name them: ``klines``, ``klines_2``.
            on_answer: Told each name and answer as it comes, so that an interrupt loses nothing.

        Returns:
            The answers by name.

        Raises:
            TogetherError: Some failed: it names them, and holds the answers of the others. Or some cannot be made at
                all; then nothing was sent.
        """
        named = calls if isinstance(calls, Mapping) else name_calls(calls)
        placed = {name: call if call.session is not None else call.at(self) for name, call in named.items()}
        return Together(placed, on_answer).run()


def _method(endpoint: Endpoint) -> Callable[..., Any]:
    name = endpoint.name

    def method(self: Session, *args: object, **words: object) -> Any:  # Any: a frame, or raw JSON
        return self.call(name, **arguments_of(endpoint, signature.bind, args, words))

    signature = signature_of(endpoint)
    method.__name__ = name
    method.__qualname__ = f"Session.{name}"
    method.__doc__ = describe_method(endpoint)
    method.__signature__ = signature  # type: ignore[attr-defined]  # inspect reads it, typing does not know it
    return method


for _endpoint in ENDPOINTS.values():
    setattr(Session, _endpoint.name, _method(_endpoint))
