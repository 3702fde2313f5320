"""Shortcuts of the desk: they press what is there, keep away from what is typed, and can be switched off."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser

LIST = "/admin/articles/article/"
ADD = "/admin/articles/article/add/"


@pytest.fixture
def desk(visit: Callable[..., Page], site: Site) -> Page:
    page = visit()
    page.goto("/admin/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Desk", level=1)).to_be_visible()
    return page


def path(page: Page) -> str:
    return "/" + page.url.split("/", 3)[3]


def keys(page: Page) -> list[str]:
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    return [row.replace("\t", " ") for row in dialog.locator("tbody tr td:first-child").all_inner_texts()]


def test_single_keys_lead_through_the_desk(desk: Page, site: Site):
    for pressed, address in [("ga", LIST), ("gd", "/admin/"), ("n", ADD)]:
        desk.locator("body").press(pressed[0])
        if pressed[1:]:
            desk.keyboard.press(pressed[1])
        desk.wait_for_url(site.address + address)


def test_the_slash_goes_to_the_search(desk: Page, site: Site):
    desk.keyboard.press("/")
    desk.wait_for_url(f"{site.address}{LIST}#searchbar")
    expect(desk.locator("#searchbar")).to_be_focused()
    desk.keyboard.type("n?/ga")
    expect(desk.locator("#searchbar")).to_have_value("n?/ga")
    desk.goto(LIST)
    desk.locator("h1").press("/")
    expect(desk.locator("#searchbar")).to_be_focused()


def test_the_list_names_what_the_page_has_and_gives_the_focus_back(desk: Page):
    desk.goto(ADD)
    expect(desk.get_by_role("toolbar", name="Text: format")).to_be_visible()
    way = desk.get_by_role("link", name="Keyboard shortcuts")
    way.focus()
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    assert {"Ctrl + S", "Ctrl + Alt + P", "g then d", "?"} <= set(keys(desk))
    expect(dialog.get_by_role("row", name="Ctrl + S Save draft")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(way).to_be_focused()
    desk.goto("/admin/articles/section/")
    desk.locator("body").press("?")
    assert "Ctrl + S" not in keys(desk)


def test_single_keys_are_switched_off_and_stay_so(desk: Page):
    desk.keyboard.press("?")
    desk.get_by_role("checkbox", name="Heed shortcuts of a single character").uncheck()
    desk.keyboard.press("Escape")
    desk.reload()
    desk.keyboard.press("?")
    desk.keyboard.press("n")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    assert path(desk) == "/admin/"
    assert desk.locator("[aria-keyshortcuts='n']").count() == 0
    desk.get_by_role("link", name="Keyboard shortcuts").click()
    desk.get_by_role("checkbox", name="Heed shortcuts of a single character").check()
    desk.keyboard.press("Escape")
    desk.locator("body").press("n")
    desk.wait_for_url(f"**{ADD}")


def test_an_article_is_saved_and_led_on_by_keys(desk: Page):
    desk.goto(ADD)
    expect(desk.get_by_role("toolbar", name="Text: format")).to_be_visible()
    desk.get_by_label("Headline:").fill("Keys: a story by keyboard")
    desk.get_by_role("textbox", name="Text", exact=True).click()
    desk.keyboard.type("n? /ga")
    desk.keyboard.press("Control+s")
    expect(desk.locator(".messagelist")).to_contain_text("is saved")
    assert desk.locator("#id_body").input_value() == "<p>n? /ga</p>"
    asked: list[str] = []

    def refuse(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    desk.once("dialog", refuse)
    desk.get_by_label("Headline:").press("Control+Shift+Enter")
    assert asked == ["Hand in for review?"]
    expect(desk.locator(".desk-state-words")).to_contain_text("Draft")
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.get_by_label("Headline:").press("Control+Shift+Enter")
    expect(desk.locator(".messagelist")).to_contain_text("is handed in for review")


def test_without_scripts_the_list_is_a_page(visit: Callable[..., Page], site: Site):
    page = visit(java_script_enabled=False)
    page.goto("/admin/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Keyboard shortcuts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Keyboard shortcuts")
    expect(page.get_by_role("row", name="g then d")).to_be_visible()
