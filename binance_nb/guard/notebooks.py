"""The texts of a notebook file, and where in it each of them stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["Part", "parts_of"]

_Json = Any  # JSON enters here, written by whatever program
_WIDGETS = "application/vnd.jupyter.widget-state+json"
_PICTURES = ("image/", "audio/", "video/", "font/", "application/pdf", "application/octet-stream")


class Part(NamedTuple):
    """A text of a notebook.

    Attributes:
        cell: The number of its cell, from 1; None for what belongs to no cell.
        where: What it is there: ``source``, ``output 1``, ``metadata``.
        text: The text.
        has_lines: Whether its lines are those that a person sees.
    """

    cell: int | None
    where: str
    text: str
    has_lines: bool = True


def parts_of(content: str) -> list[Part] | None:
    """Return the texts of a notebook.

    Args:
        content: The file.

    Returns:
        The texts; None when it is no notebook.
    """
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(notebook, dict):
        return None
    cells = notebook.get("cells")
    if cells is None:  # nbformat 3
        sheets = notebook.get("worksheets")
        if not isinstance(sheets, list):
            return None
        cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or []]
    if not isinstance(cells, list):
        return None
    parts = [part for number, cell in enumerate(cells, 1) for part in _of_cell(number, cell)]
    return [
        *parts,
        *_of_metadata(notebook.get("metadata")),
        *_rest(None, notebook, {"cells", "worksheets", "metadata"}),
    ]


def _of_cell(number: int, cell: _Json) -> Iterator[Part]:
    if not isinstance(cell, dict):
        return
    for name in ("source", "input"):
        if name in cell:
            yield Part(number, "source", _text(cell[name]))
    outputs = cell.get("outputs")
    for place, output in enumerate(outputs if isinstance(outputs, list) else [], 1):
        yield from _of_output(number, f"output {place}", output)
    known = {"source", "input", "outputs", "cell_type", "id", "execution_count"}
    attachments = cell.get("attachments")
    if isinstance(attachments, dict):
        known.add("attachments")
        for name, bundle in attachments.items():
            yield Part(number, "name of an attachment", str(name), has_lines=False)
            yield from _of_bundle(number, "attachment", bundle)
    yield from _rest(number, cell, known)


def _of_output(number: int, where: str, output: _Json) -> Iterator[Part]:
    if not isinstance(output, dict):
        return
    if "text" in output:
        yield Part(number, where, _text(output["text"]))
    if "traceback" in output:
        lines = output["traceback"]
        text = "\n".join(map(str, lines)) if isinstance(lines, list) else _text(lines)
        yield Part(number, f"{where} (traceback)", text)
    if "data" in output:
        yield from _of_bundle(number, where, output["data"])
    yield from _rest(number, output, {"text", "traceback", "data", "output_type", "execution_count", "name"}, where)


def _of_bundle(number: int, where: str, bundle: _Json) -> Iterator[Part]:
    for kind, value in bundle.items() if isinstance(bundle, dict) else ():
        if kind.startswith(_PICTURES) and kind != "image/svg+xml":
            continue
        yield Part(number, f"{where} ({kind})", _text(value))


def _of_metadata(metadata: _Json) -> Iterator[Part]:
    if not isinstance(metadata, dict):
        return
    widgets = metadata.get("widgets")
    state = widgets.get(_WIDGETS, {}).get("state") if isinstance(widgets, dict) else None
    if isinstance(state, dict):
        metadata = {name: value for name, value in metadata.items() if name != "widgets"}
        for model in state.values():
            yield Part(None, "widget state", _text(model), has_lines=False)
    yield Part(None, "metadata", _text(metadata), has_lines=False)


def _rest(number: int | None, holder: Mapping[str, _Json], known: set[str], where: str = "") -> Iterator[Part]:
    left = {name: value for name, value in holder.items() if name not in known and value}
    if left:
        yield Part(number, f"{where} metadata".strip(), _text(left), has_lines=False)


def _text(value: _Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return json.dumps(value, ensure_ascii=False, indent=1)
