"""Stolen cards are tested on the form: how many tries reach the bank, and that everybody who means to give gets there."""

import html
import json
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.utils import timezone

import campaigns
from campaigns import guard, links, pledges
from campaigns.guard import tickets
from campaigns.models import Campaign, Donation, GuardState, SandboxPayment, Way
from tests.campaigns.attack import HOSTS, NAMES, Clock, Shape, Visitor, is_declined, pays, run, solved
from tests.campaigns.forms import hidden, text_of
from tests.campaigns.gifts import a_pledge
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
PACKAGE = Path(campaigns.__path__[0])


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """All views at this moment; and challenges that cost a test nothing."""
    clock = Clock(NOON)
    for module in ("public", "guarding"):
        monkeypatch.setattr(f"campaigns.views.{module}.timezone", clock)
    monkeypatch.setattr(tickets, "WORK", dict.fromkeys(tickets.WORK, 1))
    return clock


def report(name: str, figures: Counter[str], capsys: pytest.CaptureFixture[str]) -> None:
    said = f"blocked {figures['blocked']:,}, let through {figures['let through']}; real donors {figures['arrived']}"
    with capsys.disabled():
        print(f"\n{name}: {said} of {figures['arrived'] + figures['lost']}")  # noqa: T201  the figures are what one wants to see


ONE = Shape("one address, a small sum", amount=100)
BOTNET = Shape("500 networks, a small sum", addresses=500, amount=100, hosts=("a.example", "b.example"))
ANY_SUM = Shape("500 networks, any sum", addresses=500)
ROTATING = Shape("2,000 networks, a new mail host each", addresses=2000, hosts=tuple(f"h{n}.example" for n in range(2000)))
SLOW = Shape("a slow drip for hours", addresses=500, every=timedelta(seconds=30), amount=100)
CLEVER = Shape("500 networks whose machines solve one challenge in five", addresses=500, solves=0.2)


def test_2000_tries_of_every_shape_among_50_donors(clock, capsys):
    shapes = [ONE, BOTNET, ANY_SUM, ROTATING, SLOW, CLEVER]
    figures = run(shapes, make_campaign(minimum=100), clock, many=2000, donors=50)
    report("Every shape, one after the other", figures, capsys)
    assert figures["blocked"] + figures["let through"] == 2000
    assert figures["let through"] <= 200
    assert figures["arrived"] == 50


@pytest.mark.parametrize(
    ("shape", "most"),
    [(ONE, 12), (BOTNET, 30), (ANY_SUM, 30), (ROTATING, 30), (SLOW, 40), (CLEVER, 60)],
    ids=lambda x: str(x)[:40],
)
def test_each_shape_alone_is_stopped_from_the_start(clock, capsys, shape, most):
    figures = run([shape], make_campaign(minimum=100), clock, many=150, donors=5)
    report(shape.name, figures, capsys)
    assert figures["let through"] <= most
    assert (figures["blocked"] + figures["let through"], figures["arrived"]) == (150, 5)


def test_testers_whose_machines_do_all_that_is_asked_are_held(clock, capsys):
    """Work costs them time and no more. From the highest step on what a stolen card pays is held, and taken by nobody."""
    shape = Shape("500 networks whose machines solve every challenge", addresses=500, solves=1, good=0.1)
    campaign = make_campaign(minimum=100)
    run([shape], campaign, clock, many=170, donors=2)
    assert guard.current().step == 4
    before = Donation.objects.count()
    figures = run([shape], campaign, clock, many=60, donors=6, first=170)
    report(shape.name, figures, capsys)
    later = Counter(Donation.objects.order_by("pk")[before:].values_list("status", flat=True))
    assert (later["received"], later["held"] > 6, figures["arrived"]) == (0, True, 6)  # six are real


# Real people


def test_a_hall_full_of_donors_behind_one_address_is_asked_for_nothing(clock):
    campaign = make_campaign(minimum=100)
    for number in range(200):
        clock.at += timedelta(seconds=3)
        hand = Visitor("203.0.113.9", clock, solves=False)
        donation = hand.give(
            campaign, email=f"{NAMES[number % 10]}{number}@{HOSTS[number % 4]}", amount_once=str(1000 * (1 + number % 3))
        )
        assert donation, f"donor {number} was asked to wait"
        is_declined(donation, at=clock.at) if number % 12 == 5 else pays(donation, at=clock.at)
    assert (guard.current().step, Donation.objects.filter(status="received").count()) == (0, 183)


def test_a_launch_that_hundreds_of_people_answer_at_once_is_no_attack(clock):
    """Nobody has paid yet when the first hundred are on their way."""
    campaign = make_campaign(minimum=100)
    on_their_way: list[Any] = []
    for number in range(200):
        clock.at += timedelta(seconds=0.2)
        visitor = Visitor(f"2001:db8:{number:x}::1", clock, solves=False)
        on_their_way.append(
            visitor.give(campaign, email=f"{NAMES[number % 10]}.{number}@{HOSTS[number % 4]}", amount_once="2500")
        )
        if number >= 100:
            pays(on_their_way[number - 100], at=clock.at)
    assert (None in on_their_way, guard.current().step) == (False, 0)


