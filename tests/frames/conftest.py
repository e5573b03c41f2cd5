"""What the decoder is tried on: documented replies, recorded replies, and bodies made here."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from binance_nb.catalog import ENDPOINTS
from binance_nb.frames import decode

Decode = Callable[..., pd.DataFrame]


@pytest.fixture(scope="session")
def examples(spec_folder: Path) -> Callable[[str], list[dict[str, Any]]]:
    """A function that gives the documented replies that hold rows: those with status 200, and halves of what failed."""

    def read(name: str) -> list[dict[str, Any]]:
        text = (spec_folder / "rest_examples" / f"{name}.json").read_text(encoding="utf-8")
        return [
            {**example, "body": body}
            for example in json.loads(text)["examples"]
            if (body := rows_in(example)) is not None
        ]

    return read


def rows_in(example: dict[str, Any]) -> Any:  # Any: JSON
    """A reply; of a refusal, the orders that it did change."""
    if example["status"] == 200:
        return example["body"]
    halves = example["body"].get("data", {}).items()
    return {key: half for key, half in halves if half and "code" not in half} or None


@pytest.fixture(scope="session")
def recorded(real_folder: Path) -> Callable[[str], bytes]:
    """A function that gives a reply recorded from the exchange."""
    return lambda name: (real_folder / "responses" / f"{name}.json").read_bytes()


@pytest.fixture(scope="session")
def read() -> Decode:
    """Decode a JSON value, or bytes as they are, as the reply of an endpoint."""

    def run(name: str, body: object, **options: Any) -> pd.DataFrame:
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return decode(ENDPOINTS[name], raw, **options)

    return run


@pytest.fixture(scope="session")
def text_dtype() -> object:
    """Pandas' default string type: object on 2.2, str on 3."""
    return pd.Series(["text"]).dtype
