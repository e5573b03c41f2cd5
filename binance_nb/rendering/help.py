"""Help: every verb in its group, and all there is to know of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from textwrap import fill

from binance_nb.catalog import ENDPOINTS, Endpoint, Needs, Parameter, RequiredBy, snake_case
from binance_nb.reading import READING_OPTIONS, options_of
from binance_nb.rendering.cards import endpoint_link
from binance_nb.rendering.examples import example_lines, example_python
from binance_nb.rendering.sheet import Block, Code, Facts, Paragraph, Sheet, Table
from binance_nb.signatures import describe_frame, describe_parameter, describe_weight

__all__ = ["GROUPS", "call_blocks", "endpoint_help", "help_overview", "own_verb_help"]

GROUPS = {
    "general": "The exchange",
    "market": "Market data, without a key",
    "trading": "Orders",
    "account": "Your account",
}
"""What the groups of endpoints are called."""

_WIDEST = 80
_METHODS = {"dry_run": "prepare", "plan": "plan"}
_IN_PYTHON = "The same in Python, on a session of binance_nb.connect(...)"


def help_overview(own: Mapping[str, str]) -> Sheet:
    """Return the list of all verbs.

    Args:
        own: What our own verbs do, by verb.

    Returns:
        The sheet.
    """
    blocks: list[Block] = [
        Code("%binance VERB words --option value name=value", "A line"),
        Paragraph("%binance help VERB says all about one; $name and {expression} stand for Python values."),
        _verbs("This package", own.items()),
    ]
    for group, heading in GROUPS.items():
        members = [(name, endpoint.about) for name, endpoint in ENDPOINTS.items() if endpoint.group == group]
        blocks.append(_verbs(heading, members))
    return Sheet("Verbs of %binance", tuple(blocks))


def _verbs(heading: str, members: Iterable[tuple[str, str]]) -> Table:
    return Table(("verb", "what it does"), tuple((name, _marked(name, about)) for name, about in members), heading)


def _marked(name: str, about: str) -> str:
    instead = ENDPOINTS[name].replaced_by if name in ENDPOINTS else None
    return f"{about} Deprecated: use {instead}." if instead else about


def endpoint_help(endpoint: Endpoint, line_options: Mapping[str, str]) -> Sheet:
    """Return all there is to know of an endpoint.

    Args:
        endpoint: The endpoint.
        line_options: What the options do that only a magic line takes, by name.

    Returns:
        The sheet: parameters with units, defaults and values, options, weight, security, the frame, and an example.
    """
    blocks = [
        *call_blocks(endpoint, line_options),
        Code("\n".join(map(_folded, describe_frame(endpoint))), "The frame", is_aligned=True),
        endpoint_link(endpoint),
    ]
    return Sheet(f"{endpoint.name}: {_marked(endpoint.name, endpoint.about)}", tuple(blocks))


def call_blocks(endpoint: Endpoint, line_options: Mapping[str, str]) -> list[Block]:
    """Return what there is to know of an endpoint before it answers.

    Args:
        endpoint: The endpoint.
        line_options: What the options do that only a magic line takes, by name.

    Returns:
        Facts, examples, parameters, options and notes.
    """
    lines, statements = example_lines(endpoint), example_python(endpoint)
    blocks: list[Block] = [
        Facts(tuple(_facts(endpoint))),
        Code("\n".join(lines), _counted("Example", lines)),
        Code("\n".join(statements), _IN_PYTHON),
    ]
    if endpoint.asked:
        blocks.append(_parameters(endpoint))
    blocks.extend(_decided(rule) for rule in endpoint.required_by)
    options = {name: READING_OPTIONS[name][1] for name in options_of(endpoint)} | dict(line_options)
    blocks.append(_options(options))
    blocks.extend(Paragraph(text) for text in _line_options_in_python(endpoint, line_options))
    blocks.extend(Paragraph(note) for note in endpoint.notes)
    return blocks


def _counted(word: str, lines: Sequence[str]) -> str:
    return f"{word}s" if len(lines) > 1 else word


def _facts(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    yield "call", f"{endpoint.method} {endpoint.path}"
    for group in endpoint.one_of:
        yield "needs one of", ", ".join(map(snake_case, group))
    yield "weight", describe_weight(endpoint)
    yield "security", f"{endpoint.security}, {'signed with your key' if endpoint.is_signed else 'no key needed'}"
    if endpoint.changes_state:
        yield "effect", "changes orders or balances; on a live host refused until you arm"
    yield "market host", "served without a key" if endpoint.is_on_data_host else "not served; use another environment"


def _parameters(endpoint: Endpoint) -> Table:
    rest = [parameter for parameter in endpoint.asked if parameter not in endpoint.positional]
    rows = tuple(_parameter(endpoint, parameter) for parameter in (*endpoint.positional, *rest))
    lead = "Parameters; those without dashes go by place, in this order" if endpoint.positional else "Parameters"
    return Table(("parameter", "what it is"), rows, lead)


def _parameter(endpoint: Endpoint, parameter: Parameter) -> tuple[str, str]:
    about = describe_parameter(parameter)
    if parameter not in endpoint.positional:
        return f"--{parameter.python_name.replace('_', '-')}", about
    return parameter.python_name, about if parameter.required else f"{about} May be left out."


def _decided(rule: RequiredBy) -> Table:
    rows = tuple((value, _needs(needs)) for value, needs in rule.cases.items())
    decider = snake_case(rule.decider)
    return Table((decider, "needs"), rows, f"What {decider} makes necessary")


def _needs(needs: Needs) -> str:
    groups = [f"one of {' or '.join(map(snake_case, group))}" for group in needs.any]
    return ", ".join([*map(snake_case, needs.all), *groups]) or "nothing more"


def _options(options: Mapping[str, str]) -> Table:
    rows = tuple((f"--{name.replace('_', '-')}", about.replace("``", "")) for name, about in options.items())
    return Table(("option", "what it does"), rows, "Options")


def _folded(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return fill(line, _WIDEST, subsequent_indent=indent)  # columns are narrower, so only sentences are folded


def _line_options_in_python(endpoint: Endpoint, line_options: Mapping[str, str]) -> Iterator[str]:
    methods = {option: method for option, method in _METHODS.items() if option in line_options}
    if methods:
        said = (f"--{option.replace('_', '-')} is session.{method}" for option, method in methods.items())
        yield f'In Python {", ".join(said)}, each with ("{endpoint.name}", ...).'


def own_verb_help(
    verb: str, about: str, usage: str, options: Mapping[str, str], example: str, python: str = ""
) -> Sheet:
    """Return all there is to know of one of our own verbs.

    Args:
        verb: The verb.
        about: What it does.
        usage: How a line with it looks.
        options: What its options do, by name.
        example: A line that would run.
        python: The Python that the example equals.

    Returns:
        The sheet.
    """
    blocks: list[Block] = [Code(usage, "A line"), Code(example, "Example")]
    if python:
        blocks.append(Code(python, "The same in Python"))
    if options:
        blocks.append(_options(options))
    return Sheet(f"{verb}: {about}", tuple(blocks))
