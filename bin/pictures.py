"""The pictures of docs/editors.md, taken anew of a newsroom that runs for the purpose, with its demo content.

    .venv/bin/python bin/pictures.py            all of them
    .venv/bin/python bin/pictures.py merge      those whose name begins so (the scenes are played all the same)

A page that needs nothing to happen first is one line in PAGES; what needs people is a scene. Needs Chromium and Playwright.
"""

import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, FilePayload, expect, sync_playwright  # noqa: E402

from demo.drawing import jpeg  # noqa: E402
from demo.reading import Recipe  # noqa: E402
from tests.browser.newsroom_people import Colleague, come_in, hire  # noqa: E402
from tests.browser.site import Site, running  # noqa: E402

FOLDER = ROOT / "docs" / "pictures" / "editors"
MOST = 80_000  # bytes a picture
AIR = 20  # px round what is shown
PEOPLE = [("wren", "Wren", "Halloran", "Writer"), ("ana", "Ana", "Ruiz", "Editor"), ("tomas", "Tomas", "Vey", "Editor")]

# name, address, how much of the page from its top (px), width of the window: for Ana, who is signed in
PAGES: list[tuple[str, str, int, int]] = [
    ("list-of-articles", "/admin/articles/article/", 640, 1280),
    ("image-library", "/admin/articles/image/", 760, 1280),
    ("front-page", "/admin/articles/frontpage/", 900, 1280),
]

HEADLINE = "The last ferry does not wait"
STANDFIRST = "Four villages, one boat and a timetable that nobody asked for."
TEXT = (
    '<p>The last boat to Maune leaves at nine<span class="footnote">Until March it left at eleven.</span>, and it does not wait. '
    "Those who miss it can:</p>"
    '<ul><li>sleep in the waiting room, if it is open;</li><li>ask the <a href="https://pilots.example/">pilots</a>.</li></ul>'
    '<aside class="fact-box"><h3>The crossing</h3><p>Eleven kilometres, four times a day, since 1931.</p></aside>'
    '<figure class="embed"><a href="https://youtu.be/abc_DEF-123">The crossing in four minutes</a></figure>'
    "<p>“We are told to plan better,” says a baker on the island. “Bread does not plan.”</p>"
)
DRAWN = {  # two that the library lacks, one that it has
    "cranes": Recipe("cranes", "storm"),
    "nets": Recipe("nets", "rose"),
    "footbridge": Recipe("footbridge", "rose"),
}
UNION = """names => {
  const found = names.flatMap(name => [...document.querySelectorAll(name)])
  const boxes = found.map(one => one.getBoundingClientRect()).filter(box => box.width)
  const x = Math.min(...boxes.map(b => b.left)), y = Math.min(...boxes.map(b => b.top)) + scrollY
  return {
    x, y, width: Math.max(...boxes.map(b => b.right)) - x, height: Math.max(...boxes.map(b => b.bottom)) + scrollY - y,
    across: document.documentElement.clientWidth, down: document.documentElement.scrollHeight,
  }
}"""


@dataclass
class Camera:
    """Takes what the names asked for begin with; "" is everything."""

    wanted: str

    def take(self, one: Colleague, name: str, *around: str, top: int = 0) -> None:
        """What stands round these selectors, or the page from its top."""
        if not name.startswith(self.wanted):
            return
        window = one.page.viewport_size or {"width": 1280, "height": 900}
        if around:  # the margin of the form scrolls by itself: let all of it be in sight
            one.page.set_viewport_size({"width": window["width"], "height": 3000})
        one.page.mouse.move(0, 0)
        one.page.evaluate("document.activeElement?.blur()")
        one.page.evaluate("document.fonts.ready")
        box = one.page.evaluate(UNION, list(around or ["body"]))
        x, y = max(0, box["x"] - AIR), max(0, box["y"] - AIR)
        width = min(box["across"], box["x"] + box["width"] + AIR) - x
        height = min(box["down"], box["y"] + box["height"] + AIR) - y
        if not around:
            x, y, width, height = 0, 0, box["across"], min(top, box["down"])
        clip = {"x": x, "y": y, "width": width, "height": min(height, top or height)}
        keep(name, one.page.screenshot(full_page=True, clip=clip))  # type: ignore[arg-type]
        one.page.set_viewport_size(window)


