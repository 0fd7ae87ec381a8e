// What every page loads. Each page works without it; here is only what saves a reader a step.
import "htmx.org";
import "./app.css";
import "./upload.js";
import { prepareChoices } from "./choices.js";
import { prepareEntry } from "./entry.js";
import { prepareSitting } from "./sitting.js";

document.documentElement.classList.add("scripted");

const actions = {
  print: () => window.print(),
  copy: (button) => copyText(button, document.querySelector(button.dataset.copy).textContent.trim()),
  permalink: (link, event) => {
    event.preventDefault();
    history.replaceState(null, "", link.href);
    copyText(link, link.href);
  },
  toggle: (button) => show(button, button.getAttribute("aria-expanded") !== "true"),
};

document.addEventListener("click", (event) => {
  for (const [name, act] of Object.entries(actions)) {
    const element = event.target.closest(`[data-${name}]`);
    if (element) return act(element, event);
  }
  closeMenus(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    closeMenus(null);
    for (const button of document.querySelectorAll('[data-toggle][aria-expanded="true"]')) {
      show(button, false);
      button.focus();
    }
  }
  // As in many tools of this kind, a slash goes to the search box, unless one is typing.
  if (event.key === "/" && !event.target.closest("input, textarea, select, [contenteditable]")) {
    const box = document.getElementById("q");
    if (box && box.offsetParent !== null) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
});

// A folded table is printed open: on paper nobody can click.
window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.fold")) fold.open = true;
});

// An address that is passed on should say only what was chosen.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  for (const [name, value] of Object.entries(detail.parameters)) {
    if (value === "") delete detail.parameters[name];
  }
});

// Forms with a script of their own, also those that a filter brought in.
function prepare() {
  for (const [selector, make] of [["[data-entry]", prepareEntry], ["[data-sitting]", prepareSitting]]) {
    for (const form of document.querySelectorAll(`${selector}:not([data-prepared])`)) {
      form.dataset.prepared = "";
      make(form);
    }
  }
  prepareChoices();
}

prepare();
document.addEventListener("htmx:afterSettle", prepare);

// After a refused form the summary of what is wrong is read first.
document.querySelector("[data-focus]")?.focus();

function show(button, open) {
  button.setAttribute("aria-expanded", String(open));
  for (const part of document.querySelectorAll(button.dataset.toggle)) part.classList.toggle("open", open);
}

function closeMenus(clicked) {
  for (const menu of document.querySelectorAll("details.switcher[open]")) {
    if (!menu.contains(clicked)) menu.open = false;
  }
}

async function copyText(button, text) {
  const label = button.textContent;
  const copied = await writeClipboard(text);
  announce(copied ? `已复制：${text}` : `请手工复制：${text}`);
  button.textContent = copied ? "已复制" : "请手工复制";
  setTimeout(() => (button.textContent = label), 2500);
}

// The clipboard needs a secure origin; inside an office network there often is none, so the old way stays.
async function writeClipboard(text) {
  if (navigator.clipboard && window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(() => true, () => false);
  }
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

function announce(text) {
  document.getElementById("announce").textContent = text;
}
