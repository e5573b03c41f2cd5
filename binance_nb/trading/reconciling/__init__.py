"""What became of a call that got no verdict."""

from __future__ import annotations

__all__: list[str] = []
