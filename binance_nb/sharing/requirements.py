"""Which packages a notebook needs, each with the version that is here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution, packages_distributions
from typing import Any

__all__ = ["OURS", "imported_names", "is_local", "local_line", "pinned"]

OURS = "binance-nb"
"""How this package is called where packages are kept."""

# What runs a notebook, beside what it imports.
_RUNS = (OURS, "ipykernel", "jupyterlab", "nbclient")
# What a notebook that was written on another system must not ask for: pywin32, appnope.
_BINDER = {"extra": "", "os_name": "posix", "platform_system": "Linux", "sys_platform": "linux"}
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
    # A name with an underscore before it is the inside of another module.
    named = {_plain(owner) for name in set(imports) if name[:1] != "_" for owner in owners.get(name, ())}
    found: dict[str, Distribution] = {}
    needed, elsewhere = set(map(_plain, _RUNS)), set[str]()
    wanted = needed | named
    while wanted:
        name = wanted.pop()
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # what another system would need
        here, there = _needs(found[name])
        needed |= here
        elsewhere |= there
        wanted |= here - found.keys()
    return [_line(name, found[name]) for name in sorted(found.keys() - (elsewhere - needed))]


def is_local() -> bool:
    """Whether this package was installed from a file or folder of this computer, which nobody else has."""
    return _is_of_this_computer(_origin(distribution(OURS)))


def local_line() -> str:
    """Return the line for this package."""
    return _line(OURS, distribution(OURS))


def _needs(held: Distribution) -> tuple[set[str], set[str]]:
    """Return the names of what a package needs where Binder runs it, and of what it needs on other systems alone."""
    from packaging.requirements import InvalidRequirement, Requirement  # comes with what runs a notebook

    here, there = set[str](), set[str]()
    for text in held.requires or ():
        try:
            need = Requirement(text)
        except InvalidRequirement:
            continue  # old packages hold what pip itself passes by
        if need.marker is None or need.marker.evaluate(_BINDER):
            here.add(_plain(need.name))
        elif "extra" not in str(need.marker):
            there.add(_plain(need.name))
    return here, there


def _line(name: str, held: Distribution) -> str:
    origin = _origin(held)
    if "vcs_info" in origin and not _is_of_this_computer(origin):
        told = origin["vcs_info"]
        below = f"#subdirectory={origin['subdirectory']}" if "subdirectory" in origin else ""
        return f"{name} @ {told['vcs']}+{origin['url']}@{told['commit_id']}{below}"
    return f"{name}=={held.version}"


def _origin(held: Distribution) -> dict[str, Any]:  # Any: JSON
    text = held.read_text("direct_url.json")
    told: dict[str, Any] = json.loads(text) if text else {}
    return told


def _is_of_this_computer(origin: dict[str, Any]) -> bool:  # Any: JSON
    return str(origin.get("url", "")).startswith("file:")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
