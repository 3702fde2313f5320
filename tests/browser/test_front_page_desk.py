"""The front page is arranged in a real browser: by keys, by drag, and without scripts; and readers see it."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
DESK = "/admin/articles/frontpage/"


def signed_in(visit: Callable[..., Page], site: Site, **options: object) -> Page:
    page = visit(**options)
    page.goto(f"/admin/login/?next={DESK}")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").first.click()
    expect(page.get_by_role("heading", name="Front page", exact=True)).to_be_visible()
    return page


def headline(page: Page, number: int) -> Locator:
    return page.locator(f"#slot-{number} .front-headline")


def said(page: Page) -> Locator:
    return page.locator("[data-say]")


def drag(page: Page, what: Locator, onto: Locator) -> None:
    """As a hand does it: press, move in steps, let go."""
    what.scroll_into_view_if_needed()
    start, end = what.bounding_box(), onto.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(end["height"], 60) / 2, steps=8)
    page.mouse.up()


def test_by_keys_and_by_drag_with_a_preview_until_readers_see_it(visit: Callable[..., Page], site: Site):
    page = signed_in(visit, site)
    second = headline(page, 1).inner_text()
    expect(page.locator("#grip-1")).to_be_visible()  # the script shows it
    page.locator("#grip-1").focus()
    page.keyboard.press("Space")
    expect(said(page)).to_contain_text("Second 1 picked up, 2 of 4")
    page.keyboard.press("ArrowUp")
    expect(said(page)).to_have_text("1 of 4")
    page.keyboard.press("Space")
    expect(headline(page, 0)).to_have_text(second)
    expect(page.locator("#grip-0")).to_be_focused()
    expect(said(page)).to_contain_text("The draft is saved")
    expect(page.frame_locator(".front-frame iframe").locator(".lead-headline")).to_have_text(second)

    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(said(page)).to_contain_text("is back where it was")
    expect(headline(page, 0)).to_have_text(second)

    drag(page, page.locator("#grip-2"), page.locator("#slot-0"))
    expect(page.locator("#slot-0 .front-chosen")).to_be_visible()
    expect(headline(page, 1)).to_have_text(second)

    page.get_by_label("Words from it").fill("choir")
    found = page.locator(".front-found li").filter(has_text="The choir of the net menders")
    expect(page.locator(".front-found li")).to_have_count(1)
    drag(page, found.locator(".front-grip"), page.locator("#slot-0"))
    expect(headline(page, 0)).to_contain_text("The choir of the net menders")
    frame = page.frame_locator(".front-frame iframe")
    expect(frame.locator(".lead-headline")).to_contain_text("The choir of the net menders")
    page.get_by_role("button", name="Phone").click()
    assert page.locator(".front-frame iframe").evaluate("frame => frame.contentWindow.innerWidth") == 390

    reader = visit()
    reader.goto("/")
    expect(reader.locator(".lead-headline")).not_to_contain_text("The choir of the net menders")
    page.get_by_role("button", name="Publish the front page").click()
    expect(said(page)).to_contain_text("readers see it")
    reader.goto("/")
    expect(reader.locator(".lead-headline")).to_contain_text("The choir of the net menders")
    expect(reader.locator(".second-headline").first).to_have_text(second)


def test_without_scripts(visit: Callable[..., Page], site: Site):
    page = signed_in(visit, site, java_script_enabled=False)
    third = headline(page, 2).inner_text()
    page.get_by_role("button", name="Up: Second 2").click()
    expect(headline(page, 1)).to_have_text(third)
    page.get_by_label("Words from it").fill("sirens")
    page.get_by_role("button", name="Find").click()
    page.get_by_label("Put it into").select_option("0")
    page.get_by_role("button", name="Put in: Forty-one of forty-four sirens").click()
    expect(headline(page, 0)).to_contain_text("Forty-one of forty-four sirens")
    page.get_by_role("button", name="Publish the front page").click()
    page.goto("/")
    expect(page.locator(".lead-headline")).to_contain_text("Forty-one of forty-four sirens")
    page.goto(f"{DESK}published/")
    page.get_by_role("button", name="Bring back front page 1", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("front page 1")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark"), (320, "light")])
def test_it_keeps_nobody_out_and_does_not_scroll_sideways(visit: Callable[..., Page], site: Site, width: int, scheme: str):
    options = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme, "bypass_csp": True}
    page = signed_in(visit, site, **options)
    for address in (DESK, f"{DESK}published/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        found = Axe().run(page, options={"iframes": False}).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found] == []
