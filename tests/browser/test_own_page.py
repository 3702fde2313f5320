"""A donor's own page: receipts, details and erasure, with scripts and without, for everybody."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.browser.test_access import violations
from tests.browser.test_giving import at_the_form, paid
from tests.campaigns.papers import words

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def own_page_of(donor: Page, site: Site, email: str) -> str:
    """Given, the link asked for and mailed. Returns the page's address."""
    paid(at_the_form(donor, email))
    donor.goto("/giving/")
    donor.get_by_role("textbox", name="E-mail", exact=True).fill(email)
    donor.get_by_role("button", name="Mail me the link").click()
    expect(donor.get_by_role("status")).to_contain_text("If we know this address")
    body = site.mail(to=email, subject="Your gifts").get_body(("plain",))
    assert body
    found = re.search(r"http\S+/giving/d\S+/", body.get_content())
    assert found
    return found[0]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_donor_takes_their_receipt_and_is_erased(visit: Visit, site: Site, scripts: bool):
    donor = visit(java_script_enabled=scripts)
    donor.goto(own_page_of(donor, site, f"own{scripts}@example.org".lower()))
    with donor.expect_download() as waited:
        donor.get_by_role("link", name=re.compile(r"^\d{4}-\d{6} PDF$")).click()
    assert re.search(r"Receipt \d{4}-\d{6}", words(Path(waited.value.path()).read_bytes()))
    donor.get_by_role("link", name="Your address, language and e-mail").click()
    donor.get_by_label("Street").fill("1 Street")
    donor.get_by_role("button", name="Keep it").first.click()
    expect(donor.get_by_role("status")).to_have_text("It is kept.")
    expect(donor.get_by_label("Street")).to_have_value("1 Street")
    donor.get_by_role("link", name="Back to your giving").click()
    donor.get_by_role("link", name="Erase me").click()
    donor.get_by_role("button", name="Erase me").click()
    donor.get_by_role("button", name="Yes, erase me now").click()
    expect(donor.get_by_role("status")).to_contain_text("You are erased")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_no_page_of_a_donor_breaks_a_rule_of_wcag(visit: Visit, site: Site, scheme: str, width: int):
    donor = visit(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    own = own_page_of(donor, site, f"axe{width}@example.org")
    assert [problem for page in ("", "about-me/", "erase-me/") for problem in violations(donor, own + page)] == []
    assert not donor.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
