"""Their books and ours: what was missed is healed, and what nobody can explain stands in three lists."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from campaigns import giving, reconciling
from campaigns.checking import differences
from campaigns.comparing import compare
from campaigns.models import BooksDay, Difference, Dispute, Donation, LedgerEntry, ProcessorTransaction
from campaigns.processors.base import TransactionKind
from campaigns.reconciling import Outcome, reconcile
from campaigns.sandbox import bank
from newsroom.models import Alarm
from tests.campaigns.books import WithLines, a_line, kept
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=2)
DAY = timedelta(days=1)


def lists() -> list[tuple[str, str]]:
    return list(Difference.objects.order_by("pk").values_list("side", "status"))


def alarms() -> list[str]:
    return list(Alarm.objects.filter(over_at=None).order_by("key").values_list("key", flat=True))


def with_lines(settings: Any, *lines: Any, **options: Any) -> list[tuple[datetime, datetime]]:
    asked: list[tuple[datetime, datetime]] = []
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.books.WithLines", {"lines": list(lines), "asked": asked, **options})}
    return asked


def test_books_that_agree_have_no_differences():
    donation = received(make_campaign())
    giving.refund(donation, amount=500, key=UUID(int=1), by=None, at=NOON)
    assert reconcile("sandbox", at=bank.timezone.now() + 2 * DAY) == Outcome("sandbox", lines=2)
    assert (lists(), alarms()) == ([], [])
    told = list(ProcessorTransaction.objects.order_by("pk").values_list("kind", "amount", "currency", "fee", "payment"))
    assert told == [("payment", 2500, "EUR", 50, donation.processor_ref), ("refund", -500, "EUR", 0, donation.processor_ref)]


def test_a_gift_whose_every_event_was_lost_arrives():
    campaign = make_campaign()
    donation = begun(campaign)
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    bank.refund(donation.processor_ref, amount=500, key="theirs", at=NOON, tell=False)
    bank.dispute(donation.processor_ref, at=NOON, tell=False)
    outcome = reconcile("sandbox", at=LATER)
    assert (outcome.adopted, outcome.is_good, alarms()) == (3, True, [f"dispute:{Dispute.objects.get().pk}"])
    assert (LedgerEntry.objects.total(), differences()) == (0, [])
    assert lists() == [("theirs", "adopted")] * 3


def test_what_is_younger_than_an_hour_is_no_difference_yet():
    kept(at=NOON)
    assert compare("sandbox", at=NOON + timedelta(minutes=59)) == 0
    assert compare("sandbox", at=NOON + timedelta(hours=1)) == 1


def test_an_entry_that_they_do_not_have_is_ours_only_once_its_day_and_the_one_before_were_read():
    received(make_campaign())
    for day in (22, 23):
        assert compare("sandbox", at=LATER) == 0
        BooksDay.objects.create(processor="sandbox", day=date(2026, 11, day), read_at=NOON + timedelta(minutes=59))
    assert compare("sandbox", at=LATER) == 0  # its day was read before it could be there
    BooksDay.objects.update(read_at=LATER)
    assert compare("sandbox", at=LATER) == 0  # nor is what we wrote down just now
    assert compare("sandbox", at=bank.timezone.now()) == 1
    assert lists() == [("ours", "open")]


def test_what_appears_late_in_their_books_passes_by_itself():
    donation = received(make_campaign())
    for day in (22, 23):
        BooksDay.objects.create(processor="sandbox", day=date(2026, 11, day), read_at=LATER)
    compare("sandbox", at=bank.timezone.now())
    kept(donation.processor_ref)
    assert compare("sandbox", at=bank.timezone.now()) == 0
    assert lists() == [("ours", "gone")]


@pytest.mark.parametrize("wrong", [{"amount": 2400}, {"currency": "USD"}])
def test_the_same_with_other_figures_differs(wrong):
    donation = received(make_campaign())
    kept(donation.processor_ref, **wrong)
    assert [compare("sandbox", at=LATER), compare("sandbox", at=LATER)] == [1, 0]
    assert lists() == [("both", "open")]
    ProcessorTransaction.objects.update(amount=2500, currency="EUR")
    assert compare("sandbox", at=LATER) == 0
    assert lists() == [("both", "gone")]
    ProcessorTransaction.objects.update(**wrong)
    assert compare("sandbox", at=LATER) == 1
    assert lists() == [("both", "open")]


def test_payouts_and_fees_are_no_gifts():
    kept("po_1", kind="payout", amount=-100)
    kept("fee_1", kind="other", amount=-3)
    assert compare("sandbox", at=LATER) == 0


def test_another_processors_lines_are_not_looked_at():
    kept(processor="another")
    assert (compare("sandbox", at=LATER), compare("another", at=LATER)) == (0, 1)


# Reading


def days() -> list[str]:
    return [f"{day:%m-%d}" for day in BooksDay.objects.order_by("day").values_list("day", flat=True)]


def test_books_are_read_from_the_day_before_the_first_gift_and_complete_days_once(settings):
    begun(make_campaign(ends_at=None))
    asked = with_lines(settings)
    at = NOON + 5 * DAY
    reconcile("sandbox", at=at)
    assert asked == [(datetime(2026, 11, 22, tzinfo=UTC), at)]
    assert days() == ["11-22", "11-23", "11-24", "11-25", "11-26", "11-27", "11-28"]
    reconcile("sandbox", at=at + DAY)
    assert asked[1:] == [(datetime(2026, 11, 26, tzinfo=UTC), at + DAY)]  # those that were read within two days of their end


def test_since_reads_from_an_earlier_day(settings):
    asked = with_lines(settings)
    reconcile("sandbox", since=date(2026, 9, 1), at=NOON)
    begins = [begin for begin, _ in asked]
    assert begins == [datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)]
    assert [end for _, end in asked][:2] == begins[1:]
    reconcile("sandbox", since=date(2026, 11, 1), at=NOON)
    assert asked[3:] == [(datetime(2026, 11, 21, tzinfo=UTC), NOON)]


def test_a_run_that_broke_off_goes_on_where_it_was(settings, monkeypatch):
    monkeypatch.setattr(reconciling, "BATCH", 1)
    begun(make_campaign(ends_at=None))
    theirs = [a_line(f"pay_{n}", at=NOON + n * DAY) for n in range(4)]
    with_lines(settings, *theirs, breaks_after=2)
    outcome = reconcile("sandbox", at=NOON + 9 * DAY)
    assert (outcome.problem, outcome.lines, outcome.theirs) == ("The line dropped.", 2, 2)
    assert days() == ["11-22", "11-23"]
    assert alarms() == ["books-unread:sandbox", "reconcile:sandbox"]
    asked = with_lines(settings, *theirs)
    outcome = reconcile("sandbox", at=NOON + 9 * DAY)
    assert asked == [(datetime(2026, 11, 24, tzinfo=UTC), NOON + 9 * DAY)]
    assert (outcome.lines, outcome.theirs, alarms()) == (3, 4, ["reconcile:sandbox"])


def test_lines_are_read_again_until_their_payout_is_named(settings):
    begun(make_campaign(ends_at=None))
    paid = a_line("pay_1", payout="po_1"), a_line("pay_2", at=NOON + DAY)
    asked = with_lines(settings, *paid)
    reconcile("sandbox", at=NOON + 9 * DAY)
    reconcile("sandbox", at=NOON + 10 * DAY)
    assert asked[1][0] == datetime(2026, 11, 24, tzinfo=UTC)  # the day of the line that waits
    asked = with_lines(settings, paid[0], a_line("pay_2", at=NOON + DAY, payout="po_2"))
    reconcile("sandbox", at=NOON + 11 * DAY)
    reconcile("sandbox", at=NOON + 12 * DAY)
    assert [begin for begin, _ in asked] == [datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC)]


def test_a_line_that_is_told_twice_is_one_row(settings):
    with_lines(settings, a_line(), a_line(), a_line(kind=TransactionKind.REFUND, amount=-2500))
    reconcile("sandbox", since=date(2026, 11, 22), at=LATER)
    reconcile("sandbox", since=date(2026, 11, 22), at=LATER)
    assert list(ProcessorTransaction.objects.order_by("kind").values_list("kind", flat=True)) == ["payment", "refund"]


# Alarms


def test_new_differences_sound_an_alarm_and_none_end_it(settings):
    with_lines(settings, a_line())
    assert reconcile("sandbox", since=date(2026, 11, 22), at=LATER).new == 1
    first = Alarm.objects.get()
    assert reconcile("sandbox", at=LATER + DAY).new == 0
    assert list(Alarm.objects.all()) == [first]
    with_lines(settings, a_line(), a_line("pay_new", at=NOON + DAY))
    assert reconcile("sandbox", at=LATER + DAY).new == 1
    first.refresh_from_db()
    assert (first.over_at, alarms()) == (LATER + DAY, ["reconcile:sandbox"])
    Difference.objects.update(status="explained")
    reconcile("sandbox", at=LATER + 2 * DAY)
    assert (lists(), alarms()) == ([("theirs", "explained")] * 2, [])


# The command


def told(**options: Any) -> str:
    out = StringIO()
    call_command("reconcile", stdout=out, **options)
    return out.getvalue()


def test_the_command_says_in_one_line_that_the_books_agree():
    received(make_campaign())
    assert told() == "sandbox: 1 line read. No differences.\n"


def test_the_command_says_what_it_adopted():
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    assert told(since=date(2026, 11, 20)) == "sandbox: 1 line read. 1 adopted. No differences.\n"
    assert Donation.objects.get().is_received


def test_the_command_fails_when_the_books_differ(settings):
    with_lines(settings, a_line())
    out = StringIO()
    with pytest.raises(CommandError, match="The books differ"):
        call_command("reconcile", since=date(2026, 11, 20), stdout=out)
    assert out.getvalue() == "sandbox: 1 line read. Theirs only: 1. Ours only: 0. Differ: 0.\n"


def test_the_command_knows_only_processors_with_books():
    with pytest.raises(CommandError, match=r"“offline” keeps no books here\. Those that do: sandbox\."):
        told(processor="offline")
    with pytest.raises(CommandError, match="still to come"):
        told(since=date(2099, 1, 1))


def test_a_day_is_the_newsrooms(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    from campaigns.management.commands.reconcile import _in_utc

    assert _in_utc(date(2026, 11, 20)) == date(2026, 11, 19)
    settings.TIME_ZONE = "America/Lima"
    assert _in_utc(date(2026, 11, 20)) == date(2026, 11, 20)


def test_progress_stands_on_a_terminal(settings):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    with_lines(settings)
    err = Terminal()
    call_command("reconcile", stdout=StringIO(), stderr=err)
    assert "sandbox: " in err.getvalue()


def test_it_is_run_daily(run_jobs):
    from campaigns import tasks

    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, at=NOON, tell=False)
    assert tasks.reconcile.func is not None
    tasks.reconcile(timestamp=0)
    assert Donation.objects.get().is_received
    assert WithLines.by_hand is False


def test_a_line_that_is_read_again_is_the_same_row_as_it_stands_now(settings):
    with_lines(settings, a_line("pay_1", payout="", key="k" * 300))
    reconcile("sandbox", since=NOON.date(), at=LATER)
    before = ProcessorTransaction.objects.get()
    with_lines(settings, a_line("pay_1", payout="po_1", also="ch_1", fee=70))
    reconcile("sandbox", since=NOON.date(), at=LATER + timedelta(minutes=1))
    after = ProcessorTransaction.objects.get()
    assert (after.pk, after.payout, after.also, after.fee, after.read_at) == (
        before.pk, "po_1", "ch_1", 70, LATER + timedelta(minutes=1)
    )  # fmt: skip
    assert (before.key, after.key) == ("k" * 200, "")


def test_the_same_line_twice_in_one_piece_is_one_row(settings):
    with_lines(settings, a_line("pay_1", amount=100), a_line("pay_1"))
    reconcile("sandbox", since=NOON.date(), at=LATER)
    assert ProcessorTransaction.objects.get().amount == 2500
