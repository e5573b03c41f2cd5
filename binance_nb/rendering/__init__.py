"""What a notebook shows: cards, help, status; the only room that writes HTML, and each thing is plain text too."""

from __future__ import annotations

from binance_nb.rendering.armed import armed_band, armed_sheet, disarmed_sheet
from binance_nb.rendering.cards import Place, error_card
from binance_nb.rendering.clock_sheet import clock_sheet
from binance_nb.rendering.code_cards import code_card, code_list
from binance_nb.rendering.dry_run import dry_run_sheet
from binance_nb.rendering.examples import example_line, example_lines, example_python, example_words
from binance_nb.rendering.feed_sheet import feed_sheet
from binance_nb.rendering.help import endpoint_help, help_overview, own_verb_help
from binance_nb.rendering.plan import plan_sheet
from binance_nb.rendering.rule_report import rule_report_sheet
from binance_nb.rendering.sheet import Markup, Sheet, tag
from binance_nb.rendering.status import (
    ban_words,
    clock_words,
    gauge_sheet,
    order_words,
    server_time_words,
    standing_line,
    status_sheet,
    weight_words,
    where,
)
from binance_nb.rendering.summary import summary_sheet
from binance_nb.rendering.tables import table_html, table_text
from binance_nb.rendering.tape_sheet import ejected_words, reel_line, reel_sheet, tape_sheet

__all__ = [
    "Markup",
    "Place",
    "Sheet",
    "armed_band",
    "armed_sheet",
    "ban_words",
    "clock_sheet",
    "clock_words",
    "code_card",
    "code_list",
    "disarmed_sheet",
    "dry_run_sheet",
    "ejected_words",
    "endpoint_help",
    "error_card",
    "example_line",
    "example_lines",
    "example_python",
    "example_words",
    "feed_sheet",
    "gauge_sheet",
    "help_overview",
    "order_words",
    "own_verb_help",
    "plan_sheet",
    "reel_line",
    "reel_sheet",
    "rule_report_sheet",
    "server_time_words",
    "standing_line",
    "status_sheet",
    "summary_sheet",
    "table_html",
    "table_text",
    "tag",
    "tape_sheet",
    "weight_words",
    "where",
]
