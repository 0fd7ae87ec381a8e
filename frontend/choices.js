// The countdown is the server's: the page only counts on from what the server said. A tap that did not arrive is said.
import htmx from "htmx.org";

export function prepareChoices() {
  const loaded = performance.now();
  for (const element of document.querySelectorAll("[data-countdown]:not([data-counting])")) {
    element.dataset.counting = "";
    const rest = Date.parse(element.dataset.countdown) - Date.parse(element.dataset.server);
    const timer = setInterval(() => {
      if (!element.isConnected) return clearInterval(timer);
      const left = Math.max(0, Math.floor((rest - (performance.now() - loaded)) / 1000));
      element.textContent = words(left);
      if (!left) clearInterval(timer);
    }, 1000);
  }
}

function words(left) {
  const [days, hours, minutes, seconds] = [
    Math.floor(left / 86400),
    Math.floor(left / 3600) % 24,
    Math.floor(left / 60) % 60,
    left % 60,
  ];
  if (days) return `${days}天${hours}小时`;
  if (hours) return `${hours}小时${minutes}分`;
  return minutes ? `${minutes}分${seconds}秒` : `${seconds}秒`;
}

for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, ({ detail }) => {
    const status = detail.xhr?.status ?? 0;
    const places = document.querySelectorAll("[data-unsaved]");
    // Changed elsewhere in the meantime, or closed: the answer is the page as it stands now, and says so.
    if (places.length && status === 409) return showInstead(detail.xhr.responseText);
    for (const element of places) {
      const { away, expired, offline } = element.dataset;
      element.textContent = status >= 500 ? away : status === 401 || status === 403 ? expired : offline;
      element.hidden = false;
    }
  });
}

function showInstead(text) {
  const main = new DOMParser().parseFromString(text, "text/html").getElementById("main");
  if (!main) return location.reload();
  document.getElementById("main").replaceWith(main);
  htmx.process(main);
  prepareChoices();
  main.querySelector("[data-focus]")?.focus();
}

document.addEventListener("htmx:beforeRequest", () => {
  for (const element of document.querySelectorAll("[data-unsaved]")) element.hidden = true;
});

// What had the focus is gone from the page: the button that puts a line back stands in for the line, and the line for that button.
let changed = "";
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  changed = detail.elt.elements?.line?.value ?? "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement !== document.body) return;
  (document.querySelector("[data-undo]") ?? document.getElementById(`remove-${changed}`))?.focus();
});

// Seconds between two tries: a database that was killed is back within half a minute.
const PAUSES = [0, 1, 2, 4, 8, 15, 30];
const OFFLINE = "没有得到回执，先当作没有提交：网络不通。志愿还在本页，没有丢；请检查网络，再点“确认提交”，重复点也只算一次。";

// Handing in goes straight; whatever that way does not take (a code to check, a fault to show) goes as the form.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-straight]");
  if (!form || form.elements.code) return;
  event.preventDefault();
  const numbers = (name) => form.elements[name].value.split(",").filter(Boolean).map(Number);
  const said = { lines: numbers("lines"), adjust: numbers("adjust"), key: form.elements.key.value };
  const held = form.querySelector("[data-held]");
  const button = event.submitter ?? form.querySelector("[type=submit]");
  const tell = (words) => {
    held.textContent = words;
    held.hidden = !words;
  };
  button.disabled = true;
  let words = OFFLINE;
  // Busy or cut off: the same key again, so nothing is handed in twice, whatever became of the first answer.
  for (const [turn, pause] of PAUSES.entries()) {
    if (turn) tell(`平台忙或正在恢复，正在自动再试（第 ${turn} 次），请不要关闭本页。`);
    // Not all at the same moment, when everybody was cut off at the same moment.
    await new Promise((go) => setTimeout(go, pause * 1000 * (0.75 + Math.random() / 2)));
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(said),
    }).catch(() => null);
    if (answer?.ok) {
      const { receipt } = await answer.json();
      location.assign(`${form.dataset.straight}?receipt=${encodeURIComponent(receipt)}`);
      return;
    }
    if (answer && answer.status < 500) return form.submit();
    words = (await answer?.json().catch(() => null))?.words ?? OFFLINE;
  }
  tell(words);
  button.disabled = false;
  button.focus();
});
