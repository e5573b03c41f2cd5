"""``python -m binance_nb scan PATH...``: finds keys in notebooks and other files, for people and for hooks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: What was written behind the command; the process's own when None.

    Returns:
        The exit status: 0 when nothing was found, 1 when a key was, 2 when a file could not be read.
    """
    parser = argparse.ArgumentParser(
        "python -m binance_nb", description="Binance Spot in a notebook.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="scan")
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
    return _scan(parser.parse_args(arguments))


def _scan(options: argparse.Namespace) -> int:
    from binance_nb.guard import known_keys, scan_paths
    from binance_nb.rendering.scan_sheet import scan_sheet

    found = scan_paths(options.paths, known_keys(with_keyring=not options.no_keyring))
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # file names, and consoles, of every kind
    sys.stdout.write(f"{scan_sheet(found).text()}\n")
    if found.findings:
        return 1
    return 2 if found.unread else 0


if __name__ == "__main__":
    sys.exit(main())
