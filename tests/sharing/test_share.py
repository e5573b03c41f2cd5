"""A notebook is ready to be shared when it holds no key, needs no network, and gives what its manifest says."""

from __future__ import annotations

import gzip
import json
import random
import string
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from binance_nb.errors import CredentialsError, TapeError, UsageError
from binance_nb.manifests import manifest_path
from binance_nb.rendering.share_sheet import share_sheet
from binance_nb.sharing import Shared, Target, share

KEY = "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=64))
Git = Callable[..., str]


def shared(notebook: Path, target: Target | None = None, pack: Path | None = None) -> Shared:
    return share(notebook, target, pack=pack, with_keyring=False)


def edit(notebook: Path, cell: int, text: str, *, adds: bool = False) -> None:
    """Put a text into a cell, or behind what stands there."""
    book = json.loads(notebook.read_text())
    source = "".join(book["cells"][cell - 1]["source"])
    book["cells"][cell - 1]["source"] = f"{source}\n{text}" if adds else text
    notebook.write_text(json.dumps(book))


def by_name(told: Shared) -> dict[str, str]:
    return {str(file.path): file.what for file in told.files}


def test_a_study_is_packed_with_all_that_it_needs(study: Path) -> None:
    """Notebook, manifest, tape, and files for Binder."""
    told = shared(study)
    assert told.pack is not None

    assert told.frames == 1
    assert by_name(told) == {
        "study.ipynb": "notebook",
        "study.manifest.json": "manifest",
        "tapes/study.jsonl.gz": "tape, 1 call",
        "binder/runtime.txt": "binder",
        "binder/requirements.txt": "binder",
        "binder/postBuild": "binder",
        "binder/start": "binder",
    }
    assert set(zipfile.ZipFile(told.pack).namelist()) == set(by_name(told))
    assert told.link == ""
    assert "--repo ORG/NAME" in share_sheet(told).text()

    # What was written for Binder is what Binder needs.
    folder = study.parent / "binder"
    named = [Requirement(line) for line in (folder / "requirements.txt").read_text().splitlines()]
    pins = {pin.name: str(pin.specifier) for pin in named}
    assert {"binance-nb", "pandas", "numpy", "ipykernel", "nbclient", "requests", "urllib3"} <= set(pins)
    assert all(pin.startswith("==") for pin in pins.values())
    assert (folder / "runtime.txt").read_text().startswith("python-3.1")
    assert "python -m binance_nb verify study.ipynb" in (folder / "postBuild").read_text()
    assert (folder / "start").read_text().endswith('exec "$@"\n')
    assert all((folder / name).stat().st_mode & 0o100 for name in ("postBuild", "start"))


def test_a_checkout_tells_where_it_stands(study: Path, git: Git) -> None:
    """Remote, branch and path make the link; what a clone would lack is told, with the lines that bring it there."""
    root = study.parent.parent
    git(root, "init", "-q", "-b", "main")
    git(root, "remote", "add", "origin", "git@github.com:org/name.git")
    git(root, "add", "study/study.ipynb")
    git(root, "commit", "-qm", "x")
    git(root, "tag", "v1")

    told = shared(study)

    text = share_sheet(told).text()
    # The tag stands at a commit that lacks what is not in git yet.
    assert told.link == "https://mybinder.org/v2/gh/org/name/main?urlpath=lab/tree/study/study.ipynb"
    assert told.badge in text
    assert told.pack is None
    unsaved = {str(file.path): file.told for file in told.files}
    assert unsaved["study/study.ipynb"] == ""
    assert unsaved["study/tapes/study.jsonl.gz"] == "not in git yet"
    assert unsaved["binder/start"] == "written; not in git yet"
    assert told.steps[0] == f"cd {root}"
    assert told.steps[1].startswith("git add study/study.manifest.json study/tapes/study.jsonl.gz binder/")
    assert told.steps[2:] == ("git commit -m 'Share study.ipynb'", "git push origin HEAD")
    assert "main is built anew after every push" in " ".join(told.notes)
    assert all(line in text for line in told.steps)


def test_a_key_is_refused_with_its_place(study: Path) -> None:
    """File, cell and line; the key itself is not shown, and nothing was written."""
    edit(study, 3, f"api_key = '{KEY}'", adds=True)

    with pytest.raises(CredentialsError, match=r"study\.ipynb, cell 3, source, line 2") as refused:
        shared(study)

    assert KEY[:6] not in str(refused.value)
    assert "scan" in (refused.value.suggestion or "")
    assert not (study.parent / "binder").exists()


