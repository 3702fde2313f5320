"""The part of a donor's own page that changes a regular gift."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from campaigns import links, pledges, steering
from campaigns.models import Pledge, PledgeChange, Way
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import a_pledge
from tests.campaigns.test_own_page import path_of
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def pledge() -> Pledge:
    now = timezone.now()
    return a_pledge(campaign=make_campaign(starts_at=now - timedelta(days=9), ends_at=None), at=now - timedelta(days=2))


def send(client, pledge: Pledge, **fields: str):
    """By the fresh link to all of a donor's giving."""
    return client.post(path_of(links.to_donor(pledge.donor)), {"pledge": f"{pledge.pk}", **fields})


def send_by_old_mail(client, pledge: Pledge, **fields: str):
    """By the link in a receipt, which does not run out."""
    return client.post(path_of(links.to_pledge(pledge)), {"pledge": f"{pledge.pk}", **fields})


def seen(client, pledge: Pledge) -> str:
    return text_of(client.get(path_of(links.to_donor(pledge.donor))))


def test_the_page_offers_every_change_without_a_script(client, pledge):
    words = seen(client, pledge)
    for expected in ("Pay another way", "Change the amount", "Change the day", "Pause it", "Give €12 instead", "Stop this gift"):
        assert expected in words
    assert "It is paid by: Card (pretended): Pretended card" in words


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_for_one_pledge_and_for_three(client, pledge, number, django_assert_num_queries):
    for _ in range(number - 1):
        a_pledge(campaign=pledge.campaign, at=timezone.now())
    address = path_of(links.to_donor(pledge.donor))
    with django_assert_num_queries(7):
        client.get(address)


@pytest.mark.parametrize("deed", ["amount", "lower"])
def test_an_amount_that_the_way_does_not_take_is_told_beside_the_field(client, pledge, deed):
    Way.objects.update_or_create(processor="sandbox", defaults={"most": {"EUR": 1000}})
    response = send(client, pledge, deed=deed, amount="12.50")
    assert response.status_code == 422
    assert "is €10. For more, choose another way to pay first." in response.content.decode()


@pytest.mark.parametrize("deed", ["amount", "lower"])
def test_another_amount(client, pledge, deed):
    assert send(client, pledge, deed=deed, amount="12.50").status_code == 302
    assert "€12.50 monthly" in seen(client, pledge)


def test_another_day(client, pledge):
    assert send(client, pledge, deed="day", day="31").status_code == 302
    pledge.refresh_from_db()
    assert pledge.day == 31


def test_a_rest_and_its_end(client, pledge):
    assert send(client, pledge, deed="rest", months="2").status_code == 302
    words = seen(client, pledge)
    assert "Paused until" in words
    assert "Let it go on" in words
    assert send(client, pledge, deed="go_on").status_code == 302
    assert "The next gift is due on" in seen(client, pledge)


def test_a_stranded_gift_says_what_it_needs(client, pledge):
    Pledge.objects.update(status="stranded")
    assert "It needs another way to pay." in seen(client, pledge)


def test_a_tap_stops_it_for_good(client, pledge):
    assert send(client, pledge, stop=f"{pledge.pk}").status_code == 302
    assert "Stopped on" in seen(client, pledge)


