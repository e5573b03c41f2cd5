"""One endpoint: everything the project knows about it, in one declaration."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from binance_nb.catalog.parameters import Parameter
from binance_nb.catalog.replies import Rows
from binance_nb.catalog.weights import WeightRule

__all__ = ["Endpoint", "Needs", "Outcome", "Paging", "PriceRule", "RequiredBy", "Security"]


class Security(StrEnum):
    """What a call has to carry to be heard."""

    NONE = "NONE"
    TRADE = "TRADE"
    USER_DATA = "USER_DATA"
    USER_STREAM = "USER_STREAM"

    @property
    def is_signed(self) -> bool:
        """Whether a key, a timestamp and a signature are needed."""
        return self is not Security.NONE


@dataclass(frozen=True)
class Needs:
    """What one value of a deciding parameter makes mandatory.

    Attributes:
        all: Every one of these.
        any: At least one of each group.
        inferred: Those of them that the documentation implies without saying.
    """

    all: tuple[str, ...] = ()
    any: tuple[tuple[str, ...], ...] = ()
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True)
class RequiredBy:
    """A parameter whose value decides which others are mandatory, such as ``type`` of an order.

    Attributes:
        decider: Name of the deciding parameter.
        cases: What each of its values needs.
        waived: ``{parameter: others}``: not needed when one of the others is sent.
    """

    decider: str
    cases: Mapping[str, Needs]
    waived: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Paging:
    """How to walk through a long answer, oldest first.

    Attributes:
        parameter: The parameter that says where the next page starts.
        field: The response field (or column number) it is compared with.
        omitted: What comes without it: ``most_recent``, ``oldest_first``, ``not_allowed``, or None where not stated.
        includes_start: Whether the row with that very value comes too; None where not stated.
    """

    parameter: str
    field: str | int
    omitted: str | None = "most_recent"
    includes_start: bool | None = None


@dataclass(frozen=True)
class PriceRule:
    """How the prices of an order list's legs must lie around the last price."""

    side: str
    rule: str
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One row of the cancel-replace table: which halves worked, and the HTTP status that tells it."""

    mode: str
    over_limit_mode: str
    is_within_limit: bool
    cancel: str
    new_order: str
    http_status: int | None


@dataclass(frozen=True)
class Endpoint:
    """One endpoint of the Spot REST API.

    Attributes:
        name: Our name: the Session method, the magic verb, the sandbox handler.
        title: Heading in the documentation's rest-api.md.
        about: What it answers, in one sentence.
        method: HTTP method.
        path: Path under the base URL.
        group: ``general``, ``market``, ``trading`` or ``account``.
        security: Security type.
        weight: Rule that prices a call in request weight.
        rows: How the reply becomes a frame.
        answers: ``array``, ``object`` or ``either``.
        sources: Where the exchange takes the data from, least delay first.
        parameters: In the documentation's order; ``signature`` is never listed.
        one_of: Groups of which at least one member must be sent.
        required_by: Parameters that decide which others are mandatory.
        combinations: The only sets of ``combination_of`` that may travel together; empty for no such rule.
        combination_of: The parameters that ``combinations`` speaks of.
        changes_state: Whether it may move money or orders.
        is_free_on_success: Whether the weight is charged only when the call fails.
        unfilled_orders: What it adds to the unfilled-order count.
        open_orders: How many open orders it adds.
        is_on_data_host: Whether the keyless market-data host serves it.
        max_span_ms: Longest ``startTime`` .. ``endTime``.
        bulk_kind: Kind of the bulk files that hold what it gives, such as ``aggTrades``; None where there are none.
        ws_method: The WebSocket API's name for it.
        replaced_by: The endpoint to use instead, for a deprecated one.
        notes: What else a caller should know.
        example: Wire texts of an example call, where the first values that fit would not do.
        example_after: The endpoint whose example has to come first: an order is cancelled after it was placed.
    """

    name: str
    title: str
    about: str
    method: str
    path: str
    group: str
    weight: WeightRule
    rows: Rows
    security: Security = Security.NONE
    answers: str = "object"
    sources: tuple[str, ...] = ("Memory",)
    parameters: tuple[Parameter, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    required_by: tuple[RequiredBy, ...] = ()
    combination_of: tuple[str, ...] = ()
    combinations: tuple[frozenset[str], ...] = ()
    changes_state: bool = False
    is_free_on_success: bool = False
    unfilled_orders: int | None = None
    open_orders: int | None = None
    is_on_data_host: bool = False
    max_span_ms: int | None = None
    paging: Paging | None = None
    price_rules: tuple[PriceRule, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    bulk_kind: str | None = None
    ws_method: str | None = None
    replaced_by: str | None = None
    notes: tuple[str, ...] = ()
    example: Mapping[str, str] = field(default_factory=dict)
    example_after: str | None = None

    @property
    def is_signed(self) -> bool:
        """Whether a key, a timestamp and a signature are needed."""
        return self.security.is_signed

    def is_walked(self, sent: Collection[str]) -> bool:
        """Return whether a call asks for the account's history from a moment or an id on, however long it is.

        Whoever says ``limit`` asked for that many rows of one answer, and a single order's trades fit into one.

        Args:
            sent: The names of the parameters.
        """
        if "limit" in sent or self.paging is None or not (self.is_signed and self.max_span_ms):
            return False
        is_of_one_order = "orderId" in sent and self.paging.parameter != "orderId"
        return not is_of_one_order and ("startTime" in sent or self.paging.parameter in sent)

    @property
    def is_deprecated(self) -> bool:
        """Whether another endpoint has taken its place."""
        return self.replaced_by is not None

    @cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        """Parameters by the exchange's spelling."""
        return {parameter.name: parameter for parameter in self.parameters}

    @cached_property
    def by_python_name(self) -> Mapping[str, Parameter]:
        """Parameters by their snake-case spelling."""
        return {parameter.python_name: parameter for parameter in self.parameters}

    @cached_property
    def asked(self) -> tuple[Parameter, ...]:
        """The parameters a person gives: all but ``timestamp``, which the client adds."""
        return tuple(parameter for parameter in self.parameters if parameter.name != "timestamp")

    @cached_property
    def positional(self) -> tuple[Parameter, ...]:
        """What may be written without a name: the required ones in order, and an optional ``symbol``."""
        required = tuple(parameter for parameter in self.asked if parameter.required)
        optional = tuple(parameter for parameter in self.asked if parameter.name == "symbol" and not parameter.required)
        return optional + required
