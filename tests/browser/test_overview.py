"""The fundraiser's page in Chromium: drawn from its tables, without breaking the page's policy; and what brought a gift."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.browser.test_access import violations

pytestmark = pytest.mark.browser
PAGE = "/admin/campaigns/overview/"


@pytest.fixture(scope="module")
def administrator(site: Site) -> str:
    """Reads the audit log, too; the trial's editor does not."""
    words = "User.objects.create_superuser('root-of-figures', '', 'figures-and-sums')"
    site.manage("shell", "-v", "0", "-c", f"from django.contrib.auth.models import User; {words}")
    return "root-of-figures"


def signed_in(page: Page, site: Site, administrator: str = "") -> Page:
    page.goto("/admin/")
    page.get_by_label("Username").fill(administrator or site.editor)
    page.get_by_label("Password").fill("figures-and-sums" if administrator else site.password)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_the_figures_are_drawn_beside_their_table(visit: Callable[..., Page], site: Site):
    page = signed_in(visit(), site)
    page.get_by_role("link", name="Giving at a glance").click()
    page.get_by_label("This year").check()
    page.get_by_role("button", name="Show").click()
    assert page.url.startswith(f"{site.address}{PAGE}?span=year")
    table = page.locator("table[data-chart=bars]").first
    expect(table).to_be_visible()
    chart = page.locator(".figures-chart").first
    expect(chart).to_have_attribute("aria-hidden", "true")
    painted = "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(value => value > 0)"
    assert chart.locator("canvas").evaluate(painted)


def test_the_figures_are_there_without_javascript(visit: Callable[..., Page], site: Site):
    page = signed_in(visit(java_script_enabled=False), site)
    page.goto(f"{PAGE}?span=year")
    assert page.locator("table[data-chart=bars] tbody tr").count() >= 1
    assert page.locator(".figures-chart").count() == 0


def test_a_file_is_taken_along(visit: Callable[..., Page], site: Site, administrator: str):
    page = signed_in(visit(), site, administrator)
    page.goto(f"{PAGE}?span=year")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert re.fullmatch(r"gifts-\d{4}-01-01-[\d-]{10}\.csv", download.value.suggested_filename)
    assert download.value.path().read_bytes().startswith(b"\xef\xbb\xbfReference,Received,Amount")
    page.goto("/admin/newsroom/auditentry/?deed=exported")
    expect(page.locator("#result_list")).to_contain_text("campaigns.donation")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 320), ("dark", 390)])
def test_no_page_of_them_breaks_a_rule_of_wcag(
    visit: Callable[..., Page], site: Site, administrator: str, scheme: str, width: int
):
    page = signed_in(visit(color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True), site, administrator)
    pages = [f"{PAGE}?span=year", f"{PAGE}?span=own&first=x", "/admin/newsroom/auditentry/"]
    assert [problem for address in pages for problem in violations(page, address)] == []
    page.goto(f"{PAGE}?span=year")
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def test_the_way_from_an_article_to_the_form_takes_its_mark_along(visit: Callable[..., Page], site: Site):
    page = visit()
    page.goto("/latest/")
    page.locator(".card-headline a").first.click()
    link = page.locator("a[data-hint]", has_text="Give").last
    mark = link.get_attribute("data-hint")
    assert mark
    link.click()
    field = page.locator("form.give input[name=hint]")
    expect(field).to_have_value(mark)
    assert page.url.endswith("/#giving")
    expect(page.locator("form.give")).to_be_in_viewport()
    page.reload()
    expect(field).to_have_value(mark)
    page.goto(page.url.partition("#")[0])
    page.evaluate("history.replaceState(null, '')")
    page.reload()
    expect(field).to_have_value("")
    assert page.context.cookies() == []
