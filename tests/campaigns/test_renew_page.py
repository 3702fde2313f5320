"""The page behind the link of a mail: one button for each way to pay, with everything filled in."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import giving, links, pledges, ways
from campaigns.models import Donation, Pledge
from campaigns.sandbox import bank
from tests.campaigns.forms import ref_in, text_of
from tests.campaigns.gifts import a_pledge
from tests.campaigns.test_own_page import path_of
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def pledge() -> Pledge:
    now = timezone.now()
    campaign = make_campaign(title="The winter", starts_at=now - timedelta(days=9), ends_at=None)
    return a_pledge(campaign=campaign, at=now - timedelta(days=2))


def page_of(pledge: Pledge) -> str:
    return path_of(links.to_renew(pledge))


def test_it_shows_the_gift_and_a_button_for_each_way_and_changes_nothing(client, pledge, django_assert_num_queries):
    address = page_of(pledge)
    with django_assert_num_queries(9):
        page = client.get(address)
    words = text_of(page)
    assert "€25 monthly for “The winter”" in words
    assert "Card (pretended)" in words
    assert "Cheque or bank transfer" in words
    assert "Pay €25 now, for" in words
    assert page.content.decode().count('name="way"') == 2
    assert "ada@example.org" not in page.content.decode()
    assert "Ada" not in words
    assert (page.headers["Referrer-Policy"], "no-store" in page.headers["Cache-Control"]) == ("no-referrer", True)
    assert (Donation.objects.count(), page.cookies) == (1, {})


def test_one_tap_leads_to_the_payment_and_back_to_a_pledge_that_goes_on(client, pledge):
    response = client.post(page_of(pledge), {"way": "sandbox"})
    assert response.status_code == 303
    ref = ref_in(response)
    assert ref_in(client.post(page_of(pledge), {"way": "sandbox"})) == ref
    bank.pay(ref, tell=False)
    old = pledge.mandate
    thanks = client.get(Donation.objects.latest("pk").get_absolute_url())
    assert "has arrived" in text_of(thanks)
    pledge.refresh_from_db()
    assert (pledge.status, pledge.mandate == old) == ("active", False)


def test_the_same_page_sent_again_after_it_was_paid_asks_before_it_takes_the_next_gift(client, pledge):
    page = client.get(page_of(pledge)).content.decode()
    period = page.split('name="period" value="')[1].split('"')[0]
    bank.pay(ref_in(client.post(page_of(pledge), {"way": "sandbox", "period": period})), tell=False)
    client.get(Donation.objects.latest("pk").get_absolute_url())
    again = client.post(page_of(pledge), {"way": "sandbox", "period": period})
    assert again.status_code == 409
    assert "The gift that this page was about is paid." in text_of(again)
    assert Donation.objects.count() == 2


def test_a_declined_try_leads_back_to_the_page_with_the_reason(client, pledge):
    bank.decline(ref_in(client.post(page_of(pledge), {"way": "sandbox"})), tell=False)
    back = client.get(Donation.objects.latest("pk").get_absolute_url())
    assert (back.status_code, back.headers["Location"]) == (302, page_of(pledge))
    assert "The bank declined the payment. Nothing was charged." in text_of(client.get(page_of(pledge)))


def test_who_stopped_before_paying_is_told_so(client, pledge):
    bank.cancel(ref_in(client.post(page_of(pledge), {"way": "sandbox"})), tell=False)
    giving.settle(Donation.objects.latest("pk"), at=timezone.now())
    assert "You stopped before paying. Nothing was charged." in text_of(client.get(page_of(pledge)))


def test_by_hand_with_nothing_due_says_when_we_write(client, pledge):
    response = client.post(page_of(pledge), {"way": "offline"})
    assert (response.status_code, response.headers["Location"]) == (302, page_of(pledge) + "?done=1")
    assert "We write to you when the next one is due" in text_of(client.get(page_of(pledge) + "?done=1"))


def test_by_hand_with_something_open_shows_how_to_send_it(client, pledge):
    Pledge.objects.update(next_due=timezone.localdate())
    response = client.post(page_of(pledge), {"way": "offline"})
    assert response.headers["Location"] == Donation.objects.latest("pk").get_absolute_url()
    assert "How to send your gift" in text_of(client.get(response.headers["Location"]))


def test_a_processor_that_fails_leaves_the_others_and_loses_nothing(client, pledge, settings):
    settings.PROCESSORS = {**settings.PROCESSORS, "sandbox": ("tests.campaigns.doubles.Down", {})}
    response = client.post(page_of(pledge), {"way": "sandbox"})
    assert response.status_code == 503
    assert "Nothing was charged. Choose another one" in text_of(response)
    assert response.content.decode().count('name="way"') == 1
    assert not ways.works("sandbox")
    assert client.post(page_of(pledge), {"way": "offline"}).status_code == 302


@pytest.mark.parametrize("way", ["", "nobody", "x" * 5000, "\x00"])
def test_a_way_that_is_not_offered_is_said_so(client, pledge, way):
    response = client.post(page_of(pledge), {"way": way})
    assert (response.status_code, Donation.objects.count()) == (422, 1)
    assert "not offered any more" in text_of(response)


def test_a_stopped_gift_says_so_and_takes_nothing(client, pledge):
    pledges.end(pledge, at=timezone.now())
    assert "This regular gift is stopped" in text_of(client.get(page_of(pledge)))
    assert client.post(page_of(pledge), {"way": "sandbox"}).status_code == 409
    assert Donation.objects.count() == 1


def test_a_wrong_link_opens_nothing(client, pledge):
    other_kind = links.to_pledge(pledge).rstrip("/").rpartition("/")[2]
    for wrong in (page_of(pledge)[:-2] + "x/", "/giving/renew/r1.abc/", "/giving/renew/x/", f"/giving/renew/r{other_kind[1:]}/"):
        response = client.get(wrong)
        assert (response.status_code, response.headers["Referrer-Policy"]) == (404, "no-referrer")
        assert client.post(wrong, {"way": "sandbox"}).status_code == 404


def test_the_link_opens_no_donors_page(client, pledge):
    token = page_of(pledge).rstrip("/").rpartition("/")[2]
    for wrong in (f"/giving/{token}/", f"/giving/p{token[1:]}/"):
        assert client.get(wrong).status_code == 404


def test_another_site_cannot_press_a_button(client, pledge):
    response = client.post(page_of(pledge), {"way": "offline"}, HTTP_SEC_FETCH_SITE="cross-site")
    pledge.refresh_from_db()
    assert (response.status_code, pledge.processor) == (403, "sandbox")
