// What the page's theme makes of the colours in _look.css, for what is drawn on a canvas.

const SAYING_SO = ["class", "data-jp-theme-light", "data-jp-theme-name", "data-vscode-theme-kind", "theme"];

/** The colours as a canvas understands them: `colours(root, ["ink", "up"])` resolves --bn-ink and --bn-up. */
export function colours(root, names) {
    const probe = document.createElement("span");
    probe.style.display = "none";
    root.append(probe);
    const found = {};
    for (const name of names) {
        probe.style.color = `var(--bn-${name})`;
        found[name] = getComputedStyle(probe).color;
    }
    probe.remove();
    return found;
}

/** Call back whenever the theme may have changed; returns what ends that. */
export function onTheme(changed) {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(changed);
    for (const element of [document.documentElement, document.body]) {
        observer.observe(element, { attributes: true, attributeFilter: SAYING_SO });
    }
    system.addEventListener("change", changed);
    // JupyterLab says so before the colours of a theme have arrived for the first time.
    document.addEventListener("load", changed, true);
    return () => {
        observer.disconnect();
        system.removeEventListener("change", changed);
        document.removeEventListener("load", changed, true);
    };
}
