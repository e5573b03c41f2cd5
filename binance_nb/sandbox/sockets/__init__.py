"""A WebSocket as the exchange keeps one, whatever is said on it: handshakes, pings, bounded queues, a lifetime."""

__all__: list[str] = []