def keep(name: str, png: bytes) -> None:
    """As WebP: without loss where that is small, else with as little as fits."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    ways: list[dict[str, Any]] = [{"lossless": True}, *({"quality": quality} for quality in (88, 80, 70, 60, 50))]
    for options in ways:
        output = io.BytesIO()
        picture.save(output, "WEBP", method=6, **options)
        if output.tell() <= MOST:
            break
    else:
        raise SystemExit(f"{name} is too large: show less of the page.")
    (FOLDER / f"{name}.webp").write_bytes(output.getvalue())
    sys.stdout.write(f"{name}: {picture.width} × {picture.height}, {output.tell() // 1000} KB\n")


# Scenes, in the order in which they follow from one another


def signing_in(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    assert ana.context.browser
    page = ana.context.browser.new_page()
    visitor = Colleague(page.context, page)
    page.goto(ana.page.url.replace("/admin/", "/admin/login/?next=/admin/"))
    camera.take(visitor, "sign-in", "#container form", top=520)
    visitor.page.close()


def writing(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    page = wren.page
    page.goto("/admin/articles/article/add/")
    wren.headline.fill(HEADLINE)
    wren.standfirst.fill(STANDFIRST)
    page.evaluate("text => document.getElementById('id_body').deskEditor.commands.setContent(text)", TEXT)
    expect(page.locator("#desk-checks a").first).to_be_visible()
    camera.take(wren, "write", top=860)
    camera.take(wren, "text-parts", ".prose-editor", "#id_body_helptext")
    camera.take(wren, "before-publishing", "#desk-checks")
    page.get_by_label("Section:").select_option(label="Land & Water")
    page.get_by_role("combobox", name="Tags:").fill("Ferries, Maune")
    with page.context.expect_page() as opened:
        wren.tools.get_by_role("button", name="figure").click()
        page.get_by_role("button", name="Browse...").click()
    library = Colleague(wren.context, opened.value)
    library.page.get_by_role("searchbox").fill("ferry")
    library.page.get_by_role("button", name="Search").click()
    expect(library.page.locator(".desk-pick img").first).to_be_visible()
    camera.take(library, "choose-a-picture", top=620)
    library.page.close()
    page.get_by_role("button", name="Cancel").click()
    wren.press("Save draft", "is saved")


def interrupted(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    address = wren.page.url
    wren.context.set_offline(True)
    wren.standfirst.fill("Four villages, one boat and a timetable that nobody asked for. They were told by post.")
    expect(wren.page.locator("#desk-keeping [data-state]")).to_contain_text("No connection")
    camera.take(wren, "no-connection", ".desk-state", ".desk-keeping")
    wren.page.close(run_before_unload=False)
    wren.context.set_offline(False)
    wren.reopen(address)
    expect(wren.page.locator("#desk-offers")).to_contain_text("did not save it")
    camera.take(wren, "not-saved", top=420)
    wren.page.get_by_role("link", name="Take it up").click()
    wren.press("Hand in for review", "is handed in for review")
    wren.desk()


def reviewing(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    ana.desk()
    ana.panel("In review").get_by_role("link", name=HEADLINE).click()
    ana.page.get_by_label("Comment:").fill("Nine or half past? The board on the quay says half past.")
    camera.take(ana, "review", ".desk-state")
    camera.take(ana, "comment", ".desk-talk")
    ana.press("Return to the writer", "is returned to its writer")
    wren.desk()
    camera.take(wren, "desk-of-a-writer", top=620)
    wren.panel("My drafts").get_by_role("link", name=HEADLINE).click()
    wren.page.get_by_label("Comment:").fill("Nine: I stood there. The board is from last year.")
    wren.press("Hand in for review", "is handed in for review")
    wren.desk()
    ana.desk()
    camera.take(ana, "desk", top=620)
    ana.page.set_viewport_size({"width": 390, "height": 844})
    camera.take(ana, "desk-on-a-phone", top=844)
    ana.page.set_viewport_size({"width": 1280, "height": 900})


def colliding(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    for one in (ana, tomas):
        one.desk()
        one.panel("In review").get_by_role("link", name=HEADLINE).click()
    expect(tomas.page.locator("#desk-company")).to_contain_text("Ana Ruiz is editing")
    camera.take(tomas, "somebody-is-editing", top=420)
    ana.headline.fill("The last ferry to Maune leaves at nine")
    ana.standfirst.fill("Four villages, one boat and a timetable that came by post.")
    tomas.headline.fill("Nine o’clock, and no boat to Maune")
    ana.press("Save", "is saved")
    tomas.page.get_by_role("button", name="Save", exact=True).click()
    camera.take(tomas, "merge", ".desk-merge")
    tomas.page.get_by_label("Take theirs when I save").check()
    tomas.press("Save", "is saved")


def publishing(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    tomas.press("Approve", "is approved")
    tomas.page.get_by_label("Publish at:").fill("2099-11-24T09:00")
    tomas.press("Schedule", "is scheduled")
    tomas.page.get_by_text("Embargo", exact=True).click()
    camera.take(tomas, "schedule", ".desk-state", ".desk-plan")
    tomas.press("Publish now", "is published")
    tomas.headline.fill("The last ferry to Maune leaves at nine, and not a minute later")
    tomas.page.get_by_label("What is new:").fill("The headline says how late")
    tomas.press("Save", "is saved. Readers see it as it was")
    camera.take(tomas, "changes", ".desk-state")
    form = tomas.page.url
    tomas.page.get_by_role("link", name="Versions").click()
    tomas.page.get_by_label("Compare version 1").check()
    tomas.page.get_by_role("button", name="Compare").click()
    camera.take(tomas, "compare", "#content h1", ".desk-versions", "#content table")
    tomas.page.goto(form)
    correcting(tomas, camera)
    tomas.page.goto(form)
    tomas.press("Withdraw", "is withdrawn")
    camera.take(tomas, "withdrawn", ".desk-state")


def correcting(tomas: Colleague, camera: Camera) -> None:
    page = tomas.page
    page.get_by_role("link", name="Correct", exact=True).click()
    page.get_by_label("What readers are told").fill(
        "An earlier version of this article said that the last boat leaves at half past nine."
    )
    camera.take(tomas, "correct", "#content h1", "#note_form")
    tomas.press("Publish the note", "is published")
    page.goto("/corrections/")
    camera.take(tomas, "corrections", top=560)


def showing(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    """Beside the form, and to somebody outside."""
    page = ana.page
    ana.desk()
    page.set_viewport_size({"width": 1440, "height": 900})
    ana.panel("In review").get_by_role("link", name=HEADLINE).click()
    page.get_by_role("button", name="Preview beside").click()
    inside = page.frame_locator(".desk-beside iframe")
    expect(inside.get_by_role("heading", level=1)).to_have_text(HEADLINE)
    camera.take(ana, "preview-beside", top=760)
    page.get_by_role("button", name="Close the preview").click()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Share a link to it").click()
    page.get_by_label("For whom").fill("The harbour’s lawyer")
    page.get_by_label("7 days").check()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_role("button", name="Copy link 1")).to_be_visible()
    camera.take(ana, "share", ".desk-share")


def many(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    page = ana.page
    page.goto("/admin/articles/article/?q=harbour")
    for row in page.locator(".action-select").all()[:4]:
        row.check()
    page.locator("select[name=action]").select_option(label="Add a tag…")
    page.get_by_role("button", name="Run").click()
    page.locator("input[name=tag]").fill("Ferries")
    camera.take(ana, "many-at-once", top=460)


def sending(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    page = ana.page
    page.goto("/admin/articles/image/send/")
    page.get_by_label("Credit").first.fill("Drawing: The Wendrel Record")
    files: list[FilePayload] = [
        {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(one)} for name, one in DRAWN.items()
    ]
    files.append({"name": "notes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"})
    page.locator("#desk-files").set_input_files(files)
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".desk-sent")).to_have_text("All 4 sent, 1 of them refused.")
    camera.take(ana, "send-pictures", "#content")


def tagging(wren: Colleague, ana: Colleague, tomas: Colleague, camera: Camera) -> None:
    page = ana.page
    page.goto("/admin/articles/tag/")
    page.locator("#result_list tbody th a").first.click()
    camera.take(ana, "tag", top=760)


SCENES: list[Callable[[Colleague, Colleague, Colleague, Camera], None]] = [
    *(signing_in, writing, interrupted, reviewing, showing, colliding, publishing, many, sending, tagging),
]


def main(wanted: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = next(found for name in ("chromium", "google-chrome") if (found := shutil.which(name)))
    with running(TIME_ZONE="America/Lima") as site, sync_playwright() as playwright:
        hire(site, PEOPLE)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        expect.set_options(timeout=60_000)
        take_all(browser, site, Camera(wanted))
        browser.close()


def take_all(browser: Browser, site: Site, camera: Camera) -> None:
    wren, ana, tomas = (come_in(browser, site, name, []) for name, *_ in PEOPLE)
    for one in (wren, ana, tomas):  # the page itself, without the list of everything there is
        one.context.add_init_script("localStorage.setItem('django.admin.navSidebarIsOpen', 'false')")
    for scene in SCENES:
        scene(wren, ana, tomas, camera)
    for name, address, top, width in PAGES:
        ana.page.set_viewport_size({"width": width, "height": 900})
        ana.page.goto(address)
        camera.take(ana, name, top=top)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
