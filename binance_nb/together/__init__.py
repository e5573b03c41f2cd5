"""Several calls at once: reads fly together, what places or cancels goes alone and in the order written."""

from __future__ import annotations

from binance_nb.together.answers import Answers, Report
from binance_nb.together.call import Call, Later, name_calls
from binance_nb.together.journey import Together

__all__ = ["Answers", "Call", "Later", "Report", "Together", "name_calls"]
