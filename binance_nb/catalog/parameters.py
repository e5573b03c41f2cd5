"""What a call may carry: one parameter, its type, bounds and the company it keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from binance_nb.catalog.enums import ENUMS

__all__ = ["FIRST_MICROSECONDS", "Kind", "Parameter", "in_ms", "snake_case"]

FIRST_MICROSECONDS = 10**15
"""A time from here on counts microseconds, below it milliseconds: sixteen digits or thirteen, until the year 2286."""


class Kind(StrEnum):
    """How a value is written on the wire."""

    STRING = "STRING"
    ENUM = "ENUM"
    INT = "INT"
    LONG = "LONG"
    DECIMAL = "DECIMAL"
    BOOLEAN = "BOOLEAN"
    ARRAY_STRING = "ARRAY_STRING"
    ENUM_OR_ARRAY = "ENUM_OR_ARRAY"

    @property
    def is_number(self) -> bool:
        """Whether the wire text is a number."""
        return self in (Kind.INT, Kind.LONG, Kind.DECIMAL)

    @property
    def is_array(self) -> bool:
        """Whether the wire text may be a JSON array."""
        return self in (Kind.ARRAY_STRING, Kind.ENUM_OR_ARRAY)


def in_ms(stamp: int) -> int:
    """Return a time in ms, whichever of the two units it came in.

    Args:
        stamp: Milliseconds or microseconds since 1970.
    """
    return stamp if stamp < FIRST_MICROSECONDS else stamp // 1000


def snake_case(name: str) -> str:
    """Return the Python spelling of an exchange name: ``startTime`` -> ``start_time``.

    Args:
        name: The exchange's camel-case spelling.

    Returns:
        The snake-case spelling; ``24hr`` and all-capital words stay together.
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@dataclass(frozen=True)
class Parameter:
    """One parameter of an endpoint.

    Attributes:
        name: The exchange's own spelling, such as ``startTime``.
        kind: Type on the wire.
        about: What it means, with its unit, in one clause.
        required: Whether the exchange refuses the call without it.
        default: What the exchange assumes when it is left out.
        default_by: For a default that follows another parameter: ``{other: {value: default}}``, ``*`` for the rest.
        minimum: Lowest value allowed (inclusive), or the lowest offset for time zones.
        maximum: Highest value allowed (inclusive).
        above: Lowest value not allowed (exclusive minimum).
        clamps: True when a value over ``maximum`` is lowered to it instead of being refused.
        max_items: Longest list allowed.
        decimals: Most digits after the point.
        unit: ``ms_or_us``, ``ms`` or ``basis_points``.
        enum: Name of the enum in ``catalog.enums`` that lists the values.
        choices: The values of that enum allowed here, in the documentation's order.
        pattern: Regular expression that a value fulfils.
        conflicts: Parameters that may not travel with this one.
        requires: Parameters that must travel with this one, as documented.
        requires_inferred: The same, where the documentation only implies it.
        only_with: ``{other: values}``: may be sent only when ``other`` has one of ``values``.
        needs_value: ``{other: values}``: sending it forces ``other`` to one of ``values`` ...
        needs_value_unless: ... unless this holds.
        inferred: True where the documentation's table leaves the parameter out.
    """

    name: str
    kind: Kind
    about: str = ""
    required: bool = False
    default: str | int | bool | None = None
    default_by: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    minimum: int | str | None = None
    maximum: int | str | None = None
    above: int | None = None
    clamps: bool = False
    max_items: int | None = None
    decimals: int | None = None
    unit: str | None = None
    enum: str | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    conflicts: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    requires_inferred: tuple[str, ...] = ()
    only_with: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs_value: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs_value_unless: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inferred: bool = False

    @cached_property
    def python_name(self) -> str:
        """The name as a Python keyword and as an option: ``start_time``."""
        return snake_case(self.name)

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Every value an enum parameter may take here; empty for the others."""
        if self.choices or self.enum is None:
            return self.choices
        return tuple(str(value) for value in ENUMS[self.enum].values)

    @property
    def is_time(self) -> bool:
        """Whether the value is a moment, in ms or us since 1970 UTC."""
        return self.unit == "ms_or_us"

    def but(self, **changes: object) -> Parameter:
        """Return a copy with some attributes changed.

        Args:
            **changes: Attributes by name.

        Returns:
            The changed copy.
        """
        return replace(self, **changes)  # type: ignore[arg-type]  # replace() checks the names at run time
