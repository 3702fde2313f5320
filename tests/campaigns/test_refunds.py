"""Money that goes back at our own doing."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns import giving
from campaigns.models import Donation, LedgerEntry, Refund, SandboxMovement, SandboxPayment
from campaigns.processors.base import Movement, MovementKind, Payment, PaymentStatus, Uncertain
from campaigns.progress import progress_of
from campaigns.sandbox import bank
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
KEY, OTHER = UUID(int=1), UUID(int=2)


def kinds() -> list[tuple[str, int]]:
    return list(LedgerEntry.objects.values_list("kind", "amount"))


@pytest.mark.parametrize("processor", ["sandbox", "offline"])
def test_a_refund_is_a_new_entry_by_the_one_who_asked(processor):
    fundraiser = make_user("Fundraiser")
    donation = received(make_campaign(), processor=processor)
    refund = giving.refund(donation, amount=1000, key=KEY, by=fundraiser, at=NOON, note="Asked by mail")
    entry = LedgerEntry.objects.get(kind="refund")
    assert (refund.status, entry.amount, entry.note, entry.recorded_by) == ("done", -1000, "Asked by mail", fundraiser)
    assert progress_of(donation.campaign).total == 1500


def test_a_gift_given_back_whole_is_no_gift_any_more():
    donation = received(make_campaign())
    giving.refund(donation, amount=2500, key=KEY, by=None, at=NOON)
    assert (progress_of(donation.campaign).total, progress_of(donation.campaign).gifts) == (0, 0)


@pytest.mark.parametrize("processor", ["sandbox", "offline"])
@pytest.mark.parametrize("amount", [0, -1, 2501])
def test_more_than_is_left_is_refused(processor, amount):
    donation = received(make_campaign(), processor=processor)
    with pytest.raises(ValidationError, match="Only €25 of this gift is left"):
        giving.refund(donation, amount=amount, key=KEY, by=None, at=NOON)
    assert kinds() == [("gift", 2500)]


def test_partial_refunds_never_exceed_the_gift_together():
    donation = received(make_campaign())
    giving.refund(donation, amount=2000, key=KEY, by=None, at=NOON)
    with pytest.raises(ValidationError, match="Only €5 of this gift is left"):
        giving.refund(donation, amount=501, key=OTHER, by=None, at=NOON)
    giving.refund(donation, amount=500, key=OTHER, by=None, at=NOON)
    assert kinds() == [("gift", 2500), ("refund", -2000), ("refund", -500)]


def test_what_never_arrived_is_not_refunded():
    donation = begun(make_campaign())
    with pytest.raises(ValidationError, match="Only €0 of this gift is left"):
        giving.refund(donation, amount=1, key=KEY, by=None, at=NOON)


def test_the_same_form_twice_is_one_refund():
    donation = received(make_campaign())
    first = giving.refund(donation, amount=500, key=KEY, by=None, at=NOON)
    assert giving.refund(donation, amount=500, key=KEY, by=None, at=NOON) == first
    assert kinds() == [("gift", 2500), ("refund", -500)]


@pytest.mark.parametrize("changed", [{"amount": 900}, {"note": "Another reason"}])
def test_a_form_gone_back_to_and_changed_is_never_answered_as_done(changed):
    donation = received(make_campaign())
    giving.refund(donation, amount=500, key=KEY, by=None, at=NOON)
    with pytest.raises(ValidationError, match="This form was used already, for €5"):
        giving.refund(donation, **{"amount": 500, "key": KEY, "by": None, "at": NOON} | changed)
    assert kinds() == [("gift", 2500), ("refund", -500)]


def test_a_refund_whose_answer_was_lost_is_found_out_and_not_doubled(settings):
    donation = received(make_campaign())
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    with pytest.raises(Uncertain):
        giving.refund(donation, amount=500, key=KEY, by=None, at=NOON)
    assert Refund.objects.get().status == "asked"
    with pytest.raises(ValidationError, match="Only €20 of this gift is left"):
        giving.refund(donation, amount=2001, key=OTHER, by=None, at=NOON)
    settings.PROCESSORS = {"sandbox": ("campaigns.processors.sandbox.Sandbox", {})}
    assert giving.refund(donation, amount=500, key=KEY, by=None, at=NOON).status == "done"
    assert kinds() == [("gift", 2500), ("refund", -500)]
    assert SandboxMovement.objects.count() == 1


def test_a_processors_no_is_kept_and_nothing_moves():
    donation = received(make_campaign())
    bank.refund(donation.processor_ref, amount=2400, key="theirs", tell=False)  # we have not heard of it yet
    refund = giving.refund(donation, amount=500, key=KEY, by=None, at=NOON)
    assert (refund.status, refund.problem) == ("failed", "That is more than is left of this payment.")
    assert kinds() == [("gift", 2500)]


def test_money_goes_back_in_the_currency_it_came_in():
    donation = begun(make_campaign())
    SandboxPayment.objects.update(currency="USD")
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    giving.settle(donation, at=NOON)
    giving.refund(donation, amount=2500, key=KEY, by=None, at=NOON)
    assert list(LedgerEntry.objects.values_list("amount", "currency")) == [(2500, "USD"), (-2500, "USD")]
    assert Refund.objects.get().currency == "USD"
    with pytest.raises(ValidationError, match=r"Only \$0 of this gift is left"):
        giving.refund(donation, amount=1, key=OTHER, by=None, at=NOON)


def test_the_movement_that_answers_a_wish_closes_it_whoever_brings_it(settings):
    fundraiser = make_user("Fundraiser")
    donation = received(make_campaign())
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.LosesAnswers", {})}
    with pytest.raises(Uncertain):
        giving.refund(donation, amount=1000, key=KEY, by=fundraiser, at=NOON, note="Asked by mail")
    settings.PROCESSORS = working
    giving.settle(donation, at=NOON)  # the event
    entry = LedgerEntry.objects.get(kind="refund")
    assert (Refund.objects.get().status, entry.recorded_by, entry.note) == ("done", fundraiser, "Asked by mail")
    giving.refund(donation, amount=1500, key=OTHER, by=None, at=NOON)
    assert kinds() == [("gift", 2500), ("refund", -1000), ("refund", -1500)]


def test_a_refund_made_elsewhere_answers_no_wish_of_ours(settings):
    donation = received(make_campaign())
    Refund.objects.create(token=KEY, donation=donation, amount=1000, currency="EUR", asked_at=NOON)
    bank.refund(donation.processor_ref, amount=1000, key="theirs", tell=False)
    giving.settle(donation, at=NOON)
    assert (Refund.objects.get().status, kinds()) == ("asked", [("gift", 2500), ("refund", -1000)])


def test_the_processors_books_say_when_money_went_back():
    donation = received(make_campaign(), at=NOON - timedelta(days=1))
    giving.refund(donation, amount=500, key=KEY, by=None, at=NOON)
    assert LedgerEntry.objects.get(kind="refund").at == SandboxMovement.objects.get().at


def test_by_hand_it_went_back_on_the_day_that_was_written_down():
    donation = received(make_campaign(starts_at=NOON - timedelta(days=9)), processor="offline", at=NOON - timedelta(days=9))
    giving.refund(donation, amount=500, key=KEY, by=None, at=NOON - timedelta(days=2))
    assert LedgerEntry.objects.get(kind="refund").at == NOON - timedelta(days=2)


@pytest.mark.parametrize("processor", ["sandbox", "offline"])
def test_nothing_goes_back_before_it_came(processor):
    donation = received(make_campaign(), processor=processor, at=NOON)
    with pytest.raises(ValidationError, match="The gift came on 23 November 2026"):
        giving.refund(donation, amount=500, key=KEY, by=None, at=NOON - timedelta(days=1))
    giving.refund(donation, amount=500, key=KEY, by=None, at=NOON - timedelta(hours=1))  # the day has no hour
    assert LedgerEntry.objects.get(kind="refund").at >= NOON


@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_others_send_nothing_back(group):
    donation = received(make_campaign())
    with pytest.raises(PermissionDenied):
        giving.refund(donation, amount=500, key=KEY, by=make_user(group), at=NOON)
    assert kinds() == [("gift", 2500)]


def told(donation: Donation, *movements: tuple[str, MovementKind, int]) -> Payment:
    lines = tuple(Movement(ref=ref, kind=kind, amount=amount, at=NOON) for ref, kind, amount in movements)
    return Payment(donation.processor_ref, donation.key, PaymentStatus.PAID, 2500, "EUR", paid_at=NOON, movements=lines)


def test_a_refund_that_came_back_may_be_made_again_in_whatever_order_we_hear_of_it():
    donation = received(make_campaign())
    first, back, second = (
        ("a", MovementKind.REFUND, 2500),
        ("b", MovementKind.REFUND_FAILED, 2500),
        ("c", MovementKind.REFUND, 2500),
    )
    giving.record(donation, told(donation, second), at=NOON)
    giving.record(donation, told(donation, first, back, second), at=NOON)
    assert kinds() == [("gift", 2500), ("refund", -2500), ("refund", -2500), ("refund_failed", 2500)]
    assert progress_of(donation.campaign).total == 0


@pytest.mark.parametrize("amount", [2501, 0, -5])
def test_books_that_cannot_be_true_are_refused_whole(amount):
    donation = received(make_campaign())
    with pytest.raises(giving.BooksDiffer):
        giving.record(donation, told(donation, ("a", MovementKind.REFUND, 100), ("b", MovementKind.REFUND, amount)), at=NOON)
    assert kinds() == [("gift", 2500)]
