"""Keyrings for tests: one that keeps, and some that do not."""

from __future__ import annotations

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

__all__ = ["BrokenKeyring", "LockedKeyring", "MemoryKeyring"]


class MemoryKeyring(KeyringBackend):
    """Keeps passwords in memory; like Windows, none that is long."""

    priority = 1
    name = "a keyring for tests"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        assert len(password) <= 1280
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


class LockedKeyring(MemoryKeyring):
    """Nobody opens it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the person said no")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("the person said no")


class BrokenKeyring(MemoryKeyring):
    """Fails as plug-ins do: with an error of its own that repeats what it was given."""

    class BusError(Exception):
        """Nobody outside has heard of it."""

    def get_password(self, service: str, username: str) -> str | None:
        raise self.BusError(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.BusError(password)
