"""A bundle in a blank page: a model that is nobody's, and what the bundle draws of it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from binance_nb.widgets.bundles import bundle

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

__all__ = ["Rendered", "render"]

_MODEL = """
window.revive = (value) => {
    if (!value || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map(window.revive);
    if (!("$bytes" in value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, window.revive(v)]));
    return new DataView(Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0)).buffer);
};
window.FakeModel = class {
    constructor(traits) {
        this.traits = {}; this.listeners = []; this.sent = []; this.saved = [];
        for (const [name, value] of Object.entries(traits)) this.traits[name] = window.revive(value);
    }
    get(name) { return this.traits[name]; }
    set(name, value) {
        const changes = typeof name === "string" ? { [name]: value } : name;
        const changed = Object.keys(changes).filter((key) => this.traits[key] !== changes[key]);
        for (const key of changed) this.traits[key] = changes[key];
        this.changed = { ...this.changed, ...Object.fromEntries(changed.map((key) => [key, changes[key]])) };
        for (const key of changed) this.fire(`change:${key}`, this, changes[key]);
        this.fire("change", this);
    }
    save_changes() { this.saved.push(this.changed ?? {}); this.changed = {}; }
    on(names, listener) { for (const name of names.split(" ")) this.listeners.push([name, listener]); }
    off(names, listener) {
        const gone = names ? names.split(" ") : null;
        this.listeners = this.listeners.filter(([name, one]) =>
            !((gone === null || gone.includes(name)) && (!listener || one === listener)));
    }
    fire(name, ...rest) { for (const [one, listener] of [...this.listeners]) if (one === name) listener(...rest); }
    send(content) { this.sent.push(content); }
};
"""
_RENDER = """async ([source, traits]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const widget = typeof module.default === "function" ? await module.default() : module.default;
    const model = (window.model = new window.FakeModel(traits));
    const el = document.createElement("div");
    document.body.append(el);
    const ends = [await widget.initialize?.({ model }), await widget.render({ model, el })];
    window.cleanUp = async () => { for (const end of ends.reverse()) await end?.(); el.remove(); };
}"""


class Rendered:
    """A bundle that has drawn its model; `blank_page` makes one.

    Attributes:
        page: The page it is in; only what the bundle itself draws stands there.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    def set(self, **traits: Any) -> None:
        """Change traits as the kernel does: all of one update, then the bundle hears of each."""
        changes = {name: _packed(value) for name, value in traits.items()}
        self.page.evaluate(
            """(changes) => {
                for (const name in changes) changes[name] = window.revive(changes[name]);
                window.model.set(changes); window.model.changed = {};
            }""",
            changes,
        )

    def get(self, name: str) -> Any:
        """What a trait is now."""
        return self.page.evaluate("(name) => window.model.get(name)", name)

    def tell(self, content: Any) -> None:
        """Send it a message as the kernel does."""
        self.page.evaluate("(content) => window.model.fire('msg:custom', content, [])", content)

    @property
    def sent(self) -> list[Any]:
        """The messages it sent to the kernel."""
        messages: list[Any] = self.page.evaluate("() => window.model.sent")
        return messages

    @property
    def saved(self) -> list[dict[str, Any]]:
        """What each of its `save_changes` would have sent to the kernel."""
        changes: list[dict[str, Any]] = self.page.evaluate("() => window.model.saved")
        return changes

    @property
    def listeners(self) -> int:
        """How many listeners it has at its model."""
        count: int = self.page.evaluate("() => window.model.listeners.length")
        return count

    def find(self, selector: str) -> Locator:
        """What of it fits a selector."""
        return self.page.locator(selector)

    def count(self, selector: str) -> int:
        """How many elements fit a selector."""
        return self.page.locator(selector).count()

    def clean_up(self) -> None:
        """Take it off the page, as when its output is cleared."""
        self.page.evaluate("() => window.cleanUp()")


def render(page: Page, name: str, traits: dict[str, Any]) -> Rendered:
    """Draw a bundle in a page that holds nothing else.

    Args:
        page: The page.
        name: Its file in ``js/``, without the suffix.
        traits: What its model holds; bytes arrive as a DataView.

    Returns:
        What it drew.
    """
    page.set_content("<!doctype html><title>blank</title><body></body>")
    page.evaluate(f"() => {{ {_MODEL} }}")
    page.evaluate(_RENDER, [bundle(f"{name}.js"), {key: _packed(value) for key, value in traits.items()}])
    return Rendered(page)


def _packed(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: _packed(each) for key, each in value.items()}
    return [_packed(each) for each in value] if isinstance(value, list | tuple) else value
