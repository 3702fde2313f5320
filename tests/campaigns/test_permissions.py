"""Who sees donors, gifts and money: every page and action of the desk, whoever adds one; and no log names anybody."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone

from campaigns import giving, inbox, links, ways
from campaigns.models import Donation, LedgerEntry
from campaigns.sandbox import bank
from newsroom import audit
from tests.campaigns.forms import an_open_campaign, filled_in, ref_in
from tests.campaigns.gifts import received
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db
# What Editors write too: campaigns and what belongs to their pages. Nobody who gave stands in these.
OF_PAGES = {"campaign", "campaigntext", "campaignupdate", "matchingpool"}
KEPT_OUT = ["", "Writer", "Editor"]
NAME, ADDRESS, MESSAGE = "Wilhelmina Quist", "wilhelmina.quist@example.org", "In memory of a lighthouse"


def desks() -> Iterator["admin.ModelAdmin[Any]"]:
    """Of all models of campaigns that the desk shows and that are not for Editors too."""
    for model, desk in sorted(admin.site._registry.items(), key=lambda pair: pair[0]._meta.label):
        if model._meta.app_label == "campaigns" and model._meta.model_name not in OF_PAGES:
            yield desk


DESKS = [desk.model._meta.model_name or "" for desk in desks()]


def desk_of(name: str) -> "admin.ModelAdmin[Any]":
    return admin.site._registry[apps.get_model("campaigns", name)]


def addresses(name: str, pk: Any) -> list[str]:
    """Every page of a desk: its list, a row's, and whatever it adds."""
    found = []
    for pattern in desk_of(name).get_urls():
        if not isinstance(pattern, URLPattern) or pattern.name is None:
            continue
        parts = pattern.pattern.converters
        try:
            found.append(reverse(f"admin:{pattern.name}", kwargs=dict.fromkeys(parts, pk)))
        except NoReverseMatch:
            found.append(reverse(f"admin:{pattern.name}", kwargs=dict.fromkeys(parts, "1")))
    return found


def a_row(name: str) -> int | None:
    """The key of a row that a whole monthly gift, its event and its refund leave behind; None where they leave none."""
    donation = received(make_campaign(), rhythm="monthly", name=NAME, email=ADDRESS, message=MESSAGE)
    headers, body = bank.signed_event(donation.processor_ref, "payment.paid")
    inbox.receive("sandbox", headers=headers, body=body, at=timezone.now())
    giving.refund(donation, amount=500, key=donation.token, by=None, at=timezone.now())
    ways.add_rows()
    row: Model | None = apps.get_model("campaigns", name)._default_manager.first()
    return row.pk if row else None


def signed_in(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", DESKS)
def test_nobody_else_reaches_any_page_of_those_who_gave(name, method):
    row = a_row(name)
    pages = addresses(name, row or 1)
    assert len(pages) >= 5
    before = list(LedgerEntry.objects.values_list("pk", "amount")), list(Donation.objects.values_list("pk", "status"))
    for group in KEPT_OUT:
        client = signed_in(group)
        answers = {page: getattr(client, method)(page) for page in pages}
        # Of a row that is not there the stock desk says so first, and leads to its first page.
        # A deed that is done by a POST alone says 405 to everybody.
        reached = {page: answer for page, answer in answers.items() if answer.status_code not in {403, 405}}
        assert [page for page, answer in reached.items() if answer.headers.get("Location") != "/admin/"] == []
        assert all(NAME not in answer.content.decode() for answer in answers.values())
    stranger = Client()
    for page in pages:
        answer = getattr(stranger, method)(page)
        assert (page, answer.status_code, answer.headers["Location"].split("?")[0]) == (page, 302, "/admin/login/")
    assert before == (list(LedgerEntry.objects.values_list("pk", "amount")), list(Donation.objects.values_list("pk", "status")))


@pytest.mark.parametrize("group", KEPT_OUT)
@pytest.mark.parametrize("name", DESKS)
def test_nobody_else_is_offered_any_action(name, group):
    request = RequestFactory().get("/")
    request.user = make_user(group)
    desk = desk_of(name)
    assert desk.get_actions(request) == {}
    assert not any(desk.get_model_perms(request).values())


@pytest.mark.parametrize("group", ["Fundraiser", "Administrator"])
@pytest.mark.parametrize("name", DESKS)
def test_fundraisers_and_administrators_see_each_list(name, group):
    a_row(name)
    assert signed_in(group).get(f"/admin/campaigns/{name}/", follow=True).status_code == 200


@pytest.mark.parametrize("name", DESKS)
def test_every_desk_is_behind_permissions_of_its_own(name):
    """Somebody with each permission of another desk is no nearer to this one."""
    model = desk_of(name).model
    assert model._meta.default_permissions or model._meta.proxy  # a proxy has those of its own kind of row
    assert signed_in("").get(f"/admin/campaigns/{name}/").status_code == 403


# A donor's page


def test_a_donors_page_says_who_looked_at_it():
    donor = received(make_campaign()).donor
    audit.record(make_user(username="grace"), audit.LOOKED, donor)
    audit.record(make_user(username="other"), audit.LOOKED, f"campaigns.donor {donor.pk + 1}")
    page = signed_in("Fundraiser").get(f"/admin/campaigns/donor/{donor.pk}/change/").content.decode()
    looks = page.partition('id="desk-looks"')[2]
    assert "grace looked at" in looks
    assert "other" not in looks.partition("</section>")[0]


# Logs


def test_no_log_line_of_a_gift_a_decline_and_a_refund_names_the_donor(client, caplog, run_jobs):
    caplog.set_level(logging.DEBUG)
    campaign = an_open_campaign()
    typed = filled_in(name=NAME, email=ADDRESS, message=MESSAGE)
    client.post(campaign.get_absolute_url(), typed | {"own_amount": "x"})
    declined = ref_in(client.post(campaign.get_absolute_url(), typed | {"key": "one"}))
    bank.decline(declined)
    run_jobs()
    gone = Donation.objects.get(processor_ref=declined)
    client.get(gone.get_absolute_url())
    paid = ref_in(client.post(campaign.get_absolute_url(), typed | {"key": "two", "rhythm": "monthly", "amount_monthly": "1000"}))
    bank.pay(paid)
    run_jobs()
    donation = Donation.objects.get(processor_ref=paid)
    donation = giving.settle(donation, at=timezone.now())
    client.get(donation.get_absolute_url())
    client.get(links.to_donor(donation.donor).removeprefix("http://localhost:8000"))
    desk = signed_in("Fundraiser")
    desk.get(f"/admin/campaigns/donation/{donation.pk}/change/")
    giving.refund(donation, amount=500, key=donation.token, by=None, at=timezone.now())
    run_jobs()
    assert (gone.status, donation.status) == ("declined", "received")
    said = "\n".join(f"{record.getMessage()} {record.args} {record.exc_text or ''}" for record in own(caplog.records))
    assert f"Gift {donation.pk} received" in said
    for personal in (NAME, ADDRESS, MESSAGE, "Wilhelmina", "lighthouse"):
        assert personal.lower() not in said.lower()


def own(records: list[logging.LogRecord]) -> list[logging.LogRecord]:
    """What is written where LOG_LEVEL is INFO; and the newsroom's own lines at every level."""
    ours = ("newsroom", "articles", "campaigns", "digest")
    return [record for record in records if record.levelno >= logging.INFO or record.name.split(".")[0] in ours]
