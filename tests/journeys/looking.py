"""What is wrong with a page that stands in a browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

SMALL = {"width": 320, "height": 640}
AXE: dict[str, object] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
# Chromium tells of what the policy stopped by an event on the document, before any script of ours.
WATCH = """
addEventListener("securitypolicyviolation", event =>
  console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`))
"""
# What can differ in another language: its own name, and what things are called.
OF_WORDS: dict[str, object] = AXE | {
    "runOnly": ["cat.language", "cat.name-role-value", "cat.text-alternatives", "cat.forms"]
}
# Passed rules are told in full too, which takes longer than finding what is wrong.
_LOOK = "options => axe.run(options).then(found => found.violations)"
# Only these draw something after the page is there.
_DRAWN = "[data-map], [data-draw], [data-import-map]"
_axe = Axe()


def settled(page: Page) -> Page:
    """The page, once it has fetched what it draws."""
    if page.locator(_DRAWN).count():
        page.wait_for_load_state("networkidle")
    return page


def faults(page: Page, path: str, options: dict[str, object] = AXE) -> dict[str, object]:
    """What axe finds, with the first nodes; and the width, where 320 px are too few."""
    page.evaluate(_axe.axe_script)
    found: dict[str, object] = {}
    for violation in page.evaluate(_LOOK, options):
        found[f"{path} {violation['id']}"] = [node["html"][:160] for node in violation["nodes"][:3]]
    return found | too_wide(page, path)


def too_wide(page: Page, path: str) -> dict[str, object]:
    """The width at 320 px, where the page goes over it."""
    before = page.viewport_size
    page.set_viewport_size(SMALL)
    width = page.evaluate("document.documentElement.scrollWidth")
    if before is not None:
        page.set_viewport_size(before)
    return {f"{path} too wide": width} if width > SMALL["width"] else {}


def press(what: Locator) -> None:
    """Press what leads to another page, and wait until that page is whole."""
    with what.page.expect_navigation():
        what.click()