def under_attack(campaign: Campaign, clock: Clock, address: str = "203.0.113.9", many: int = 14) -> None:
    for number in range(many):
        donation = Visitor(f"{address.rpartition('.')[0]}.{number + 20}", clock).give(campaign, email=f"t{number}x@bad.example")
        assert donation
        is_declined(donation, at=clock.at)


def test_from_the_testers_own_network_a_donor_gets_through_by_work(clock):
    campaign = make_campaign()
    under_attack(campaign, clock)
    neighbour = Visitor("203.0.113.9", clock)
    asked = neighbour.send(campaign, email="ada@example.org", message="Courage!")
    assert asked.status_code == 202
    assert "Somebody tests stolen cards" in text_of(asked)
    onward = neighbour.go_on(campaign, asked)
    assert onward.status_code == 303
    assert Donation.objects.latest("pk").message == "Courage!"


def test_without_scripts_a_donor_gets_through_by_a_mailed_link(clock, run_jobs):
    campaign = make_campaign()
    under_attack(campaign, clock)
    donor = Visitor("203.0.113.9", clock, solves=False)
    asked = donor.send(campaign, email="ada@example.org", name="Ada <3", message="Courage!")
    fields = {name: html.unescape(value) for name, value in hidden(asked).items()} | {"by_mail": "1"}
    early = donor.client.post(campaign.get_absolute_url(), fields)
    assert (early.status_code, "That was a little early." in text_of(early)) == (202, True)
    clock.at += timedelta(seconds=6)
    mailed = donor.client.post(campaign.get_absolute_url(), fields)
    assert "Look into your mailbox" in text_of(mailed)
    run_jobs()
    link = re.search(r"http\S+/giving/waiting/\S+/", str(mail.outbox[-1].body))
    assert link
    page = donor.client.get(urlsplit(link[0]).path)
    assert (page.headers["Referrer-Policy"], "no-store" in page.headers["Cache-Control"]) == ("no-referrer", True)
    again = {name: html.unescape(value) for name, value in hidden(page).items()}
    onward = donor.client.post(campaign.get_absolute_url(), again)
    assert onward.status_code == 303
    donation = Donation.objects.latest("pk")
    assert (donation.name, donation.message, donation.donor.email) == ("Ada <3", "Courage!", "ada@example.org")


def test_one_mailbox_gets_three_links_a_day(clock, run_jobs):
    campaign = make_campaign()
    under_attack(campaign, clock)
    clock.at = timezone.now()  # jobs and shares go by the real clock
    campaign.ends_at = None
    campaign.save()
    under_attack(campaign, clock)
    for number in range(5):
        donor = Visitor("203.0.113.9", clock, solves=False)
        asked = donor.send(campaign, email="ada@example.org", message=str(number))
        clock.at += timedelta(seconds=10)
        fields = {name: html.unescape(value) for name, value in hidden(asked).items()} | {"by_mail": "1"}
        last = donor.client.post(campaign.get_absolute_url(), fields)
    run_jobs()
    assert len(mail.outbox) == 3
    assert "Many links were asked for" in text_of(last)


# Tickets


def challenge_in(response: Any) -> dict[str, Any]:
    found = re.search(r'<script id="guard-challenge"[^>]*>(.*?)</script>', response.content.decode())
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_a_ticket_is_spent_on_one_payment(clock):
    campaign = make_campaign()
    under_attack(campaign, clock)
    tester = Visitor("203.0.113.9", clock)
    asked = tester.send(campaign, email="t99@bad.example")
    fields = {name: html.unescape(value) for name, value in hidden(asked).items()}
    fields["altcha"] = solved(challenge_in(asked))
    clock.at += timedelta(seconds=6)
    first = [tester.client.post(campaign.get_absolute_url(), fields) for _ in range(2)]
    assert {response.status_code for response in first} == {303}
    assert len({response.headers["Location"] for response in first}) == 1
    is_declined(Donation.objects.latest("pk"), at=clock.at)
    assert tester.client.post(campaign.get_absolute_url(), fields).status_code == 202
    assert tester.client.post(campaign.get_absolute_url(), fields | {"email": "other@bad.example"}).status_code == 202


@pytest.mark.parametrize("payload", ["", "x", "e30=", "bnVsbA==", "W10=", "eyJjaGFsbGVuZ2UiOiAxfQ==", "A" * 9000, "é"])
def test_hostile_answers_are_asked_again(clock, payload):
    campaign = make_campaign()
    under_attack(campaign, clock)
    tester = Visitor("203.0.113.9", clock)
    fields = {name: html.unescape(value) for name, value in hidden(tester.send(campaign)).items()}
    clock.at += timedelta(seconds=6)
    assert tester.client.post(campaign.get_absolute_url(), fields | {"altcha": payload}).status_code == 202
    assert tester.client.post(campaign.get_absolute_url(), fields | {"guard": payload}).status_code == 202


