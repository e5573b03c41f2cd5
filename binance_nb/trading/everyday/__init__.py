"""Orders in everyday words: what they mean as calls, and how they look afterwards."""

from __future__ import annotations

__all__: list[str] = []
