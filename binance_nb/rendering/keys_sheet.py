"""Which keys there are, where each comes from, and which sources were passed over; no more of a key than its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from binance_nb.environment import Environment
from binance_nb.keys import Credentials, HeldKey, variable_names
from binance_nb.rendering.sheet import Block, Paragraph, Sheet, Table

__all__ = ["keys_sheet"]

_HEAD = ("environment", "profile", "key", "kind", "comes from", "passed over")
_ORDER = (
    "The first that has a key gives it: what was typed here, the keyring, environment variables, the file that "
    "BINANCE_NB_KEYS_FILE names. A key that a call is given itself, or the file that it names, goes before all."
)


def keys_sheet(
    held: Sequence[HeldKey], environment: Environment, current: Credentials | None, keyring: str | None
) -> Sheet:
    """Return which keys there are.

    Args:
        held: Every key pair that a source has.
        environment: Where lines go at present.
        current: The key that they use, wherever it came from.
        keyring: What keeps keys on this computer; None where nothing does.

    Returns:
        The sheet.
    """
    rows = [*_own_row(held, environment, current), *(_row(each) for each in held)]
    blocks: list[Block] = [Table(_HEAD, tuple(rows))] if rows else []
    blocks += [Paragraph(each.problem, f"{_named(each)}") for each in held if each.problem]
    blocks += [Paragraph(_in_use(environment, current)), Paragraph(_ORDER), Paragraph(_keyring(keyring))]
    return Sheet("Keys" if rows else "There is no key yet", tuple(blocks))


def _row(each: HeldKey) -> tuple[str, ...]:
    source = each.source.partition(", profile ")[0]
    return each.environment, each.profile or "–", each.key or "–", each.kind, source, ", ".join(each.passed_over) or "–"


def _own_row(
    held: Sequence[HeldKey], environment: Environment, current: Credentials | None
) -> Iterator[tuple[str, ...]]:
    """Yield the row of a key that no source has: one that was given to the session, or a sandbox's own."""
    if current is None or any((each.environment, each.key) == (environment.name, current.masked) for each in held):
        return
    source = current.source.partition(", profile ")[0]
    yield environment.name, current.profile or "–", current.masked, current.key_kind, source, "–"


def _named(each: HeldKey) -> str:
    return f"{each.environment}, profile {each.profile}" if each.profile else each.environment


def _in_use(environment: Environment, current: Credentials | None) -> str:
    if current is not None:
        return f"Lines to {environment.name} use {current.masked} ({current.key_kind}) from {current.source}."
    if environment.has_market_data_only:
        return f"Lines to {environment.name} need no key: it takes none."
    names = variable_names(environment)
    or_variables = f", or set {names[0]} and {names[1]} (or {names[2]}) before the kernel starts" if names else ""
    return f"Lines to {environment.name} have no key. %binance keys asks for one{or_variables}."


def _keyring(name: str | None) -> str:
    if name is None:
        return "Nothing on this computer keeps passwords, so --store cannot work; everything else does."
    return f"%binance keys --store keeps a key in {name}; --forget takes it out again."
