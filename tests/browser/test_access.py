"""No page of ours keeps anybody out: axe-core on every public page type, light and dark, narrow and wide."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.site import Site

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
PAGES = ["/", "/latest/", "/tags/", "/archive/", "/search/", "/search/?q=water", "/campaigns/", "/donate/", "/digest/"]
PAGES += ["/giving/", "/campaigns/three-reporters-on-the-water/es/"]
PAGES += [f"/campaigns/three-reporters-on-the-water/{page}" for page in ("thanks/", "embed/")]
LINKED_FROM = {"article": "/latest/", "tag": "/tags/", "section": "/", "author": "/latest/", "month": "/archive/"}
LINKS = {
    "article": ".card-headline a",
    "tag": ".index a",
    "section": "nav[aria-label=Sections] a",
    "author": "a[rel=author]",
    "month": ".index a",
}


def first_link(page: Page, kind: str) -> str:
    page.goto(LINKED_FROM[kind])
    return page.locator(LINKS[kind]).first.get_attribute("href") or ""


def violations(page: Page, address: str) -> list[str]:
    page.goto(address)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{address}: {one['id']} {[node['target'] for node in one['nodes']][:3]}" for one in found]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 390)])
def test_no_public_page_breaks_a_rule_of_wcag(site: Site, visit: Callable[..., Page], scheme: str, width: int):
    page = visit(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    addresses = [*PAGES] + [first_link(page, kind) for kind in LINKS]
    assert [problem for address in addresses for problem in violations(page, address)] == []


@pytest.mark.parametrize("width", [320, 390, 820])
def test_no_public_page_scrolls_sideways(site: Site, visit: Callable[..., Page], width: int):
    page = visit(viewport={"width": width, "height": 900})
    wide = []
    for address in [*PAGES, *(first_link(page, kind) for kind in LINKS)]:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(address)
    assert wide == []
