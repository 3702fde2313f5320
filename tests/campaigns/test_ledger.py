"""The ledger only grows, and `check_ledger` finds every difference."""

from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from campaigns import giving
from campaigns.checking import differences
from campaigns.models import (
    BooksDay,
    Difference,
    Dispute,
    Donation,
    Instalment,
    LedgerEntry,
    Receipt,
    ReceiptSeries,
    Refund,
)
from campaigns.sandbox import bank
from tests.campaigns.books import kept
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what the test itself wrote is checked by now
        cursor.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE campaigns_ledgerentry SET amount = amount + 1",
        "UPDATE campaigns_ledgerentry SET note = ''",
        "DELETE FROM campaigns_ledgerentry",
        "TRUNCATE campaigns_ledgerentry CASCADE",
        "TRUNCATE campaigns_donation CASCADE",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(statement):
    received(make_campaign())
    with pytest.raises(IntegrityError, match="The ledger only grows"):
        sql(statement)
    assert LedgerEntry.objects.total() == 2500


def test_python_is_refused_too():
    entry = received(make_campaign()).entries.get()
    entry.amount = 1
    with pytest.raises(IntegrityError, match="The ledger only grows"), transaction.atomic():
        entry.save()
    with pytest.raises(IntegrityError, match="The ledger only grows"), transaction.atomic():
        entry.delete()


@pytest.mark.parametrize(
    ("kind", "amount"), [("gift", -1), ("gift", 0), ("refund", 1), ("dispute", 5), ("dispute_won", -5), ("refund_failed", -1)]
)
def test_the_sign_follows_the_kind(kind, amount):
    donation = begun(make_campaign())
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(
            donation=donation, campaign=donation.campaign, kind=kind, amount=amount, currency="EUR",
            processor="sandbox", processor_ref="x", at=NOON,
        )  # fmt: skip


def test_a_gift_cannot_arrive_twice():
    donation = received(make_campaign())
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(
            donation=donation, campaign=donation.campaign, kind="gift", amount=2500, currency="EUR",
            processor="sandbox", processor_ref="another", at=NOON,
        )  # fmt: skip


def test_books_that_agree_say_so_in_one_line():
    donation = received(make_campaign(ends_at=None), rhythm="monthly")
    received(donation.campaign, processor="offline")
    giving.refund(donation, amount=500, key=UUID(int=1), by=None, at=NOON)
    out = StringIO()
    call_command("check_ledger", stdout=out)
    assert out.getvalue() == "The books agree: 3 entries, 2 receipts.\n"


