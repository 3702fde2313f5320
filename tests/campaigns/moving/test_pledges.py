"""Regular gifts of other systems: taken over, charged by nobody until somebody says so."""

from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction

from campaigns import collecting, pledges, steering, taking_over
from campaigns.checking import differences
from campaigns.giving.arriving import move
from campaigns.giving.beginning import locked
from campaigns.models import Campaign, Donation, Instalment, Pledge
from campaigns.processors.base import Movement, MovementKind
from newsroom.models import AuditEntry
from tests.campaigns.moving.exports import STRIPE, SUBSCRIPTIONS, written
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 12, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def campaign(settings, monkeypatch) -> Campaign:
    settings.PROCESSORS = settings.PROCESSORS | {"stripe": ("tests.campaigns.doubles.Keyless", {})}
    monkeypatch.setattr("django.utils.timezone.now", lambda: TODAY)
    return make_campaign(slug="help", currency="EUR")


def run(*files: Path, command: str = "import_pledges", **options) -> str:
    out = StringIO()
    extra = {"campaign": "help"} if command == "import_pledges" else {}
    call_command(command, *files, stdout=out, stderr=StringIO(), **extra | options)
    return out.getvalue()


def test_a_subscription_is_charged_by_the_card_of_its_last_payment(tmp_path, campaign):
    run(written(tmp_path / "payments.csv", STRIPE, {}), command="import_gifts")
    run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {}))
    pledge = Pledge.objects.get()
    assert (pledge.amount, pledge.currency, pledge.rhythm, pledge.campaign) == (1000, "EUR", "monthly", campaign)
    assert (pledge.status, pledge.processor, pledge.mandate) == ("paused", "stripe", "cus_A1/pm_A1")
    assert (pledge.next_due, pledge.day, pledge.import_key) == (date(2026, 12, 5), 5, "stripe:sub_A1")
    assert pledge.consent == "Give €10 monthly. Taken over from Stripe on 1 December 2026; agreed there on 31 January 2024."
    assert pledge.donor == Donation.objects.get().donor


def test_one_without_a_card_needs_a_new_way(tmp_path):
    told = run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {}))
    assert "monthly, stripe: 1 needs a new way to pay" in told
    assert Pledge.objects.get().status == "stranded"


def test_a_paypal_profile_cannot_be_charged_by_us(tmp_path):
    path = tmp_path / "profiles.csv"
    path.write_text(
        "Profile ID,Subscriber Name,Subscriber Email,Amount,Currency,Billing cycle,Next Billing Date,Status\n"
        "I-ABC123DEF,Ada,ada@example.org,5.00,EUR,Monthly,2026-12-20,Active\n"
    )
    run(path)
    assert (Pledge.objects.get().processor, Pledge.objects.get().status) == ("import:paypal", "stranded")


def test_the_same_file_twice_brings_nothing_twice(tmp_path):
    path = written(tmp_path / "subs.csv", SUBSCRIPTIONS, {}, {})
    assert "2 lines gave 1 regular gift; 1 was here already" in run(path)
    assert "2 lines gave 0 regular gifts; 2 were here already" in run(path)


@pytest.mark.parametrize(("interval", "rhythm"), [("year", "yearly"), ("12 months", "yearly"), ("1 month", "monthly")])
def test_rhythms_that_we_have(tmp_path, interval, rhythm):
    run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {"Interval": interval}))
    assert Pledge.objects.get().rhythm == rhythm


@pytest.mark.parametrize("interval", ["week", "quarterly", "3 months", "day", ""])
def test_rhythms_that_we_do_not_have_are_listed_with_their_line(tmp_path, interval):
    told = run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {"Interval": interval}))
    assert "Line 2: Left out, given in a rhythm that we do not have" in told
    assert not Pledge.objects.exists()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"Status": "canceled"}, "Left out, not running there: “canceled”: 1"),
        ({"Status": "paused"}, "Line 2: Left out, not running there: “paused”."),
        ({"Customer Email": ""}, "Line 2: There is no e-mail address"),
        ({"Amount": "-1"}, "Line 2: The amount is not more than nothing."),
        ({"Currency": "usd"}, "Line 2: It is in USD, and the campaign in EUR: choose one in USD for it."),
        ({"Current Period End (UTC)": "2999-01-01"}, "Line 2: The day “2999-01-01” cannot be right."),
    ],
)
def test_what_cannot_be_taken_over_is_told(tmp_path, row, sentence):
    assert sentence in run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, row))
    assert not Pledge.objects.exists()


def test_the_next_day_is_never_in_the_past(tmp_path):
    run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {"Current Period End (UTC)": "2026-09-30 10:00"}))
    assert (Pledge.objects.get().next_due, Pledge.objects.get().day) == (date(2026, 12, 31), 31)


def test_a_dry_run_writes_nothing(tmp_path):
    assert "would give 1 regular gift" in run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {}, {}), dry_run=True)
    assert not Pledge.objects.exists()