@pytest.mark.parametrize(
    ("deed", "typed", "told"),
    [
        ("amount", {"amount": ""}, "Type an amount in figures"),
        ("amount", {"amount": "nonsense"}, "Type an amount in figures"),
        ("amount", {"amount": "0.50"}, "The smallest gift is €1."),
        ("amount", {"amount": "9" * 29}, "Please write to us first."),
        ("lower", {"amount": "-3"}, "Type an amount in figures"),
        ("day", {"day": "32"}, "Choose a day."),
        ("day", {}, "Choose a day."),
        ("rest", {"months": "7"}, "Choose how long."),
        ("rest", {}, "Choose how long."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(client, pledge, deed, typed, told):
    response = send(client, pledge, deed=deed, **typed)
    assert response.status_code == 422
    assert told in text_of(response)
    assert not PledgeChange.objects.exists()


# By the link in a receipt, which may lie in anybody's mailbox


def test_the_receipts_link_offers_what_is_harmless_and_a_fresh_link_for_the_rest(client, pledge):
    words = text_of(client.get(path_of(links.to_pledge(pledge))))
    for expected in ("Pay another way", "Change the amount", "Pause it", "Give €12 instead", "Stop this gift"):
        assert expected in words
    assert "Mail me a link to all of my gifts" in words
    assert "Change the day" not in words
    pledges.pause(pledge, at=timezone.now(), why="")
    assert "Let it go on" not in text_of(client.get(path_of(links.to_pledge(pledge))))


@pytest.mark.parametrize(
    ("deed", "typed"), [("amount", {"amount": "12"}), ("lower", {"amount": "12"}), ("rest", {"months": "2"}), ("stop", {})]
)
def test_the_receipts_link_does_what_is_harmless(client, pledge, deed, typed):
    assert send_by_old_mail(client, pledge, deed=deed, **typed).status_code == 302
    assert PledgeChange.objects.count() == 1


@pytest.mark.parametrize(
    ("deed", "typed", "told"),
    [
        ("amount", {"amount": "25.01"}, "To give more, have a fresh link mailed to you"),
        ("day", {"day": "3"}, "To change the day, have a fresh link mailed to you"),
        ("go_on", {}, "To let it go on, have a fresh link mailed to you"),
        ("rest", {"months": "1"}, "To end the pause sooner, have a fresh link mailed to you"),
    ],
)
def test_the_receipts_link_collects_nothing_sooner_or_higher(client, pledge, deed, typed, told):
    steering.rest(pledge, months=3, at=timezone.now())
    before = Pledge.objects.values().get()
    response = send_by_old_mail(client, pledge, deed=deed, **typed)
    assert (response.status_code, told in text_of(response)) == (422, True)
    assert Pledge.objects.values().get() == before


def test_the_receipts_link_makes_a_pause_longer(client, pledge):
    steering.rest(pledge, months=3, at=timezone.now())
    assert send_by_old_mail(client, pledge, deed="rest", months="4").status_code == 302


def test_one_tap_mails_the_fresh_link_to_the_donors_own_mailbox(client, pledge, run_jobs):
    for _ in range(2):
        response = client.post(path_of(links.to_pledge(pledge)), {"fresh_link": "1"})
        assert (response.status_code, response.headers["Location"]) == (302, "/giving/?asked=1")
    run_jobs()
    (message,) = mail.outbox
    assert (message.to, "/giving/d" in str(message.body)) == (["ada@example.org"], True)


def test_another_site_mails_nothing(client, pledge, run_jobs):
    address = path_of(links.to_pledge(pledge))
    assert client.post(address, {"fresh_link": "1"}, HTTP_SEC_FETCH_SITE="cross-site").status_code == 403
    assert run_jobs() == []


def test_what_was_typed_is_still_there(client, pledge):
    assert 'value="twelve"' in send(client, pledge, deed="amount", amount="twelve").content.decode()


def test_a_stopped_gift_is_not_changed_by_a_page_that_is_still_open(client, pledge):
    steering.stop(pledge, at=timezone.now())
    assert send(client, pledge, deed="amount", amount="5").status_code == 422


@pytest.mark.parametrize("deed", ["", "activate", "__class__"])
def test_a_button_that_is_none_is_refused(client, pledge, deed):
    assert send(client, pledge, deed=deed).status_code == 400


@pytest.mark.parametrize("deed", ["amount", "lower", "day", "rest", "go_on", "stop"])
def test_a_link_changes_nobody_elses_gift(client, pledge, deed):
    other = a_pledge(campaign=pledge.campaign, email="b@example.org", at=timezone.now())
    pledges.pause(other, at=timezone.now(), why="")
    before = Pledge.objects.values().get(pk=other.pk)
    for address in (links.to_pledge(pledge), links.to_donor(pledge.donor)):
        for wrong in (f"{other.pk}", "", "x", "9" * 5000):
            typed = {"amount": "5", "day": "3", "months": "1"}
            assert client.post(path_of(address), {"pledge": wrong, "deed": deed, **typed}).status_code == 404
    assert Pledge.objects.values().get(pk=other.pk) == before


@pytest.mark.parametrize("deed", ["amount", "go_on", "stop"])
def test_another_site_changes_nothing(client, pledge, deed):
    fields = {"pledge": f"{pledge.pk}", "deed": deed, "amount": "5"}
    response = client.post(path_of(links.to_pledge(pledge)), fields, HTTP_ORIGIN="https://evil.example")
    assert (response.status_code, PledgeChange.objects.count()) == (403, 0)
