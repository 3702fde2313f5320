"""The quarter-hourly look: the digest by itself."""

import threading
import traceback
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from digest import editions, subscribing, tasks
from digest.models import Delivery, Edition, Subscriber
from newsroom.mail import NotSent
from tests.factories import make_article, make_subscriber, make_user

pytestmark = pytest.mark.django_db

SEVEN = (datetime.now(UTC) - timedelta(days=1)).replace(hour=7, minute=0, second=0, microsecond=0)  # past, at any hour of a day
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _zone(settings):
    settings.TIME_ZONE, settings.DIGEST_HOUR = "UTC", 7


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name="digest.send", status="todo").count()


def look(at: datetime) -> None:
    tasks.look(timestamp=int(at.timestamp()))


def test_at_its_hour_the_digest_goes_out_by_itself(run_jobs):
    make_article(headline="The ferry is back", published_at=SEVEN - HOUR)
    make_subscriber("ana@example.org")
    look(SEVEN - timedelta(minutes=15))
    assert run_jobs() == []
    look(SEVEN)
    assert run_jobs() == ["digest.send", "digest.send"]
    assert [message.subject for message in mail.outbox] == ["The ferry is back"]


def test_looking_all_day_sends_it_once(run_jobs):
    make_article(published_at=SEVEN - HOUR)
    make_subscriber()
    for quarter in range(4 * 16):
        look(SEVEN + quarter * timedelta(minutes=15))
        run_jobs()
    assert len(mail.outbox) == 1
    assert Edition.objects.count() == 1


def test_two_workers_that_look_at_once_queue_one_sending():
    make_article(published_at=SEVEN - HOUR)
    make_subscriber()
    look(SEVEN)
    look(SEVEN)
    assert waiting() == 1


def test_a_mail_server_that_is_down_gets_it_when_it_is_back(run_jobs, sink):
    make_article(published_at=SEVEN - HOUR)
    make_subscriber("ana@example.org")
    sink.replies["mail", "*"] = "550 account closed"
    look(SEVEN)
    run_jobs()
    assert (sink.recipients, Delivery.objects.get().status) == ([], "due")
    sink.replies.clear()
    look(SEVEN + timedelta(minutes=15))
    run_jobs()
    assert (sink.recipients, Delivery.objects.get().status) == (["ana@example.org"], "accepted")


def test_the_log_of_a_sending_that_stopped_tells_no_address(sink, caplog):
    make_article(published_at=SEVEN - HOUR)
    for number in range(25):
        make_subscriber(f"reader{number}@example.org")
        sink.replies["rcpt", f"reader{number}@example.org"] = f"550 5.1.1 <reader{number}@example.org> rejected"
    look(SEVEN)
    tasks.send(edition=Edition.objects.get().pk)
    assert "is not being sent now: 550 5.1.1 <(address)> rejected" in caplog.text
    assert "@example.org" not in caplog.text


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "text"])
def test_a_mail_that_is_refused_fails_its_job_without_naming_anybody(sink, stage):
    sink.replies[stage, "*"] = "550 5.1.1 <ana@example.org> no such user"
    reader, editor = make_subscriber("ana@example.org", mailed_at=SEVEN), make_user("Editor", email="ana@example.org")
    make_article(published_at=datetime.now(UTC) - HOUR)
    for job in (
        lambda: tasks.answer_sign_up(subscriber=reader.pk, asked_at=SEVEN.isoformat()),
        lambda: tasks.send_test(user=editor.pk, edition=None),
    ):
        with pytest.raises(NotSent) as failure:
            job()
        assert "550" in str(failure.value)
        assert "ana@" not in "".join(traceback.format_exception(failure.value))


def test_a_long_list_is_sent_run_by_run(run_jobs, monkeypatch):
    monkeypatch.setattr("digest.delivery.BATCH", 2)
    make_article(published_at=SEVEN - HOUR)
    readers = [make_subscriber().email for _ in range(5)]
    look(SEVEN)
    assert run_jobs() == ["digest.send"] * 4  # two, two, one, and one to see that nobody is left
    assert [message.to for message in mail.outbox] == [[reader] for reader in readers]
    assert Edition.objects.get().outcome == {"accepted": 5}


def test_while_somebody_sends_nobody_else_is_called():
    make_article(published_at=SEVEN - HOUR)
    make_subscriber()
    editions.due(at=SEVEN)
    Delivery.objects.update(status="claimed", claimed_at=SEVEN + timedelta(minutes=14))
    look(SEVEN + timedelta(minutes=15))
    assert waiting() == 0
    look(SEVEN + timedelta(minutes=30))
    assert waiting() == 1


def test_an_address_that_nobody_confirmed_is_forgotten_after_a_month():
    for days, status in ((31, "pending"), (29, "pending"), (31, "unsubscribed"), (31, "confirmed")):
        make_subscriber(f"{status}{days}@example.org", status=status, asked_at=SEVEN - timedelta(days=days))
    look(SEVEN)
    left = Subscriber.objects.order_by("email").values_list("email", flat=True)
    assert [email.partition("@")[0] for email in left] == ["confirmed31", "pending29", "unsubscribed31"]


@pytest.mark.django_db(transaction=True)
def test_who_confirms_while_addresses_are_forgotten_stays():
    """The row is found, then confirmed by another process, and only then would it be deleted."""
    pending = make_subscriber(status="pending", asked_at=SEVEN - timedelta(days=31))
    confirming, looked = threading.Event(), threading.Event()

    def confirm() -> None:
        with transaction.atomic():
            subscribing.confirm(pending, at=SEVEN)
            confirming.set()
            looked.wait(timeout=1)
        connection.close()

    reader = threading.Thread(target=confirm)
    reader.start()
    confirming.wait()
    look(SEVEN)
    looked.set()
    reader.join()
    assert Subscriber.objects.get().status == "confirmed"


def test_a_job_for_an_erased_subscriber_or_edition_does_nothing(run_jobs):
    tasks.answer_sign_up(subscriber=12345, asked_at=SEVEN.isoformat())
    tasks.send(edition=12345)
    assert mail.outbox == []


def test_a_member_of_staff_gets_a_test_of_what_would_go_out_now():
    editor = make_user("Editor", email="editor@example.org")
    make_article(headline="The ferry is back", published_at=datetime.now(UTC) - HOUR)
    tasks.send_test(user=editor.pk, edition=None)
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["editor@example.org"], "[Test] The ferry is back")
    assert not Edition.objects.exists()
    assert not Subscriber.objects.exists()


def test_a_test_of_nothing_and_one_to_nobody_are_not_sent():
    make_article(published_at=datetime.now(UTC) - HOUR)
    for user in (make_user("Editor", email=""), make_user("Editor", email="gone@example.org", is_active=False)):
        tasks.send_test(user=user.pk, edition=None)
    assert mail.outbox == []
