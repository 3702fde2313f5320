"""What the script adds to the give form, and what a hasty hand must not do."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def at_the_form(donor: Page, email: str) -> Page:
    donor.goto("/donate/")
    donor.get_by_role("textbox", name="E-mail for the receipt").fill(email)
    return donor


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
    donor.get_by_label("Or another").fill("nothing")
    expect(button).to_have_text("Give")
    donor.locator(".amounts:visible .tile").first.click()
    expect(donor.get_by_label("Or another")).to_have_value("")
    expect(button).to_have_text(re.compile(r"^Give €[\d,.]+ monthly$"))


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


def test_a_promised_cheque_is_done_with_its_key(visit: Visit):
    donor = at_the_form(visit(), "cheque@example.org")
    donor.get_by_label("Cheque or bank transfer").check()
    donor.locator("form.give button").click()
    expect(donor.get_by_role("heading", level=1)).to_have_text("How to send your gift")
    donor.wait_for_function("sessionStorage.length === 0")
