"""What may come next in a Python call on a session or a client: its arguments, from the same declarations."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from binance_nb.catalog import ENDPOINTS, Endpoint, Kind
from binance_nb.grammar import command_of
from binance_nb.notebook.completion_lines import Found, needed_now
from binance_nb.notebook.completion_values import Known, Proposal, Slot, matching, names_in, values_for, verbs
from binance_nb.reading import READING_OPTIONS, options_of

if TYPE_CHECKING:
    from binance_nb.rules.symbols import SymbolNames

__all__ = ["PythonCall", "call_at", "complete_call"]

_SIGNS = re.compile(r"'''|\"\"\"|['\"#(){}\[\],\n]")
_STRING_ENDS = {quote: re.compile(rf"(?:\\.|[^\\\n{quote}])*{quote}") for quote in "'\""}
_CALLEE = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*\Z")
_KEYWORD = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)\s*")
_NAME = re.compile(r"\s*((?:[^\W\d]\w*)?)\Z")
_LITERAL = re.compile(r"\s*(['\"])(\w+)\1\s*\Z")
_REST_OF_WORD = re.compile(r"[^\s'\",\])}=]*=?")
_BY_NAME = ("call", "plan", "prepare")
_EVERYDAY = ("buy", "sell", "cancel", "replace", "orders", "balances")
_LONGEST = 20_000


@dataclass(frozen=True)
class PythonCall:
    """A call that is being written.

    Attributes:
        path: What is called, as names with dots between them.
        done: The arguments before the cursor's, as written.
        current: The cursor's argument, up to the cursor.
        quote: The quote it has not closed.
        said: The text behind that quote.
        is_in_list: Whether the cursor stands in a list.
    """

    path: str
    done: tuple[str, ...]
    current: str
    quote: str = ""
    said: str = ""
    is_in_list: bool = False


@dataclass
class _Bracket:
    sign: str
    at: int
    commas: list[int] = field(default_factory=list)


def call_at(text: str) -> PythonCall | None:
    """Find the call whose arguments the cursor stands among.

    Args:
        text: The cell up to the cursor.

    Returns:
        The call; None when there is none.
    """
    text = text[-_LONGEST:]
    opened, quote, start = _scan(text)
    if not opened:
        return None
    inner = opened[-1]
    outer = inner
    callee = _CALLEE.search(text, 0, inner.at) if inner.sign == "(" else None
    if callee is None and len(opened) > 1:
        outer = opened[-2]
        callee = _CALLEE.search(text, 0, outer.at) if outer.sign == "(" else None
    if callee is None:
        return None
    cuts = [outer.at, *outer.commas]
    done = tuple(text[first + 1 : last] for first, last in pairwise(cuts))
    current = text[cuts[-1] + 1 : start if quote else len(text)]
    return PythonCall(callee[1], done, current, quote, text[start + 1 :] if quote else "", inner is not outer)


def _scan(text: str) -> tuple[list[_Bracket], str, int]:
    """Return the brackets open at the end, and the quote open there with its place."""
    opened: list[_Bracket] = []
    at = 0
    while sign := _SIGNS.search(text, at):
        at = sign.end()
        mark = sign[0]
        if mark == "#":
            at = _line_end(text, at)
        elif mark == "\n" and text[at : at + 1] in ("%", "!"):
            opened.clear()  # a line for IPython, which may hold anything
        elif mark in ("'''", '"""'):
            end = text.find(mark, at)
            if end < 0:
                return [], "", 0
            at = end + 3
        elif mark in "'\"":
            if end_match := _STRING_ENDS[mark].match(text, at):
                at = end_match.end()
            elif _line_end(text, at) == len(text):
                return opened, mark, sign.start()
        elif mark in "([{":
            opened.append(_Bracket(mark, sign.start()))
        elif mark in ")]}":
            opened[-1:] = []
        elif mark == "," and opened:
            opened[-1].commas.append(sign.start())
    return opened, "", 0


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


# ---- what is called


@dataclass(frozen=True)
class _Signature:
    places: tuple[str, ...]
    names: tuple[str, ...]
    endpoint: Endpoint | None = None
    flags: frozenset[str] = frozenset()


def complete_call(
    call: PythonCall, after: str, known: Known, symbols_of: Callable[[SymbolNames], Callable[[], Sequence[str]]]
) -> Found | None:
    """Complete an argument.

    Args:
        call: The call that is being written.
        after: What stands behind the cursor.
        known: What may be looked at; its symbols are replaced by those of the session that is called.
        symbols_of: Gives the symbols that one environment lists, ranked.

    Returns:
        What was found; None when the call is not one of ours.
    """
    owner, method = _resolved(call.path, known.namespace)
    signature = _signature(owner, method, call)
    if signature is None:
        return None
    if (signature.endpoint is not None or method in _EVERYDAY) and not isinstance(owner, type):
        client = getattr(owner, "client", owner)
        known = Known(known.namespace, symbols_of(client.symbols), known.now_ms)
    rest = _REST_OF_WORD.match(after)
    return _argument(call, signature, rest[0] if rest else "", known)


def _resolved(path: str, namespace: Mapping[str, object]) -> tuple[Any, str]:  # Any: whatever the person holds
    """Follow a dotted path through dictionaries alone: no property is run, since that might ask somebody."""
    first, *middle = path.split(".")
    owner = namespace.get(first)
    if not middle:
        return owner, ""
    for name in middle[:-1]:
        owner = getattr(owner, "__dict__", {}).get(name)
    return owner, middle[-1]


