// A line to paste, with a button that copies it. Where the page may not use the clipboard, the line is selected instead.
import css from "./parts/copy.css";

const DONE_MS = 2000;

function select(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

/** Copies a text, and says whether that worked. */
async function copy(text, node) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Not allowed, or no secure page: the older way works on what is selected.
    select(node);
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "bn-copy";
  const head = document.createElement("div");
  head.className = "bn-copy-head";
  const name = document.createElement("span");
  const button = document.createElement("button");
  button.type = "button";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  const line = document.createElement("pre");
  line.tabIndex = 0;
  head.append(name, button, said);
  const style = document.createElement("style");
  style.textContent = css;
  root.append(style, head, line);
  el.append(root);

  let timer;
  const draw = () => {
    const text = model.get("text");
    line.textContent = text || " ";
    name.textContent = model.get("label");
    line.setAttribute("aria-label", model.get("label"));
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy: ${model.get("label")}`);
    button.disabled = !text;
    said.textContent = "";
  };
  const press = async () => {
    const worked = await copy(model.get("text"), line);
    said.textContent = worked ? "Copied" : "Selected: press Ctrl+C";
    clearTimeout(timer);
    timer = setTimeout(() => (said.textContent = ""), DONE_MS);
  };
  button.addEventListener("click", press);
  model.on("change:text", draw);
  model.on("change:label", draw);
  draw();

  return () => {
    clearTimeout(timer);
    button.removeEventListener("click", press);
    model.off("change:text", draw);
    model.off("change:label", draw);
    root.remove();
  };
}

export default { render };
