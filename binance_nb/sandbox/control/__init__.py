"""What the sandbox's owner holds: the log of what was really done, and the desk where faults and time are ordered."""

__all__: list[str] = []