def test_anothers_answer_does_not_count(clock):
    campaign = make_campaign()
    under_attack(campaign, clock)
    tester = Visitor("203.0.113.9", clock)
    one, other = tester.send(campaign, email="one@bad.example"), tester.send(campaign, email="two@bad.example")
    fields = {name: html.unescape(value) for name, value in hidden(one).items()}
    clock.at += timedelta(seconds=6)
    answer = tester.client.post(campaign.get_absolute_url(), fields | {"altcha": solved(challenge_in(other))})
    assert answer.status_code == 202


def test_the_smallest_gift_is_raised_and_told(clock):
    guard.force(GuardState.Step.RAISED, by=None, at=NOON)
    campaign = make_campaign(minimum=100, suggested_amounts=[1000, 2500])
    refused = Visitor("198.51.100.1", clock).send(campaign, own_amount="2", name="Ada")
    assert refused.status_code == 422
    assert "Until that is over, the smallest gift is €5." in text_of(refused)
    assert 'value="Ada"' in refused.content.decode()
    assert Visitor("198.51.100.1", clock).give(campaign, own_amount="5")


@pytest.mark.parametrize(
    ("rhythm", "least", "typed"), [("once", "€5", "4.99"), ("monthly", "€10", "9.99"), ("yearly", "€50", "49.99")]
)
def test_each_rhythm_has_a_raised_minimum_of_its_own(clock, rhythm, least, typed):
    guard.force(GuardState.Step.RAISED, by=None, at=NOON)
    suggested: dict[str, Any] = {"suggested_amounts": [1000, 2500], "suggested_monthly": [400, 1000, 1500]}
    least_of: dict[str, Any] = {"minimum": 100, "minimum_monthly": 300, "minimum_yearly": 1000}
    campaign = make_campaign(
        **suggested, **least_of, rhythms=["once", "monthly", "yearly"], suggested_yearly=[2000, 6000], default_yearly=6000
    )
    refused = Visitor("198.51.100.1", clock).send(campaign, rhythm=rhythm, own_amount=typed, name="Ada")
    kind = "gift" if rhythm == "once" else f"{rhythm} gift"
    assert (refused.status_code, f"the smallest {kind} is {least}." in text_of(refused)) == (422, True)
    assert Visitor("198.51.100.1", clock).give(campaign, rhythm=rhythm, own_amount=least.removeprefix("€"))


def test_what_is_added_for_the_fee_lifts_no_gift_over_the_raised_minimum(clock):
    guard.force(GuardState.Step.RAISED, by=None, at=NOON)
    Way.objects.update_or_create(processor="sandbox", defaults={"fee_rate": 3000})
    campaign = make_campaign(minimum=100, suggested_amounts=[1000, 2500], offers_fee_cover=True)
    assert Visitor("198.51.100.1", clock).send(campaign, own_amount="4.50", cover="on").status_code == 422


def test_only_due_instalments_are_charged_by_a_saved_way_and_no_page_begins_one():
    """So from every step on, and without one too, whatever a visitor begins is paid on the processor's own page."""
    callers = {path.name for path in PACKAGE.rglob("*.py") if re.search(r"\.collect\(", path.read_text())}
    assert callers == {"collecting.py", "processor.py"}  # the latter is Stripe's, handing on
    starters = {path.name for path in PACKAGE.rglob("*.py") if re.search(r"collect_due\(|collecting\.\w+\(", path.read_text())}
    assert starters == {"collecting.py", "tasks.py"}


@pytest.mark.parametrize("deed", ["go_on", "day", "amount"])
def test_a_donor_with_a_saved_way_charges_nothing_from_their_page(client, deed):
    now = timezone.now()
    pledge = a_pledge(campaign=make_campaign(starts_at=now - timedelta(days=90), ends_at=None), at=now - timedelta(days=40))
    pledges.pause(pledge, at=now, why="")
    address = urlsplit(links.to_donor(pledge.donor)).path
    typed = {"pledge": f"{pledge.pk}", "deed": deed, "day": f"{timezone.localdate().day}", "amount": "30"}
    assert client.post(address, typed).status_code == 302
    assert (Donation.objects.count(), SandboxPayment.objects.count()) == (1, 1)


def test_at_the_step_of_the_raised_minimum_a_mailed_button_leads_to_the_processors_own_page(clock, monkeypatch):
    monkeypatch.setattr("campaigns.views.renewing.timezone", clock)
    pledge = a_pledge(campaign=make_campaign(ends_at=None))
    guard.force(GuardState.Step.RAISED, by=None, at=clock.at)
    address, donor = urlsplit(links.to_renew(pledge)).path, Visitor("203.0.113.9", clock)
    onward = donor.go_on_at(address, donor.client.post(address, {"way": "sandbox"}))
    assert onward.headers["Location"] == Donation.objects.latest("pk").checkout_url
    assert Donation.objects.latest("pk").status == "begun"  # nothing was charged by a tap