def with_no_triggers(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


SPOILT = {
    "UPDATE campaigns_donation SET status = 'declined', received_at = NULL": "gift {} has entries but is not received",
    "DELETE FROM campaigns_ledgerentry": "gift {} is received but has no entry",
    "DELETE FROM campaigns_receiptversion; DELETE FROM campaigns_receipt": "gift {} is received but has no receipt",
    "UPDATE campaigns_ledgerentry SET currency = 'USD'": "gift {} came in another currency than its campaign's",
    "UPDATE campaigns_ledgerentry SET amount = 499 WHERE kind = 'gift'": "gift {} was refunded beyond what came",
    "UPDATE campaigns_receipt SET number = 2": "the receipts of 2026 have a gap: 1 numbers up to 2, the series says 1",
    "UPDATE campaigns_receiptseries SET last_number = 5": "the receipts of 2026 have a gap: 1 numbers up to 1, the series says 5",
    "UPDATE campaigns_receiptversion SET contents = contents || '{\"left\": 7}'": (
        "receipt 2026-000001 says that 7 is left of its gift, the ledger 2000"
    ),
    "DELETE FROM campaigns_receiptversion WHERE version = 1": "the versions of receipt {receipt} have a gap: 1 up to 2",
    "DELETE FROM campaigns_ledgerentry WHERE kind = 'refund'": "gift {} has refunds of 500 done, and refund entries of 0",
}


@pytest.mark.parametrize("statement", SPOILT)
def test_every_difference_is_found(statement):
    donation = received(make_campaign())
    refund = giving.refund(donation, amount=500, key=UUID(int=1), by=None, at=NOON)
    receipt = Receipt.objects.get().pk
    assert differences() == []
    with_no_triggers(statement)
    out = StringIO()
    with pytest.raises(CommandError, match="The books differ"):
        call_command("check_ledger", stdout=out)
    assert SPOILT[statement].format(donation.pk, refund=refund.pk, receipt=receipt) in out.getvalue().splitlines()


def test_a_paid_instalment_without_its_gift_is_found():
    donation = received(make_campaign(), rhythm="monthly")
    Instalment.objects.update(donation=None)
    assert differences() == [f"instalment {Instalment.objects.get().pk} is paid but its gift is not received"]
    assert donation.pledge is not None


def test_empty_books_agree():
    make_campaign()
    assert differences() == []
    assert (Receipt.objects.count(), ReceiptSeries.objects.count(), Donation.objects.count()) == (0, 0, 0)


def test_a_second_refund_without_its_entry_is_found():
    donation = received(make_campaign())
    giving.refund(donation, amount=500, key=UUID(int=1), by=None, at=NOON)
    Refund.objects.create(token=UUID(int=2), donation=donation, amount=700, currency="EUR", status="done", asked_at=NOON)
    assert differences() == [f"gift {donation.pk} has refunds of 1200 done, and refund entries of 500"]


def test_refunds_made_elsewhere_are_no_difference():
    donation = received(make_campaign())
    bank.refund(donation.processor_ref, amount=500, key="theirs", tell=False)
    giving.settle(donation, at=NOON)
    giving.refund(donation, amount=700, key=UUID(int=1), by=None, at=NOON)
    assert differences() == []


def test_a_refund_that_is_without_an_answer_for_more_than_a_day_is_listed():
    donation = received(make_campaign())
    refund = Refund.objects.create(token=UUID(int=1), donation=donation, amount=5, currency="EUR", asked_at=timezone.now())
    assert differences() == []
    Refund.objects.update(asked_at=timezone.now() - timedelta(days=1, minutes=1))
    assert differences() == [f"refund {refund.pk} of gift {donation.pk} has no answer for more than a day"]


def test_an_instalment_left_claimed_by_a_gift_that_is_over_is_found():
    donation = received(make_campaign(), rhythm="monthly")
    Instalment.objects.update(status="claimed")
    assert differences() == [f"gift {donation.pk} is over but its instalment is still claimed"]


def test_an_instalment_that_is_not_paid_by_its_gift_is_found():
    received(make_campaign(), rhythm="monthly")
    Instalment.objects.update(status="failed")
    assert differences() == [f"instalment {Instalment.objects.get().pk} is “failed” but its gift is received"]


def test_an_instalment_of_another_pledges_gift_is_found():
    received(make_campaign(), rhythm="monthly")
    other = received(make_campaign(), email="bob@example.org")
    Instalment.objects.update(donation=other)
    assert differences() == [f"instalment {Instalment.objects.get().pk} is another pledge's than its gift"]


def test_a_gift_that_is_held_for_no_reason_is_found():
    donation = begun(make_campaign())
    Donation.objects.update(status="held", hold_reason="Many like it.")
    assert differences() == []
    Donation.objects.update(hold_reason="")
    assert differences() == [f"gift {donation.pk} is held for review without a reason"]


def test_a_fee_that_is_more_than_its_gift_is_found():
    donation = received(make_campaign())
    Donation.objects.update(fee=2501)
    assert differences() == [f"the processor kept 2501 of gift {donation.pk}, of which 2500 came"]


def disputed() -> Donation:
    donation = received(make_campaign())
    bank.dispute(donation.processor_ref, at=NOON, tell=False)
    giving.settle(donation, at=NOON)
    assert differences() == []
    return donation


def test_a_dispute_that_nobody_looks_after_is_found():
    donation = disputed()
    Dispute.objects.update(amount=1)
    entry = donation.entries.get(kind="dispute")
    assert differences() == [f"entry {entry.pk} is a dispute that nobody looks after"]


def test_a_dispute_without_its_entry_is_found():
    disputed()
    with_no_triggers("DELETE FROM campaigns_ledgerentry WHERE kind = 'dispute'")
    assert f"dispute {Dispute.objects.get().pk} has no entry" in differences()


def test_a_dispute_that_is_won_on_paper_only_is_found():
    disputed()
    Dispute.objects.update(status="won")
    receipt = "receipt 2026-000001 says that 2500 is left of its gift, the ledger 0"  # it stood while nothing was decided
    assert differences() == [receipt, f"dispute {Dispute.objects.get().pk} is won, but no money came back"]


def test_money_that_came_back_from_a_dispute_that_is_not_won_is_found():
    donation = disputed()
    bank.dispute_won(donation.processor_ref, at=NOON, tell=False)
    giving.settle(donation, at=NOON)
    assert differences() == []
    Dispute.objects.update(status="lost")
    assert differences() == [f"gift {donation.pk} came back from a dispute that is not won"]


def test_open_differences_with_a_processors_books_are_named():
    line = kept()
    Difference.objects.create(processor="sandbox", side="theirs", transaction=line, found_at=NOON)
    assert differences() == ["the books of sandbox and ours differ, still open: 1"]
    Difference.objects.update(status="explained")
    assert differences() == []


def paid_out(amount: int, **overrides: Any) -> None:
    """A payout of two gifts of €25 with a fee of 50 each, less a refund of 700."""
    for number in range(2):
        kept(f"pay_{number}", fee=50, payout="po_1")
    kept("re_1", kind="refund", amount=-700, payout="po_1")
    kept("po_1", kind="payout", amount=-amount, payout="po_1", **overrides)


@pytest.mark.parametrize(("amount", "said"), [(4200, []), (4300, ["payout po_1 of sandbox is of 4300, and its lines make 4200"])])
def test_a_payout_is_what_its_lines_make_less_their_fees(amount, said):
    BooksDay.objects.create(processor="sandbox", day=NOON.date() - timedelta(days=35), read_at=NOON)
    paid_out(amount)
    assert differences() == said


def test_a_payout_may_have_a_fee_of_its_own():
    BooksDay.objects.create(processor="sandbox", day=NOON.date() - timedelta(days=35), read_at=NOON)
    paid_out(4170, fee=30)
    assert differences() == []


def test_a_payout_whose_lines_may_lie_before_the_books_that_were_read_is_not_judged():
    begun(make_campaign())
    BooksDay.objects.create(processor="sandbox", day=NOON.date(), read_at=NOON)
    paid_out(1)
    assert differences() == []
    BooksDay.objects.update(day=NOON.date() - timedelta(days=1))  # before the first gift: nothing of ours is earlier
    assert differences() == ["payout po_1 of sandbox is of 1, and its lines make 4200"]


def test_of_a_thousand_differences_of_one_kind_a_hundred_are_named():
    donation = begun(make_campaign())
    Refund.objects.bulk_create(
        Refund(token=UUID(int=n + 1), donation=donation, amount=5, currency="EUR", asked_at=NOON - timedelta(days=9))
        for n in range(1000)
    )
    found = differences()
    assert (len(found), found[-1][:1]) == (101, "…")
