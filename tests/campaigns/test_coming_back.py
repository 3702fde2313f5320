"""Where a donor comes back to: declined, tried again, given again."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Donation
from campaigns.sandbox import bank
from tests.campaigns.forms import an_open_campaign, filled_in, given_here, hidden, ref_in, text_of
from tests.campaigns.gifts import begun, received

pytestmark = pytest.mark.django_db


def test_a_declined_gift_can_be_tried_again_with_everything_filled_in(client):
    campaign = an_open_campaign()
    sent = client.post(campaign.get_absolute_url(), filled_in(name="Ada", own_amount="12.50", rhythm="monthly", message="Hi"))
    back = client.post(sent.headers["Location"], {"deed": "decline"})
    page = client.get(back.headers["Location"])
    assert "Your gift did not go through The bank declined the payment. Nothing was charged." in text_of(page)
    for expected in ('value="12.50"', 'value="Ada"', 'value="ada@example.org"', 'value="monthly" checked', ">Hi</textarea>"):
        assert expected in page.content.decode()
    key = re.search(r'name="key" value="(\w{32})"', page.content.decode())
    assert key
    again = filled_in(name="Ada", own_amount="12.50", rhythm="monthly", message="Hi", key=key[1])
    assert ref_in(client.post(campaign.get_absolute_url(), again)) != ref_in(sent)


def declined_here(client: Client, campaign: Campaign, **overrides) -> Donation:
    sent = client.post(campaign.get_absolute_url(), filled_in(**overrides))
    client.post(sent.headers["Location"], {"deed": "decline"})
    client.get((donation := Donation.objects.latest("pk")).get_absolute_url())
    return donation


def retry_form(client: Client, declined: Donation) -> dict[str, str]:
    return filled_in() | {name: value for name, value in hidden(client.get(declined.get_absolute_url())).items() if value}


def test_a_retry_is_one_gift_however_often_its_page_is_drawn_and_its_form_sent(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign, key="k")
    refs = {ref_in(client.post(campaign.get_absolute_url(), retry_form(client, declined))) for _ in range(3)}
    assert (len(refs), Donation.objects.count()) == (1, 2)


@pytest.mark.parametrize("changed", [{}, {"amount_once": "5000"}, {"email": "other@example.org"}])
def test_when_the_retry_was_paid_the_declined_page_says_so_and_offers_nothing(client, changed):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    form = retry_form(client, declined) | changed
    paid = given_here(client, campaign, ago=timedelta(0), **form)
    page = client.get(declined.get_absolute_url())
    assert "Your second try arrived" in text_of(page)
    assert f'href="{paid.get_absolute_url()}"' in page.content.decode()
    assert b'class="give"' not in page.content
    assert "Give again?" in text_of(client.post(campaign.get_absolute_url(), form))
    assert Donation.objects.count() == 2


def test_a_retry_that_is_paid_without_a_word_to_us_is_looked_up(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    bank.pay(ref_in(client.post(campaign.get_absolute_url(), retry_form(client, declined))), tell=False)
    assert "Your second try arrived" in text_of(client.get(declined.get_absolute_url()))


def test_a_retry_by_way_of_the_campaigns_page_counts_too(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign, key="k")
    given_here(client, campaign, ago=timedelta(0), key="k")
    assert "Your second try arrived" in text_of(client.get(declined.get_absolute_url()))


def test_a_retry_that_the_bank_answers_late_is_not_tried_a_third_time(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    bank.pay_later(ref_in(client.post(campaign.get_absolute_url(), retry_form(client, declined))))
    page = client.get(declined.get_absolute_url())
    assert "Your second try is on its way" in text_of(page)
    assert b'class="give"' not in page.content


def test_a_retry_that_is_declined_too_makes_room_for_a_third_on_both_pages(client):
    campaign = an_open_campaign()
    first = declined_here(client, campaign)
    second = declined_here(client, campaign, **retry_form(client, first))
    refs = {ref_in(client.post(campaign.get_absolute_url(), retry_form(client, page))) for page in (first, second)}
    assert (first != second, len(refs), Donation.objects.count()) == (True, 1, 3)


def test_a_declined_page_tells_nothing_of_other_gifts_to_the_same_address(client):
    campaign = an_open_campaign()
    declined = declined_here(client, campaign)
    received(campaign, at=timezone.now())
    page = client.get(declined.get_absolute_url())
    assert "did not go through" in text_of(page)
    assert "arrived" not in text_of(page)


def test_a_cancelled_gift_says_so(client):
    sent = client.post(an_open_campaign().get_absolute_url(), filled_in())
    back = client.post(sent.headers["Location"], {"deed": "cancel"})
    assert "You stopped before paying Nothing was charged." in text_of(client.get(back.headers["Location"]))


def test_a_late_answer_is_awaited_and_comes_by_an_event(client, run_jobs):
    sent = client.post(an_open_campaign().get_absolute_url(), filled_in())
    back = client.post(sent.headers["Location"], {"deed": "later"})
    waiting = client.get(back.headers["Location"])
    assert "Your bank has not answered yet" in text_of(waiting)
    assert run_jobs() == []
    assert run_jobs(at=timezone.now() + timedelta(seconds=9))[:3] == [
        "sandbox.answer_late",
        "sandbox.post_event",
        "campaigns.process_event",
    ]
    assert "Thank you" in text_of(client.get(back.headers["Location"]))


def test_who_comes_back_without_paying_may_go_on(client):
    campaign = an_open_campaign()
    sent = client.post(campaign.get_absolute_url(), filled_in())
    page = client.get(Donation.objects.get().get_absolute_url())
    assert "Your gift is not finished" in text_of(page)
    assert sent.headers["Location"] in page.content.decode()


def test_a_promised_cheque_gets_its_instructions_on_the_page(client):
    response = client.post(an_open_campaign().get_absolute_url(), filled_in(processor="offline"))
    words = text_of(client.get(response.headers["Location"]))
    assert "How to send your gift" in words
    assert Donation.objects.get().reference in words


def test_the_pages_of_a_gift_are_nobodys_to_keep_or_to_find(client):
    donation = begun(an_open_campaign(), at=timezone.now())
    page = client.get(donation.get_absolute_url())
    assert "no-store" in page.headers["Cache-Control"]
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert client.get("/giving/return/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_a_processor_that_is_down_leaves_the_page_waiting(client, settings):
    donation = begun(an_open_campaign(), at=timezone.now())
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {})}
    assert "Your gift is not finished" in text_of(client.get(donation.get_absolute_url()))


def test_the_pretended_bank_knows_four_buttons_and_pays_once(client):
    sent = client.post(an_open_campaign().get_absolute_url(), filled_in())
    address = sent.headers["Location"]
    assert client.post(address, {"deed": "rob"}).status_code == 400
    assert client.post(address, {"deed": "pay"}, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    client.post(address, {"deed": "pay"})
    client.post(address, {"deed": "decline"})
    assert "This payment has been made." in text_of(client.get(address))
    assert client.get("/processors/sandbox/pay/nothing/").status_code == 404
