"""The one object a person holds: every endpoint is a method that returns a frame.

Type checkers and editors read ``session.pyi``, which ``tools/make_stub.py`` writes from the same declarations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from binance_nb.calls import Calls
from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.errors import UsageError
from binance_nb.grammar import did_you_mean
from binance_nb.reading import options_of
from binance_nb.signatures import describe_method, signature_of

__all__ = ["Session"]


class Session(Calls):
    """A place on the exchange, with a method for each endpoint.

    Every method takes the endpoint's parameters by their snake-case names, and the reading options of
    `binance_nb.signatures.READING_OPTIONS`. Nothing is contacted before the first call.

    Args:
        client: Makes the calls.
        sandbox: The embedded exchange that this session started and will stop.
    """


def _method(endpoint: Endpoint) -> Callable[..., Any]:
    name = endpoint.name

    def method(self: Session, *args: object, **words: object) -> Any:  # Any: a frame, or raw JSON
        try:
            bound = signature.bind(self, *args, **words).arguments
        except TypeError as error:
            raise _misfit(endpoint, words, str(error)) from None
        del bound["self"]
        return self.call(name, **bound)

    signature = signature_of(endpoint)
    method.__name__ = name
    method.__qualname__ = f"Session.{name}"
    method.__doc__ = describe_method(endpoint)
    method.__signature__ = signature  # type: ignore[attr-defined]  # inspect reads it, typing does not know it
    return method


def _misfit(endpoint: Endpoint, words: Mapping[str, object], reason: str) -> UsageError:
    known = [*endpoint.by_python_name, *options_of(endpoint)]
    wrong = next((word for word in words if word not in known), None)
    return UsageError(
        f"{endpoint.name}: {reason}.",
        hint=did_you_mean(wrong, known) if wrong else f"It takes {', '.join(known)}.",
        culprit=wrong,
        operation=endpoint.name,
    )


for _endpoint in ENDPOINTS.values():
    setattr(Session, _endpoint.name, _method(_endpoint))
