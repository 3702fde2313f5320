"""The bar, the thanks to who gave, and the form in partners' frames: in real Chromium, with scripts and without."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
SLUG = "three-reporters-on-the-water"
SHIFTS = """() => new Promise(done => {
  let sum = 0
  const watch = new PerformanceObserver(list => list.getEntries().forEach(one => { sum += one.value }))
  watch.observe({ type: "layout-shift", buffered: true })
  setTimeout(() => done(sum), 300)
})"""


# The bar


def test_a_bar_that_was_closed_stays_closed_and_nothing_shifts(visit: Visit):
    reader = visit()
    reader.goto("/")
    bar = reader.get_by_role("complementary", name="Appeal")
    expect(bar).to_be_visible()
    bar.get_by_role("button", name="Close").focus()
    reader.keyboard.press("Enter")
    expect(bar).to_be_hidden()
    for address in ("/", "/latest/"):
        reader.goto(address)
        expect(reader.locator(".bar")).to_be_hidden()
        assert reader.evaluate(SHIFTS) == 0


def test_without_a_script_the_bar_has_no_dead_button(visit: Visit):
    reader = visit(java_script_enabled=False)
    reader.goto("/")
    bar = reader.get_by_role("complementary", name="Appeal")
    expect(bar.get_by_role("link", name="Give")).to_be_visible()
    expect(bar.get_by_role("button")).to_have_count(0)


# Who gave


def test_who_gave_is_thanked_instead_of_asked_and_without_a_script_still_asked(visit: Visit):
    donor = visit()
    donor.goto("/donate/")
    donor.get_by_role("textbox", name="E-mail for the receipt").fill("thanked@example.org")
    donor.locator("form.give button").click()
    donor.wait_for_url("**/processors/**")
    donor.get_by_role("button", name=re.compile(r"^Pay €[\d,.]+$")).click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")
    donor.goto("/latest/")
    expect(donor.get_by_role("heading", name="Thank you for your gift")).to_be_visible()
    expect(donor.locator(".ask").first).to_be_hidden()
    assert donor.locator(".ask:visible").count() == 0
    plain = visit(java_script_enabled=False, storage_state=donor.context.storage_state())
    plain.goto("/latest/")
    assert plain.locator(".ask:visible").count() == 2  # the bar and the notice
    assert plain.locator(".thanked:visible").count() == 0


def test_a_long_article_asks_within_its_text(visit: Visit):
    reader = visit()
    reader.goto("/latest/")
    addresses = [link.get_attribute("href") for link in reader.locator(".card-headline a").all()]
    asked = []
    for address in addresses[:12]:
        reader.goto(str(address))
        asked.append((reader.locator(".prose .appeal:visible").count(), reader.locator("#campaign-call:visible").count()))
    assert set(asked) <= {(1, 0), (0, 1)}
    assert (1, 0) in asked


# Partners' frames


@contextmanager
def partner(frame: str) -> Iterator[tuple[str, str]]:
    """A page on another origin that shows our form. Its address, and its host."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            host = f"localhost:{self.server.server_port}"  # type: ignore[attr-defined]
            page = f"<!doctype html><title>Partner</title><h1>A partner</h1>{frame.replace('HOST', host)}"
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        host = f"localhost:{server.server_port}"
        yield f"http://{host}/", host
    finally:
        server.shutdown()
        server.server_close()


def let(site: Site, host: str) -> None:
    site.manage("shell", "-c", f"from campaigns.models import PartnerHost; PartnerHost.objects.get_or_create(host='{host}')")


def sources(site: Site, email: str) -> str:
    asked = f"print(list(Donation.objects.filter(donor__email='{email}').values_list('source', flat=True)))"
    return site.manage("shell", "-c", f"from campaigns.models import Donation; {asked}").strip().splitlines()[-1]


def iframe(site: Site, more: str = "") -> str:
    return f'<iframe src="{site.address}/campaigns/{SLUG}/embed/HOST/" title="Give" width="600" height="980" {more}></iframe>'


@pytest.fixture
def guest(browser: Browser) -> Iterator[Page]:
    """A reader of the partner's page."""
    context = browser.new_context()
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def send_the_form_in_the_frame(guest: Page, email: str) -> None:
    frame = guest.frame_locator("iframe")
    frame.get_by_role("textbox", name="E-mail for the receipt").fill(email)
    frame.locator("form.give button").click()


def test_a_partners_readers_give_and_pay_in_the_whole_window(guest: Page, site: Site):
    with partner(iframe(site)) as (address, host):
        let(site, host)
        guest.goto(address)
        send_the_form_in_the_frame(guest, "framed@example.org")
        guest.wait_for_url(f"{site.address}/processors/sandbox/pay/**")
        guest.get_by_role("button", name=re.compile(r"^Pay €[\d,.]+$")).click()
        expect(guest.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert sources(site, "framed@example.org") == f"['embed:{host}']"


def test_from_a_sandbox_the_form_is_looked_at_once_more_on_our_own_page(guest: Page, site: Site):
    with partner(iframe(site, 'sandbox="allow-forms allow-top-navigation-by-user-activation"')) as (address, host):
        let(site, host)
        guest.goto(address)
        send_the_form_in_the_frame(guest, "boxed@example.org")
        expect(guest.get_by_text("What you typed is still here")).to_be_visible()
        assert guest.url.startswith(site.address)
        expect(guest.get_by_role("textbox", name="E-mail for the receipt")).to_have_value("boxed@example.org")
        guest.locator("form.give button").click()
        guest.wait_for_url(f"{site.address}/processors/sandbox/pay/**")
    assert sources(site, "boxed@example.org") == f"['embed:{host}']"


def test_a_page_that_is_no_partners_shows_no_form(guest: Page, site: Site):
    with partner(iframe(site)) as (_, listed), partner(iframe(site).replace("HOST", listed)) as (address, _):
        let(site, listed)
        guest.goto(address)
        guest.wait_for_timeout(1000)
        assert guest.frame_locator("iframe").locator("form").count() == 0
        for own in (f"/campaigns/{SLUG}/", f"/campaigns/{SLUG}/embed/"):
            guest.set_content(f'<iframe src="{site.address}{own}" title="Give"></iframe>')
            guest.wait_for_timeout(1000)
            assert guest.frame_locator("iframe").locator("form").count() == 0
