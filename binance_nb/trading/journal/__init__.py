"""The order journal: what was meant, before it is sent, and what became of it."""

from __future__ import annotations

__all__: list[str] = []
