"""What keeps somebody from using a page, as axe judges it (WCAG 2.1 A and AA).

Three quarters of its time go into the contrast of every single text, and a list has the same few looks in each of its rows. So
contrast is judged on some texts of each look: the colour, size and weight of the text and everything that lies behind it.
"""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Naming every node that passes takes longer than the checks; only the faults are of use.
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}
OF_A_LOOK = 4
LOOK = "data-judged-look"

_SAMPLE = """
([mark, most]) => {
  const grounds = new Map([[null, ""]]);
  const styles = new Map();
  const styleOf = (element) => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  // What lies behind a text: each layer from the page up to it that paints something or changes what is painted.
  const ground = (element) => {
    if (!grounds.has(element)) {
      const s = styleOf(element);
      const layer = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode].join("|");
      const plain = layer === "rgba(0, 0, 0, 0)|none|1|none|normal";
      const below = ground(element.parentElement);
      grounds.set(element, plain ? below : `${below}/${layer}`);
    }
    return grounds.get(element);
  };
  const says = (element) =>
    element.matches("input, select, textarea, button") ||
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  const seen = new Map();
  for (const element of document.querySelectorAll("body, body *")) {
    if (!says(element) || !shown(element)) continue;
    const s = styleOf(element);
    const idle = Boolean(element.closest("[disabled], [aria-disabled=true]"));
    const parts = [ground(element), s.color, s.fontSize, s.fontWeight, s.textShadow, s.position, s.clip, s.clipPath, idle];
    const look = parts.join(";");
    const count = (seen.get(look) || 0) + 1;
    seen.set(look, count);
    if (count <= most) element.setAttribute(mark, "");
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: `[${mark}]` }] });
  return seen.size;
}
"""
_JUDGE = """
async ([mark, options]) => {
  const found = await axe.run(document, options);
  for (const element of document.querySelectorAll(`[${mark}]`)) element.removeAttribute(mark);
  return found.violations.map((fault) => [fault.id, fault.help, fault.nodes.map((node) => node.html)]);
}
"""


def violations(page: Page) -> list[str]:
    """Return what keeps somebody from using the page, one line a fault."""
    page.evaluate(Axe().axe_script)
    page.evaluate(_SAMPLE, [LOOK, OF_A_LOOK])
    found = page.evaluate(_JUDGE, [LOOK, OPTIONS])
    return [f"{name}: {words} — {html[:160]}" for name, words, nodes in found for html in nodes]
