"""The step before a payment while stolen cards are tested, under the real Content-Security-Policy."""

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture
def fundraiser(visit: Visit, site: Site) -> Iterator[Page]:
    """At the guard's page, which is left as it was found."""
    page = visit()
    page.goto("/admin/login/?next=/admin/campaigns/guardstate/")
    page.get_by_label("Username").fill(site.editor)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    yield page
    page.goto("/admin/campaigns/guardstate/")
    page.get_by_role("button", name="Back to normal").click()
    expect(page.get_by_text("Back to normal for one hour")).to_be_visible()


def force(page: Page, step: str) -> None:
    page.get_by_label("Step for one hour").select_option(step)
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("The step is set for one hour.")).to_be_visible()


def at_the_step(donor: Page, email: str) -> None:
    donor.goto("/donate/")
    donor.get_by_role("textbox", name="E-mail for the receipt").fill(email)
    donor.locator("form.give button.button").click()


def test_a_browser_waits_and_works_by_itself(visit: Visit, fundraiser: Page):
    for step in ("Slower", "Proof of work"):
        force(fundraiser, step)
        donor = visit()
        at_the_step(donor, f"{step[:4].lower()}@example.org")
        donor.wait_for_url("**/processors/sandbox/pay/**", timeout=30_000)
        expect(donor.get_by_role("button", name=re.compile(r"^Pay €[\d,.]+$"))).to_be_visible()


def test_without_scripts_one_presses_once_more(visit: Visit, fundraiser: Page):
    force(fundraiser, "Slower")
    donor = visit(java_script_enabled=False)
    at_the_step(donor, "plain@example.org")
    expect(donor.get_by_role("heading", level=1)).to_have_text("One moment, please")
    donor.get_by_role("button", name="Go on to pay").click()
    expect(donor.get_by_role("alert")).to_have_text("That was a little early.")
    donor.wait_for_timeout(4_500)
    donor.get_by_role("button", name="Go on to pay").click()
    donor.wait_for_url("**/processors/sandbox/pay/**")


def test_without_scripts_a_mailed_link_stands_for_the_work(visit: Visit, fundraiser: Page, site: Site):
    force(fundraiser, "Proof of work")
    donor = visit(java_script_enabled=False)
    at_the_step(donor, "mailed@example.org")
    expect(donor.get_by_text("we can mail you a link that goes on from here")).to_be_visible()
    donor.wait_for_timeout(5_500)
    donor.get_by_role("button", name="Mail me a link to go on").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    text = str(site.mail(to="mailed@example.org", subject="Go on with your gift").get_body(("plain",)))
    link = re.search(r"/giving/waiting/\S+/", text)
    assert link
    donor.goto(link[0])
    donor.get_by_role("button", name="Go on to pay").click()
    donor.wait_for_url("**/processors/sandbox/pay/**")


def test_a_gift_that_is_held_is_told_and_taken(visit: Visit, fundraiser: Page, site: Site):
    force(fundraiser, "Held for review")
    donor = visit()
    at_the_step(donor, "held@example.org")
    donor.wait_for_url("**/processors/sandbox/pay/**", timeout=30_000)
    donor.get_by_role("button", name=re.compile(r"^Pay €[\d,.]+$")).click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you. Your gift waits for us")
    fundraiser.get_by_role("link", name="Gifts held for review").click()
    fundraiser.get_by_role("checkbox", name=re.compile("Select this object")).first.check()
    fundraiser.get_by_role("combobox", name="Action:").select_option(label="Take the money")
    fundraiser.get_by_role("button", name=re.compile("^(Run|Go)")).click()
    expect(fundraiser.get_by_text("1 gift taken.")).to_be_visible()
    donor.get_by_role("link", name="Look again").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_from_the_guards_page_one_goes_back_to_the_form_with_all_that_was_typed(visit: Visit, fundraiser: Page):
    force(fundraiser, "Proof of work")
    for scripts in (True, False):
        donor = visit(java_script_enabled=scripts)
        donor.goto("/donate/")
        donor.get_by_role("textbox", name="Name").fill("Ada <3")
        donor.get_by_role("textbox", name="E-mail for the receipt").fill("back@example.org")
        donor.locator("form.give button.button").click()
        donor.get_by_role("button", name="Change something, or choose another way").click()
        expect(donor.get_by_role("textbox", name="Name")).to_have_value("Ada <3")
        expect(donor.get_by_role("textbox", name="E-mail for the receipt")).to_have_value("back@example.org")
        donor.wait_for_timeout(6_000)  # the page that was left sends nothing any more
        expect(donor.get_by_role("textbox", name="Name")).to_have_value("Ada <3")


class Partner(BaseHTTPRequestHandler):
    """A page of another origin with our form in a frame."""

    frame = ""

    def do_GET(self) -> None:
        page = f'<!doctype html><title>Partner</title><iframe title="Give" width="600" height="1400" src="{self.frame}"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def partner(site: Site, visit: Visit) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Partner) as server:
        host = f"localhost:{server.server_address[1]}"
        named = f"from campaigns.models import PartnerHost; PartnerHost.objects.create(host={host!r})"
        site.manage("shell", "-v", "0", "-c", named)
        here = visit()
        here.goto("/donate/")
        Partner.frame = f"{here.url.partition('#')[0].partition('?')[0]}embed/{host}/"
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{host}/"
        server.shutdown()


@pytest.mark.parametrize("scripts", [True, False])
def test_from_a_partners_frame_the_step_stands_in_the_whole_window_and_needs_no_cookie(
    browser: Browser, fundraiser: Page, partner: str, scripts: bool
):
    force(fundraiser, "Slower")
    context = browser.new_context(java_script_enabled=scripts)
    donor = context.new_page()
    donor.goto(partner)
    form = donor.frame_locator("iframe")
    form.get_by_role("textbox", name="E-mail for the receipt").fill(f"framed.{scripts}@example.org".lower())
    form.locator("form.give button.button").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("One moment, please")
    if not scripts:
        donor.wait_for_timeout(4_500)
        donor.get_by_role("button", name="Go on to pay").click()
    donor.wait_for_url("**/processors/sandbox/pay/**", timeout=30_000)
    assert context.cookies() == []
    context.close()
