"""How an order stands to every rule: what was sent, what it must be, and what would do.

Entries instead of a table: rules and bounds are long words, and a table of them is unreadable in a narrow window.
"""

from __future__ import annotations

from collections.abc import Iterator

from binance_nb.rendering.sheet import Block, Code, Entries, Paragraph, Sheet
from binance_nb.rules import RuleLine, RuleReport

__all__ = ["broken_blocks", "kept_entries", "open_ends", "rule_report_sheet"]


def rule_report_sheet(report: RuleReport) -> Sheet:
    """Return a report as a sheet.

    Args:
        report: The report.

    Returns:
        The sheet: rules that are broken first, then those not known, the smallest change that keeps them all with the
        line for it, and at last the rules that are kept.
    """
    kept = kept_entries(report)
    blocks = [*open_ends(report), *_change(report), *([Entries(kept, "Kept")] if kept else [])]
    return Sheet(_title(report), tuple(blocks))


def broken_blocks(report: RuleReport) -> tuple[Block, ...]:
    """Return what the card of a refused order says of its rules.

    Args:
        report: The report.

    Returns:
        The rules that are broken and not known, and how many are kept.
    """
    kept = len(kept_entries(report))
    others = (Paragraph(f"{_rules(kept)} kept."),) if kept else ()
    return (*open_ends(report), *others)


def _title(report: RuleReport) -> str:
    call = f"{report.operation} {report.symbol}".strip()
    if not report.lines:
        return f"{call} places nothing: there is nothing to check"
    open_ends = f", {_rules(len(report.unknown))} not known" if report.unknown else ""
    if report.passed:
        kept = len(kept_entries(report))
        return f"✓ {call}: {_rules(kept)} kept{open_ends}; nothing was sent"
    names = ", ".join(dict.fromkeys(line.rule for line in report.broken))
    return f"✕ {call} breaks {names}{open_ends}; nothing was sent"


def _rules(count: int) -> str:
    return f"{count} rule{'s' if count != 1 else ''}"


def open_ends(report: RuleReport) -> Iterator[Block]:
    """Yield the rules that are broken, and those of which is not known whether they are kept.

    Args:
        report: The report.
    """
    if report.broken:
        yield Entries(tuple((f"✕ {line.rule}", _complaint(line)) for line in report.broken), "Broken")
    if report.unknown:
        yield Entries(tuple((f"? {line.rule}", _unknown(line)) for line in report.unknown), "Not known")


def _complaint(line: RuleLine) -> str:
    at_this_price = " at this price" if "×" in line.what else ""
    nearest = f"nearest valid: {line.nearest}{at_this_price}" if line.nearest else ""
    return "; ".join(filter(None, [line.complaint, nearest, line.note]))


def _unknown(line: RuleLine) -> str:
    compared = f"{line.what} {line.sent}".strip()
    return "; ".join(filter(None, [f"{compared}, {line.bound}" if line.bound else compared, line.note]))


def kept_entries(report: RuleReport) -> tuple[tuple[str, str], ...]:
    """Return the rules that are kept, the bounds of one number together.

    Args:
        report: The report.

    Returns:
        Each rule with its sign, and what it says.
    """
    bounds: dict[tuple[str, str, str], list[str]] = {}
    for line in (line for line in report.lines if line.verdict == "pass"):
        said = bounds.setdefault((line.rule, line.what, line.sent), [])
        said += [each for each in (line.bound, line.note) if each not in ("", line.sent)]
    rows = []
    for (rule, what, sent), said in bounds.items():
        number = f"{what} {'= ' if '×' in what or '+' in what else ''}{sent}"
        rows.append((f"✓ {rule}", ": ".join(filter(None, [number, ", ".join(said)]))))
    return tuple(rows)


def _change(report: RuleReport) -> Iterator[Block]:
    if report.passed:
        return
    if not report.mend:
        yield Paragraph("No small change was found that keeps all rules together; each says what it would take.")
        return
    change = ", ".join(f"{name} {value}" for name, value in report.mend.items())
    yield Paragraph(change, "The smallest change that keeps them all")
    if report.suggestion:
        yield Code(report.suggestion, "Try")
