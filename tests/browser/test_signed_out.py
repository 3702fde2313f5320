"""The session ends while an editor writes, in a real browser."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """Not `visit`: the browser counts the answer 403, which is wanted here, as an error."""
    context = browser.new_context(base_url=site.address)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, site: Site) -> None:
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_the_words_come_back_into_the_text_editor_and_are_saved_by_a_click(page: Page, site: Site):
    page.goto("/admin/articles/article/add/")
    sign_in(page, site)
    page.get_by_label("Headline:").fill("Written for two weeks")
    page.get_by_role("textbox", name="Text", exact=True).fill("A long day’s words & more.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save draft").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to the desk")
    assert violations(page) == []
    sign_in(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text("What you typed is still here")
    assert violations(page) == []
    page.get_by_role("button", name="Put it back into the form").click()

    expect(page.locator("#content-main")).to_contain_text("Not saved yet.")
    expect(page.get_by_label("Headline:")).to_have_value("Written for two weeks")
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_text("A long day’s words & more.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("“Written for two weeks” is saved")
    assert "A long day’s words &amp; more." in page.locator("#id_body").input_value()
