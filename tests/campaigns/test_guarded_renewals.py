"""Stolen cards are tested through a mailed link: its page has the give form's gate, and its donor gets through."""

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core import mail

from campaigns import giving, guard, links, renewing, wishes
from campaigns.guard import tickets
from campaigns.models import Donation, GuardState, GuardTrace, Pledge
from campaigns.sandbox import bank
from tests.campaigns.attack import Clock, Visitor, is_declined, pays
from tests.campaigns.forms import hidden, text_of
from tests.campaigns.gifts import a_pledge
from tests.campaigns.test_own_page import path_of
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
Step = GuardState.Step


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock(NOON + timedelta(days=2))
    for module in ("public", "guarding", "renewing"):
        monkeypatch.setattr(f"campaigns.views.{module}.timezone", clock)
    monkeypatch.setattr(tickets, "WORK", dict.fromkeys(tickets.WORK, 1))
    return clock


@pytest.fixture
def pledge() -> Pledge:
    return a_pledge(campaign=make_campaign(minimum=100, suggested_amounts=[1000, 2500], ends_at=None))


def page_of(pledge: Pledge) -> str:
    return path_of(links.to_renew(pledge))


def begun(visitor: Visitor, pledge: Pledge, *, way: str = "sandbox") -> Donation | None:
    """What the button opens, with all that is asked for in between."""
    response = visitor.client.post(page_of(pledge), {"way": way})
    if response.status_code == 202 and visitor.solves:
        response = visitor.go_on_at(page_of(pledge), response)
    found = re.search(r"/processors/sandbox/pay/(\w+)/", response.headers.get("Location", ""))
    return Donation.objects.get(processor_ref=found[1]) if found else None


def cards_tested(pledge: Pledge, clock: Clock, *, times: int, address: str, solves: bool = True) -> list[Donation]:
    """So many cards are tried through one link; those that reached the bank."""
    reached = []
    for number in range(times):
        clock.at += timedelta(seconds=5)
        donation = begun(Visitor(address.format(number), clock, solves=solves), pledge)
        if donation:
            reached.append(donation)
            is_declined(donation, at=clock.at)
    return reached


def counted(*names: str) -> tuple[int, ...]:
    """Of all hours together."""
    return tuple(sum(hour[name] for hour in guard.hours(since=NOON)) for name in names)


def test_one_press_of_a_donor_on_a_calm_day_is_asked_for_nothing(clock, pledge):
    donation = begun(Visitor("203.0.113.9", clock, solves=False), pledge)
    assert donation
    assert pays(donation, at=clock.at).status == "received"
    assert GuardTrace.objects.get(donation=donation).paid
    assert counted("tries", "paid", "declined", "asked") == (1, 1, 0, 0)


def test_cards_tried_through_one_link_are_slowed_whatever_network_they_come_from(clock, pledge):
    reached = cards_tested(pledge, clock, times=40, address="198.51.{}.7", solves=False)
    assert 3 <= len(reached) <= 6
    assert GuardTrace.objects.filter(declines=1).count() == len(reached)


def test_whoever_does_the_work_is_held_in_the_end(clock, pledge):
    reached = cards_tested(pledge, clock, times=25, address="198.51.{}.7")
    assert reached[-1].hold_reason
    assert not reached[0].hold_reason
    held = begun(Visitor("192.0.2.1", clock), pledge)
    assert held
    assert pays(held, at=clock.at).status == "held"
    assert Pledge.objects.get().mandate == pledge.mandate


def test_a_donor_whose_own_card_is_declined_four_times_waits_some_seconds_and_gets_through(clock, pledge):
    donor = Visitor("203.0.113.9", clock)
    for _ in range(4):
        donation = begun(donor, pledge)
        assert donation
        is_declined(donation, at=clock.at)
        clock.at += timedelta(seconds=20)
    asked = donor.client.post(page_of(pledge), {"way": "sandbox"})
    assert (asked.status_code, "Go on to pay" in text_of(asked)) == (202, True)
    fifth = begun(donor, pledge)
    assert fifth
    assert pays(fifth, at=clock.at).status == "received"


def test_a_press_on_the_same_button_again_is_no_other_try(clock, pledge):
    donor = Visitor("203.0.113.9", clock, solves=False)
    assert {begun(donor, pledge) for _ in range(12)} == {Donation.objects.latest("pk")}
    assert counted("tries") == (1,)


def test_many_links_tried_from_one_network_are_slowed_and_others_are_not(clock, pledge):
    for number in range(6):
        mine = a_pledge(campaign=pledge.campaign, email=f"{'abcdef'[number] * (number + 3)}@h{number}.example")
        donation = begun(Visitor("198.51.100.7", clock), mine)
        assert donation
        is_declined(donation, at=clock.at)
    assert begun(Visitor("198.51.100.7", clock, solves=False), pledge) is None
    assert begun(Visitor("203.0.113.9", clock, solves=False), pledge)


