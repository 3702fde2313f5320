"""Many pictures at once: a line for each, and what the network lost is sent again and is there once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from tests.articles.test_likeness import scene
from tests.articles.uploads import sent
from tests.browser.newsroom_people import come_in, hire
from tests.browser.site import Site

pytestmark = pytest.mark.browser

NOTES: FilePayload = {"name": "notes.jpg", "mimeType": "image/jpeg", "buffer": b"Not a picture"}


def photo(seed: int) -> FilePayload:
    return {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": sent(scene(seed), quality=90).read()}


@pytest.fixture(scope="module")
def hired(site: Site) -> None:
    hire(site, [("selma", "Selma", "Orrin", "Editor")])


@pytest.fixture
def page(hired: None, browser: Browser, site: Site) -> Iterator[Page]:
    complaints: list[str] = []
    selma = come_in(browser, site, "selma", complaints)
    selma.page.goto("/admin/articles/image/send/")
    yield selma.page
    selma.context.close()
    assert complaints == []


def send(page: Page, *files: FilePayload) -> None:
    page.locator("#desk-files").set_input_files(list(files))
    page.get_by_role("button", name="Send", exact=True).click()


def test_each_file_gets_its_line_and_the_refused_are_counted(page: Page):
    send(page, photo(9001), photo(9002), NOTES)
    expect(page.locator(".desk-sent")).to_have_text("All 3 sent, 1 of them refused.")
    lines = page.locator(".desk-lines > li")
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_contain_text("9001.jpg New.")
    expect(lines.nth(2)).to_contain_text("Refused: ")
    send(page, photo(9001))
    expect(lines.nth(3)).to_contain_text("There already")
    expect(page.locator(".desk-sent")).to_have_text("All 4 sent, 1 of them refused.")


def test_a_file_that_the_network_lost_is_sent_again_and_is_there_once(page: Page):
    def lose_the_answer(route: Route) -> None:
        route.fetch()  # it arrives, and nobody hears of it
        route.abort()

    page.route("**/image/send/", lose_the_answer, times=1)
    page.get_by_label("Credit").first.fill("Photo: Halyard")
    send(page, photo(9003))
    line = page.locator(".desk-lines > li")
    expect(line).to_contain_text("It did not arrive. The connection broke.")
    expect(page.locator(".desk-sent")).to_have_text("0 of 1 sent")
    line.get_by_role("button", name="Send again").click()
    expect(line).to_contain_text("9003.jpg New.")
    expect(page.locator(".desk-sent")).to_have_text("All 1 sent.")
    page.goto("/admin/articles/image/?q=Halyard")
    expect(page.locator("#changelist img[src*='/media/']")).to_have_count(1)
