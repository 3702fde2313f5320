"""The preview beside the form: it follows what is typed, in the width that was chosen, and gets in nobody's way."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser

EMBED = '<figure class="embed"><a href="https://youtu.be/abc_DEF-123">The flood</a></figure>'
NOTE = '<p>It rose<span class="footnote">By two metres.</span> again.</p>'
LONG = "".join(
    f"<p>Paragraph {number}: it rained again, and nobody knew why the water stood so high.</p>" for number in range(60)
)
FRAME = ".desk-beside-view iframe:not(.is-coming)"


def sign_in(page: Page, site: Site, address: str = "/admin/articles/article/add/") -> Page:
    page.goto(address)
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("toolbar", name="Text: format")).to_be_visible()
    return page


@pytest.fixture
def desk(visit: Callable[..., Page], site: Site) -> Page:
    return sign_in(visit(), site)


def write(page: Page, html: str) -> None:
    page.evaluate("text => document.getElementById('id_body').deskEditor.commands.setContent(text)", html)


def preview(page: Page) -> FrameLocator:
    return page.frame_locator(FRAME)


def in_frame(page: Page, script: str) -> Any:
    return page.eval_on_selector(FRAME, f"frame => {{ const page = frame.contentWindow; return {script} }}")


def test_a_new_article_is_shown_as_it_is_typed_and_nothing_of_it_is_kept(desk: Page):
    desk.get_by_label("Headline:").fill("Beside: the dike holds")
    desk.get_by_role("button", name="Preview beside").click()
    expect(preview(desk).get_by_role("heading", level=1)).to_have_text("Beside: the dike holds")
    desk.get_by_role("textbox", name="Text", exact=True).click()
    desk.keyboard.type("Words of this moment.")
    expect(preview(desk).locator(".article-text")).to_contain_text("Words of this moment.")
    expect(desk.get_by_role("textbox", name="Text", exact=True)).to_be_focused()
    desk.get_by_label("Headline:").fill("")
    expect(desk.locator(".desk-beside [data-said]")).to_have_text("Headline: This field is required.")
    desk.get_by_label("Headline:").fill("Beside: it holds")
    expect(desk.locator(".desk-beside [data-said]")).to_be_hidden()


def test_the_width_is_a_real_one_and_is_remembered(desk: Page):
    desk.get_by_label("Headline:").fill("Beside: widths")
    desk.get_by_role("button", name="Preview beside").click()
    expect(preview(desk).get_by_role("heading", level=1)).to_be_visible()
    assert in_frame(desk, "[page.innerWidth, page.matchMedia('(max-width: 390px)').matches]") == [390, True]
    desk.get_by_role("radio", name="Desktop").check()
    assert in_frame(desk, "[page.innerWidth, page.matchMedia('(min-width: 1280px)').matches]") == [1280, True]
    drawn = desk.locator(FRAME).bounding_box()
    view = desk.locator(".desk-beside-view").bounding_box()
    assert drawn is not None
    assert view is not None
    assert drawn["width"] <= view["width"] + 1
    desk.reload()
    expect(desk.get_by_role("radio", name="Desktop")).to_be_checked()
    expect(preview(desk).get_by_role("banner")).to_be_visible()
    assert in_frame(desk, "page.innerWidth") == 1280


def test_fonts_styles_and_players_are_as_on_the_page_and_ask_nobody(desk: Page):
    desk.get_by_label("Headline:").fill("Beside: looks")
    write(desk, EMBED + NOTE)
    desk.get_by_role("button", name="Preview beside").click()
    expect(preview(desk).locator("figure.embed button")).to_be_visible()
    assert in_frame(desk, "[...page.document.fonts].some((font) => font.status === 'loaded')")
    assert "Newsreader" in in_frame(desk, "page.getComputedStyle(page.document.querySelector('h1')).fontFamily")


def test_typing_goes_on_where_the_preview_was_scrolled_to(desk: Page):
    desk.get_by_label("Headline:").fill("Beside: far down")
    write(desk, LONG)
    desk.get_by_role("button", name="Preview beside").click()
    expect(preview(desk).locator(".article-text")).to_contain_text("Paragraph 59")
    in_frame(desk, "page.scrollTo({ top: 1500, behavior: 'instant' })")
    desk.get_by_label("Headline:").fill("Beside: further down")
    expect(preview(desk).get_by_role("heading", level=1)).to_have_text("Beside: further down")
    assert in_frame(desk, "page.scrollY") == 1500


def test_links_lead_nowhere_but_to_notes(desk: Page):
    desk.get_by_label("Headline:").fill("Beside: links")
    write(desk, '<p><a href="https://ferry.example/">They</a> say.</p>' + LONG + NOTE)
    desk.get_by_role("button", name="Preview beside").click()
    preview(desk).get_by_role("link", name="They").click()
    preview(desk).get_by_role("banner").get_by_role("link").first.click()
    expect(preview(desk).get_by_role("heading", level=1)).to_have_text("Beside: links")
    before = in_frame(desk, "page.scrollY")
    preview(desk).locator(".article-text sup a, .article-text a[href^='#']").first.click()
    assert in_frame(desk, "page.scrollY") > before
    expect(preview(desk).get_by_role("heading", level=1)).to_have_text("Beside: links")
    assert desk.url.endswith("/admin/articles/article/add/")


def test_by_keyboard_it_opens_and_closes_and_gives_the_focus_back(desk: Page):
    headline = desk.get_by_label("Headline:")
    headline.fill("Beside: keys")
    headline.press("Control+Alt+p")
    expect(preview(desk).get_by_role("heading", level=1)).to_have_text("Beside: keys")
    expect(headline).to_be_focused()
    desk.get_by_role("button", name="Close the preview").focus()
    desk.keyboard.press("Escape")
    expect(desk.locator(".desk-beside")).to_have_count(0)
    expect(headline).to_be_focused()
    desk.keyboard.press("Control+Alt+p")
    preview(desk).locator("main").press("Escape")
    expect(desk.locator(".desk-beside")).to_have_count(0)


def test_on_a_phone_it_takes_the_screen_and_leads_back(visit: Callable[..., Page], site: Site):
    page = sign_in(visit(viewport={"width": 390, "height": 800}), site)
    page.get_by_label("Headline:").fill("Beside: on a phone")
    opener = page.get_by_role("button", name="Preview beside")
    opener.click()
    back = page.get_by_role("button", name="Back to the form")
    expect(back).to_be_focused()
    expect(preview(page).get_by_role("heading", level=1)).to_have_text("Beside: on a phone")
    box = page.locator(".desk-beside").bounding_box()
    assert box is not None
    assert (box["x"], box["width"], box["height"]) == (0, 390, 800)
    assert page.evaluate("document.getElementById('container').inert")
    back.click()
    expect(opener).to_be_focused()
    assert not page.evaluate("document.getElementById('container').inert")
    page.reload()
    expect(page.locator(".desk-beside")).to_have_count(0)


def test_a_link_for_somebody_outside_is_made_copied_and_ended(desk: Page, visit: Callable[..., Page]):
    desk.get_by_label("Headline:").fill("Beside: for the lawyer alone")
    desk.get_by_role("button", name="Save draft").click()
    desk.get_by_role("link", name="Share a link to it").click()
    desk.get_by_label("For whom").fill("the lawyer")
    desk.get_by_role("radio", name="1 hour").check()
    desk.get_by_role("button", name="Make a link").click()
    desk.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.get_by_role("button", name="Copy link 1").press("Enter")
    expect(desk.get_by_role("status")).to_have_text("Copied.")
    address = desk.evaluate("navigator.clipboard.readText()")
    assert address == desk.get_by_label("Link 1, for the lawyer").input_value()
    path = "/preview/" + address.rpartition("/preview/")[2]
    outside = visit(java_script_enabled=False)
    outside.goto(path)
    expect(outside.get_by_role("heading", level=1)).to_have_text("Beside: for the lawyer alone")
    expect(outside.get_by_text("Preview, not published.")).to_be_visible()
    assert outside.context.cookies() == []
    desk.get_by_role("button", name="End link 1").click()
    answer = outside.request.get(path)
    assert (answer.status, "the lawyer alone" in answer.text()) == (404, False)
