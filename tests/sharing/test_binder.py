"""Binder's folder is written where there is none, and looked at and left alone where there is one."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath

import pytest

from binance_nb.errors import UsageError
from binance_nb.sharing.binder import BinderFile, binder_files, write_new
from binance_nb.sharing.requirements import imported_names, pinned

BOOK = PurePosixPath("a b/x.ipynb")
SOUND = {
    "runtime.txt": "python-3.12\n",
    "requirements.txt": "# pins\npandas==3.0.0\n    # via x\nbinance-nb @ git+https://example.org/x@abc\n",
    "postBuild": "#!/bin/bash\nset -euo pipefail\n",
    "start": '#!/bin/bash\nexec "$@"\n',
}


def files(root: Path, *, is_flat: bool = False) -> list[BinderFile]:
    return binder_files(root, BOOK, ["pandas==3.0.0"], is_flat=is_flat)


def test_a_new_folder_is_written_whole(tmp_path: Path) -> None:
    """With the notebook's name quoted; beside the notebook where there are no folders."""
    write_new(files(tmp_path))
    (tmp_path / "flat").mkdir()
    write_new(files(tmp_path / "flat", is_flat=True))

    assert {path.name for path in (tmp_path / "binder").iterdir()} == set(SOUND)
    assert "verify 'a b/x.ipynb'" in (tmp_path / "binder" / "postBuild").read_text()
    assert {path.name for path in (tmp_path / "flat").iterdir()} == set(SOUND)


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    """Whatever it holds; nothing is wrong with a sound one."""
    (tmp_path / ".binder").mkdir()
    for name, text in SOUND.items():
        (tmp_path / ".binder" / name).write_text(text)

    told = files(tmp_path)
    write_new(told)

    assert [file.told for file in told] == [""] * 4
    assert {path.name: path.read_text() for path in (tmp_path / ".binder").iterdir()} == SOUND


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("runtime.txt", None, "Python 3.10, which is too old"),
        ("runtime.txt", "python-3.9\n", "3.11 or newer"),
        ("runtime.txt", "r-4.1\n", "3.11 or newer"),
        ("requirements.txt", None, "nothing would be installed"),
        ("requirements.txt", "pandas\nnumpy>=2\nx==1\n", "leaves open which version: pandas, numpy>=2"),
        ("requirements.txt", "pandas==3.0.0\n", "names no binance-nb"),
        ("postBuild", "#!/bin/bash\npip install .\n", "errors in it pass silently"),
        ("start", "#!/bin/bash\n", "nothing starts after it"),
    ],
)
def test_what_is_wrong_with_a_folder_is_told(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    """With the file, and what Binder would make of it."""
    (tmp_path / "binder").mkdir()
    for each, sound in {**SOUND, name: text}.items():
        if sound is not None:
            (tmp_path / "binder" / each).write_text(sound)

    told = {file.path.name: file.told for file in files(tmp_path) if file.told}

    assert list(told) == [name]
    assert said in told[name]


def test_two_folders_are_refused(tmp_path: Path) -> None:
    """As Binder refuses them."""
    (tmp_path / "binder").mkdir()
    (tmp_path / ".binder").mkdir()

    with pytest.raises(UsageError, match=r"binder/ and a \.binder/"):
        files(tmp_path)


def test_requirements_follow_what_is_imported() -> None:
    """And all that it needs in turn; an extra that nobody asked for is left out."""
    names = imported_names("import numpy as np\n  from hypothesis.strategies import x\n%load_ext other\n# import no\n")

    lines = pinned(names)

    assert names == {"numpy", "hypothesis"}
    assert len(lines) == len(set(lines))
    assert any(line.startswith("sortedcontainers==") for line in lines), "hypothesis needs it"
    assert not any(line.startswith("pytest==") for line in lines)


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://example.org/a.git", "from-git @ git+https://example.org/a.git@abc1234#subdirectory=python"),
        ("file:///srv/a", "from-git==1.0"),
    ],
)
def test_what_came_from_git_comes_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, line: str
) -> None:
    """From the same folder of it; a repository of this computer nobody else has, nor should read where it stands."""
    folder = tmp_path / "from_git-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: from-git\nVersion: 1.0\n")
    (folder / "top_level.txt").write_text("from_git\n")
    origin = {"url": url, "vcs_info": {"vcs": "git", "commit_id": "abc1234"}, "subdirectory": "python"}
    (folder / "direct_url.json").write_text(json.dumps(origin))
    monkeypatch.syspath_prepend(tmp_path)

    assert line in pinned(["from_git"])


def test_what_another_system_needs_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Binder runs Linux: what a package asks for on Windows alone cannot be installed there, though it is here."""
    for name, needs in (("for_all", ["only-there; sys_platform == 'win32'", "here"]), ("only_there", []), ("here", [])):
        folder = tmp_path / f"{name}-1.0.dist-info"
        folder.mkdir()
        lines = [
            "Metadata-Version: 2.1",
            f"Name: {name}",
            "Version: 1.0",
            *(f"Requires-Dist: {need}" for need in needs),
        ]
        (folder / "METADATA").write_text("\n".join(lines) + "\n")
        (folder / "top_level.txt").write_text(f"{name}\n")
    monkeypatch.syspath_prepend(tmp_path)

    lines = pinned(["for_all", "only_there", "_inside"])

    assert {"for-all==1.0", "here==1.0"} <= set(lines)
    assert not any(line.startswith("only-there") for line in lines)
