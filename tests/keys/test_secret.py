"""A secret shows itself nowhere; a text that is about to be shown loses those that it holds."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import pickle

import pandas as pd
import pytest

from binance_nb.keys import Secret, conceal, credentials, known_secrets, redact
from binance_nb.keys.secrets import MASK

TEXT = "tR4deM3n0t" * 6 + "Lst4"
SIGNATURE = "0123456789abcdef" * 4


def shown(secret: Secret) -> dict[str, str]:
    """Every way in which people print a value."""
    log, csv, html = io.StringIO(), io.StringIO(), io.StringIO()
    logger = logging.Logger("shown")
    logger.addHandler(logging.StreamHandler(log))
    logger.error("%s %r %s", secret, secret, {"secret": secret})
    frame = pd.DataFrame({"secret": [secret]})
    frame.to_csv(csv)
    frame.to_html(html)
    held = credentials("k" * 64, secret, "host")
    redact("anything", held)
    return {
        "repr": repr(secret),
        "str": str(secret),
        "f-string": f"{secret} {secret!r} {secret!s} {secret!a} {secret:>80}",
        "format": "{0} {0!r}".format(secret),  # noqa: UP032  # the older way is the one under test
        "percent": "%s %r" % (secret, secret),  # noqa: UP031  # as above
        "in a container": repr([secret, {"a": secret}, (secret,)]),
        "in a dataclass": repr(dataclasses.asdict(held)) + repr(held) + repr(vars(held)),
        "log": log.getvalue(),
        "frame": repr(frame) + csv.getvalue() + html.getvalue(),
        "copies": repr([copy.copy(secret), copy.deepcopy({"a": secret})]),
        "names": repr(dir(secret)),
        "error": _error_of(lambda: secret + "x"),  # type: ignore[operator]  # what a person might try
        "json": _error_of(lambda: json.dumps(secret)),
        "json as text": json.dumps(secret, default=str),
    }


def _error_of(deed: object) -> str:
    with pytest.raises(TypeError) as caught:
        deed()  # type: ignore[operator]  # a lambda
    return repr(caught.value)


def test_no_way_of_printing_shows_a_secret() -> None:
    """Neither the whole nor its beginning or end."""
    told = shown(Secret(TEXT))

    assert [] == [way for way, text in told.items() if TEXT[:8] in text or TEXT[-4:] in text]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol: int) -> None:
    """It would stand in a file, or travel to another process."""
    for held in (Secret(TEXT), credentials("k" * 64, TEXT, "host")):
        with pytest.raises(TypeError, match="cannot be pickled"):
            pickle.dumps(held, protocol)


def test_secrets_are_equal_as_their_texts_are() -> None:
    """So they can be keys of a mapping; a text equals none."""
    assert Secret(TEXT) == Secret(TEXT)
    assert 1 == len({Secret(TEXT), Secret(TEXT)})
    assert Secret(TEXT) != Secret(TEXT[:-1] + "x")
    assert Secret("Grüße\ud800") != Secret("Grüße")
    assert Secret(TEXT) != TEXT
    assert conceal(TEXT.encode()) == Secret(TEXT)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (f"GET /api/v3/order?a=1&signature={SIGNATURE} HTTP/1.1", "GET /api/v3/order?a=1&signature=•••• HTTP/1.1"),
        (f"{{'signature': '{SIGNATURE}'}}", "{'signature': '••••'}"),
        (f'"signature":"{SIGNATURE}"', '"signature":"••••"'),
        (f"X-MBX-APIKEY: {TEXT}\\r\\n", "X-MBX-APIKEY: ••••\\r\\n"),
        (f"{{'X-MBX-APIKEY': '{TEXT}'}}", "{'X-MBX-APIKEY': '••••'}"),
        (f"connect(api_key='{TEXT}', secret_key=\"{TEXT}\")", "connect(api_key='••••', secret_key=\"••••\")"),
        ("signature = signature_of(endpoint)", "signature = signature_of(endpoint)"),
        ("def sign(secret_key: str) -> str:", "def sign(secret_key: str) -> str:"),
    ],
)
def test_what_is_named_as_a_secret_is_masked(text: str, rest: str) -> None:
    """In URLs, headers, mappings and calls; code that only speaks of one stays as it is."""
    assert rest == redact(text)


def test_secrets_of_the_process_are_masked_whoever_asks() -> None:
    """As long as somebody holds them; the API key keeps its end."""
    secret = "0nly1n" + "ThisTest" * 7
    held = credentials("A1b2C3d4" * 7 + "keyLast8", secret, "host")
    masked = redact(f"a {secret} and {held.api_key.reveal()} z")
    known = known_secrets()
    del held

    assert f"a {MASK} and {MASK}ast8 z" == masked
    assert secret in known
    assert secret not in known_secrets()
