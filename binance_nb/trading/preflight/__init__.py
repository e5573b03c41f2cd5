"""An order held against every rule before it is sent."""

from __future__ import annotations

__all__: list[str] = []