def _signature(owner: Any, method: str, call: PythonCall) -> _Signature | None:  # Any: whatever the person holds
    if _is_ours("connect", "binance_nb.connecting", owner, method):
        from binance_nb.connecting import connect

        names = tuple(inspect.signature(connect).parameters)
        return _Signature(names[:1], names)
    if _is_ours("Call", "binance_nb.together", owner, method):
        return _by_name(call, has_places=True)
    # What is not loaded has made no object, so nothing is imported to find out.
    calls, client = sys.modules.get("binance_nb.calls"), sys.modules.get("binance_nb.client")
    if calls is not None and isinstance(owner, calls.Calls):
        if method in ENDPOINTS:
            return _of_endpoint(ENDPOINTS[method])
        if method in _EVERYDAY:
            return _of_method(getattr(type(owner), method))
        return _by_name(call) if method in _BY_NAME else None
    if client is not None and isinstance(owner, client.Client) and method == "call":
        return _by_name(call, options=("tz",))
    return None


def _is_ours(name: str, module: str, owner: object, method: str) -> bool:
    if method:
        return method == name and inspect.ismodule(owner) and owner.__name__ == "binance_nb"
    loaded = sys.modules.get(module)
    return loaded is not None and owner is getattr(loaded, name)


def _of_endpoint(endpoint: Endpoint, options: tuple[str, ...] | None = None) -> _Signature:
    options = options_of(endpoint) if options is None else options
    command = command_of(endpoint, options, [name for name in options if READING_OPTIONS[name][0] == "bool"])
    names = tuple(dict.fromkeys((*needed_now(endpoint, {}), *options, *command.parameters)))
    return _Signature(command.places, names, endpoint, command.flags)


def _of_method(method: Callable[..., object]) -> _Signature:
    own = list(inspect.signature(method).parameters.values())[1:]
    places = tuple(each.name for each in own if each.kind is each.POSITIONAL_OR_KEYWORD)
    flags = frozenset(each.name for each in own if each.default is False)
    return _Signature(places, tuple(each.name for each in own), flags=flags)


def _by_name(
    call: PythonCall, *, has_places: bool = False, options: tuple[str, ...] | None = None
) -> _Signature | None:
    """Return what a call takes whose first argument is the name of an endpoint."""
    if not call.done:
        return _Signature(("verb",), ())
    named = _LITERAL.match(call.done[0])
    if named is None or named[2] not in ENDPOINTS:
        return None
    signature = _of_endpoint(ENDPOINTS[named[2]], options)
    return replace(signature, places=("", *signature.places) if has_places else ("",))


# ---- its arguments


def _argument(call: PythonCall, signature: _Signature, after: str, known: Known) -> Found | None:
    given = {match[1] for argument in call.done if (match := _KEYWORD.match(argument))}
    if any(argument.lstrip().startswith("*") for argument in call.done):
        return None
    places = [argument for argument in call.done if not _KEYWORD.match(argument)]
    keyword = _KEYWORD.match(call.current)
    at = keyword.end() if keyword else 0
    name = keyword[1] if keyword else next(iter(signature.places[len(places) :]), "")
    written = call.current[at:].strip()
    taken = {*given, *signature.places[: len(places)]}
    slot = Slot(name, signature.endpoint, name in signature.flags) if name and name not in taken else None
    if call.quote:
        is_alone = written.rpartition(",")[2].strip() in ("", "[", "(") if call.is_in_list else not written
        return _in_quotes(call, slot, after, known) if slot is not None and is_alone else None
    if call.is_in_list or not (word := _NAME.match(call.current, at)):
        return None
    variables = [Proposal(each, "variable") for each in names_in(known.namespace)]
    values = [] if word[1] or slot is None else list(_quoted(slot, known))
    if keyword:
        return Found("", values + variables) if values else None
    names = [Proposal(f"{each}=", "option") for each in signature.names if each not in taken]
    found = matching(names, word[1], after)
    return Found(word[1], values + found + matching(variables, word[1], after)) if found or values else None


def _in_quotes(call: PythonCall, slot: Slot, after: str, known: Known) -> Found | None:
    if slot.kind in ("path", "flag", "number"):
        return None
    said, taken = call.said, ""
    if slot.is_list and not call.is_in_list:
        taken, _, said = said.rpartition(",")
    found = matching(_choices(slot, said, known), said, after)
    given = set(taken.split(","))
    return Found(said, [each for each in found if each.text not in given])


def _choices(slot: Slot, said: str, known: Known) -> Iterator[Proposal]:
    return verbs(with_own=False) if slot.kind == "verb" else values_for(slot, said, known)


def _quoted(slot: Slot, known: Known) -> Iterator[Proposal]:
    if slot.kind == "flag" or (slot.parameter and slot.parameter.kind is Kind.BOOLEAN):
        yield from (Proposal(text, "value") for text in ("True", "False"))
    elif slot.kind == "number":
        yield from values_for(slot, "", known)
    elif slot.kind not in ("path", "zone"):
        yield from (Proposal(f'"{text}"', kind) for text, kind in _choices(slot, "", known))
