// Entering many figures: keys go from one to the next, a column from a spreadsheet fills downwards, each row is saved.
// A form that wants this has data-entry; its fields have data-column. Without this script the form has its buttons.

const refusals = {
  401: "没有保存：登录已过期，内容还在本页。请在新标签页重新登录，再回来改动这一格即再次保存",
};

export function prepareEntry(form) {
  form.addEventListener("keydown", (event) => move(form, event));
  form.addEventListener("paste", (event) => fill(form, event));
  form.addEventListener("input", ({ target }) => entered(form, target));
  form.addEventListener("click", (event) => prefill(form, event));
  form.addEventListener("htmx:sendError", ({ detail }) => failed(detail, "没有保存：连不上服务器，内容还在本页，连上后改动任一格即再次保存"));
  form.addEventListener("htmx:responseError", ({ detail }) => refused(detail));
  waitForSaves(form);
  count(form);
}

// A row may still be on its way when the form is sent: then the form waits, so that it carries what was saved last.
function waitForSaves(form) {
  let underway = 0;
  form.addEventListener("htmx:beforeRequest", () => (underway += 1));
  form.addEventListener("htmx:afterRequest", () => (underway -= 1));
  form.addEventListener("submit", (event) => {
    if (underway === 0) return;
    event.preventDefault();
    const again = setInterval(() => {
      if (underway > 0) return;
      clearInterval(again);
      form.requestSubmit(event.submitter);
    }, 60);
  });
}

// Enter and the arrow keys go to the next figure of the same column, as in a spreadsheet.
function move(form, event) {
  const field = event.target;
  if (!field.dataset.column || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const lines = field.tagName === "TEXTAREA";
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || (lines && !(event.key === "Enter" && event.ctrlKey))) return;
  event.preventDefault();
  const next = column(form, field.dataset.column)[column(form, field.dataset.column).indexOf(field) + step];
  (next ?? field).focus();
  (next ?? field).select?.();
}

function column(form, name) {
  return [...form.querySelectorAll(`[data-column="${name}"]:not([disabled])`)];
}

// Several cells from a spreadsheet: rows go down, columns go to the fields beside, blank cells change nothing.
function fill(form, event) {
  const field = event.target;
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!field.dataset?.column || field.tagName === "TEXTAREA") return;
  const rows = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").map((row) => row.split("\t"));
  if (rows.length === 1 && rows[0].length === 1) return;
  event.preventDefault();
  const lines = [...form.querySelectorAll("[data-row]")].filter((row) => row.querySelector("[data-column]:not([disabled])"));
  const start = lines.indexOf(field.closest("[data-row]"));
  const first = fieldsOf(lines[start]).indexOf(field);
  let filled = 0;
  rows.forEach((cells, down) => {
    const fields = lines[start + down] ? fieldsOf(lines[start + down]) : [];
    cells.forEach((cell, right) => {
      const target = fields[(down === 0 ? first : firstOf(fields, field)) + right];
      if (target && cell.trim() !== "") filled += put(target, cell.trim());
    });
  });
  const over = start + rows.length - lines.length;
  say(form, `已填入 ${filled} 格${over > 0 ? `，另有 ${over} 行没有对应的指标，未填` : ""}`);
  count(form);
  form.dispatchEvent(new CustomEvent("filled"));
}

function fieldsOf(row) {
  return [...row.querySelectorAll("[data-column]:not([disabled]):not(textarea)")];
}

// The same column where the row has it, else its first field.
function firstOf(fields, field) {
  return Math.max(0, fields.findIndex((other) => other.dataset.column === field.dataset.column));
}

function put(field, value) {
  field.value = value;
  field.classList.add("filled");
  return 1;
}

// Last period's values into fields that are still empty. Their owner looks at them and changes what has changed.
function prefill(form, event) {
  const button = event.target.closest("[data-prefill]");
  if (!button) return;
  event.preventDefault();
  const within = button.closest("[data-row]") ?? form;
  let filled = 0;
  for (const field of within.querySelectorAll("[data-last]:not([disabled])")) {
    if (field.value.trim() === "" && field.dataset.last) filled += put(field, field.dataset.last);
  }
  say(form, filled ? `已沿用上期 ${filled} 格，请逐个核对` : "没有可以沿用的：格子里已有数，或上期没有");
  if (!filled) return;
  count(form);
  form.dispatchEvent(new CustomEvent("filled"));
}

function entered(form, field) {
  if (field.dataset?.column) count(form);
}

// The main button says how many figures it hands in: rows that have a value.
function count(form) {
  const rows = [...form.querySelectorAll("[data-row]")];
  const filled = rows.filter((row) => {
    const fields = [...row.querySelectorAll("[data-column]:not([disabled])")];
    return fields.length > 0 && fields.every((field) => field.value.trim() !== "");
  });
  for (const place of form.querySelectorAll("[data-filled]")) place.textContent = String(filled.length);
}

// Signing in again in another tab gives the pages a new token: this page takes it over and saves the row once more.
async function refused(detail) {
  const row = detail.elt.closest?.("[data-row]");
  if (detail.xhr.status === 403 && row && !("again" in row.dataset) && (await renewed())) {
    row.dataset.again = ""; // once, not for ever
    setTimeout(() => delete row.dataset.again, 5000);
    row.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    failed(detail, refusals[detail.xhr.status] ?? "没有保存：请刷新页面后再试");
  }
}

async function renewed() {
  const answer = await fetch(location.href).then((found) => found.text(), () => "");
  const fresh = new DOMParser().parseFromString(answer, "text/html").querySelector("[data-entry] [name=csrfmiddlewaretoken]");
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) if (fresh) field.value = fresh.value;
  return fresh !== null;
}

function failed(detail, words) {
  const row = detail.elt.closest?.("[data-row]");
  const place = row?.querySelector("[data-said]") ?? document.querySelector("[data-said-all]");
  if (!place) return;
  const fault = document.createElement("span");
  fault.className = "fault";
  fault.textContent = words;
  place.replaceChildren(...place.querySelectorAll("input"), fault);
}

function say(form, words) {
  const place = form.querySelector("[data-said-all]");
  if (place) place.textContent = words;
  document.getElementById("announce").textContent = words;
}

// After a row was saved: its fields say whether something is wrong with them.
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const row = target.closest?.("[data-row]");
  for (const field of row?.querySelectorAll("[id][name]") ?? []) {
    const fault = document.getElementById(`${field.id}-fault`);
    if (fault) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
});
