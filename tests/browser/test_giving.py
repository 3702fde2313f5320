"""What the script adds to the give form, and what a hasty hand must not do."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def at_the_form(donor: Page, email: str) -> Page:
    donor.goto("/donate/")
    donor.get_by_role("textbox", name="E-mail for the receipt").fill(email)
    return donor


# What the server refuses or asks about, and what it takes but somebody may have meant otherwise.
DOUBTFUL = ["nothing", "$25", "25²", "-5", "1e3", "12 USD", "12 руб", "9999999999", "12.345", "1.2.3", "1,250,50", "0.50", "25k"]
PLAIN = {"€25": "€25", "25 €": "€25", "EUR 25": "€25", "25.5": "€25.50", "1 250,00": "€1,250", "1.250,50": "€1,250.50"}
PLAIN |= {"1'250": "€1,250", "1.250.000": "€1,250,000", "0025": "€25"}


def test_the_button_says_what_will_happen(visit: Visit):
    donor = visit()
    donor.goto("/donate/")
    button = donor.locator("form.give button")
    expect(button).to_have_text(re.compile(r"^Give €[\d,.]+$"))
    donor.get_by_text("Monthly", exact=True).click()
    expect(button).to_have_text(re.compile(r"^Give €[\d,.]+ monthly$"))
    donor.get_by_label("Or another").fill("12,50")
    expect(button).to_have_text("Give €12.50 monthly")
    donor.get_by_label("Or another").fill("1,250")
    expect(button).to_have_text("Give €1,250 monthly")
    for no_amount in DOUBTFUL:
        donor.get_by_label("Or another").fill(no_amount)
        expect(button).to_have_text("Give")
    for typed, words in PLAIN.items():
        donor.get_by_label("Or another").fill(typed)
        expect(button).to_have_text(f"Give {words} monthly")
    donor.locator(".amounts:visible .tile").first.click()
    expect(donor.get_by_label("Or another")).to_have_value("")
    expect(button).to_have_text(re.compile(r"^Give €[\d,.]+ monthly$"))


def test_a_yearly_gift_in_memory_of_somebody_without_scripts_and_by_keyboard(visit: Visit, site: Site):
    donor = visit(java_script_enabled=False, viewport={"width": 320, "height": 720})
    donor.goto("/donate/")
    donor.get_by_role("radio", name="Once").focus()
    for _ in range(2):
        donor.keyboard.press("ArrowRight")
    expect(donor.get_by_role("group", name="Amount each year")).to_be_visible()
    expect(donor.get_by_role("group", name="Amount each month")).to_be_hidden()
    donor.get_by_role("textbox", name="E-mail for the receipt").fill("yearly@example.org")
    donor.locator("summary", has_text="in memory").focus()
    donor.keyboard.press("Enter")
    donor.get_by_role("radio", name="In memory of").check()
    donor.get_by_role("textbox", name="Their name on the receipt").fill("Wiebe")
    donor.get_by_role("textbox", name="Their name on the receipt").press("Enter")
    donor.get_by_role("button", name="Pay €120").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")
    expect(donor.locator(".slip")).to_contain_text("€120 yearly")
    body = site.mail(to="yearly@example.org", subject="Receipt").get_body(("plain",))
    assert body
    assert "In memory of: Wiebe" in body.get_content()


def test_a_campaign_speaks_spanish_and_its_form_goes_on_from_there(visit: Visit):
    donor = visit()
    donor.goto("/donate/")
    donor.get_by_role("link", name="Español").click()
    donor.wait_for_url("**/es/")
    expect(donor.locator("html")).to_have_attribute("lang", "es")
    donor.locator("form.give input[name=email]").fill("lectora@example.org")
    donor.locator("form.give button").click()
    donor.get_by_role("button", name=re.compile(r"^Pay ")).click()
    expect(donor.locator("html")).to_have_attribute("lang", "es")
    expect(donor.get_by_role("heading", level=1)).to_have_text("Gracias")
    expect(donor.locator(".prose")).to_contain_text("Gracias.")


def test_the_button_says_the_total_when_the_fee_is_covered_and_that_is_what_is_paid(visit: Visit, site: Site):
    site.manage("shell", "-c", FEE.format(rate=290, fixed=25))
    try:
        donor = at_the_form(visit(), "covers@example.org")
        costs, button = donor.locator(".cover-costs"), donor.locator("form.give button")
        expect(costs).to_contain_text("2.9 % + €0.25. Adds €1.16: €31.16 in all.")
        expect(button).to_have_text("Give €30")
        donor.get_by_label("Cover the fee too").check()
        expect(button).to_have_text("Give €31.16")
        donor.get_by_label("Or another").fill("25")
        expect(costs).to_contain_text("Adds €1.01: €26.01 in all.")
        expect(button).to_have_text("Give €26.01")
        donor.get_by_label("Cheque or bank transfer").check()
        expect(costs).to_be_hidden()
        expect(button).to_have_text("Give €25")
        donor.get_by_label("Card").check()
        button.click()
        expect(donor.get_by_role("button", name="Pay €26.01")).to_be_visible()
        plain = visit(java_script_enabled=False)
        plain.goto("/donate/")
        expect(plain.locator(".cover-costs")).to_contain_text("Adds €1.16 to €30.")
        plain.get_by_text("Yearly", exact=True).click()
        expect(plain.locator(".cover-costs [data-rhythm=yearly]")).to_be_visible()
        expect(plain.locator(".cover-costs [data-rhythm=once]")).to_be_hidden()
    finally:
        site.manage("shell", "-c", FEE.format(rate=0, fixed=0))


# The key of pages with forms is touched, as the desk does it.
FEE = """
from campaigns import ways
from campaigns.models import Way
from django.db import transaction
ways.add_rows()
with transaction.atomic(), ways.telling():
    Way.objects.filter(processor="sandbox").update(fee_rate={rate}, fee_fixed={{"EUR": {fixed}}})
