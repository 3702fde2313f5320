"""From a blank page in the admin to a reader's screen, a donor's receipt and a subscriber's mail, in real Chromium."""

import io
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from tests.browser.site import Site, wait_for

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def picture() -> dict[str, object]:
    """A file as an editor would pick it: a plain landscape, larger than any rendition."""
    image = Image.new("RGB", (2000, 1400), "#c9d6df")
    ImageDraw.Draw(image).polygon([(0, 1400), (700, 500), (1300, 900), (2000, 400), (2000, 1400)], fill="#52616b")
    output = io.BytesIO()
    image.save(output, "JPEG")
    return {"name": "ridge.jpg", "mimeType": "image/jpeg", "buffer": output.getvalue()}


def sign_in(desk: Page, site: Site) -> None:
    desk.goto("/admin/")
    desk.get_by_label("Username").fill(site.editor)
    desk.get_by_label("Password").fill(site.password)
    desk.get_by_role("button", name="Sign in").click()
    expect(desk.get_by_role("heading", name="Desk")).to_be_visible()


def write_and_publish(desk: Page, headline: str) -> None:
    desk.get_by_role("link", name="Write an article").click()
    desk.get_by_label("Headline").fill(headline)
    desk.get_by_label("Standfirst").fill("Eleven boats, one quay and a winter of waiting.")
    body = desk.locator(".ProseMirror")
    body.click()
    desk.keyboard.type("The harbour authority opened the eastern quay on Monday. Nobody had expected it to. ")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Quernstone fishermen had waited since spring.")
    desk.get_by_label("Section").select_option(index=1)
    desk.get_by_role("combobox", name="Tags").fill("Eastern quay, Harbour")
    desk.get_by_label("New picture").set_input_files(picture())  # type: ignore[arg-type]
    desk.get_by_label("Alternative text").fill("A ridge above the water")
    desk.get_by_label("Credit").fill("Drawing: the test")
    desk.get_by_role("button", name="Publish now").click()
    expect(desk.get_by_text(re.compile(r"^Published "))).to_be_visible(timeout=20_000)  # the picture is decoded first


def finds_it_as_a_reader(reader: Page, headline: str) -> None:
    reader.goto("/")
    expect(reader.get_by_role("link", name=headline)).to_be_visible()
    reader.goto("/tags/eastern-quay/")
    expect(reader.get_by_role("heading", name="Eastern quay", level=1)).to_be_visible()
    expect(reader.get_by_role("link", name=headline)).to_be_visible()
    reader.get_by_role("searchbox").first.fill("quernstone waiting")
    reader.keyboard.press("Enter")
    expect(reader.locator("mark", has_text="Quernstone").first).to_be_visible()
    reader.get_by_role("link", name=headline).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(headline)
    expect(reader.get_by_alt_text("A ridge above the water")).to_be_visible()
    expect(reader.get_by_text("Nobody had expected it to.")).to_be_visible()
    expect(reader.locator("main").get_by_role("link", name="Harbour", exact=True)).to_be_visible()


def cents(text: str) -> int:
    """Minor units of the first amount in a text such as “€41,210.50 of €60,000”."""
    amount = re.search(r"([0-9][0-9,]*)(?:\.([0-9]{2}))?", text)
    assert amount, text
    return int(amount[1].replace(",", "")) * 100 + int(amount[2] or 0)


def gives(donor: Page, *, email: str, rhythm: str = "Once") -> None:
    """Give 25.00 by the sandbox, beginning at a story's call."""
    donor.goto("/")
    donor.get_by_role("link", name="Give", exact=True).first.click()
    before = cents(donor.locator(".panel-total").inner_text())
    donor.get_by_text(rhythm, exact=True).click()
    donor.get_by_label("Or another").fill("25.00")
    donor.get_by_role("textbox", name="E-mail for the receipt").fill(email)
    donor.get_by_role("textbox", name="Name").fill("Ottla Brand")
    donor.locator("form.give button").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("€25")
    donor.get_by_role("button", name="Pay €25", exact=True).click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you, Ottla Brand")
    donor.get_by_role("link", name="See how the campaign goes on").click()
    expect(donor.locator(".panel-total")).to_be_visible()
    assert cents(donor.locator(".panel-total").inner_text()) - before == 2500


def gets_a_receipt(site: Site, email: str) -> None:
    receipt = site.mail(to=email, subject="Receipt")
    assert re.search(r"Receipt \d{4}-\d{6}", receipt["Subject"])
    assert "€25" in receipt.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def subscribes_and_confirms(reader: Page, site: Site, email: str) -> None:
    reader.goto("/latest/")
    notice = reader.locator("section", has=reader.locator("#digest-notice"))
    notice.get_by_label("Your e-mail address").fill(email)
    notice.get_by_role("button").click()
    link = re.search(r"https?://\S+/digest/confirm/\S+", site.mail(to=email).get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert link
    reader.goto(link[0])
    reader.get_by_role("button", name="Yes, send me the digest").click()
    expect(reader.get_by_role("heading", name="You get the digest")).to_be_visible()


def test_a_story_is_written_published_read_found_paid_for_and_mailed(site: Site, visit: Visit):
    headline = f"The eastern quay opens, number {secrets.randbelow(10**6)}"
    desk = visit()
    sign_in(desk, site)
    write_and_publish(desk, headline)

    reader = visit()
    finds_it_as_a_reader(reader, headline)
    gives(reader, email="ottla@example.org")
    gets_a_receipt(site, "ottla@example.org")

    subscribes_and_confirms(reader, site, "reader@example.org")
    said = site.manage("send_digest", "--date", datetime.now(UTC).date().isoformat())
    edition = site.mail(to="reader@example.org", subject="")
    assert headline in edition.get_body(("plain",)).get_content(), said  # type: ignore[union-attr]
    assert headline in edition.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert edition["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_readers_and_donors_need_no_javascript(site: Site, visit: Visit):
    headline = f"The eastern quay stays open, number {secrets.randbelow(10**6)}"
    desk = visit()
    sign_in(desk, site)
    write_and_publish(desk, headline)

    plain = visit(java_script_enabled=False)
    finds_it_as_a_reader(plain, headline)
    gives(plain, email="plain@example.org")
    gets_a_receipt(site, "plain@example.org")
    subscribes_and_confirms(plain, site, "plain-reader@example.org")


def test_a_monthly_gift_is_a_pledge_that_its_donor_can_stop(site: Site, visit: Visit):
    donor = visit()
    gives(donor, email="monthly@example.org", rhythm="Monthly")
    text = site.mail(to="monthly@example.org", subject="Receipt").get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"https?://\S+/giving/\S+", text)
    assert link
    donor.goto(link[0])
    donor.get_by_role("button", name=re.compile("stop", re.IGNORECASE)).first.click()
    wait_for(lambda: "stopped" in donor.locator("main").inner_text().lower(), 15, "word that the pledge has ended")
