"""What happens to an editor while writing: the network goes, the tab dies, the session ends, somebody else is quicker."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.site import Site, wait_for

pytestmark = pytest.mark.browser

KEPT = re.compile(r"^Kept \d\d:\d\d:\d\d$")
SECOND = ("tomas", "a-long-word-for-tests")
MAKE = f"""
from django.contrib.auth.models import Group, User
name = {{"first_name": "Tomas", "last_name": "Vey", "is_staff": True}}
user, made = User.objects.get_or_create(username="{SECOND[0]}", defaults=name)
user.set_password("{SECOND[1]}"); user.save(); user.groups.add(Group.objects.get(name="Editor"))
"""


@pytest.fixture
def opened(browser: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Not `visit`: a cut network and an ended session are errors to a browser's console, and wanted here."""
    contexts: list[BrowserContext] = []

    def sign_in(name: str = site.editor, password: str = site.password) -> BrowserContext:
        context = browser.new_context(base_url=site.address, viewport={"width": 1280, "height": 900}, bypass_csp=False)
        context.set_default_timeout(20_000)
        contexts.append(context)
        enter(context.new_page(), name, password)
        return context

    yield sign_in
    for context in contexts:
        context.close()


@pytest.fixture
def second(opened: Callable[..., BrowserContext], site: Site) -> Callable[[], Page]:
    def sign_in() -> Page:
        site.manage("shell", "-v0", "-c", MAKE)
        return opened(*SECOND).pages[0]

    return sign_in


def enter(page: Page, name: str, password: str) -> None:
    page.goto("/admin/login/?next=/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#user-tools")).to_be_visible()


def says(page: Page, text: str | re.Pattern[str]) -> None:
    """A call is made some seconds after the last word, and others are looked for every quarter of a minute."""
    expect(page.locator("#desk-keeping [data-state]")).to_have_text(text, timeout=25_000)


def told(page: Page, text: str, name: str = "here") -> None:
    expect(page.locator(f"#desk-company [data-told={name}]")).to_contain_text(text, timeout=25_000)


