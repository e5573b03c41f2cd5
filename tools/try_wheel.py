"""Install a wheel into a clean environment and use it as a person would; ``make dist`` runs this."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

LOAD = """
from IPython.core.interactiveshell import InteractiveShell
import binance_nb
from binance_nb.widgets.bundles import bundle

assert "render" in bundle("chart")
assert "site-packages" in binance_nb.__file__, binance_nb.__file__
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "binance_nb")
assert "binance" in shell.magics_manager.magics["line"], "the extension registered no %binance"
print("loaded", binance_nb.__version__)
"""


SOURCES = Path(__file__).resolve().parent.parent / "binance_nb" / "widgets" / "js"


def main() -> None:
    (wheel,) = sys.argv[1:]
    check_contents(wheel)
    with tempfile.TemporaryDirectory(prefix="binance_nb-wheel-") as folder:
        print(f"installing {wheel} into a clean environment")
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(Path(wheel).resolve()))
        # -I and the folder: the checkout beside us must not be what gets imported.
        run(python, "-I", "-c", LOAD, folder=folder)
        run(python, "-I", "-m", "binance_nb.sandbox", "--help", folder=folder)
    print("the wheel works in a clean environment")


def check_contents(wheel: str) -> None:
    """The bundles of the widgets are in it, with their licences; their sources are not."""
    names = zipfile.ZipFile(wheel).namelist()
    sources = [file for file in SOURCES.iterdir() if file.suffix in (".js", ".css") and not file.name.startswith("_")]
    wanted = [f"binance_nb/widgets/static/{file.name}" for file in sources]
    wanted += [f".dist-info/licenses/{name}" for name in ("LICENSE", "NOTICE", "licenses/lightweight-charts.txt")]
    missing = [name for name in wanted if not any(held.endswith(name) for held in names)]
    assert wanted[:-3], "there are no sources of bundles"
    assert not missing, f"the wheel lacks {missing}"
    assert not [name for name in names if "/js/" in name or "node_modules" in name], (
        "the wheel holds sources of bundles"
    )
    chart = zipfile.ZipFile(wheel).read("binance_nb/widgets/static/chart.js").decode()
    assert "@license" in chart, "the bundle of the chart has lost its licence notice"


def run(python: Path, *arguments: str, folder: str | None = None) -> None:
    subprocess.run([python, *arguments], cwd=folder, check=True)


if __name__ == "__main__":
    main()