"""


def test_double_click_back_and_reload_are_one_gift_and_the_next_is_another(visit: Visit, site: Site):
    donor = at_the_form(visit(), "hasty@example.org")
    key = donor.locator("[name=key]").input_value()
    donor.locator("form.give button").dblclick(no_wait_after=True)
    donor.wait_for_url("**/processors/**")
    payment = donor.url
    donor.go_back()
    expect(donor.locator("form.give button")).to_have_text(re.compile("^Give €"))
    at_the_form(donor, "hasty@example.org").locator("form.give button").click()
    donor.wait_for_url("**/processors/**")
    assert donor.url == payment
    donor.get_by_role("button", name=re.compile(r"^Pay €[\d,.]+$")).click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")
    at_the_form(donor, "hasty@example.org")
    assert donor.locator("[name=key]").input_value() not in {"", key}
    donor.locator("form.give button").click()
    donor.wait_for_url("**/processors/**")
    assert donor.url != payment
    assert len(site.mails(to="hasty@example.org", subject="Receipt")) <= 1


def test_a_declined_gift_is_tried_again_and_a_late_answer_arrives(visit: Visit, site: Site):
    donor = at_the_form(visit(java_script_enabled=False), "patient@example.org")
    donor.locator("form.give button").click()
    donor.get_by_role("button", name="Have the card declined").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Your gift did not go through")
    expect(donor.get_by_role("textbox", name="E-mail for the receipt")).to_have_value("patient@example.org")
    donor.locator("form.give button").click()
    donor.get_by_role("button", name="Pay, and let the bank answer late").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Your bank has not answered yet")
    site.mail(to="patient@example.org", subject="Receipt")
    donor.get_by_role("link", name="Look again").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert "The books agree" in site.manage("check_ledger")


def test_progress_is_fresh_and_counts_the_days(visit: Visit):
    donor = visit()
    donor.goto("/donate/")
    expect(donor.locator(".panel-days")).to_have_text(re.compile(r"^(\d+ days? left|last day)$"))


def test_a_tab_left_open_for_days_gives_anew(visit: Visit):
    donor = at_the_form(visit(), "late@example.org")
    key = donor.locator("[name=key]").input_value()
    donor.reload()
    assert donor.locator("[name=key]").input_value() == key
    donor.evaluate(
        "const [name] = Object.keys(sessionStorage);"
        " sessionStorage[name] = `${sessionStorage[name].split(' ')[0]} ${Date.now() - 31 * 60 * 1000}`"
    )
    donor.reload()
    assert donor.locator("[name=key]").input_value() not in {"", key}


def test_a_promised_cheque_is_done_and_the_next_one_is_another(visit: Visit):
    donor = visit()
    addresses = []
    for _ in range(2):
        at_the_form(donor, "cheque@example.org").get_by_label("Cheque or bank transfer").check()
        donor.locator("form.give button").click()
        expect(donor.get_by_role("heading", level=1)).to_have_text("How to send your gift")
        donor.wait_for_function("Object.keys(sessionStorage).every((name) => !name.startsWith('giving:'))")
        addresses.append(donor.url)
    assert len(set(addresses)) == 2


# A form that was sent, paid for, and gone back to


def paid(donor: Page) -> str:
    """From the form by the bank to the thanks. Returns the payment's address."""
    donor.locator("form.give button").click()
    donor.wait_for_url("**/processors/**")
    payment = donor.url
    donor.get_by_role("button", name=re.compile(r"^Pay €[\d,.]+$")).click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")
    return payment


def back_to_the_form(donor: Page, pages: int) -> Page:
    for _ in range(pages):
        donor.go_back()
    donor.wait_for_url("**/campaigns/**")
    return donor


