"""``python -m binance_nb``: what does not need a notebook: ``scan``, ``tape``, ``verify``, ``share``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from binance_nb.errors import BinanceError

if TYPE_CHECKING:
    from binance_nb.rendering import Sheet

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What was written behind the command; the process's own when None.

    Returns:
        The exit status; each command's help says what it means.
    """
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names, and consoles, of every kind
    try:
        status: int = options.run(options)
    except BinanceError as error:
        sys.stderr.write("\n".join(_told(error)) + "\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return _INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m binance_nb", description="Binance Spot in a notebook.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_scan(commands)
    _add_tape(commands)
    _add_verify(commands)
    _add_share(commands)
    return parser


def _add_scan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    scan = commands.add_parser(
        "scan",
        help="find keys in notebooks and other files",
        description="Finds API keys, secrets and private keys in notebooks (sources, outputs, metadata) and other "
        "files, and says where they stand without showing them.",
        epilog="Exit status: 0 nothing found, 1 a key was found, 2 a file could not be read.",
        allow_abbrev=False,
    )
    scan.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder with all that is in it")
    scan.add_argument("--no-keyring", action="store_true", help="do not ask the keyring which keys to look for")
    scan.set_defaults(run=_scan)


def _add_tape(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    tape = commands.add_parser(
        "tape",
        help="show what is on a tape",
        description="Shows where and when a tape was recorded, and the calls on it.",
        epilog="Exit status: 0 the tape is sound, 2 it cannot be read.",
        allow_abbrev=False,
    )
    tape.add_argument("path", metavar="TAPE", help="its file")
    tape.set_defaults(run=_tape)


def _add_verify(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    verify = commands.add_parser(
        "verify",
        help="run a notebook, and compare its frames with its manifest",
        description="Runs a notebook from the top in a kernel of its own, and says of each frame of its manifest: the "
        "same, extended (new rows, the old ones equal), revised (which rows), or missing. The notebook is not changed.",
        epilog="Exit status: 0 all frames are the same, 1 one is revised or missing, 2 a cell failed or nothing could "
        "be run, 3 frames are extended and nothing worse.",
        allow_abbrev=False,
    )
    verify.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="its file")
    verify.add_argument("--manifest", type=Path, metavar="PATH", help="its manifest; the one beside it when left out")
    verify.add_argument("--offline", action="store_true", help="run it without a network, as a reader may have to")
    verify.set_defaults(run=_verify)


def _add_share(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    share = commands.add_parser(
        "share",
        help="get a notebook ready for others: no keys, all calls on a tape, Binder's files, the link",
        description="Looks for keys in all files that go with a notebook, runs it without a network, writes or checks "
        "binder/, and prints badge and link for mybinder.org. Nothing is sent anywhere.",
        epilog="Exit status: 0 it is ready, 2 it is not, and the words say why.",
        allow_abbrev=False,
    )
    share.add_argument("notebook", type=Path, metavar="NOTEBOOK", help="its file")
    share.add_argument(
        "--repo", default="", help="ORG/NAME, a gist's USER/ID, an address, a DOI; git's remote if not given"
    )
    share.add_argument("--ref", default="", help="a tag, branch or commit; what is checked out if not given")
    share.add_argument(
        "--provider", default="", metavar="gh|gl|git|gist|zenodo", help="told by the remote if not given"
    )
    share.add_argument(
        "--pack", type=Path, metavar="FILE.zip", help="put everything that belongs to it into a zip file"
    )
    share.add_argument("--no-keyring", action="store_true", help="do not ask the keyring which keys to look for")
    share.set_defaults(run=_share)


def _scan(options: argparse.Namespace) -> int:
    from binance_nb.guard import known_keys, scan_paths
    from binance_nb.rendering.scan_sheet import scan_sheet

    found = scan_paths(options.paths, known_keys(with_keyring=not options.no_keyring))
    _show(scan_sheet(found))
    if found.findings:
        return 1
    return 2 if found.unread else 0


def _tape(options: argparse.Namespace) -> int:
    from binance_nb.rendering.tape_sheet import tape_sheet
    from binance_nb.tape.file import read_tape

    _show(tape_sheet(read_tape(Path(options.path))))
    return 0


def _verify(options: argparse.Namespace) -> int:
    from binance_nb.manifests import manifest_path, verify
    from binance_nb.rendering.verdict_sheet import verdict_sheet

    notebook = options.notebook
    manifest = options.manifest or manifest_path(notebook)
    root = notebook.resolve().parent if options.offline else None
    with _progress(notebook, "verifying") as step:
        verdict = verify(notebook, manifest, root=root, step=step)
    _show(verdict_sheet(verdict, manifest))
    return verdict.exit_status


def _share(options: argparse.Namespace) -> int:
    from binance_nb.rendering.share_sheet import share_sheet
    from binance_nb.sharing import Target, share

    target = Target(options.provider, options.repo, options.ref)
    with _progress(options.notebook, "sharing") as step:
        shared = share(options.notebook, target, pack=options.pack, with_keyring=not options.no_keyring, step=step)
    _show(share_sheet(shared))
    return 0


@contextmanager
def _progress(notebook: Path, doing: str) -> Iterator[Callable[[], None]]:
    from binance_nb.history import Progress
    from binance_nb.manifests import count_cells

    # A bar in a log is a page of noise.
    is_shown = None if sys.stderr.isatty() else False
    progress = Progress(f"{doing} {notebook.name}", count_cells(notebook) + 1, is_shown, unit="cell")
    try:
        yield progress.step
    finally:
        progress.close()


def _show(sheet: Sheet) -> None:
    sys.stdout.write(f"{sheet.text()}\n")


def _told(error: BinanceError) -> Iterator[str]:
    yield f"{type(error).__name__}: {error}"
    yield from (f"  {name}: {value}" for name, value in error.details.items())
    if error.hint:
        yield f"  {error.hint}"
    if error.suggestion:
        yield f"  Try: {error.suggestion}"


if __name__ == "__main__":
    sys.exit(main())
