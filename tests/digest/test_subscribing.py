"""A subscriber's life: sign-up, yes, leaving, coming back, being forgotten."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from articles.models import Masthead
from digest import subscribing
from digest.models import Notice, Subscriber
from tests.factories import NOON, make_subscriber

pytestmark = pytest.mark.django_db

Status = Subscriber.Status
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def state(subscriber: Subscriber) -> str:
    return Subscriber.objects.get(pk=subscriber.pk).status


def test_asking_makes_a_subscriber_who_is_not_confirmed():
    subscriber = subscribing.ask("ana@example.org", at=NOON, place="/articles/harbour/")
    assert (subscriber.status, subscriber.asked_at, subscriber.place) == (Status.PENDING, NOON, "/articles/harbour/")
    assert not Subscriber.objects.reached().exists()


def test_the_words_that_were_agreed_to_are_kept():
    Notice.objects.update(title="Daily mail", pitch="One mail a day.", button="Join")
    assert subscribing.ask("ana@example.org", at=NOON).consent == "Daily mail\nOne mail a day.\n[Join]"


def test_a_subscriber_gets_the_newsrooms_language():
    Masthead.objects.update(language="es")
    assert subscribing.ask("ana@example.org", at=NOON).language == "es"


def test_an_address_is_one_subscriber_however_it_is_written():
    first = subscribing.ask("ana@example.org", at=NOON)
    assert subscribing.ask("Ana@example.org", at=NOON + MINUTE).pk == first.pk
    assert [s.email for s in Subscriber.objects.all()] == ["ana@example.org"]


def test_one_mail_a_day_answers_an_address(run_jobs):
    for minutes in (0, 1, 60, 24 * 60 - 1):
        subscribing.ask("ana@example.org", at=NOON + minutes * MINUTE)
        run_jobs()
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    subscribing.ask("ana@example.org", at=NOON + DAY)
    run_jobs()
    assert len(mail.outbox) == 2


def test_the_mail_waits_for_the_worker():
    subscribing.ask("ana@example.org", at=NOON)
    assert mail.outbox == []


def test_a_job_that_runs_twice_mails_what_it_mailed(run_jobs):
    from digest import tasks

    subscriber = subscribing.ask("ana@example.org", at=NOON)
    run_jobs()
    tasks.answer_sign_up(subscriber=subscriber.pk, asked_at=NOON.isoformat())
    first, again = (message.body for message in mail.outbox)
    assert first == again


@pytest.mark.parametrize(
    ("status", "subject"),
    [
        (Status.PENDING, "Confirm that you want the digest of Newsroom"),
        (Status.UNSUBSCRIBED, "Confirm that you want the digest of Newsroom"),
        (Status.BOUNCED, "Confirm that you want the digest of Newsroom"),
        (Status.CONFIRMED, "You already get the digest of Newsroom"),
    ],
)
def test_what_the_mail_says_depends_on_the_address(run_jobs, status, subject):
    subscriber = make_subscriber("ana@example.org", status=status)
    subscribing.ask("ana@example.org", at=NOON)
    run_jobs()
    assert [message.subject for message in mail.outbox] == [subject]
    assert state(subscriber) == status


def test_who_complained_is_never_mailed_again(run_jobs):
    make_subscriber("ana@example.org", status=Status.COMPLAINED)
    subscribing.ask("ana@example.org", at=NOON)
    assert run_jobs() == ["digest.answer_sign_up"]
    assert mail.outbox == []


def test_asking_does_not_overwrite_what_a_confirmed_reader_agreed_to():
    make_subscriber("ana@example.org", consent="What Ana read.", place="/")
    assert subscribing.ask("ana@example.org", at=NOON, place="/elsewhere/").consent == "What Ana read."


def test_confirming_once_or_twice_is_the_same():
    subscriber = subscribing.ask("ana@example.org", at=NOON)
    subscribing.confirm(subscriber, at=NOON + MINUTE, asked_at=NOON)
    subscriber = subscribing.confirm(subscriber, at=NOON + DAY, asked_at=NOON)
    assert (subscriber.status, subscriber.confirmed_at) == (Status.CONFIRMED, NOON + MINUTE)


def test_who_left_stays_away_when_somebody_asks_for_them():
    subscriber = make_subscriber("ana@example.org")
    subscribing.unsubscribe(subscriber, at=NOON)
    subscribing.ask("ana@example.org", at=NOON + MINUTE)
    assert state(subscriber) == Status.UNSUBSCRIBED


def test_who_left_comes_back_by_a_new_yes():
    subscriber = make_subscriber("ana@example.org")
    subscribing.unsubscribe(subscriber, at=NOON)
    subscriber = subscribing.confirm(subscriber, at=NOON + DAY, asked_at=NOON + MINUTE)
    assert (subscriber.status, subscriber.confirmed_at, subscriber.left_at) == (Status.CONFIRMED, NOON + DAY, None)


def test_an_old_link_does_not_bring_back_who_left_since():
    subscriber = make_subscriber("ana@example.org")
    subscribing.unsubscribe(subscriber, at=NOON)
    assert subscribing.confirm(subscriber, at=NOON + DAY, asked_at=NOON - MINUTE).status == Status.UNSUBSCRIBED


def test_a_link_made_in_the_second_of_leaving_counts_as_later():
    subscriber = make_subscriber("ana@example.org")
    subscribing.unsubscribe(subscriber, at=NOON + timedelta(milliseconds=900))
    assert subscribing.confirm(subscriber, at=NOON + DAY, asked_at=NOON).status == Status.CONFIRMED


def test_leaving_twice_keeps_the_first_moment():
    subscriber = make_subscriber()
    subscribing.unsubscribe(subscriber, at=NOON)
    assert subscribing.unsubscribe(subscriber, at=NOON + DAY).left_at == NOON


@pytest.mark.parametrize("status", [Status.BOUNCED, Status.COMPLAINED])
def test_who_bounced_or_complained_stays_listed_as_such(status):
    subscriber = make_subscriber(status=status, left_at=NOON)
    assert subscribing.unsubscribe(subscriber, at=NOON + DAY).status == status


def test_a_complaint_outweighs_everything():
    subscriber = subscribing.mark_bounced(make_subscriber(), at=NOON)
    assert subscriber.status == Status.BOUNCED
    assert subscribing.mark_complained(subscriber, at=NOON + DAY).status == Status.COMPLAINED
    assert subscribing.mark_bounced(subscriber, at=NOON + DAY).status == Status.COMPLAINED


def test_enrolling_confirms_without_a_mail(run_jobs):
    subscriber = subscribing.enrol("ana@example.org", at=NOON - 300 * DAY, consent="Signed up at our fair.", place="/fair/")
    assert (subscriber.status, subscriber.confirmed_at) == (Status.CONFIRMED, NOON - 300 * DAY)
    assert (subscriber.consent, subscriber.place) == ("Signed up at our fair.", "/fair/")
    assert (run_jobs(), mail.outbox) == ([], [])


def test_enrolling_brings_nobody_back():
    subscriber = make_subscriber("ana@example.org")
    subscribing.unsubscribe(subscriber, at=NOON)
    assert subscribing.enrol("ana@example.org", at=NOON, consent="An old list.").status == Status.UNSUBSCRIBED


def test_erasing_forgets_the_address_once_or_twice():
    subscriber = make_subscriber()
    subscribing.erase(subscriber)
    subscribing.erase(subscriber)
    assert not Subscriber.objects.exists()


def test_the_database_refuses_a_second_row_for_an_address():
    make_subscriber("ana@example.org")
    with pytest.raises(IntegrityError, match="subscriber_has_one_address"), transaction.atomic():
        make_subscriber("ANA@example.org")


def test_the_database_refuses_a_confirmed_subscriber_without_the_moment():
    with pytest.raises(IntegrityError, match="confirmed_subscriber_has_the_moment"), transaction.atomic():
        make_subscriber(confirmed_at=None)


def test_asking_takes_the_same_steps_for_every_address(django_assert_num_queries):
    for status in Status:
        make_subscriber(f"{status}@example.org", status=status)
    for email in ["new@example.org", *(f"{status}@example.org" for status in Status)]:
        for _ in range(2):  # granted a mail, and not granted one
            with django_assert_num_queries(8):
                subscribing.ask(email, at=NOON)