def test_a_thousandth_donor_of_a_dead_processor_is_asked_for_nothing(clock, pledge):
    """Many come at once, by a link each, and nobody is declined."""
    for number in range(60):
        mine = a_pledge(campaign=pledge.campaign, email=f"donor.{number}@post.example")
        donation = begun(Visitor(f"2001:db8:{number:x}::7", clock, solves=False), mine)
        assert donation, number
        pays(donation, at=clock.at)
    assert guard.current().step == 0


def test_a_renewal_counts_against_the_give_form_too(clock, pledge):
    cards_tested(pledge, clock, times=8, address="198.51.100.7")
    assert Visitor("198.51.100.7", clock, solves=False).give(pledge.campaign, email="ben@example.net") is None


def test_cheques_and_transfers_never_meet_the_gate(clock, pledge):
    guard.force(Step.HELD, by=None, at=clock.at)
    response = Visitor("203.0.113.9", clock, solves=False).client.post(page_of(pledge), {"way": "offline"})
    assert response.status_code == 302
    assert Pledge.objects.get().processor == "offline"


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_at_every_step_the_donor_gets_through_with_scripts(clock, pledge, step):
    guard.force(step, by=None, at=clock.at)
    donation = begun(Visitor("203.0.113.9", clock), pledge)
    assert donation
    assert pays(donation, at=clock.at).status == ("held" if step == 4 else "received")


def follow_mailed_link(visitor: Visitor, clock: Clock, run_jobs: Any) -> Any:
    run_jobs()
    link = re.search(r"http\S+/giving/waiting/\S+/", str(mail.outbox[-1].body))
    assert link
    page = visitor.client.get(urlsplit(link[0]).path)
    action = re.search(r'<form class="give" method="post" action="([^"]+)"', page.content.decode())
    assert action
    return visitor.client.post(action[1], unescaped(page))


def unescaped(page: Any) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in hidden(page).items()}


@pytest.mark.parametrize("step", [2, 3, 4])
def test_without_scripts_the_donor_gets_through_by_a_link_in_their_own_mailbox(clock, pledge, run_jobs, step):
    guard.force(step, by=None, at=clock.at)
    donor = Visitor("203.0.113.9", clock, solves=False)
    asked = donor.client.post(page_of(pledge), {"way": "sandbox"})
    clock.at += timedelta(seconds=11)
    mailed = donor.client.post(page_of(pledge), unescaped(asked) | {"by_mail": "1"})
    assert "Look into your mailbox" in text_of(mailed)
    assert "ada@" not in mailed.content.decode()  # whoever found the link learns no address
    assert follow_mailed_link(donor, clock, run_jobs).status_code == 303
    assert mail.outbox[-1].to == ["ada@example.org"]


def test_a_small_regular_gift_under_a_raised_minimum_is_opened_by_the_mailbox_alone(clock, run_jobs):
    small = a_pledge(campaign=make_campaign(minimum=100, suggested_amounts=[1000, 2500], ends_at=None), amount=200)
    guard.force(Step.RAISED, by=None, at=clock.at)
    donor = Visitor("203.0.113.9", clock)
    asked = donor.client.post(page_of(small), {"way": "sandbox"})
    assert (asked.status_code, "guard-challenge" in asked.content.decode()) == (202, False)
    assert "small sums are paid by a link in your own mailbox" in text_of(asked)
    clock.at += timedelta(seconds=9)
    fields = unescaped(asked)
    assert donor.client.post(page_of(small), fields).status_code == 202
    assert "Look into your mailbox" in text_of(donor.client.post(page_of(small), fields | {"by_mail": "1"}))
    assert follow_mailed_link(donor, clock, run_jobs).status_code == 303


def test_a_link_that_ended_while_its_donor_waited_opens_nothing(clock, pledge):
    guard.force(Step.SLOWER, by=None, at=clock.at)
    donor = Visitor("203.0.113.9", clock)
    address = page_of(pledge)
    asked = donor.client.post(address, {"way": "sandbox"})
    wishes.change_address(pledge.donor, "new@example.org", at=clock.at)
    clock.at += timedelta(seconds=5)
    assert donor.client.post(address, unescaped(asked)).status_code == 404


def test_each_card_refused_on_one_page_is_counted(clock, pledge):
    donation = begun(Visitor("203.0.113.9", clock), pledge)
    assert donation
    for _ in range(3):
        guard.heard(donation, "payment_intent.payment_failed", at=clock.at)
    assert (GuardTrace.objects.get(donation=donation).declines, *counted("declined")) == (3, 3)


def test_while_a_renewal_is_held_the_old_way_is_left_alone(clock, pledge):
    guard.force(Step.HELD, by=None, at=clock.at)
    donation = begun(Visitor("203.0.113.9", clock), pledge)
    assert donation
    bank.pay(donation.processor_ref, at=clock.at, tell=False)
    giving.settle(donation, at=clock.at, mail=False)
    assert renewing.is_at_it(pledge, at=clock.at + timedelta(days=3))
    assert begun(Visitor("203.0.113.9", clock), pledge) is None  # its own page says how it stands
    old = pledge.mandate
    giving.take(Donation.objects.get(pk=donation.pk), by=None, at=clock.at)
    pledge.refresh_from_db()
    assert (pledge.status, pledge.mandate != old) == ("active", True)
