"""Pledges and outages on the desk: for Fundraisers and Administrators alone."""

from datetime import timedelta

import pytest
from django.core import mail

from campaigns import collecting, rescue, steering
from campaigns.models import Outage, Pledge, PledgeMail, Stranding
from campaigns.sandbox import bank
from newsroom.models import AuditEntry
from tests.campaigns.forms import text_of
from tests.campaigns.gifts import a_pledge
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/campaigns/pledge/"
DUE = NOON + timedelta(days=30)


@pytest.fixture
def desk(client):
    client.force_login(make_user("Fundraiser"))
    return client


def act(client, action: str, *pledges: Pledge):
    return client.post(LIST, {"action": action, "_selected_action": [pledge.pk for pledge in pledges]}, follow=True)


def test_a_pledges_page_shows_its_instalments_changes_mails_and_what_follows_a_decline(desk):
    pledge = a_pledge()
    steering.change_amount(pledge, amount=1500, at=NOON)
    bank.block(pledge.mandate)
    collecting.collect_due(at=DUE)
    words = text_of(desk.get(f"{LIST}{pledge.pk}/change/"))
    assert "The gift due on December 23, 2026 was declined. Its donor is asked again on December 26, 2026" in words
    for expected in (
        "Instalments",
        "23 December 2026",
        "Failed",
        "€25",
        "€15",
        "Give €15 monthly instead of €25.",
        "did not go through",
    ):
        assert expected in words


def test_a_look_at_a_pledge_is_taken_down(desk):
    pledge = a_pledge()
    desk.get(f"{LIST}{pledge.pk}/change/")
    assert list(AuditEntry.objects.values_list("deed", "subject")) == [("looked at", f"campaigns.pledge {pledge.pk}")]


def test_pledges_being_seen_to_are_found(desk):
    bad, good = a_pledge(), a_pledge(email="b@example.org")
    bank.block(bad.mandate)
    collecting.collect_due(at=DUE)
    found = desk.get(f"{LIST}?declined=open").context["cl"].queryset
    assert list(found) == [bad]
    assert good.pk not in [pledge.pk for pledge in found]


def test_paused_at_the_desk_it_is_not_collected(desk):
    pledge = a_pledge()
    assert "Paused: 1." in text_of(act(desk, "pause", pledge))
    assert "Paused: 0." in text_of(act(desk, "pause", pledge))
    pledge.refresh_from_db()
    change = pledge.changes.get()
    assert (pledge.status, change.kind, change.by is not None) == ("paused", "paused", True)
    assert collecting.collect_due(at=DUE) == (0, 0)
    assert AuditEntry.objects.filter(deed="paused").count() == 1


def test_pausing_at_the_desk_is_right_for_every_state_and_says_what_was_left(desk):
    resting = steering.rest(a_pledge(email="b@example.org"), months=3, at=NOON)
    stranded, ended = a_pledge(email="c@example.org"), steering.stop(a_pledge(email="d@example.org"), at=NOON)
    Pledge.objects.filter(pk=stranded.pk).update(status="stranded")
    told = text_of(act(desk, "pause", resting, stranded, ended))
    assert "Paused: 2." in told
    assert "Left as they are: 1 (paused already, stopped" in told
    assert list(Pledge.objects.order_by("pk").values_list("status", "paused_until")) == [
        ("paused", None),
        ("paused", None),
        ("ended", None),
    ]


def test_the_link_is_sent_once_a_day(desk, run_jobs):
    pledge, ended = a_pledge(), steering.stop(a_pledge(email="b@example.org"), at=NOON)
    assert "Queued to be mailed: 1." in text_of(act(desk, "send_link", pledge, ended))
    assert "Not mailed: 1" in text_of(act(desk, "send_link", pledge))
    run_jobs()
    (message,) = [message for message in mail.outbox if "choose how to pay" in message.subject]
    assert "/giving/renew/r" in str(message.body)


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_sees_and_does_nothing(client, group):
    pledge = a_pledge()
    outage = rescue.go_down("sandbox", by=None, at=NOON)
    Pledge.objects.update(status="active")
    client.force_login(make_user(group))
    for address in (
        LIST,
        f"{LIST}{pledge.pk}/change/",
        "/admin/campaigns/outage/",
        f"/admin/campaigns/outage/{outage.pk}/change/",
    ):
        assert client.get(address).status_code == 403
    for action in ("pause", "send_link"):
        assert client.post(LIST, {"action": action, "_selected_action": [pledge.pk]}).status_code == 403
    pledge.refresh_from_db()
    assert (pledge.status, PledgeMail.objects.filter(kind="renew").count()) == ("active", 0)
    assert not AuditEntry.objects.filter(deed="looked at").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_pledges_costs_the_same_for_one_and_three(desk, number, django_assert_num_queries):
    for n in range(number):
        a_pledge(email=f"d{n}@example.org")
    with django_assert_num_queries(9):
        desk.get(LIST)


@pytest.mark.parametrize("number", [1, 3])
def test_an_outage_shows_its_figures_at_one_price(desk, number, django_assert_num_queries):
    for n in range(number):
        a_pledge(email=f"d{n}@example.org")
    outage = rescue.go_down("sandbox", by=None, at=NOON)
    Stranding.objects.update(recovered_at=DUE, recovered_to="offline")
    desk.get(f"/admin/campaigns/outage/{outage.pk}/change/")
    with django_assert_num_queries(12):
        page = desk.get(f"/admin/campaigns/outage/{outage.pk}/change/")
    words = text_of(page)
    assert f"Pledges that needed a new way {number}" in words
    assert f"Their worth a month €{25 * number}" in words
    assert f"Have a new way {number}" in words
    assert "Day by day" in words


def test_an_outage_is_only_read(desk):
    outage = rescue.go_down("sandbox", by=None, at=NOON)
    for address in ("add/", f"{outage.pk}/delete/"):
        assert desk.post(f"/admin/campaigns/outage/{address}", {}).status_code == 403
    assert "Nobody has chosen a new way yet." in text_of(desk.get(f"/admin/campaigns/outage/{outage.pk}/change/"))
    assert Outage.objects.count() == 1
