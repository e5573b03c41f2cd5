"""Install a wheel into a clean environment and use it as a person would; ``make dist`` runs this."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

LOAD = """
from IPython.core.interactiveshell import InteractiveShell
import binance_nb

assert "site-packages" in binance_nb.__file__, binance_nb.__file__
shell = InteractiveShell.instance()
shell.run_line_magic("load_ext", "binance_nb")
assert "binance" in shell.magics_manager.magics["line"], "the extension registered no %binance"
print("loaded", binance_nb.__version__)
"""


def main() -> None:
    (wheel,) = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="binance_nb-wheel-") as folder:
        print(f"installing {wheel} into a clean environment")
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(Path(wheel).resolve()))
        # -I and the folder: the checkout beside us must not be what gets imported.
        run(python, "-I", "-c", LOAD, folder=folder)
        run(python, "-I", "-m", "binance_nb.sandbox", "--help", folder=folder)
    print("the wheel works in a clean environment")


def run(python: Path, *arguments: str, folder: str | None = None) -> None:
    subprocess.run([python, *arguments], cwd=folder, check=True)


if __name__ == "__main__":
    main()
