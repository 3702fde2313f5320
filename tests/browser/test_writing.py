"""A writer's hands on the text: what is pasted, boxes, notes, players; and what a reader's browser is asked for."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser

PASTES = Path(__file__).resolve().parent.parent / "articles" / "pastes"
PASTE = """([html, text]) => {
  const data = new DataTransfer()
  if (html) data.setData("text/html", html)
  data.setData("text/plain", text)
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
  document.querySelector(".ProseMirror").dispatchEvent(event)
}"""
QUAY = '<svg xmlns="http://www.w3.org/2000/svg" width="3" height="2"/>'
EVERYTHING = (
    '<p>It rose<span class="footnote">By <em>two</em> metres, <a href="https://ferry.example/">they</a> say.</span> again.</p>'
    '<aside class="pull-quote"><p>Nobody <strong>asked</strong> us.</p><p>A skipper</p></aside>'
    '<aside class="fact-box"><h3>The dike</h3><p>Built in 1911.</p><ul><li>long</li><li>low</li></ul></aside>'
    '<figure class="embed"><a href="https://youtu.be/abc_DEF-123">The &lt;flood&gt;</a><figcaption>Filmed at dawn</figcaption>'
    "</figure><p>Last.</p>"
)


@pytest.fixture
def desk(visit: Callable[..., Page], site: Site) -> Page:
    page = visit()
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("toolbar", name="Text: format")).to_be_visible()
    return page


def body(page: Page) -> str:
    return page.locator("#id_body").input_value()


def paste(page: Page, html: str, text: str) -> None:
    page.evaluate(PASTE, [html, text])


@pytest.mark.parametrize("source", ["word", "google", "web"])
def test_what_is_pasted_arrives_clean(desk: Page, source: str):
    desk.get_by_role("textbox", name="Text", exact=True).click()
    paste(desk, (PASTES / f"{source}.html").read_text(), "The harbour")
    assert body(desk) == (PASTES / f"{source}.clean.html").read_text()


def test_boxes_notes_and_players_survive_being_opened_changed_and_saved(desk: Page):
    desk.get_by_label("Headline:").fill("A text with boxes")
    desk.evaluate("text => document.getElementById('id_body').deskEditor.commands.setContent(text)", EVERYTHING)
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("is saved")
    assert body(desk) == EVERYTHING
    desk.get_by_role("textbox", name="Text", exact=True).press("Control+End")
    desk.keyboard.type(" Now.")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("is saved")
    assert body(desk) == EVERYTHING.replace("Last.", "Last. Now.")


def test_boxes_notes_and_players_are_written_by_keyboard_and_toolbar(desk: Page):
    tools = desk.get_by_role("toolbar", name="Text: format")
    desk.get_by_role("textbox", name="Text", exact=True).click()
    desk.keyboard.type("It rose")
    desk.keyboard.press("Control+Alt+f")
    desk.keyboard.type("By two metres.")
    desk.keyboard.press("Control+Alt+f")
    desk.keyboard.type(" again.")
    desk.keyboard.press("Enter")
    tools.get_by_role("button", name="pull quote").click()
    expect(tools.get_by_role("button", name="pull quote")).to_have_attribute("aria-pressed", "true")
    desk.keyboard.type("Nobody asked us.")
    for _ in range(2):
        desk.keyboard.press("Enter")
    tools.get_by_role("button", name="fact box").click()
    desk.keyboard.type("Built in 1911.")
    for _ in range(2):
        desk.keyboard.press("Enter")
    paste(desk, "", "https://youtu.be/abc_DEF-123")
    desk.keyboard.type("See:")
    tools.get_by_role("button", name="video, sound, post or map").click()
    desk.get_by_label("Address", exact=True).fill("https://social.example/@ana/112233445566778899")
    desk.get_by_label("Title for readers").fill("What Ana saw")
    desk.get_by_role("button", name="Insert", exact=True).click()
    expect(desk.locator(".ProseMirror figure.embed")).to_have_count(2)
    assert body(desk) == (
        '<p>It rose<span class="footnote">By two metres.</span> again.</p>'
        '<aside class="pull-quote"><p>Nobody asked us.</p></aside><aside class="fact-box"><p>Built in 1911.</p></aside>'
        '<figure class="embed"><a href="https://youtu.be/abc_DEF-123">Video at YouTube</a></figure><p>See:</p>'
        '<figure class="embed"><a href="https://social.example/@ana/112233445566778899">What Ana saw</a></figure>'
    )


def test_what_is_put_in_after_a_player_or_a_picture_stands_under_it(desk: Page):
    """Not in its place: what was put in last is not left selected."""
    desk.route("**/media/quay.webp", lambda route: route.fulfill(content_type="image/svg+xml", body=QUAY))
    tools = desk.get_by_role("toolbar", name="Text: format")
    desk.get_by_role("textbox", name="Text", exact=True).click()
    desk.keyboard.type("First.")
    for address in ("https://youtu.be/abc_DEF-123", "https://youtu.be/abc_DEF-124"):
        tools.get_by_role("button", name="video, sound, post or map").click()
        desk.get_by_label("Address", exact=True).fill(address)
        desk.get_by_role("button", name="Insert", exact=True).click()
        expect(desk.get_by_role("dialog")).to_have_count(0)
    tools.get_by_role("button", name="figure").click()
    desk.get_by_label("Image URL").fill("/media/quay.webp")
    desk.get_by_role("button", name="Insert", exact=True).click()
    expect(desk.get_by_role("dialog")).to_have_count(0)
    desk.keyboard.type("Last.")
    assert body(desk) == (
        '<p>First.</p><figure class="embed"><a href="https://youtu.be/abc_DEF-123">Video at YouTube</a></figure>'
        '<figure class="embed"><a href="https://youtu.be/abc_DEF-124">Video at YouTube</a></figure>'
        '<figure><img src="/media/quay.webp" alt=""></figure><p>Last.</p>'
    )


def test_counts_and_findings_follow_what_is_typed(desk: Page):
    counts, found = desk.locator("#id_body_helptext"), desk.locator("#desk-checks")
    expect(counts).to_have_text("No words yet")
    desk.get_by_label("Headline:").fill("A headline")
    desk.get_by_role("textbox", name="Text", exact=True).click()
    desk.keyboard.type("Three short words")
    expect(counts).to_have_text("3 words, 17 characters, about 1 min to read")
    expect(found.get_by_role("link")).to_have_count(4)
    desk.get_by_label("Standfirst:").fill("At last.")
    desk.get_by_label("Section:").select_option(index=1)
    expect(found.get_by_role("link")).to_have_text(
        ["Add a tag, so that readers find it beside others.", "Nobody signs it: add a byline or a source."]
    )
    expect(found.get_by_role("status")).to_have_text("2 things to look at.")
    found.get_by_role("link", name="Add a tag").click()
    expect(desk.locator("#id_tags")).to_be_focused()


def test_a_player_is_asked_for_nothing_before_the_reader_is(desk: Page, visit: Callable[..., Page], site: Site):
    desk.get_by_label("Headline:").fill("The flood on film")
    desk.get_by_label("Section:").select_option(index=1)
    desk.evaluate("text => document.getElementById('id_body').deskEditor.commands.setContent(text)", EVERYTHING)
    desk.get_by_role("button", name="Publish now").click()
    expect(desk.locator(".messagelist")).to_contain_text("is published")
    address = desk.get_by_role("link", name="View on site").get_attribute("href") or ""
    reader = visit()  # a request to another host fails the test
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    reader.goto(address)
    card = reader.locator("figure.embed")
    expect(card.get_by_role("link", name="The <flood>")).to_have_attribute("href", "https://youtu.be/abc_DEF-123")
    button = card.get_by_role("button", name="Show it here: The <flood>")
    expect(button).to_be_visible()
    expect(reader.locator("iframe")).to_have_count(0)
    number = reader.locator(".note-number a")
    number.click()
    expect(reader.locator(".notes li:target")).to_contain_text("By two metres, they say.")
    reader.get_by_role("link", name="Back to the text, note 1").click()
    assert re.search(r"#note-from-1-[0-9a-f]+$", reader.url)
    watcher = desk.context.new_page()  # one that may ask others, to see what is asked
    watcher.route(lambda url: not url.startswith(site.address), answer)
    watcher.goto(address)
    assert asked == []
    with watcher.expect_request("https://www.youtube-nocookie.com/**"):
        watcher.get_by_role("button", name="Show it here: The <flood>").press("Enter")
    frame = watcher.locator("figure.embed iframe")
    expect(frame).to_have_attribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation")
    expect(frame).to_have_attribute("title", "The <flood>")
    assert asked == ["https://www.youtube-nocookie.com/embed/abc_DEF-123"]


def test_without_scripts_a_player_is_a_link(desk: Page, visit: Callable[..., Page]):
    desk.get_by_label("Headline:").fill("The flood in words")
    desk.get_by_label("Section:").select_option(index=1)
    desk.evaluate("text => document.getElementById('id_body').deskEditor.commands.setContent(text)", EVERYTHING)
    desk.get_by_role("button", name="Publish now").click()
    reader = visit(java_script_enabled=False)
    reader.goto(desk.get_by_role("link", name="View on site").get_attribute("href") or "")
    expect(reader.get_by_role("link", name="The <flood>")).to_be_visible()
    expect(reader.get_by_role("button", name="Show it here")).to_have_count(0)
