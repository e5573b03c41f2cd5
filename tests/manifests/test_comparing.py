"""What became of a frame: the same, extended, revised, missing; and which rows."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from binance_nb import Session
from binance_nb.errors import TapeError, UsageError
from binance_nb.manifests import compare, manifest_of, manifest_path, named_frames, read_manifest, says_the_same
from binance_nb.manifests.manifest import Manifest


@pytest.fixture(scope="module")
def hours(session: Session) -> pd.DataFrame:
    """A hundred hours."""
    frame: pd.DataFrame = session.klines("BTCUSDT", "1h", limit=100)
    return frame


def judged(hours: pd.DataFrame, now: object, tmp_path: Path) -> tuple[str, str]:
    """State and words for a frame that was ``hours`` and is something else now, by way of a file."""
    path = tmp_path / "a.manifest.json"
    manifest_of({"hours": hours}, "a.ipynb").write(path)
    [finding] = compare(read_manifest(path), {} if now is None else {"hours": now})
    return finding.state.value, finding.told


def test_the_same_frame_is_the_same(hours: pd.DataFrame, tmp_path: Path) -> None:
    """Also from another zone."""
    assert judged(hours, hours.copy(), tmp_path) == ("same", "")
    assert judged(hours, hours.tz_convert("Asia/Tokyo"), tmp_path) == ("same", "")


def test_new_rows_extend_a_frame(hours: pd.DataFrame, tmp_path: Path) -> None:
    """Before and behind, as long as the old ones are what they were."""
    assert judged(hours.iloc[:90], hours, tmp_path) == ("extended", "10 rows new, the 90 of then unchanged")
    assert judged(hours.iloc[5:90], hours, tmp_path) == ("extended", "15 rows new, the 85 of then unchanged")
    assert judged(hours.iloc[:90], hours.tz_convert("Asia/Tokyo"), tmp_path)[0] == "extended"


def test_a_revised_row_is_named(hours: pd.DataFrame, tmp_path: Path) -> None:
    """By its place and its label."""
    revised = hours.copy()
    revised.iloc[7, 0] = 0.01
    revised.iloc[20:22, 1] = 0.0

    state, told = judged(hours, revised, tmp_path)

    stamps = [hours.index[at].isoformat() for at in (7, 20, 21)]
    assert state == "revised"
    assert told == f"row 7 ({stamps[0]}); rows 20 to 21 ({stamps[1]} to {stamps[2]})"
    assert judged(hours.iloc[:90], revised, tmp_path)[1] == f"{told}; 10 rows new"


def test_a_revised_row_of_a_long_frame_is_found_to_a_stretch(tmp_path: Path) -> None:
    """A manifest stays small, so a long frame is told in some thousand stretches."""
    long = pd.DataFrame({"price": [float(at) for at in range(50_000)]})
    revised = long.copy()
    revised.loc[30_000, "price"] = 0.5

    state, told = judged(long, revised, tmp_path)

    assert (state, told) == ("revised", "among rows 29,988 to 30,036 (29988 to 30036)")
    assert (tmp_path / "a.manifest.json").stat().st_size < 40_000


def test_rows_that_are_gone_are_told(hours: pd.DataFrame, tmp_path: Path) -> None:
    """At the start and at the end."""
    assert judged(hours, hours.iloc[:-3], tmp_path) == ("revised", "3 rows of 100 gone at the end")
    assert judged(hours, hours.iloc[3:], tmp_path) == ("revised", "100 rows then, 97 rows now; its first row is gone")
    assert judged(hours, hours.iloc[:0], tmp_path) == ("revised", "100 rows then, 0 rows now; its first row is gone")


def test_other_columns_are_told(hours: pd.DataFrame, tmp_path: Path) -> None:
    """Gone, new, of another kind, or in another order."""
    assert judged(hours, hours.drop(columns="volume"), tmp_path) == ("revised", "columns gone: volume")
    assert judged(hours, hours.assign(sma=1.0), tmp_path) == ("revised", "columns new: sma")
    assert judged(hours, hours.astype({"volume": str}), tmp_path) == ("revised", "volume was float, is text")
    assert (
        judged(hours, hours.rename_axis("time"), tmp_path)[1]
        == "columns gone: index open_time; columns new: index time"
    )
    assert judged(hours, hours.iloc[:, ::-1], tmp_path) == ("revised", "the columns stand in another order")


def test_a_missing_frame_is_missing(hours: pd.DataFrame, tmp_path: Path) -> None:
    """Not there, or something else by now."""
    assert judged(hours, None, tmp_path) == ("missing", "no such variable")
    assert judged(hours, 5, tmp_path) == ("missing", "a value of type int now")


def test_a_manifest_says_where_a_frame_is_from(hours: pd.DataFrame) -> None:
    """Operation, parameters, source, rows, span, dtypes, versions."""
    manifest = manifest_of({"hours": hours, "derived": hours[["close"]]}, "a.ipynb")

    facts = manifest.frames["hours"]
    assert (facts.operation, facts.source, facts.rows, facts.is_derived) == ("klines", "api", 100, False)
    assert facts.parameters == {"symbol": "BTCUSDT", "interval": "1h", "limit": "100"}
    assert facts.span == (hours.index[0].isoformat(), hours.index[-1].isoformat())
    assert facts.columns["close"] == "float"
    assert facts.dtypes["index open_time"] == "datetime64[ms, UTC]"
    assert {"binance_nb", "python", "pandas", "numpy"} <= set(manifest.versions)
    assert manifest.frames["derived"].is_derived


def test_two_manifests_of_the_same_are_the_same_text(hours: pd.DataFrame) -> None:
    """So that a difference means something."""
    assert manifest_of({"a": hours}).text() == manifest_of({"a": hours.copy()}).text()


def test_frames_are_found_among_variables(hours: pd.DataFrame) -> None:
    """Those of IPython, which begin with an underscore, are left out."""
    space = {"b": hours, "a": hours, "_": hours, "_3": hours, "x": 1}

    assert list(named_frames(space)) == ["a", "b"]
    assert list(named_frames(space, ["b"])) == ["b"]
    with pytest.raises(UsageError, match="bb is not defined"):
        named_frames(space, ["bb"])
    with pytest.raises(UsageError, match="x is no frame"):
        named_frames(space, ["x"])


def test_two_levels_of_labels_are_found_again(hours: pd.DataFrame, tmp_path: Path) -> None:
    """Symbol and time, as of several symbols at once."""
    both = pd.concat({"BTCUSDT": hours, "ETHUSDT": hours}, names=["symbol"])

    assert judged(both.iloc[:150], both, tmp_path) == ("extended", "50 rows new, the 150 of then unchanged")


def test_a_manifest_says_the_same_whoever_answered(hours: pd.DataFrame, tmp_path: Path) -> None:
    """From the exchange or from its tape; other rows, or another frame, are something else."""
    path = tmp_path / "a.manifest.json"
    manifest_of({"hours": hours}, "a.ipynb").write(path)
    played = hours.copy()
    played.attrs["binance"] = {**hours.attrs["binance"], "source": "tape", "environment": "TAPE"}

    assert says_the_same(path, manifest_of({"hours": played}, "a.ipynb"))
    assert not says_the_same(path, manifest_of({"hours": hours.iloc[:9]}, "a.ipynb"))
    assert not says_the_same(path, manifest_of({"hours": hours, "more": hours}, "a.ipynb"))
    assert not says_the_same(tmp_path / "none.json", manifest_of({}, "a.ipynb"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("rows", "x"), ("rows", -1), ("pieces", 5), ("columns", []), ("span", 5), ("sha256", None), ("new", 1)],
)
def test_an_edited_manifest_is_refused(hours: pd.DataFrame, tmp_path: Path, field: str, value: object) -> None:
    """Whatever was done to it, it is an error with its name and no traceback."""
    path = tmp_path / "a.manifest.json"
    told = json.loads(manifest_of({"hours": hours}).text())
    told["frames"]["hours"][field] = value
    path.write_text(json.dumps(told))

    with pytest.raises(TapeError, match=r"a\.manifest\.json is no whole manifest"):
        read_manifest(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "cannot be read"), ("[]", "is no manifest"), ('{"manifest": 9}', "newer"), ('{"manifest": 1}', "no whole")],
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With its name."""
    (tmp_path / "a.json").write_text(text)

    with pytest.raises(TapeError, match=said):
        read_manifest(tmp_path / "a.json")


def test_a_manifest_stands_beside_its_notebook(tmp_path: Path) -> None:
    """With a name that shows whose it is."""
    assert manifest_path(Path("x/07-study.ipynb")) == Path("x/07-study.manifest.json")
    with pytest.raises(TapeError, match="There is no manifest"):
        read_manifest(tmp_path / "nope.json")
    with pytest.raises(TapeError, match="cannot be written"):
        Manifest("a", {}, {}).write(tmp_path / "no" / "a.json")


def test_what_was_made_of_the_journal_is_no_frame_of_a_manifest(session: Session) -> None:
    """It tells when this computer did what, and is another in each run; who names it gets it."""
    session.buy("BTCUSDT", "0.001")
    space = {"journal": session.journal(), "few": session.journal()[["symbol"]], "book": session.depth("BTCUSDT")}

    assert list(named_frames(space)) == ["book"]
    assert list(named_frames(space, ["few"])) == ["few"]
