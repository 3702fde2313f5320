"""Another way to pay: one period is paid by the donor's own hand, and the pledge goes on by the new way."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from campaigns import collecting, forgetting, giving, pledges, renewing, running, steering, ways
from campaigns.checking import differences
from campaigns.models import Campaign, Donation, Instalment, LedgerEntry, Pledge, PledgeChange, Renewal, SandboxPayment
from campaigns.processors.base import Uncertain
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_pledge, periods, pledge_of, received, subjects
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(days=30)  # 23 December


@pytest.fixture(autouse=True)
def second_bank(settings) -> None:
    """A second processor, with the same pretended bank behind it."""
    names: Any = {"sandbox": ("campaigns.processors.sandbox.Sandbox", {}), "other": ("tests.campaigns.doubles.SecondBank", {})}
    settings.PROCESSORS = {**names, "offline": ("campaigns.processors.offline.Offline", {})}


def offer(name: str) -> ways.Offer:
    return next(offer for offer in ways.offered("EUR") if offer.name == name)


def renewed(pledge: Pledge, name: str = "other", *, at=DUE, pay: bool = True) -> Donation:
    donation = renewing.renew(pledge, offer=offer(name), at=at)
    assert donation
    if pay and name != "offline":
        bank.pay(donation.processor_ref, at=at, tell=False)
        donation = giving.settle(donation, at=at)
    return donation


def declined(pledge: Pledge) -> None:
    bank.block(pledge.mandate)
    collecting.collect_due(at=DUE)


def as_it_is(pledge: Pledge) -> tuple[str, str, str]:
    pledge.refresh_from_db()
    return pledge.status, pledge.processor, str(pledge.next_due)


def test_a_declined_gift_is_paid_at_once_and_the_new_way_collects_the_next(run_jobs):
    pledge = a_pledge()
    declined(pledge)
    renewed(pledge, at=DUE + timedelta(days=1))
    assert as_it_is(pledge) == ("active", "other", "2027-01-23")
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "paid")]
    for day in range(2, 32):
        collecting.collect_due(at=DUE + timedelta(days=day))
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "paid"), ("2027-01-23", "paid")]
    assert list(Donation.objects.filter(status="received").values_list("processor", flat=True)) == ["other", "other", "sandbox"]
    assert (LedgerEntry.objects.total(), differences()) == (7500, [])


@pytest.mark.parametrize("day", [1, 22, 24, 31])
def test_a_day_that_is_changed_on_the_way_to_the_bank_makes_no_second_gift_of_a_month(day):
    pledge = a_pledge()
    donation = renewed(pledge, at=NOON + timedelta(days=1), pay=False)
    steering.change_day(pledge, day=day, at=NOON + timedelta(days=1))
    bank.pay(donation.processor_ref, at=NOON + timedelta(days=1), tell=False)
    giving.settle(donation, at=NOON + timedelta(days=1))
    assert [(period[:7], status) for period, status in periods(pledge)] == [("2026-11", "paid"), ("2026-12", "paid")]
    assert as_it_is(pledge)[2][:7] == "2027-01"


def test_what_the_donor_agreed_to_is_kept_with_its_moment(run_jobs):
    pledge = a_pledge()
    renewed(pledge, at=DUE - timedelta(days=9))
    change = PledgeChange.objects.get()
    assert (change.kind, change.was, change.at) == ("method", "Card (pretended): Pretended card", DUE - timedelta(days=9))
    assert change.consent == (
        "Pay €25 now, for December 23, 2026, and €25 monthly from January 23, 2027 on, by: The other bank. " + pledges.CONSENT
    )
    run_jobs()
    assert "Your gift to Newsroom: changed as you asked" in subjects()


def test_a_change_ahead_of_the_day_pays_the_next_gift_and_it_is_not_collected_again():
    pledge = a_pledge()
    renewed(pledge, at=NOON + timedelta(days=2))
    assert as_it_is(pledge) == ("active", "other", "2027-01-23")
    for day in range(3, 45):
        collecting.collect_due(at=NOON + timedelta(days=day))
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "paid")]
    assert SandboxPayment.objects.filter(status="paid").count() == 2


def test_the_same_button_again_is_the_same_gift():
    pledge = a_pledge()
    first = renewed(pledge, pay=False)
    assert renewed(pledge, pay=False) == first
    assert renewed(pledge, at=DUE + timedelta(days=1), pay=False) == first
    assert Donation.objects.count() == 2


def test_a_declined_try_makes_room_for_another():
    pledge = a_pledge()
    first = renewed(pledge, pay=False)
    bank.decline(first.processor_ref, tell=False)
    giving.settle(first, at=DUE)
    second = renewed(pledge)
    assert second != first
    assert as_it_is(pledge)[:2] == ("active", "other")


def test_two_ways_paid_in_two_tabs_are_two_periods_and_none_is_paid_twice():
    pledge = a_pledge()
    one, two = renewed(pledge, "other", pay=False), renewed(pledge, "sandbox", pay=False)
    for donation in (one, two):
        bank.pay(donation.processor_ref, at=DUE, tell=False)
        giving.settle(donation, at=DUE)
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "paid"), ("2027-01-23", "paid")]
    assert as_it_is(pledge) == ("active", "sandbox", "2027-02-23")


def test_while_a_donor_is_paying_the_old_way_is_left_alone():
    pledge = a_pledge()
    donation = renewed(pledge, at=DUE - timedelta(minutes=20), pay=False)
    assert collecting.collect_due(at=DUE) == (0, 0)
    bank.pay(donation.processor_ref, at=DUE, tell=False)
    giving.settle(donation, at=DUE)
    collecting.collect_due(at=DUE + timedelta(hours=2))
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "paid")]


def test_a_page_that_was_left_does_not_keep_the_old_way_from_its_day():
    pledge = a_pledge()
    renewed(pledge, at=DUE - timedelta(hours=2), pay=False)
    assert collecting.collect_due(at=DUE) == (1, 0)
    assert as_it_is(pledge) == ("active", "sandbox", "2027-01-23")


def test_a_page_that_is_paid_after_the_old_way_paid_its_period_pays_the_next():
    pledge = a_pledge()
    donation = renewed(pledge, at=DUE - timedelta(hours=2), pay=False)
    collecting.collect_due(at=DUE)
    bank.pay(donation.processor_ref, at=DUE, tell=False)
    giving.settle(donation, at=DUE + timedelta(hours=1))
    assert as_it_is(pledge) == ("active", "other", "2027-02-23")
    assert [period for period, status in periods(pledge) if status == "paid"] == ["2026-11-23", "2026-12-23", "2027-01-23"]


def test_what_may_have_been_charged_already_is_not_asked_for_again(settings):
    pledge = a_pledge()
    working = settings.PROCESSORS
    settings.PROCESSORS = {**working, "sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    collecting.collect_due(at=DUE)
    settings.PROCESSORS = working
    ways.succeeded("sandbox", at=DUE)
    renewed(pledge, at=DUE + timedelta(minutes=5))
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "claimed"), ("2027-01-23", "paid")]
    collecting.collect_due(at=DUE + timedelta(hours=1))
    assert {status for _, status in periods(pledge)} == {"paid"}
    assert SandboxPayment.objects.filter(status="paid").count() == 3


def test_an_old_claim_that_never_reached_its_processor_is_not_charged_by_the_new_way(settings):
    pledge = a_pledge()
    working = settings.PROCESSORS
    settings.PROCESSORS = {**working, "sandbox": ("tests.campaigns.doubles.NeverAsked", {})}
    collecting.collect_due(at=DUE)
    settings.PROCESSORS = working
    ways.succeeded("sandbox", at=DUE)
    renewed(pledge, at=DUE + timedelta(minutes=5))
    for hours in (1, 30):
        collecting.collect_due(at=DUE + timedelta(hours=hours))
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "skipped"), ("2027-01-23", "paid")]
    assert SandboxPayment.objects.filter(status="paid").count() == 2


def test_by_hand_goes_on_at_once_and_asks_for_what_is_open(run_jobs):
    pledge = a_pledge()
    declined(pledge)
    run_jobs()
    mail.outbox.clear()
    donation = renewed(pledge, "offline", at=DUE + timedelta(days=1))
    assert renewed(pledge, "offline", at=DUE + timedelta(days=1)) == donation
    assert as_it_is(pledge) == ("active", "offline", "2027-01-23")
    assert periods(pledge)[-1] == ("2026-12-23", "asked")
    run_jobs()
    assert sorted(subjects()) == ["Your gift to Newsroom: changed as you asked", "Your monthly gift of €25 is due"]
    giving.record_arrival(donation, amount=2500, by=None, at=DUE + timedelta(days=4))
    assert periods(pledge)[-1] == ("2026-12-23", "paid")


def test_by_hand_ahead_of_the_day_asks_for_nothing_yet():
    pledge = a_pledge()
    assert renewing.renew(pledge, offer=offer("offline"), at=NOON + timedelta(days=2)) is None
    assert as_it_is(pledge) == ("active", "offline", "2026-12-23")
    collecting.collect_due(at=DUE)
    assert periods(pledge)[-1] == ("2026-12-23", "asked")


def test_who_was_asked_for_a_transfer_may_pay_it_by_card():
    pledge = a_pledge(processor="offline")
    collecting.collect_due(at=DUE)
    renewed(pledge, "sandbox", at=DUE + timedelta(days=1))
    assert periods(pledge) == [("2026-11-23", "paid"), ("2026-12-23", "paid")]
    assert as_it_is(pledge) == ("active", "sandbox", "2027-01-23")


def test_a_paused_pledge_goes_on_without_a_debt():
    pledge = a_pledge()
    pledges.pause(pledge, at=NOON, why="")
    renewed(pledge, at=NOON + timedelta(days=100))  # 3 March
    assert as_it_is(pledge) == ("active", "other", "2027-03-23")
    skipped = [("2026-12-23", "skipped"), ("2027-01-23", "skipped")]
    assert periods(pledge) == [("2026-11-23", "paid"), *skipped, ("2027-02-23", "paid")]


def test_a_rest_ends_with_a_new_way():
    pledge = a_pledge()
    steering.rest(pledge, months=3, at=NOON)
    renewed(pledge, at=NOON + timedelta(days=1))
    pledge.refresh_from_db()
    assert (pledge.status, pledge.paused_until) == ("active", None)


def test_a_stopped_pledge_is_not_renewed_and_money_that_comes_all_the_same_is_a_gift():
    pledge = a_pledge()
    donation = renewed(pledge, pay=False)
    pledges.end(pledge, at=DUE)
    with pytest.raises(renewing.CannotBeRenewed):
        renewing.renew(pledge, offer=offer("other"), at=DUE)
    bank.pay(donation.processor_ref, at=DUE, tell=False)
    assert giving.settle(donation, at=DUE).is_received
    assert as_it_is(pledge) == ("ended", "sandbox", "None")
    assert differences() == []


def test_a_closed_campaign_does_not_keep_its_pledges_from_going_on():
    campaign = make_campaign()  # ends on 3 December
    pledge = a_pledge(campaign=campaign)
    running.campaigns_due(at=DUE)
    assert Campaign.objects.get().status == "closed"
    collecting.collect_due(at=DUE)
    renewed(pledge, at=DUE + timedelta(days=5))
    assert [status for _, status in periods(pledge)] == ["paid", "paid", "paid"]


def test_a_saved_way_that_is_told_later_is_attached_then():
    pledge = a_pledge()
    donation = renewed(pledge, pay=False)
    bank.pay(donation.processor_ref, at=DUE, tell=False)
    mandate = SandboxPayment.objects.get(ref=donation.processor_ref).mandate
    SandboxPayment.objects.filter(ref=donation.processor_ref).update(mandate="")
    giving.settle(donation, at=DUE)
    assert as_it_is(pledge) == ("active", "sandbox", "2027-01-23")
    SandboxPayment.objects.filter(ref=donation.processor_ref).update(mandate=mandate)
    for _ in range(2):
        giving.settle(donation, at=DUE)
    assert as_it_is(pledge) == ("active", "other", "2027-01-23")
    assert PledgeChange.objects.count() == 1


def told_late(pledge: Pledge, between: Any) -> Pledge:
    """A new way whose gift came, and whose saved method is told only after `between`."""
    donation = renewed(pledge, pay=False)
    bank.pay(donation.processor_ref, at=DUE, tell=False)
    mandate = SandboxPayment.objects.get(ref=donation.processor_ref).mandate
    SandboxPayment.objects.filter(ref=donation.processor_ref).update(mandate="")
    giving.settle(donation, at=DUE)
    between(pledge, donation)
    SandboxPayment.objects.filter(ref=donation.processor_ref).update(mandate=mandate)
    giving.settle(donation, at=DUE + timedelta(hours=2))
    pledge.refresh_from_db()
    assert (pledge.processor, pledge.mandate) == ("other", mandate)
    return pledge


def rests(pledge: Pledge, donation: Donation) -> None:
    steering.rest(pledge, months=3, at=DUE + timedelta(hours=1))


def is_disputed(pledge: Pledge, donation: Donation) -> None:
    bank.dispute(donation.processor_ref, at=DUE, tell=False)
    giving.settle(donation, at=DUE + timedelta(hours=1))


def is_paused_at_the_desk(pledge: Pledge, donation: Donation) -> None:
    pledges.pause(pledge, at=DUE + timedelta(hours=1), why="Paused at the desk.")


def test_a_saved_way_that_is_told_late_wakes_no_rest():
    pledge = told_late(a_pledge(), rests)
    assert (pledge.status, pledge.paused_until) == ("paused", date(2027, 3, 23))


@pytest.mark.parametrize("between", [is_disputed, is_paused_at_the_desk])
def test_a_saved_way_that_is_told_late_wakes_nothing_that_was_paused_since(between):
    assert told_late(a_pledge(), between).status == "paused"


def test_a_saved_way_that_is_told_late_ends_the_wait_after_declines():
    def gives_up(pledge: Pledge, donation: Donation) -> None:
        pledges.pause(pledge, at=DUE + timedelta(hours=1), why=pledges.AFTER_DECLINES)

    assert told_late(a_pledge(), gives_up).status == "active"


def test_who_presses_the_button_again_after_a_pause_goes_on():
    pledge = a_pledge()
    donation = renewed(pledge, pay=False)
    pledges.pause(pledge, at=DUE + timedelta(minutes=1), why="")
    assert renewed(pledge, at=DUE + timedelta(minutes=2)) == donation
    assert as_it_is(pledge)[:2] == ("active", "other")


@pytest.mark.parametrize("between", [rests, is_disputed, is_paused_at_the_desk, lambda pledge, donation: None])
def test_the_first_gifts_saved_way_is_kept_whatever_the_state_and_changes_none(between):
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    payment, pledge = SandboxPayment.objects.filter(ref=donation.processor_ref), pledge_of(donation)
    mandate = payment.get().mandate
    payment.update(mandate="")
    Pledge.objects.update(mandate="")
    between(pledge, donation)
    pledge.refresh_from_db()
    before = pledge.status, pledge.paused_until
    payment.update(mandate=mandate)
    giving.settle(donation, at=DUE)
    pledge.refresh_from_db()
    assert (pledge.mandate, pledge.status, pledge.paused_until) == (mandate, *before)


def test_a_stopped_pledge_keeps_no_way_to_pay_that_is_told_late():
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    Pledge.objects.update(mandate="")
    pledges.end(pledge_of(donation), at=DUE)
    giving.settle(donation, at=DUE)
    assert Pledge.objects.get().mandate == ""


def test_an_answer_lost_while_beginning_is_asked_for_again_under_the_same_key(settings):
    pledge = a_pledge()
    working = settings.PROCESSORS
    settings.PROCESSORS = {**working, "other": ("tests.campaigns.doubles.LosesAnswers", {})}
    chosen = offer("other")
    with pytest.raises(Uncertain):
        renewing.renew(pledge, offer=chosen, at=DUE)
    settings.PROCESSORS = working
    donation = renewed(pledge)
    assert (Renewal.objects.count(), SandboxPayment.objects.filter(key=donation.key).count()) == (1, 1)


def test_a_new_amount_makes_a_new_gift_of_the_way():
    pledge = a_pledge()
    left = renewed(pledge, pay=False)
    steering.change_amount(pledge, amount=1000, at=DUE)
    donation = renewed(pledge)
    assert (left.amount, donation.amount) == (2500, 1000)
    assert Instalment.objects.get(period=date(2026, 12, 23)).donation == donation


def test_who_is_erased_leaves_no_card_in_the_history_and_is_written_to_once_more(run_jobs):
    pledge = a_pledge()
    renewed(pledge)
    forgetting.erase(pledge.donor, at=DUE)
    assert set(PledgeChange.objects.filter(kind="method").values_list("was", "becomes")) == {("", "")}
    run_jobs()
    collecting.collect_due(at=DUE + timedelta(days=40))
    assert (as_it_is(pledge)[0], subjects()) == ("ended", ["You are erased at Newsroom"])


def test_ways_that_keep_nothing_are_not_offered(settings):
    settings.PROCESSORS = {**settings.PROCESSORS, "once": ("tests.campaigns.doubles.KeepsNothing", {})}
    assert [offer.name for offer in renewing.offers(a_pledge())] == ["sandbox", "other", "offline"]