@pytest.mark.parametrize("scripts", [True, False])
def test_back_and_back_and_give_asks_before_it_gives_again(visit: Visit, scripts: bool):
    donor = at_the_form(visit(java_script_enabled=scripts), f"back{scripts}@example.org")
    payment = paid(donor)
    back_to_the_form(donor, 2).locator("form.give button").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Give again?")
    donor.get_by_role("link", name="No, show me the gift that arrived").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")
    back_to_the_form(donor, 2).locator("form.give button").click()
    seconds = []
    for _ in range(2):  # yes, back, and yes again
        donor.get_by_role("button", name=re.compile("^Give another €")).click()
        donor.wait_for_url("**/processors/**")
        seconds.append(donor.url)
        donor.go_back()
    assert (seconds[0] == seconds[1], seconds[0] != payment) == (True, True)


def test_a_form_gone_back_to_knows_only_of_what_had_arrived_when_it_was_opened(visit: Visit):
    """Two gifts one after the other, then back over both: each of the two forms asks."""
    donor = visit()
    for _ in range(2):
        paid(at_the_form(donor, "twice@example.org"))
    for pages in (2, 4):  # from the thanks; from the question after the second form, over it and the first thanks
        back_to_the_form(donor, pages)
        donor.reload()
        donor.get_by_role("textbox", name="E-mail for the receipt").fill("twice@example.org")
        donor.locator("form.give button").click()
        expect(donor.get_by_role("heading", level=1)).to_have_text("Give again?")


@pytest.mark.parametrize("scripts", [True, False])
def test_two_tabs_with_the_same_form_are_one_gift(visit: Visit, scripts: bool):
    first = at_the_form(visit(java_script_enabled=scripts), f"tabs{scripts}@example.org")
    second = at_the_form(first.context.new_page(), f"tabs{scripts}@example.org")
    third = at_the_form(first.context.new_page(), f"tabs{scripts}@example.org")
    for tab in (second, first):
        tab.locator("form.give button").click()
        tab.wait_for_url("**/processors/**")
    assert first.url == second.url
    first.get_by_role("button", name=re.compile(r"^Pay €[\d,.]+$")).click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Thank you")
    third.locator("form.give button").click()
    expect(third.get_by_role("heading", level=1)).to_have_text("Give again?")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("by_reload", [True, False])
def test_a_form_whose_answer_was_lost_on_the_way_is_sent_again_as_the_same_gift(visit: Visit, scripts: bool, by_reload: bool):
    donor = at_the_form(visit(java_script_enabled=scripts), f"lost{scripts}{by_reload}@example.org")
    lost: list[str] = []

    def lose(route: Route) -> None:
        """The newsroom hears the form, and the donor does not hear the newsroom."""
        if route.request.method != "POST" or lost:
            return route.fallback()
        lost.append(route.fetch(max_redirects=0).headers["location"])
        return route.abort("connectionreset")

    donor.route("**/campaigns/**", lose)
    with donor.expect_event("requestfailed"):
        donor.locator("form.give button").click(no_wait_after=True)
    while not donor.url.startswith("chrome-error:"):
        donor.wait_for_timeout(100)
    if by_reload:
        donor.reload()
    else:
        at_the_form(donor, f"lost{scripts}{by_reload}@example.org").locator("form.give button").click()
    donor.wait_for_url("**/processors/**")
    assert donor.url.endswith(lost[0])


@pytest.mark.parametrize("scripts", [True, False])
def test_a_retry_sent_from_a_reloaded_page_and_by_a_double_click_is_one_gift(visit: Visit, scripts: bool):
    donor = at_the_form(visit(java_script_enabled=scripts), f"retry{scripts}@example.org")
    donor.locator("form.give button").click()
    donor.get_by_role("button", name="Have the card declined").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Your gift did not go through")
    declined, payments = donor.url, set()
    for _ in range(2):
        donor.reload()
        donor.locator("form.give button").dblclick(no_wait_after=True)
        donor.wait_for_url("**/processors/**")
        payments.add(donor.url)
        donor.go_back()
        donor.wait_for_url(declined)
    assert len(payments) == 1
    paid(donor)
    back_to_declined = donor.goto(declined)
    assert back_to_declined
    expect(donor.get_by_role("heading", level=1)).to_have_text("Your second try arrived")
    donor.get_by_role("link", name="Show me the gift that arrived").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("Thank you")


# The drawn progress


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_drawn_progress_can_be_read_on_the_narrowest_screen(visit: Visit, scheme: str):
    reader = visit(viewport={"width": 320, "height": 720}, color_scheme=scheme)
    for address in ("/", "/campaigns/"):
        reader.goto(address)
        drawn = reader.locator("img[src$='progress.svg']").first
        drawn.scroll_into_view_if_needed()
        reader.wait_for_function("(image) => image.complete && image.naturalWidth", arg=drawn.element_handle())
        width = drawn.evaluate("(image) => image.clientWidth / image.naturalWidth")
        source = reader.request.get(str(drawn.get_attribute("src"))).text()
        size = re.search(r"font: \d+ (\d+)px", source)
        assert size
        assert int(size[1]) * width >= 12
        assert reader.evaluate("document.documentElement.scrollWidth") <= 320
