"""What the widgets run in the browser: files made from those of ``js/`` when the package was built."""

from __future__ import annotations

from pathlib import Path

from binance_nb.errors import RequestError

__all__ = ["bundle"]

_FOLDER = Path(__file__).with_name("static")


def bundle(name: str, folder: Path = _FOLDER) -> str:
    """Return what a file of `js/` became: ``_esm`` or ``_css`` of an anywidget. Nothing is fetched.

    Args:
        name: The file: ``chart.css``, ``chart.js``, or ``chart``, which is the latter.
        folder: Where the bundles stand.

    Returns:
        Its text.

    Raises:
        RequestError: It was not built, which happens in a checkout that was never installed.
    """
    name = name if Path(name).suffix else f"{name}.js"
    try:
        return (folder / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise RequestError(
            f"This widget cannot be drawn: its browser part, {folder.name}/{name}, was not built.",
            hint="It is built when binance_nb is installed; in a checkout, make js builds it again. "
            "Then restart the kernel.",
            suggestion="make js",
        ) from None