def test_a_key_in_any_file_that_goes_with_it_is_refused(study: Path) -> None:
    """A module, a file of data that the notebook reads, and what stands in a compressed tape."""
    edit(study, 1, "open('.env').read(); open('extra.jsonl.gz', 'rb').read()", adds=True)
    (study.parent / ".env").write_text(f"BINANCE_API_KEY={KEY}\n")
    with gzip.open(study.parent / "extra.jsonl.gz", "wt") as file:
        file.write(f'\n{{"secret_key": "{KEY}"}}\n')

    with pytest.raises(CredentialsError, match=r"\.env, line 1") as refused:
        shared(study)

    assert "extra.jsonl.gz, line 2" in refused.value.details["places"]


def test_a_call_that_is_not_on_the_tape_is_refused(study: Path) -> None:
    """With the cell that makes it, before anything is written."""
    edit(study, 3, 'hours = session.klines("BTCUSDT", "1h", limit=21)')

    with pytest.raises(TapeError, match=r"cell 3 does not run without a network: TapeMissError"):
        shared(study)

    assert not (study.parent / "binder").exists()


def test_a_call_that_needs_the_network_is_refused(study: Path) -> None:
    """Where no tape is on, a reader would need one."""
    edit(study, 2, 'session = binance_nb.connect("market")')

    with pytest.raises(TapeError, match=r"cell 3 does not run without a network: TransportError") as refused:
        shared(study)

    assert refused.value.suggestion == "%binance record study.jsonl"


def test_a_cell_that_fails_of_itself_is_told_as_that(study: Path) -> None:
    """A tape would not help it."""
    edit(study, 3, "1 / 0", adds=True)

    with pytest.raises(TapeError, match=r"study\.ipynb, cell 3 does not run: ZeroDivisionError") as refused:
        shared(study)

    assert refused.value.suggestion is None


def test_what_a_notebook_loads_through_others_is_required(study: Path) -> None:
    """Here by a module beside it; a plot by pandas needs what no cell imports in the same way."""
    edit(study, 1, "import mine", adds=True)
    (study.parent / "mine.py").write_text("import hypothesis\n")

    shared(study)

    lines = (study.parent / "binder" / "requirements.txt").read_text().splitlines()
    assert any(line.startswith("hypothesis==") for line in lines)
    assert any(line.startswith("sortedcontainers==") for line in lines)


def test_a_manifest_without_frames_is_refused(study: Path) -> None:
    """It would agree with anything."""
    told = json.loads(manifest_path(study).read_text())
    manifest_path(study).write_text(json.dumps({**told, "frames": {}}))

    with pytest.raises(TapeError, match="names no frames"):
        shared(study)


def test_the_line_that_looks_for_keys_can_be_typed(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From where one stands, whatever is in the file's name."""
    book, manifest = study.with_name("my study.ipynb"), manifest_path(study)
    edit(study, 3, f"api_key = '{KEY}'", adds=True)
    study.rename(book)
    manifest.rename(manifest_path(book))
    monkeypatch.chdir(study.parent)

    with pytest.raises(CredentialsError) as refused:
        shared(book)

    assert refused.value.suggestion == "python -m binance_nb scan 'my study.ipynb'"


def test_other_frames_than_the_manifest_says_are_refused(study: Path) -> None:
    """With what became of them; and without a manifest nothing can be said."""
    told = json.loads(manifest_path(study).read_text())
    told["frames"]["other"] = told["frames"]["hours"]
    manifest_path(study).write_text(json.dumps(told))
    with pytest.raises(TapeError, match=r"other is missing \(no such variable\)"):
        shared(study)

    manifest_path(study).unlink()
    with pytest.raises(TapeError, match="There is no manifest") as refused:
        shared(study)
    assert refused.value.suggestion == "%binance manifest"


def test_a_tape_outside_of_the_folder_is_refused(study: Path) -> None:
    """A reader would not have it."""
    tape = study.parent.parent / "study.jsonl.gz"
    (study.parent / "tapes" / "study.jsonl.gz").rename(tape)
    study.write_text(study.read_text().replace("tapes/study", "../study"))

    with pytest.raises(UsageError, match="stands outside of"):
        shared(study)


def test_a_gist_has_no_folders(study: Path, git: Git) -> None:
    """What stands in one cannot go there, which is told before anything runs."""
    git(study.parent.parent, "init", "-q")

    with pytest.raises(UsageError, match=r"A gist has no folders, and study/study\.ipynb stands in one"):
        shared(study, Target("gist", "user/8a7f6e5d4c3b2a190817263544536271"))


def test_a_zip_is_named_as_one(study: Path) -> None:
    """Anything else would be overwritten by a slip."""
    with pytest.raises(UsageError, match=r"no name of a zip"):
        shared(study, pack=study)
