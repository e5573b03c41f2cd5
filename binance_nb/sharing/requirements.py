"""Which packages a notebook needs, each with the version that is here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from typing import Any

__all__ = ["OURS", "imported_names", "is_from_folder", "pinned"]

OURS = "binance-nb"
"""How this package is called where packages are kept."""

# What runs a notebook, beside what it imports.
_RUNS = (OURS, "ipykernel", "jupyterlab", "nbclient")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_IMPORT = re.compile(r"(?m)^\s*(?:import|from)\s+([A-Za-z_]\w*)")


def imported_names(source: str) -> set[str]:
    """Return the top-level names that code imports.

    Args:
        source: The code, with or without magics.
    """
    return set(_IMPORT.findall(source))


def pinned(imports: Iterable[str]) -> list[str]:
    """Return lines for a requirements file: what is imported, and all that it needs in turn, as it is installed here.

    Args:
        imports: Top-level names of modules.

    Returns:
        The lines in alphabetical order; everything has one version.
    """
    owners = packages_distributions()
    wanted = [*_RUNS, *(owner for name in sorted(imports) for owner in owners.get(name, ()))]
    found: dict[str, Distribution] = {}
    while wanted:
        name = _plain(wanted.pop())
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # what another system or an extra would need
        wanted += _needs(found[name])
    return [_line(name, found[name]) for name in sorted(found)]


def is_from_folder() -> bool:
    """Whether this package was installed from a folder of this computer, which nobody else has."""
    return str(_origin(distribution(OURS)).get("url", "")).startswith("file:")


def _needs(held: Distribution) -> Iterator[str]:
    for text in held.requires or ():
        _, _, marker = text.partition(";")
        if "extra" not in marker and (named := _NAME.match(text)):
            yield named.group()


def _line(name: str, held: Distribution) -> str:
    origin = _origin(held)
    if "vcs_info" in origin:
        told = origin["vcs_info"]
        return f"{name} @ {told['vcs']}+{origin['url']}@{told['commit_id']}"
    return f"{name}=={held.version}"


def _origin(held: Distribution) -> dict[str, Any]:  # Any: JSON
    text = held.read_text("direct_url.json")
    told: dict[str, Any] = json.loads(text) if text else {}
    return told


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
