"""What an answer means, and what the client knows of why it came."""

from __future__ import annotations

from binance_nb.client.verdicts.circumstances import Circumstances
from binance_nb.client.verdicts.outcome import failure, not_awaited, silence, stream_refusal, unread

__all__ = ["Circumstances", "failure", "not_awaited", "silence", "stream_refusal", "unread"]
