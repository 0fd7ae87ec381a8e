// Choosing many rows of a list and deciding them together: counts on the buttons, one question before it is done.

export function prepareSitting(form) {
  form.addEventListener("change", () => count(form));
  form.addEventListener("click", (event) => {
    const choose = event.target.closest("[data-choose]");
    if (choose) return pick(form, choose.dataset.choose);
    const ask = event.target.closest("[data-ask]");
    if (ask && chosen(form).length > 0) {
      event.preventDefault();
      document.querySelector(ask.dataset.ask).showModal();
    }
    const close = event.target.closest("[data-close]");
    if (close) document.querySelector(close.dataset.close).close();
  });
  count(form);
}

function boxes(form) {
  return [...form.querySelectorAll('td input[type="checkbox"]')];
}

function chosen(form) {
  return boxes(form).filter((box) => box.checked);
}

function pick(form, which) {
  for (const box of boxes(form)) box.checked = which === "all" || (which === "clean" && "clean" in box.dataset);
  count(form);
}

function count(form) {
  const found = chosen(form);
  for (const place of form.querySelectorAll("[data-chosen]")) place.textContent = String(found.length);
  const flagged = found.filter((box) => !("clean" in box.dataset)).length;
  for (const place of form.querySelectorAll("[data-chosen-flagged]")) {
    place.hidden = flagged === 0;
    place.textContent = `其中 ${flagged} 项有提示。`;
  }
}
