"""What guards a state-changing call: its rules, its journal, its verdict."""

from __future__ import annotations

__all__: list[str] = []
