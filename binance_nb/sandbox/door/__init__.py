"""The door: the bytes of a request as they came in, the keys that exist, and who is let in."""

__all__: list[str] = []
