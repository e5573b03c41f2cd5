"""The verbs that let somebody else have the same frames: manifest, verify, share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from binance_nb.grammar import Bound
from binance_nb.notebook.notebook_file import notebook_file
from binance_nb.notebook.verbs.own import OwnVerb
from binance_nb.rendering import Sheet
from binance_nb.verifying import verified_manifest

if TYPE_CHECKING:
    from binance_nb.notebook.desk import Desk

__all__ = ["VERBS"]


def _manifest(desk: Desk, bound: Bound) -> Sheet:
    from binance_nb.manifests import compare, manifest_of, manifest_path, named_frames, read_manifest, says_the_same
    from binance_nb.rendering.verdict_sheet import comparison_sheet, manifest_sheet

    variables, said = _variables(), bound.options.get("names")
    wanted = [str(name) for name in said] if isinstance(said, list) else []
    if (held_against := verified_manifest()) is not None:
        return comparison_sheet(tuple(compare(read_manifest(held_against), variables)), held_against)
    frames = named_frames(variables, wanted)
    notebook = notebook_file(bound.options.get("notebook"), variables, "manifest", must_exist=False)
    path, made = manifest_path(notebook), manifest_of(frames, notebook.name)
    is_new = not says_the_same(path, made)
    if is_new and frames:
        made.write(path)
    return manifest_sheet(made, path, is_new=is_new)


def _verify(desk: Desk, bound: Bound) -> Sheet:
    from binance_nb.manifests import manifest_path, verify
    from binance_nb.rendering.verdict_sheet import verdict_sheet

    if verified_manifest() is not None:
        return _being_verified()
    notebook = notebook_file(bound.options.get("notebook"), _variables(), "verify")
    manifest = Path(str(bound.options["manifest"])) if "manifest" in bound.options else manifest_path(notebook)
    with _progress(desk, notebook, "verifying") as step:
        return verdict_sheet(verify(notebook, manifest, step=step), manifest)


def _share(desk: Desk, bound: Bound) -> Sheet:
    from binance_nb.rendering.share_sheet import share_sheet
    from binance_nb.sharing import Target, share

    if verified_manifest() is not None:
        return _being_verified()
    said = {name: str(value) for name, value in bound.options.items()}
    notebook = notebook_file(said.pop("notebook", None), _variables(), "share")
    pack = Path(said.pop("pack")).expanduser() if "pack" in said else None
    target = Target(**said)
    with _progress(desk, notebook, "sharing") as step:
        return share_sheet(share(notebook, target, pack=pack, step=step))


def _variables() -> Mapping[str, Any]:  # Any: a person's own
    shell = get_ipython()
    return {} if shell is None else shell.user_ns


@contextmanager
def _progress(desk: Desk, notebook: Path, doing: str) -> Iterator[Callable[[], None]]:
    from binance_nb.history import Progress
    from binance_nb.manifests import count_cells

    is_shown = None if desk.shows_progress else False
    progress = Progress(f"{doing} {notebook.name}", count_cells(notebook) + 1, is_shown, unit="cell")
    try:
        yield progress.step
    finally:
        progress.close()


def _being_verified() -> Sheet:
    return Sheet("This notebook is being verified just now.", is_framed=False)


VERBS: Mapping[str, OwnVerb] = {
    "manifest": OwnVerb(
        "Writes down what the frames of this notebook are, beside it, so that others can tell whether theirs are.",
        "%binance manifest [NAME ...] [--notebook PATH]",
        "%binance manifest --notebook study.ipynb",
        "binance_nb.manifests.manifest_of(frames)  # frames by name; import binance_nb.manifests",
        places=("names",),
        rest="names",
        options={
            "names": "the frames that matter; all whose names do not begin with an underscore when left out",
            "notebook": "this notebook's file, where the program around it does not tell",
        },
        known_as={"path": "notebook", "file": "notebook"},
        run=_manifest,
    ),
    "verify": OwnVerb(
        "Runs a notebook from the top in a kernel of its own, and says which of its frames are what its manifest says.",
        "%binance verify [NOTEBOOK] [--manifest PATH]",
        "%binance verify study.ipynb",
        'binance_nb.manifests.verify(Path("study.ipynb"))  # import binance_nb.manifests',
        places=("notebook",),
        options={
            "notebook": "its file; this one when left out",
            "manifest": "its manifest; the one beside it when left out",
        },
        run=_verify,
    ),
    "share": OwnVerb(
        "Gets a notebook ready for others: no keys, every call on a tape, what Binder needs, and the link to it.",
        "%binance share [NOTEBOOK] [--repo ORG/NAME] [--ref TAG] [--provider gh|gl|git|gist|zenodo] [--pack FILE.zip]",
        "%binance share study.ipynb --repo org/study",
        'binance_nb.sharing.share(Path("study.ipynb"))  # import binance_nb.sharing',
        places=("notebook",),
        options={
            "notebook": "its file; this one when left out",
            "repo": "where it will stand: ORG/NAME, a gist's USER/ID, the address of a git repository, a DOI; "
            "git's own remote when left out",
            "ref": "a tag, branch or commit; the tag or commit that is checked out when left out",
            "provider": "gh GitHub, gl GitLab, git any other, gist, zenodo; told by the remote when left out",
            "pack": "put everything that belongs to it into this zip file",
        },
        run=_share,
    ),
}
