"""Every page of the fundraisers' desk, from the resolver, with rows as long as real ones: on a phone and on a small screen."""

import json
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.site import Site, running

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
LEAST = 24  # px of what is pressed (WCAG 2.5.8), where it stands in no sentence

# What is cut: stands out of the window and in no box that scrolls.
CUT = """() => [...document.querySelectorAll('#content *')].filter(one => {
  const box = one.getBoundingClientRect()
  if (box.width < 2 || box.height < 2 || box.right <= innerWidth + 1) return false
  if (one.closest('select, .select2-hidden-accessible')) return false
  for (let over = one.parentElement; over; over = over.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(over).overflowX)) return false
  return true
}).map(one => `${one.tagName} ${one.className} ${one.id}`)"""

# Boxes that scroll and cannot be reached with the keyboard, or have no name.
MUTE = """() => [...document.querySelectorAll('#content *')].filter(one =>
  ['auto', 'scroll'].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1
  && !one.matches('textarea, input, select')
  && !(one.tabIndex === 0 && (one.ariaLabel || one.hasAttribute('aria-labelledby')))
).map(one => `${one.tagName} ${one.className}`)"""

SMALL = f"""() => [...document.querySelectorAll('#header, #content, #nav-sidebar')].flatMap(part => [
  ...part.querySelectorAll('a, button, select, summary, input:not([type=hidden])')]).filter(one => {{
  const box = one.getBoundingClientRect(), looks = getComputedStyle(one)
  if (!box.width || !box.height || one.matches('.select2-hidden-accessible, .select2-search__field')) return false
  if (one.closest('p:not(.desk-buttons, .desk-links), .help, .ProseMirror, .messagelist, caption, h1, h2, h3')) return false
  if (['checkbox', 'radio'].includes(one.type)) {{
    const label = one.labels[0]?.getBoundingClientRect()
    return Math.min(box.width, box.height) < 18 && !(label?.height >= {LEAST})
  }}
  return box.height < {LEAST - 0.5} && looks.visibility !== 'hidden'
}}).map(one => `${{one.tagName}} ${{one.className}} ${{one.textContent.trim().slice(0, 20)}}`)"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """One of its own: among the rows is an outage, which would turn everybody else's donors away."""
    with running() as site:
        yield site


@pytest.fixture(scope="module")
def pages(site: Site) -> list[str]:
    code = "from tests.browser import desk_rows as rows; import json; rows.fill(); print('@' + json.dumps(rows.pages()))"
    return json.loads(site.manage("shell", "-v0", "-c", code).partition("@")[2])


@pytest.fixture
def desk(visit: Callable[..., Page], site: Site) -> Callable[..., Page]:
    def signed_in(**options: object) -> Page:
        page = visit(bypass_csp=True, **options)
        page.goto("/admin/")
        page.get_by_label("Username").fill(site.editor)
        page.get_by_label("Password").fill(site.password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.locator("#user-tools")).to_be_visible()  # the sign-in's own address ends with /admin/ too
        return page

    return signed_in


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_of_the_desk_is_wider_than_the_screen_or_hides_a_part(desk: Callable[..., Page], pages: list[str], width: int):
    page = desk(viewport={"width": width, "height": 900})
    wrong = []
    for address in pages:
        page.goto(address)
        assert "/login/" not in page.url
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{address}: wider than {width}")
        wrong += [f"{address}: cut: {what}" for what in page.evaluate(CUT)[:3]]
        wrong += [f"{address}: scrolls without a name: {what}" for what in page.evaluate(MUTE)[:3]]
        wrong += [f"{address}: small: {what}" for what in page.evaluate(SMALL)[:3]]
    assert wrong == []
    assert len(pages) > 60


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)])
def test_no_page_of_the_desk_breaks_a_rule_of_wcag(desk: Callable[..., Page], pages: list[str], scheme: str, width: int):
    page = desk(color_scheme=scheme, viewport={"width": width, "height": 900})
    wrong = []
    for address in (one for one in pages if "/history/" not in one):
        page.goto(address)
        assert "/login/" not in page.url
        found = Axe().run(page, options=RULES).response["violations"]
        wrong += [f"{address}: {one['id']} {[node['target'] for node in one['nodes']][:3]}" for one in found]
    assert wrong == []
