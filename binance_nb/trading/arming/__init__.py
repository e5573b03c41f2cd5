"""What may leave for a live host, and up to what worth."""

from __future__ import annotations

__all__: list[str] = []
