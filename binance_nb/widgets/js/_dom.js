// What the hand-made widgets share: elements in one call, and gentle flashes.

/** Make an element: attributes by name, `on` for listeners, `text` for what stands in it. */
export function make(name, { text, on, ...attributes } = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
    for (const [event, listener] of Object.entries(on ?? {})) element.addEventListener(event, listener);
    if (text !== undefined) element.textContent = text;
    element.append(...children);
    return element;
}

/** Change a text only when it differs: an untouched node costs nothing, and is not read out again. */
export function put(element, text) {
    if (element.textContent !== text) element.textContent = text;
}

const still = window.matchMedia("(prefers-reduced-motion: reduce)");
const FLASH_MS = 400;

/**
 * Let places light up for a moment, unless the reader asked for less motion; a function that is told which.
 *
 * In two steps, not as an animation: where ten lines change ten times a second, one would have the page drawn sixty times.
 */
export function flashes() {
    const lit = new Map();
    let timer = null;
    function dim() {
        timer = null;
        const now = performance.now();
        for (const [element, { since, variable }] of lit) {
            const age = now - since;
            if (age >= FLASH_MS || !element.isConnected) {
                element.style.removeProperty("background-color");
                lit.delete(element);
            } else if (age >= FLASH_MS / 2) {
                element.style.backgroundColor = `var(${variable.replace("-flash", "-wash")})`;
            }
        }
        if (lit.size) timer = setTimeout(dim, FLASH_MS / 2);
    }
    function flash(element, variable) {
        if (still.matches) return;
        element.style.backgroundColor = `var(${variable})`;
        lit.set(element, { since: performance.now(), variable });
        timer ??= setTimeout(dim, FLASH_MS / 2);
    }
    flash.cancel = () => clearTimeout(timer);
    return flash;
}

/** Call a function once it was quiet for a while; `.flush()` calls it now, `.cancel()` not at all. */
export function debounced(act, quietMs) {
    let timer;
    const later = () => { clearTimeout(timer); timer = setTimeout(act, quietMs); };
    later.cancel = () => clearTimeout(timer);
    later.flush = () => { clearTimeout(timer); act(); };
    return later;
}

let count = 0;
/** An id that no other element of the page has. */
export const unique = (name) => `bn-${name}-${Date.now().toString(36)}-${count++}`;