def draft(page: Page, headline: str) -> str:
    """A draft that is saved; its form is open."""
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Headline:").fill(headline)
    page.get_by_role("textbox", name="Text", exact=True).fill("The first text.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    return page.url


def write(page: Page, words: str) -> None:
    page.get_by_role("textbox", name="Text", exact=True).fill(words)


def mirrors(page: Page) -> int:
    return int(page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('desk-words:')).length"))


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_a_tab_dies_and_the_words_are_taken_up(opened: Callable[..., BrowserContext]):
    context = opened()
    page = context.pages[0]
    address = draft(page, "A tab that dies")
    write(page, "Typed for an hour.")
    says(page, KEPT)
    assert mirrors(page) == 0
    page.close(run_before_unload=False)

    page = context.new_page()
    page.goto(address)
    expect(page.locator("#desk-offers")).to_contain_text("and did not save it")
    assert violations(page) == []
    page.locator("#desk-offers").get_by_role("link", name="Look").click()
    expect(page.locator(".desk-compared ins").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Take it up").click()
    expect(page.get_by_role("textbox", name="Text", exact=True)).to_have_text("Typed for an hour.")
    expect(page.locator(".desk-taken")).to_contain_text("It is not saved yet.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    expect(page.locator("#desk-offers")).not_to_contain_text("did not save")
    assert "Typed for an hour." in page.locator("#id_body").input_value()


def test_the_network_is_cut_and_the_tab_dies_before_it_is_back(opened: Callable[..., BrowserContext]):
    context = opened()
    page = context.pages[0]
    address = draft(page, "A cable is cut")
    context.set_offline(True)
    write(page, "Typed on a train.")
    says(page, "No connection: kept in this browser")
    assert mirrors(page) == 1
    page.close(run_before_unload=False)
    context.set_offline(False)

    page = context.new_page()
    page.goto(address)
    expect(page.locator("#desk-offers")).to_contain_text("and did not save it")
    assert mirrors(page) == 0
    page.locator("#desk-offers").get_by_role("button", name="Throw it away").click()
    expect(page.locator(".messagelist")).to_contain_text("is thrown away")
    expect(page.locator("#desk-offers")).not_to_contain_text("did not save")


def test_the_network_comes_back_and_the_words_follow(opened: Callable[..., BrowserContext]):
    context = opened()
    page = context.pages[0]
    page.goto("/admin/articles/article/add/")
    context.set_offline(True)
    page.get_by_label("Headline:").fill("Begun without a network")
    says(page, "No connection: kept in this browser")
    context.set_offline(False)
    says(page, KEPT)
    page.goto("/admin/")
    expect(page.locator(".desk-not-saved")).to_contain_text("Begun without a network")
    page.get_by_role("link", name="Begun without a network").click()
    page.get_by_role("link", name="Take it up").click()
    expect(page.get_by_label("Headline:")).to_have_value("Begun without a network")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    page.goto("/admin/")
    expect(page.locator(".desk-not-saved").get_by_text("Begun without a network")).to_have_count(0)


def test_the_session_ends_while_somebody_types_and_goes_on_after_signing_in_elsewhere(
    opened: Callable[..., BrowserContext], site: Site
):
    context = opened()
    page = context.pages[0]
    address = draft(page, "Two weeks are over")
    context.clear_cookies()
    write(page, "Typed past the end.")
    says(page, re.compile("^You are signed out.* kept in this browser$"))
    assert mirrors(page) == 1
    other = context.new_page()
    enter(other, site.editor, site.password)
    other.close()
    says(page, KEPT)
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    assert page.url == address
    assert "Typed past the end." in page.locator("#id_body").input_value()


def test_a_second_editor_takes_over_with_notice_and_both_texts_are_put_together(
    opened: Callable[..., BrowserContext], second: Callable[[], Page], site: Site
):
    first = opened().pages[0]
    address = draft(first, "Two at once")
    first.get_by_label("Headline:").fill("Two at once, said the first")
    says(first, KEPT)
    other = second()
    other.goto(address)
    told(other, "is editing since")
    assert violations(other) == []
    other.goto("/admin/articles/article/")
    expect(other.locator(".desk-here-mark").first).to_contain_text("Trial Editor")
    other.goto(address)
    write(other, "Their text.")
    other.get_by_role("button", name="Take over").click()
    expect(other.get_by_role("button", name="Take over")).to_be_hidden()
    expect(other.get_by_role("textbox", name="Text", exact=True)).to_have_text("Their text.")
    told(first, "Tomas Vey took over at")
    expect(first.get_by_role("button", name="Take over")).to_be_visible()

    write(first, "The first one’s text.")
    other.get_by_role("button", name="Save draft").click()
    expect(other.locator(".messagelist")).to_contain_text("is saved")
    told(first, "Tomas Vey saved a newer version", "newer")
    assert violations(first) == []
    first.get_by_role("button", name="Save draft").click()
    expect(first.locator(".desk-merge")).to_contain_text("Their text.")
    first.goto("/admin/")  # away from it, and nothing is lost
    first.goto(address)
    first.locator("#desk-offers").get_by_role("link", name="Take it up").first.click()
    expect(first.get_by_label("Headline:")).to_have_value("Two at once, said the first")
    first.get_by_role("button", name="Save draft").click()
    expect(first.locator(".messagelist")).to_contain_text("is saved")
    assert "The first one’s text." in first.locator("#id_body").input_value()


def test_two_tabs_of_one_article_know_of_each_other_and_lose_nothing(opened: Callable[..., BrowserContext]):
    context = opened()
    one = context.pages[0]
    address = draft(one, "In two tabs")
    two = context.new_page()
    two.goto(address)
    told(one, "open in another", "elsewhere")
    told(two, "open in another", "elsewhere")
    write(one, "Typed in one.")
    says(one, KEPT)
    write(two, "Typed in two.")
    says(two, KEPT)
    one.get_by_role("button", name="Save draft").click()
    expect(one.locator(".messagelist")).to_contain_text("is saved")
    told(two, "You, in another window, saved a newer version", "newer")
    two.get_by_role("button", name="Save draft").click()
    expect(two.locator(".desk-merge")).to_contain_text("Typed in one.")
    expect(two.get_by_role("textbox", name="Text", exact=True)).to_have_text("Typed in two.")


def test_a_quick_save_leaves_nothing_behind(opened: Callable[..., BrowserContext]):
    page = opened().pages[0]
    address = draft(page, "Saved at once")
    page.get_by_label("What is new:").fill("Only a note")
    write(page, "Quick.")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("is saved")
    wait_for(lambda: mirrors(page) == 0, 10, "an empty browser")
    page.goto(address)
    expect(page.locator("#desk-offers")).not_to_contain_text("did not save")
