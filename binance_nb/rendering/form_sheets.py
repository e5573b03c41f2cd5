"""What forms show of the orders and calls that are typed into them: rules, estimates, questions, results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from binance_nb.rendering.rule_report import kept_entries, open_ends
from binance_nb.rendering.sheet import Block, Facts, Paragraph, tag
from binance_nb.rules import RuleReport

__all__ = ["facts_html", "note_html", "report_html", "sentence_html"]

_SMALL = "margin:0.1em 0; max-width:52em; overflow-wrap:anywhere; line-height:1.4"
_NOTE = "font-size:0.85em; opacity:0.8; line-height:1.3; overflow-wrap:anywhere"
# ipywidgets gives every line of HTML the height of a control.
_LINES = "line-height:1.4"
_INDENTED = "padding-left:1.2em"
_BAND = "border-left:4px solid; padding:0.2em 0.7em; margin:0.3em 0; max-width:52em"
_BAND += "; line-height:1.4; overflow-wrap:anywhere"


def note_html(text: str) -> str:
    """Return what stands beside a control: its unit, its bounds, or why its value will not do.

    Args:
        text: The words; nothing for nothing.
    """
    return tag("div", text, style=_NOTE) if text else ""


def sentence_html(text: str, *, is_strong: bool = False, more: str = "") -> str:
    """Return a sentence.

    Args:
        text: The sentence; nothing for nothing.
        is_strong: Whether it must not be overlooked.
        more: What follows it.
    """
    if not text:
        return ""
    first: str = tag("strong", text) if is_strong else text
    return tag("div", first, *([" ", more] if more else []), style=_BAND if is_strong else _SMALL)


def facts_html(rows: Iterable[tuple[str, str]]) -> str:
    """Return names and what holds for them.

    Args:
        rows: Both, a pair each.
    """
    told = tuple(rows)
    return tag("div", Facts(told).html(), style=_LINES) if told else ""


def report_html(report: RuleReport, why: Sequence[str] = ()) -> str:
    """Return how an order stands to its rules: what is broken and unknown in full, what is kept to be unfolded.

    Args:
        report: The report.
        why: What was inferred of the order, a sentence each.

    Returns:
        HTML.
    """
    kept = kept_entries(report)
    broken = ", ".join(dict.fromkeys(line.rule for line in report.broken))
    blocks: list[Block] = [*(Paragraph(each) for each in why), *open_ends(report)]
    parts = [tag("strong", f"✕ This breaks {broken}.")] if broken else []
    parts += [block.html() for block in blocks]
    if kept:
        rows = (tag("div", tag("strong", f"{name}: "), text, style=_INDENTED) for name, text in kept)
        parts.append(tag("details", tag("summary", f"✓ {len(kept)} rules kept", style="cursor:pointer"), *rows))
    return tag("div", *parts, style=_SMALL)
