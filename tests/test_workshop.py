"""The workshop's own promises: names, sizes, commands, pins, and what an import may cost."""

from __future__ import annotations

import ast
import os
import re
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from binance_nb import __version__

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "binance_nb"
MODULES = sorted(PACKAGE.rglob("*.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

# Files that declare one fact a line, and are read by looking one up.
TABLES = {"binance_nb/catalog/error_table.py"}

# A folder of somebody's machine; the lookbehind lets web addresses and relative paths pass.
MACHINE_PATH = re.compile(r"(?<![\w.)}-])/(?:home|opt|root|tmp|Users|work)/\w[\w./-]*")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """The names a top-level statement defines; ruff sees to what a package's door hands on from elsewhere."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign():
            yield from (target.id for target in statement.targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def declared(tree: ast.Module) -> list[str] | None:
    """What ``__all__`` says, or None where there is none."""
    for statement in tree.body:
        if "__all__" in bound_names(statement) and isinstance(statement, ast.Assign | ast.AnnAssign):
            assert statement.value is not None
            names: list[str] = ast.literal_eval(statement.value)
            return names
    return None


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_all_is_complete(module: Path) -> None:
    """Every public name stands in ``__all__`` once (ruff keeps the order); the rest is private by an underscore."""
    tree = ast.parse(module.read_text())
    names = declared(tree)
    if names is None:
        assert module.name == "__main__.py", "only a command line offers nothing"
        return
    public = {name for statement in tree.body for name in bound_names(statement) if not name.startswith("_")}

    assert len(set(names)) == len(names)
    assert public - set(names) == set()


@pytest.mark.parametrize("module", MODULES, ids=named)
def test_only_a_table_is_long(module: Path) -> None:
    """A file that does things ends before line 400; the tables that may be longer are named here."""
    assert named(module) in TABLES or len(module.read_text().splitlines()) <= 400


def test_no_committed_text_names_a_folder_of_a_machine() -> None:
    """What is committed works anywhere, and says nothing about where it was written."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listing.returncode != 0:
        pytest.skip("this is no git checkout, so nothing says which files are committed")
    offenders = [
        f"{name}: {found.group()}"
        for name in listing.stdout.splitlines()
        if (ROOT / name).is_file()
        for found in MACHINE_PATH.finditer((ROOT / name).read_text(errors="replace"))
    ]

    assert [] == offenders


@pytest.mark.parametrize("module", ["errors.py", "sandbox/launcher.py", "sandbox/process.py", "sandbox/accounts.py"])
def test_the_launcher_needs_the_standard_library_only(module: str) -> None:
    """A session can start the sandbox without bringing its server, or aiohttp, into the user's process."""
    imported = set()
    for node in ast.walk(ast.parse((PACKAGE / module).read_text())):
        match node:
            case ast.Import():
                imported |= {alias.name for alias in node.names}
            case ast.ImportFrom():
                imported.add(node.module or "a relative import")

    foreign = {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names}

    assert foreign <= {"binance_nb.errors", "binance_nb.sandbox.accounts", "binance_nb.sandbox.process"}


@pytest.mark.parametrize("module", ["binance_nb", "binance_nb.sandbox.launcher"])
def test_an_import_loads_nothing_heavy(module: str) -> None:
    """Importing is free of pandas, requests, aiohttp, ipywidgets and IPython, which load where they are used."""
    script = (
        f"import sys, {module}; print(*{{'IPython', 'aiohttp', 'ipywidgets', 'pandas', 'requests'}} & set(sys.modules))"
    )

    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True)

    assert "" == loaded.stdout.strip()


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def test_make_alone_lists_every_target() -> None:
    """A person who types make sees each target with a line about it."""
    shown = subprocess.run(["make"], cwd=ROOT, check=True, capture_output=True, text=True).stdout

    assert make_targets() == set(re.findall(r"^make ([a-z-]+) +\S", shown, flags=re.MULTILINE))


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_pages_name_only_make_targets_that_exist(page: str) -> None:
    """Every `make something` a page tells its reader to type is there."""
    text = (ROOT / page).read_text()
    told = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, flags=re.MULTILINE))

    assert told
    assert told <= make_targets()


def test_the_changelog_has_the_version() -> None:
    """The version that would be built now has a section in the changelog."""
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_binder_pins_everything_to_versions_the_project_accepts() -> None:
    """Each line is one exact version, and what pyproject.toml asks for is among them."""
    text = (ROOT / "binder" / "requirements.txt").read_text()
    pinned = [Requirement(line) for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    pins = {pin.name: pin for pin in pinned}
    asked = [Requirement(text) for text in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["lab"]]

    assert [] == [name for name, pin in pins.items() if [clause.operator for clause in pin.specifier] != ["=="]]
    for need in asked:
        (version,) = (clause.version for clause in pins[need.name].specifier)
        assert need.specifier.contains(version)


def run_environment(python: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["tools/environment.sh", "lab"],
        cwd=python.parent,
        env={**os.environ, "PYTHON": str(python)},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("lacks", "sentence"),
    [("version_info", "is not a Python 3.11 or newer"), ("ensurepip", "has no venv module; on Debian")],
)
def test_setting_up_says_what_the_machine_lacks(tmp_path: Path, lacks: str, sentence: str) -> None:
    """Without a recent Python, or its venv module, set-up ends with one sentence and makes nothing."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "environment.sh").write_bytes((ROOT / "tools" / "environment.sh").read_bytes())
    (tmp_path / "tools" / "environment.sh").chmod(0o755)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\ncase "$2" in *{lacks}*) exit 1;; esac\n')
    python.chmod(0o755)

    finished = run_environment(python)

    assert 1 == finished.returncode
    assert sentence in finished.stderr
    assert 1 == len(finished.stderr.splitlines())
    assert not (tmp_path / ".venv").exists()


def start_lab(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "tools/lab.py", "notebooks/01-first-look.ipynb", "--headless", *options]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_lab_serves_the_notebook_and_stops_on_interrupt() -> None:
    """The address that is printed answers at once, and Ctrl-C ends server and script without a traceback."""
    pytest.importorskip("jupyterlab", reason="make lab brings JupyterLab")
    lab = start_lab()
    assert lab.stdout is not None
    try:
        url = next(line.strip() for line in lab.stdout if "http://" in line)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url) as page:
            served = page.read().decode()
    finally:
        lab.send_signal(signal.SIGINT)
        rest, errors = lab.communicate(timeout=120)

    assert "JupyterLab" in served
    assert '"disabledExtensions": ["@jupyterlab/apputils-extension:announcements"' in served
    assert "Stopping JupyterLab" in rest
    assert ("", 0) == (errors, lab.returncode)


def test_the_lab_names_a_port_that_is_taken() -> None:
    """A port asked for by number is used or refused, never swapped for another."""
    pytest.importorskip("jupyterlab", reason="make lab brings JupyterLab")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        lab = start_lab("--port", str(port))
        _, errors = lab.communicate(timeout=120)

    assert f"make lab: port {port} is not free; leave PORT out to get one that is.\n" == errors
    assert 1 == lab.returncode
