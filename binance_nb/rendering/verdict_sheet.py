"""What a manifest holds, and what became of its frames."""

from __future__ import annotations

from pathlib import Path

from binance_nb.manifests import Finding, FrameFacts, Manifest, State, Verdict
from binance_nb.rendering.sheet import Block, Facts, Paragraph, Sheet, Table

__all__ = ["comparison_sheet", "manifest_sheet", "verdict_sheet"]

_MARKS = {State.SAME: "✓", State.EXTENDED: "+", State.REVISED: "≠", State.MISSING: "✕"}
_HASH_SHOWN = 12
_DATE_ONLY = "T00:00:00+00:00"


def manifest_sheet(manifest: Manifest, path: Path, *, is_new: bool) -> Sheet:
    """Return what a manifest holds.

    Args:
        manifest: The manifest.
        path: Its file.
        is_new: Whether it has just been written; else the one that was there says the same.
    """
    frames = manifest.frames
    if not frames:
        note = Paragraph("There is no frame among the variables: assign one, or run the cells above first.")
        return Sheet(f"{path.name}: no frames", (note,))
    head = ("name", "operation", "rows", "from", "to", "source", "sha256")
    rows = tuple(_row(name, facts) for name, facts in frames.items())
    count = f"{len(frames):,} {'frame' if len(frames) == 1 else 'frames'}"
    done = "written" if is_new else "said the same already, and is left as it was"
    return Sheet(f"{path.name}: {count}, {done}", (Table(head, rows),), is_wide=True)


def _row(name: str, facts: FrameFacts) -> tuple[str, ...]:
    first, last = facts.span or ("", "")
    operation = facts.operation or "computed"
    if facts.operation and facts.is_derived:
        operation = f"derived from {facts.operation}"
    return (name, operation, f"{facts.rows:,}", _at(first), _at(last), facts.source or "", facts.sha256[:_HASH_SHOWN])


def _at(label: str) -> str:
    text = label.removesuffix(_DATE_ONLY).removesuffix("+00:00")
    return text.replace("T", " ").removesuffix(":00") if text != label else label


def verdict_sheet(verdict: Verdict, manifest: Path) -> Sheet:
    """Return what became of a notebook.

    Args:
        verdict: The verdict.
        manifest: The manifest's file.
    """
    name = verdict.notebook.name
    if (failure := verdict.failure) is not None:
        where = [] if failure.cell is None else [("cell", str(failure.cell))]
        facts = Facts((*where, ("said", failure.said)))
        note = Paragraph("Nothing was compared: the frames are complete only when all cells have run.")
        return Sheet(f"✕ {name} did not run to its end", (facts, note))
    return _compared(name, verdict.findings, manifest.name)


def comparison_sheet(findings: tuple[Finding, ...], manifest: Path) -> Sheet:
    """Return how the frames of a notebook that is being verified compare with its manifest.

    Args:
        findings: One for each frame.
        manifest: The manifest's file.
    """
    return _compared("This notebook", findings, manifest.name)


def _compared(name: str, findings: tuple[Finding, ...], manifest: str) -> Sheet:
    if not findings:
        return Sheet(f"{name}: {manifest} names no frames, so there is nothing to compare")
    counts = {state: sum(finding.state is state for finding in findings) for state in State}
    told = ", ".join(f"{count:,} {state.value}" for state, count in counts.items() if count)
    worst = next(state for state in reversed(State) if counts[state])
    rows = tuple((finding.name, f"{_MARKS[finding.state]} {finding.state.value}", finding.told) for finding in findings)
    blocks: list[Block] = [Table(("frame", "is", ""), rows)]
    if advice := _ADVICE.get(worst):
        blocks.append(Paragraph(advice))
    return Sheet(f"{_MARKS[worst]} {name}: {told}, compared with {manifest}", tuple(blocks))


_ADVICE = {
    State.EXTENDED: "The data has grown since, and what was there is what it was.",
    State.REVISED: "If the new values are right, write the manifest anew: %binance manifest.",
    State.MISSING: "A frame has another name now, or the cell that made it is gone. If that is meant, write the "
    "manifest anew: %binance manifest.",
}
