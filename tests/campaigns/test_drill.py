"""A drill: a thousand pledges through processor_down and back. With -s the figures are printed."""

import random
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from campaigns import collecting, giving, links, recovery, rescue
from campaigns.checking import differences
from campaigns.models import Donation, Outage, Pledge, PledgeMail, SandboxPayment
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_pledge
from tests.campaigns.test_own_page import path_of
from tests.factories import NOON, make_campaign
from tests.jobs import run

pytestmark = pytest.mark.django_db
MANY = 1000
ANSWER, BY_HAND, STOP = 150, 30, 10  # how many donors tap a link and pay, choose a transfer, stop


@pytest.fixture(autouse=True)
def second_bank(settings) -> None:
    names: Any = {"sandbox": ("campaigns.processors.sandbox.Sandbox", {}), "other": ("tests.campaigns.doubles.SecondBank", {})}
    settings.PROCESSORS = {**names, "offline": ("campaigns.processors.offline.Offline", {})}


def a_thousand() -> list[Pledge]:
    """Each with a donor and an amount of its own, every tenth a yearly one; first gifts are of a few alone."""
    first = a_pledge(campaign=make_campaign(ends_at=None), amount=1000)
    donors = type(first.donor).objects.bulk_create(
        type(first.donor)(email=f"donor{number}@example.org", name=f"Donor {number}") for number in range(MANY - 1)
    )
    shared = ("campaign_id", "currency", "day", "status", "processor", "mandate", "consent", "consented_at", "next_due")
    fields = {name: getattr(first, name) for name in shared}
    Pledge.objects.bulk_create(
        Pledge(donor=donor, amount=1000 + number, rhythm="yearly" if number % 10 == 0 else "monthly", **fields)
        for number, donor in enumerate(donors, 1)
    )
    return list(Pledge.objects.order_by("pk"))


def tapped(client, pledge: Pledge, way: str) -> None:
    """The link of the mail, one button, and the payment where there is one."""
    address = path_of(links.to_renew(pledge))
    assert client.get(address).status_code == 200
    assert client.post(address, {"way": way}).status_code in {302, 303}
    if way == "other":
        donation = Donation.objects.get(renewal__pledge=pledge)
        bank.pay(donation.processor_ref, tell=False)
        giving.settle(donation, at=timezone.now(), mail=False)


def said(*words: str) -> list[str]:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().splitlines()


def test_a_thousand_pledges_through_an_outage_and_back(client):
    pledges = a_thousand()
    rehearsed = said("processor_down", "sandbox", "--rehearse")
    assert rehearsed[0] == f"Pledges that would need a new way: {MANY}"
    down = said("processor_down", "sandbox")[-1]
    run()
    assert len(mail.outbox) == MANY
    assert len({message.to[0] for message in mail.outbox}) == MANY

    chosen = random.Random(4).sample(pledges, ANSWER + BY_HAND + STOP)
    for pledge in chosen[:ANSWER]:
        tapped(client, pledge, "other")
    for pledge in chosen[ANSWER : ANSWER + BY_HAND]:
        tapped(client, pledge, "offline")
    for pledge in chosen[ANSWER + BY_HAND :]:
        client.post(path_of(links.to_pledge(pledge)), {"stop": f"{pledge.pk}"})
    status = said("processor_down", "sandbox", "--status")
    up = said("processor_up", "sandbox")[-1]

    told = recovery.figures(Outage.objects.get())
    worth = sum(pledge.amount if pledge.rhythm == "monthly" else 0 for pledge in chosen[: ANSWER + BY_HAND])
    worth += sum(pledge.amount for pledge in chosen[: ANSWER + BY_HAND] if pledge.rhythm == "yearly") // 12
    assert (told.stranded, told.mailed, told.opened) == (MANY, MANY, ANSWER + BY_HAND)
    assert (told.recovered, told.restored, told.ended) == (ANSWER + BY_HAND, MANY - ANSWER - BY_HAND - STOP, STOP)
    assert told.monthly_recovered == {"EUR": worth}
    assert (sum(day.recovered for day in recovery.per_day(Outage.objects.get())), told.still_open) == (ANSWER + BY_HAND, 0)
    print("", down, *status, up, sep="\n")  # noqa: T201  the drill's figures are for reading

    for days in (30, 31):
        rescue.go_on(at=NOON + timedelta(days=days))
        collecting.collect_due(at=NOON + timedelta(days=days, hours=2))
    paid = SandboxPayment.objects.filter(status="paid").count()
    assert paid == 1 + ANSWER + told.restored  # nobody who moved pays twice, nobody who stayed is left out
    assert Pledge.objects.filter(status="active").count() == MANY - STOP
    assert PledgeMail.objects.filter(kind="stranded").count() == MANY
    assert differences() == []


def test_collecting_holds_a_slice_in_memory_and_no_more(monkeypatch):
    """Each look at what is due fetches a slice: of twelve due pledges seven at the most."""
    for number in range(12):
        a_pledge(email=f"d{number}@example.org")
    monkeypatch.setattr(collecting, "SLICE", 7)
    fetched: list[int] = []

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if 'FROM "campaigns_pledge"' in sql and "LIMIT 7" in sql:
            fetched.append(context["cursor"].rowcount)
        return answer

    with connection.execute_wrapper(watch):
        assert collecting.collect_due(at=NOON + timedelta(days=30)) == (12, 0)
    assert fetched == [7, 5]


def test_what_cannot_be_claimed_is_stepped_over_in_the_next_slice(monkeypatch):
    for number in range(5):
        a_pledge(email=f"d{number}@example.org")
    Pledge.objects.filter(donor__email__in=["d0@example.org", "d1@example.org"]).update(rhythm="weekly")
    monkeypatch.setattr(collecting, "SLICE", 2)
    assert collecting.collect_due(at=NOON + timedelta(days=30)) == (3, 0)
