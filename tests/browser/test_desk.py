"""An editor's hands on the desk: the text editor, pictures, tags, bylines; console errors fail the test."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.site import Site, wait_for

pytestmark = pytest.mark.browser

# Everything that articles/richtext.py lets in, as an import may bring it.
TEXT = (
    "<p>First <strong>bold</strong> <em>slanted</em> <s>struck</s> H<sub>2</sub>O x<sup>2</sup> <code>c()</code> "
    '<a href="https://ferry.example/" title="The ferry">a link</a> and<br>a line.</p>'
    "<h2>Two</h2><h3>Three</h3><h4>Four</h4>"
    "<ul><li>one</li><li>two<ul><li>nested</li></ul></li></ul>"
    '<ol start="3"><li>three</li><li><p>first</p><p>second</p></li></ol>'
    "<blockquote><p>Said.</p><p>And more.</p></blockquote><hr><pre><code>a\n  b</code></pre>"
    '<figure><img src="{picture}" alt="A ferry" width="640" height="480">'
    '<figcaption>With <a href="/tags/sea/">a link</a> and <em>more</em></figcaption></figure>'
    '<figure><a href="https://ferry.example/big"><img src="{picture}" alt="Linked"></a></figure>'
    '<figure><img src="{picture}" alt="1"><img src="{picture}" alt="2"><figcaption>Two</figcaption></figure>'
    '<figure><figure><img src="{picture}" alt="1"></figure><figcaption>A gallery</figcaption></figure>'
    "<figure><table><thead><tr><th>H</th><th>I</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    "<figcaption>A table</figcaption></figure>"
    '<table><thead><tr><th>A</th><th colspan="2">B</th></tr></thead><tbody><tr><th>r</th><td>1</td><td>x<br>y</td></tr>'
    '<tr><td rowspan="2">2</td><td><p>p</p><p>q</p></td><td><ul><li>l</li></ul></td></tr><tr><td>5</td><td>6</td></tr>'
    "</tbody></table>"
    '<p>Write to <a href="mailto:desk@lamp.example">us</a> or <a href="tel:+15550100">call</a>.</p>'
)


@pytest.fixture
def desk(visit: Callable[..., Page], site: Site) -> Page:
    page = visit()
    page.goto("/admin/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Write an article").click()
    return page


def body(page: Page) -> str:
    return page.locator("#id_body").input_value()


def drawing() -> dict[str, object]:
    """A grey field with a red square in its upper right quarter."""
    picture = Image.new("RGB", (1200, 800), "#345")
    ImageDraw.Draw(picture).rectangle((900, 100, 1100, 300), fill="#c33")
    output = BytesIO()
    picture.save(output, "JPEG")
    return {"name": "../../square.php", "mimeType": "image/jpeg", "buffer": output.getvalue()}


def test_a_text_survives_being_opened_changed_and_saved(desk: Page):
    desk.goto("/admin/articles/image/pick/")
    picture = desk.locator(".desk-pick button").first.get_attribute("data-src")
    text = TEXT.replace("{picture}", picture or "")
    desk.goto("/admin/articles/article/add/")
    desk.get_by_label("Headline:").fill("A text with everything in it")
    desk.evaluate("text => document.getElementById('id_body').deskEditor.commands.setContent(text)", text)
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("is saved")
    assert body(desk) == text
    editor = desk.get_by_role("textbox", name="Text", exact=True)
    editor.press("Control+End")
    editor.press("ArrowLeft")
    desk.keyboard.type(" today")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.locator(".messagelist")).to_contain_text("is saved")
    assert body(desk) == text.replace("call</a>.", "call</a> today.")


def reached_the_end(desk: Page) -> bool:
    """Press End until it is obeyed, and stays so: a dialog that has just closed still puts the selection back as it was, a
    moment after the key if the machine is busy."""
    desk.keyboard.press("End")
    desk.wait_for_timeout(500)
    return bool(desk.evaluate("getSelection().isCollapsed"))


def test_a_text_is_written_with_the_toolbar(desk: Page):
    editor = desk.get_by_role("textbox", name="Text", exact=True)
    tools = desk.get_by_role("toolbar", name="Text: format")
    expect(tools).to_be_visible()
    editor.click()
    expect(editor).to_be_focused()
    desk.keyboard.type("The ferry is back.")
    desk.keyboard.press("Enter")
    tools.get_by_role("button", name="heading 2").click()
    desk.keyboard.type("A long wait")
    desk.keyboard.press("Enter")
    tools.get_by_role("button", name="bold").click()
    expect(tools.get_by_role("button", name="bold")).to_have_attribute("aria-pressed", "true")
    desk.keyboard.type("Loud")
    tools.get_by_role("button", name="bold").click()
    desk.keyboard.type(" and here")
    for _ in "here":
        desk.keyboard.press("Shift+ArrowLeft")
    tools.get_by_role("button", name="insert link").click()
    desk.get_by_label("URL").fill("https://ferry.example/")
    desk.get_by_role("button", name="Update").click()
    expect(editor.get_by_role("link", name="here")).to_be_visible()
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(editor).to_be_focused()
    wait_for(lambda: reached_the_end(desk), 10, "the end of the line")
    desk.keyboard.press("Enter")
    tools.get_by_role("button", name="Insert table").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Rows").fill("2")
    dialog.get_by_label("Columns").fill("2")
    dialog.get_by_label("Include header row").select_option("Yes")
    dialog.get_by_role("button", name="Insert Table").click()
    desk.keyboard.type("Year")
    assert body(desk) == (
        '<p>The ferry is back.</p><h2>A long wait</h2><p><strong>Loud</strong> and <a href="https://ferry.example/">here</a></p>'
        "<table><thead><tr><th>Year</th><th></th></tr></thead><tbody><tr><td></td><td></td></tr></tbody></table>"
    )


def test_a_picture_from_the_library_stands_in_a_text_with_its_words(desk: Page):
    desk.get_by_role("textbox", name="Text", exact=True).click()
    desk.get_by_role("toolbar").get_by_role("button", name="figure").click()
    with desk.context.expect_page() as opened:
        desk.get_by_role("button", name="Browse...").click()
    library = opened.value
    first = library.locator(".desk-pick button").first
    alt, source = first.get_attribute("data-alt"), first.get_attribute("data-src")
    library.get_by_role("searchbox").fill(alt or "")
    library.get_by_role("button", name="Search").click()
    library.locator(".desk-pick button").first.click()
    dialog = desk.get_by_role("dialog")
    expect(dialog.get_by_label("Alternative Text")).to_have_value(alt or "")
    dialog.get_by_role("button", name="Insert", exact=True).click()
    assert f'<figure><img src="{source}"' in body(desk)


def test_an_article_is_written_with_picture_tags_and_bylines_and_published(desk: Page):
    desk.get_by_label("Headline:").fill("The square is red")
    desk.get_by_role("textbox", name="Text", exact=True).fill("A short text about it.")
    desk.get_by_label("Section:").select_option(index=1)
    desk.set_input_files("#id_picture", files=drawing())  # type: ignore[arg-type]
    shown = desk.locator(".desk-focus canvas")
    box = shown.bounding_box()
    assert box is not None
    shown.click(position={"x": box["width"] * 5 / 6, "y": box["height"] / 4})
    expect(desk.locator("#id_picture_focal_x")).to_have_value("83")
    expect(desk.locator("#id_picture_focal_y")).to_have_value("25")
    desk.get_by_label("Alternative text:").fill("A red square")
    tags = desk.get_by_role("combobox", name="Tags:")
    tags.press_sequentially("a")
    suggestion = desk.locator(".desk-suggestions li").first
    name = suggestion.text_content()
    tags.press("ArrowDown")
    tags.press("Enter")
    expect(tags).to_have_value(f"{name}, ")
    for number in range(2):
        if number:
            desk.get_by_text("Add another Byline").click()
        desk.get_by_role("combobox", name="Author").nth(number).click()
        desk.locator(".select2-results__option[aria-selected]").nth(number).click()
    rows = desk.locator("#bylines-group tr.form-row:not(.empty-form)")
    second = rows.nth(1).locator(".select2-selection__rendered").get_attribute("title")
    rows.nth(1).get_by_role("button", name="Up").click()
    desk.get_by_role("button", name="Publish now").click()
    expect(desk.locator(".messagelist")).to_contain_text("“The square is red” is published.")
    desk.get_by_role("link", name="View on site").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("The square is red")
    assert (second or "").removeprefix("×") in (desk.locator(".byline").first.text_content() or "")
    expect(desk.get_by_alt_text("A red square").first).to_be_visible()
    expect(desk.get_by_role("link", name=name or "", exact=True).first).to_be_visible()


def test_what_scripts_cannot_do_is_typed_without_them(visit: Callable[..., Page], site: Site):
    page = visit(java_script_enabled=False)
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Headline:").fill("Typed plainly")
    page.locator("#id_body").fill("<p>Plain <strong>words</strong>.</p>")
    page.set_input_files("#id_picture", files=drawing())  # type: ignore[arg-type]
    page.get_by_label("Focal point, from the left (%):").fill("83")
    page.locator("#id_tags").fill("Plain words")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messagelist")).to_contain_text("“Typed plainly” is saved.")
    expect(page.locator("#id_picture_focal_x")).to_have_value("83")
    assert page.locator("#id_body").input_value().strip() == "<p>Plain <strong>words</strong>.</p>"