def test_regular_gifts_need_a_campaign(tmp_path):
    with pytest.raises(CommandError, match="1 of 1 file not imported"):
        run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {}), campaign="")


# Starting


def imported(tmp_path: Path) -> Pledge:
    run(written(tmp_path / "payments.csv", STRIPE, {}), command="import_gifts")
    run(written(tmp_path / "subs.csv", SUBSCRIPTIONS, {}))
    return Pledge.objects.get()


def test_the_import_charges_nothing_whatever_the_day(tmp_path):
    imported(tmp_path)
    collecting.collect_due(at=datetime(2027, 6, 1, tzinfo=UTC))
    assert not Instalment.objects.exists()
    assert len(mail.outbox) == 0


def test_the_database_itself_refuses_one_that_nobody_started(tmp_path):
    imported(tmp_path)
    with pytest.raises(IntegrityError, match="an_imported_pledge_is_started_by_a_person"), transaction.atomic():
        Pledge.objects.update(status="active")


def test_they_are_not_started_while_the_old_system_may_collect(tmp_path):
    imported(tmp_path)
    with pytest.raises(CommandError, match=r"donors would be charged twice\. Nothing was started; 1 wait"):
        run(command="start_imported_pledges")
    with pytest.raises(ValidationError):
        taking_over.start(old_is_off=False, by=None, at=TODAY)
    assert Pledge.objects.get().status == "paused"


def test_started_they_are_due_on_their_next_day_and_once(tmp_path):
    imported(tmp_path)
    late = datetime(2027, 1, 5, 9, tzinfo=UTC)
    assert taking_over.start(old_is_off=True, by=None, at=late) == (1, [])
    pledge = Pledge.objects.get()
    assert (pledge.status, pledge.next_due, pledge.started_at) == ("active", date(2027, 2, 5), late)
    assert taking_over.start(old_is_off=True, by=None, at=late) == (0, [])
    assert AuditEntry.objects.filter(deed="started").count() == 1


def dispute_of(pledge: Pledge) -> None:
    """A bank takes back a gift that the old system collected."""
    gift = Donation.objects.get()
    Donation.objects.filter(pk=gift.pk).update(pledge=pledge)
    taken = Movement("dp_1", MovementKind.DISPUTE, gift.amount, TODAY)
    with transaction.atomic():
        move(locked(gift), [taken], at=TODAY)


def paused_at_the_desk(pledge: Pledge) -> None:
    pledges.pause(pledge, at=TODAY, why="Paused at the desk.")
    pledges.pause(pledge, at=TODAY, why="Paused at the desk.")


@pytest.mark.parametrize("deed", [dispute_of, paused_at_the_desk])
def test_one_that_was_disputed_or_paused_while_it_waited_is_not_started_with_the_others(tmp_path, deed):
    pledge = imported(tmp_path)
    deed(pledge)
    assert taking_over.counted() == {"paused": 0, "stranded": 0, "held": 1}
    assert taking_over.start(old_is_off=True, by=None, at=TODAY) == (0, [])
    pledge.refresh_from_db()
    assert (pledge.status, pledge.started_at, pledge.changes.count()) == ("paused", TODAY, 1)
    assert taking_over.counted()["held"] == 0
    assert steering.go_on(pledge, at=TODAY).status == "active"


def test_what_is_open_from_before_the_start_is_never_collected(tmp_path):
    pledge = imported(tmp_path)
    day = date(2026, 10, 5)
    Instalment.objects.create(pledge=pledge, period=day, status="failed", retry_on=day, claimed_at=TODAY)
    taking_over.start(old_is_off=True, by=None, at=TODAY)
    collecting.collect_due(at=TODAY)
    assert list(Instalment.objects.values_list("status", "retry_on")) == [("skipped", None)]


def test_a_stranger_starts_nothing_and_imports_nothing(tmp_path, campaign):
    imported(tmp_path)
    writer = make_user("Writer")
    with pytest.raises(PermissionDenied):
        taking_over.start(old_is_off=True, by=writer, at=TODAY)
    with pytest.raises(PermissionDenied):
        taking_over.take_over([], into=campaign, label="x", by=writer, at=TODAY)
    assert Pledge.objects.get().status == "paused"


def test_past_gifts_of_a_regular_gift_belong_to_it(tmp_path):
    pledge = imported(tmp_path)
    assert differences() == []
    header = STRIPE + ",Subscription ID"
    path = tmp_path / "more.csv"
    line = written(path, STRIPE, {"id": "ch_2B", "PaymentIntent ID": "pi_2B"}).read_text().splitlines()[1]
    path.write_text(f"{header}\n{line},sub_A1\n")
    run(path, command="import_gifts")
    assert list(pledge.donations.values_list("processor_ref", flat=True)) == ["pi_2B"]
