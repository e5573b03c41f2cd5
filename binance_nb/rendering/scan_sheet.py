"""Where keys were found, and what to do about it; not a letter of a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from binance_nb.guard import Finding, Scan
from binance_nb.rendering.sheet import Block, Entries, Paragraph, Sheet, Table

__all__ = ["cell_warning", "scan_sheet"]

_TO_DO = (
    "Replace the key at the exchange, if anybody else may have seen the file: what was sent stays with others. "
    "Then take it out of the file. In a notebook, clear the output that shows it; kept copies (.ipynb_checkpoints, the "
    "history of git) hold it still."
)
_INSTEAD = (
    "%binance keys asks for a key without showing it, and %binance keys --store keeps it in the computer's keyring; "
    "environment variables and a file that no notebook holds work too."
)


def scan_sheet(scan: Scan) -> Sheet:
    """Return what came of looking through files.

    Args:
        scan: What was found.

    Returns:
        The sheet.
    """
    looked = f"{scan.files:,} {'file' if scan.files == 1 else 'files'} looked through"
    blocks: list[Block] = []
    if scan.findings:
        blocks.append(Table(("file", "place", "what stands there"), tuple(_rows(scan.findings))))
        blocks += [Paragraph(_TO_DO, "What to do"), Paragraph(_INSTEAD, "Instead")]
    if scan.unread:
        blocks.append(Entries(scan.unread, "Not looked through"))
    count = len(scan.findings)
    # That nothing was found in nothing is no news, and would be taken for good news.
    if not scan.files and scan.unread:
        return Sheet("✕ Nothing was looked through", tuple(blocks))
    title = f"{count} {'key' if count == 1 else 'keys'} found" if count else "No key found"
    return Sheet(f"{title}; {looked}", tuple(blocks), is_framed=bool(blocks))


def _rows(findings: Sequence[Finding]) -> Iterator[tuple[str, str, str]]:
    return ((each.path, _place(each), each.what) for each in findings)


def _place(finding: Finding) -> str:
    cell = [f"cell {finding.cell}"] if finding.cell is not None else []
    line = [f"line {finding.line}"] if finding.line is not None else []
    return ", ".join([*cell, *([finding.where] if finding.where else []), *line])


def cell_warning(findings: Sequence[Finding]) -> Sheet:
    """Return what to say under a cell that holds a key.

    Args:
        findings: What stands in it.

    Returns:
        The sheet.
    """
    places = [f"line {each.line}: {each.what}" for each in findings]
    return Sheet(
        "This cell seems to hold a key, and the notebook will be saved with it",
        (
            *(Paragraph(place) for place in places),
            Paragraph("Take it out of the cell, and replace it at the exchange if the notebook was ever shared.", "Do"),
            Paragraph(_INSTEAD, "Instead"),
        ),
    )
