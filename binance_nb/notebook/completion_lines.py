"""What may come next on a magic line: the words before the cursor, read as the binder will read them."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field

from binance_nb.catalog import ENDPOINTS, Endpoint
from binance_nb.errors import UsageError
from binance_nb.grammar import Command, Token, tokenise
from binance_nb.notebook.completion_values import Known, Proposal, Slot, matching, values_for, variables_for
from binance_nb.notebook.verbs import command_for

__all__ = ["Found", "complete_line", "needed_now"]

_NAMED = re.compile(r"(?:--(?P<option>[^\W\d_][\w-]*)|(?P<assigned>[^\W\d][\w-]*))=")
_VARIABLE = re.compile(r"\$\w*\Z")
_REST_OF_WORD = re.compile(r"[^\s'\",\])}]*")
_BARE = re.compile(r"-{0,2}(?:[^\W\d][\w-]*)?\Z")


@dataclass(frozen=True)
class Found:
    """What was found to complete.

    Attributes:
        said: The text before the cursor that a proposal takes the place of.
        proposals: What may stand there, the likeliest first.
        wanted: What is wanted there, in a word, for when there is nothing to propose.
    """

    said: str
    proposals: list[Proposal]
    wanted: str = "nothing more"


@dataclass
class _Heard:
    """The whole words before the cursor.

    Attributes:
        given: What has a value, by name; the text of the value where it is literal.
        waiting: The option that the next word is the value of.
        place: The name of what the next word is by its place.
        is_wrong: Whether the line is refused already.
    """

    given: dict[str, str | None] = field(default_factory=dict)
    waiting: str | None = None
    place: str | None = None
    is_wrong: bool = False


def complete_line(
    before: str, after: str, known: Known, first: Iterable[Proposal], refused: Container[str] = ()
) -> Found | None:
    """Complete a line.

    Args:
        before: What stands behind ``%binance``, up to the cursor.
        after: What stands behind the cursor.
        known: What may be looked at.
        first: What may be the first word.
        refused: Options that may not stand here.

    Returns:
        What was found; None where nothing of ours can stand, and whoever else knows something should speak.
    """
    parts = _taken_apart(before)
    if parts is None:
        return None
    tokens, word, quote = parts
    rest_match = _REST_OF_WORD.match(after)
    rest = rest_match[0] if rest_match else ""
    if not tokens:
        return None if quote else Found(word, matching(first, word, rest), "verb")
    command = command_for(tokens[0].value) if tokens[0].kind == "word" and tokens[0].is_literal else None
    if command is None:
        return Found(word, [], "unknown verb")
    heard = _hear(tokens[1:], command)
    if heard.is_wrong:
        return None
    return _Cursor(command, heard, known, rest, refused).complete(word, quote)


def _taken_apart(before: str) -> tuple[list[Token], str, str] | None:
    """Return the whole words, the unfinished one, and the quote or bracket it has not closed; None in an expression."""
    end, opened = len(before), ""
    while True:
        try:
            tokens = tokenise(before[:end])
            break
        except UsageError as error:
            sign = (error.culprit or " ")[0]
            column = int(error.details.get("column", 0)) - 1
            if sign not in "'\"[" or not 0 <= column < end:
                return None
            end, opened = column, f"{sign}{opened}"
    if tokens and tokens[-1].end == end and (opened or not before[end - 1].isspace()):
        last = tokens.pop()
        return tokens, before[last.start :], opened
    gap = before[tokens[-1].end if tokens else 0 : end]
    return None if gap.strip() else (tokens, before[end:], opened)  # what is no token is a comment


def _hear(tokens: Sequence[Token], command: Command) -> _Heard:
    heard, places = _Heard(), iter(command.places)
    for token in tokens:
        if token.kind == "word":
            is_value = heard.waiting is not None and (
                heard.waiting not in command.flags or token.value.lower() in ("true", "false")
            )
            name = heard.waiting if is_value else next(places, command.rest)
            heard.waiting = None
            heard.is_wrong |= name is None
        else:
            heard.is_wrong |= heard.waiting is not None and heard.waiting not in command.flags
            name = _name(command, token)
            heard.waiting = name if name is not None and not token.has_value else None
            heard.is_wrong |= name is None or name in heard.given
        if name is not None:
            heard.given[name] = token.value if token.has_value and token.is_literal else None
    place = next(places, command.rest)
    heard.place = None if place in heard.given and place != command.rest else place
    return heard


def _name(command: Command, token: Token) -> str | None:
    assert token.name is not None
    return command.spellings.get(token.name.replace("-", "_") if token.kind == "option" else token.name)


@dataclass(frozen=True)
class _Cursor:
    command: Command
    heard: _Heard
    known: Known
    after: str
    refused: Container[str]

    @property
    def endpoint(self) -> Endpoint | None:
        return ENDPOINTS.get(self.command.verb)

    def complete(self, word: str, opened: str) -> Found | None:
        waiting = self.heard.waiting
        is_due = waiting is not None and waiting not in self.command.flags
        if (named := _NAMED.match(word)) and not is_due:
            option, assigned = named["option"], named["assigned"]
            name = self.command.spellings.get(option.replace("-", "_") if option else assigned)
            if name is None or name in self.heard.given:
                return None
            return self._value(name, word[named.end() :], opened)
        if is_due and waiting is not None:
            return self._value(waiting, word, opened)
        found = None if self.heard.place is None else self._value(self.heard.place, word, opened)
        if opened or not _BARE.match(word):
            return found
        return self._with_names(word, found)

    def _with_names(self, word: str, found: Found | None) -> Found:
        """Add what may stand beside a value by place: names with ``--`` or ``=``, and the value of a flag before it."""
        if found is not None and found.said != word:
            return found  # in a list of values
        values = [] if found is None else found.proposals
        if word and values:
            return Found(word, values)  # whoever wants a name begins it with --
        free = [name for name in self._in_order() if name not in self.heard.given and name not in self._shut_out()]
        options = (Proposal(f"--{name.replace('_', '-')}", "option") for name in free)
        is_dashed = word.startswith("-")
        names = matching(options, word if is_dashed else f"--{word}", self.after)
        if word and not is_dashed:
            wires = (self.command.parameters[name] for name in free if name in self.command.parameters)
            names += matching((Proposal(f"{wire}=", "option") for wire in wires), word, self.after)
        flag = [] if self.heard.waiting is None else [Proposal(text, "value") for text in ("true", "false")]
        return Found(
            word, [*values, *names, *matching(flag, word, self.after)], found.wanted if found else "nothing more"
        )

    def _in_order(self) -> list[str]:
        """Name what is needed first, then what people ask for most: a range, or the order's own parameters."""
        parameters, options = list(self.command.parameters), list(self.command.options)
        if self.endpoint is None:
            return [name for name in options if name not in self.command.places]
        needed = needed_now(self.endpoint, self.heard.given)
        both = options + parameters if "start" in options else parameters + options
        return [name for name in dict.fromkeys(needed + both) if name not in self.refused]

    def _shut_out(self) -> set[str]:
        """Name what may not travel with what is given."""
        endpoint = self.endpoint
        if endpoint is None:
            return set()
        given = {endpoint.by_python_name[name].name for name in self.heard.given if name in endpoint.by_python_name}
        return {each.python_name for each in endpoint.asked if given & set(each.conflicts)}

    def _value(self, name: str, written: str, opened: str) -> Found | None:
        slot = Slot(name, self.endpoint, name in self.command.flags)
        if slot.kind == "path":
            return None
        quote = opened[:1] if opened[:1] in ("'", '"') else opened[-1:]
        said = written
        if "[" in opened:
            said = re.split(r"[\[,]\s*", written)[-1]
            if not said.startswith(quote := '"'):
                return Found(said, [], "quoted text")
            said = said[1:]
        elif quote:
            head, _, said = written.rpartition(quote)
            if head and not (slot.is_list and head.endswith(",")):
                return Found(said, [], slot.kind)
        elif variable := _VARIABLE.search(written):
            is_whole = variable.start() == 0
            choices = variables_for(slot, self.known, is_whole=is_whole)
            return Found(variable[0], matching(choices, variable[0], self.after), slot.kind)
        elif set(written) & set("'\"$}"):
            return Found(written, [], slot.kind)  # in several parts: what they make together nobody can guess
        return self._chosen(slot, said, is_quoted=bool(quote))

    def _chosen(self, slot: Slot, said: str, *, is_quoted: bool) -> Found:
        listed = ""
        if slot.is_list:
            listed, _, said = said.rpartition(",")
        taken = set(listed.split(","))
        choices = [each for each in values_for(slot, said, self.known) if each.text not in taken]
        if not is_quoted and not listed and not said:
            choices += variables_for(slot, self.known)
        return Found(said, matching(choices, said, self.after), slot.kind)


def needed_now(endpoint: Endpoint, given: dict[str, str | None]) -> list[str]:
    """Name what is still missing, after what is given has decided what is needed.

    Args:
        endpoint: The endpoint.
        given: The values so far, by our names; None for one that is not known yet.

    Returns:
        Our names, in the order of the documentation.
    """
    missing = {parameter.name for parameter in endpoint.asked if parameter.required}
    for rule in endpoint.required_by:
        decider = endpoint.by_name[rule.decider].python_name
        needs = rule.cases.get(given.get(decider) or "")
        if needs is not None:
            missing.update(needs.all, *needs.any)
    return [each.python_name for each in endpoint.asked if each.name in missing and each.python_name not in given]
