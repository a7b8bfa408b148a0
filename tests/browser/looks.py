"""How a page is looked at for everybody: axe, fingers, width, light and dark, and a picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

#: Interactive targets smaller than 24 × 24 px (WCAG 2.5.8); a link within a sentence may be, and
#: what covers a native control (a label around a radio button) counts as the control.
_SMALL_TARGETS = """() => {
  const targets = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const small = [];
  for (const element of document.querySelectorAll(targets)) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const label = element.closest('label');
    const box = (label ?? element).getBoundingClientRect();
    const outside = box.right < 0 || box.bottom < 0;
    const inline = getComputedStyle(element).display === 'inline' &&
      element.parentElement.textContent.trim() !== element.textContent.trim();
    if (outside || inline || box.width === 0 || element.tabIndex < 0) continue;
    if (box.width < 24 || box.height < 24) {
      small.push(`${element.outerHTML.slice(0, 90)} ${box.width}x${box.height}`);
    }
  }
  return small;
}"""
#: Colours that change with the scheme do so over some frames; axe reads them when all has settled.
_SETTLED = "() => document.getAnimations().forEach((animation) => animation.finish())"
_WIDER = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide <= 0) return [];
  const limit = document.documentElement.clientWidth;
  return [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > limit + 1)
    .map((e) => e.outerHTML.slice(0, 90)).slice(0, 5);
}"""


#: Notes what is reached: a group of radio buttons is one stop, arrows do the rest.
_WATCH_FOCUS = """() => {
  window.reached = new Set();
  document.addEventListener('focusin', ({ target }) => {
    if (target.matches(':focus')) window.reached.add(target);
  });
}"""
_UNREACHED = """() => {
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  const groups = new Set([...window.reached].map((e) => e.type === 'radio' ? e.name : null));
  return [...document.querySelectorAll(controls)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled)
    .filter((e) => e.tabIndex >= 0 && !window.reached.has(e))
    .filter((e) => !(e.type === 'radio' && groups.has(e.name)))
    .map((e) => e.outerHTML.slice(0, 120));
}"""
_STOPS = "() => document.querySelectorAll('a, button, input, select, textarea, summary').length"


def out_of_reach(page: Page) -> list[str]:
    """Return the controls of a page to which the tab key does not lead."""
    page.evaluate(_WATCH_FOCUS)
    # A date has several stops, a frame its own: some more than there are controls.
    for _ in range(2 * int(page.evaluate(_STOPS)) + 20):
        page.keyboard.press("Tab")
        if not page.evaluate(_UNREACHED):
            return []
    found: list[str] = page.evaluate(_UNREACHED)
    return found


#: The rules of axe that read colours: nothing else differs between light and dark.
_OF_COLOURS = ("color-contrast", "link-in-text-block")
_AXE_IS_HERE = "() => typeof window.axe === 'object'"
_RUN_AXE = "options => window.axe.run(options)"


def _violations(page: Page, *rules: str) -> list[str]:
    """Return what axe finds, each with the element and why; all its rules where none is named."""
    if not page.evaluate(_AXE_IS_HERE):
        page.evaluate(Axe().axe_script)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found: list[dict[str, Any]] = page.evaluate(_RUN_AXE, options)["violations"]
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:300]}"
        for one in found
        for node in one["nodes"]
    ]


def photograph(page: Page, name: str) -> None:
    """Keep a picture of the page in the folder that SCREENSHOTS names, if it does."""
    if folder := os.environ.get("SCREENSHOTS"):
        file = Path(folder) / f"{name.replace(' ', '-')}.png"
        page.screenshot(path=file, full_page=True)


def schemes(language: str) -> tuple[str, ...]:
    """Return in which scheme a page is looked at that is looked at in both languages.

    Colours know no language: English in light and French in dark are both schemes and both
    languages. tests/browser/test_every_page.py, which is slow, looks at more of it.
    """
    return ("light",) if language == "en" else ("dark",)


def problems(
    page: Page, name: str, schemes: tuple[str, ...] = ("light", "dark")
) -> dict[str, list[str]]:
    """Return what is wrong with a page in light and dark: targets, width, and what axe finds.

    All of axe's rules are asked in the first of the schemes, those about colours in each.
    """
    page.wait_for_load_state()  # an answer to a form is here before its stylesheet
    found = {"small targets": page.evaluate(_SMALL_TARGETS), "too wide": page.evaluate(_WIDER)}
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.evaluate(_SETTLED)
        photograph(page, f"{name} {scheme}")
        rules = () if scheme == schemes[0] else _OF_COLOURS
        found[f"axe {scheme}"] = _violations(page, *rules)
    page.emulate_media(color_scheme="light", reduced_motion="null")
    return {f"{name}: {kind}": list_ for kind, list_ in found.items() if list_}
