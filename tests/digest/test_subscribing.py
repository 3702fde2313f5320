"""A subscriber's life: sign-up, yes, leaving, coming back, being forgotten."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from articles.models import Masthead
from digest import subscribing
from digest.models import Complaint, Notice, Subscriber
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


def proof(subscriber: Subscriber) -> tuple[str, str, datetime]:
    subscriber.refresh_from_db()
    return subscriber.consent, subscriber.place, subscriber.asked_at


@pytest.mark.parametrize("change", [None, subscribing.unsubscribe, subscribing.mark_bounced, subscribing.mark_complained])
def test_a_stranger_who_asks_again_leaves_the_proof_of_what_was_agreed_to(change):
    subscriber = subscribing.ask("ana@example.org", at=NOON, place="/articles/harbour/")
    agreed = proof(subscriber)
    subscribing.confirm(subscriber, at=NOON + MINUTE, asked_at=NOON)
    if change:
        change(subscriber, at=NOON + DAY)
    Notice.objects.update(pitch="Other words.")
    subscribing.ask("ana@example.org", at=NOON + 30 * DAY, place="/elsewhere/")
    assert proof(subscriber) == agreed


def test_a_new_yes_is_proved_by_what_was_asked_then():
    subscriber = make_subscriber("ana@example.org", consent="What Ana read.", place="/")
    subscribing.unsubscribe(subscriber, at=NOON)
    Notice.objects.update(title="Daily mail", pitch="One mail a day.", button="Join")
    subscribing.ask("ana@example.org", at=NOON + DAY, place="/elsewhere/")
    subscriber = subscribing.confirm(subscriber, at=NOON + 2 * DAY, asked_at=NOON + DAY)
    assert proof(subscriber) == ("Daily mail\nOne mail a day.\n[Join]", "/elsewhere/", NOON + DAY)
    assert (subscriber.again_consent, subscriber.again_place, subscriber.again_asked_at) == ("", "", None)


def test_a_yes_without_a_sign_up_of_ones_own_takes_over_no_strangers():
    subscriber = make_subscriber("ana@example.org", consent="What Ana read.", place="/")
    agreed = proof(subscriber)
    subscribing.unsubscribe(subscriber, at=NOON)
    subscribing.ask("ana@example.org", at=NOON + DAY, place="/elsewhere/")
    subscribing.confirm(subscriber, at=NOON + 2 * DAY)
    assert proof(subscriber) == agreed


def test_a_sign_up_that_brings_no_mail_changes_nothing():
    subscriber = subscribing.ask("ana@example.org", at=NOON, place="/articles/harbour/")
    asked = proof(subscriber)
    subscribing.ask("ana@example.org", at=NOON + MINUTE, place="/elsewhere/")
    assert proof(subscriber) == asked


def test_a_mailbox_gets_three_mails_a_day_whichever_of_its_addresses_is_typed(run_jobs):
    for minute, address in enumerate(("ana", "ana+1", "ANA+2", "Ana+3", "ana+1", "ben+1")):
        subscribing.ask(f"{address}@example.org", at=NOON + minute * MINUTE)
    run_jobs()
    assert [message.to[0].partition("@")[0] for message in mail.outbox] == ["ana", "ana+1", "ANA+2", "ben+1"]
    subscribing.ask("Ana+3@example.org", at=NOON + DAY)
    run_jobs()
    assert mail.outbox[-1].to == ["Ana+3@example.org"]


def test_asking_in_vain_uses_up_nothing_of_the_mailboxs_share(run_jobs):
    for minute in range(5):
        subscribing.ask("ana@example.org", at=NOON + minute * MINUTE)
    subscribing.ask("ana+news@example.org", at=NOON)
    run_jobs()
    assert [message.to for message in mail.outbox] == [["ana@example.org"], ["ana+news@example.org"]]


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


@pytest.mark.parametrize("asked_at", [None, NOON - DAY, NOON, NOON + DAY])
def test_no_link_makes_a_reader_of_who_complained(asked_at):
    subscriber = subscribing.mark_complained(make_subscriber(), at=NOON)
    assert subscribing.confirm(subscriber, at=NOON + 2 * DAY, asked_at=asked_at).status == Status.COMPLAINED


def complained_and_erased(email: str) -> None:
    subscribing.erase(subscribing.mark_complained(make_subscriber(email), at=NOON))


@pytest.mark.parametrize("email", ["ana@example.org", "ANA@example.org", "ana+news@example.org"])
def test_who_complained_and_was_erased_is_mailed_by_no_strangers_sign_up(run_jobs, email):
    complained_and_erased("Ana@example.org")
    subscribing.ask(email, at=NOON)
    subscribing.ask("ben@example.org", at=NOON)
    run_jobs()
    assert [message.to for message in mail.outbox] == [["ben@example.org"]]


def test_of_who_complained_and_was_erased_no_address_is_kept():
    complained_and_erased("ana@example.org")
    assert not Subscriber.objects.exists()
    (kept,) = Complaint.objects.all()
    assert (len(kept.code), set(kept.code) <= set("0123456789abcdef")) == (64, True)


def test_a_complaint_outlives_the_secret_key_it_was_noted_with(run_jobs, settings):
    complained_and_erased("ana@example.org")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new one"
    subscribing.ask("ana@example.org", at=NOON)
    run_jobs()
    assert mail.outbox == []


def test_an_old_list_brings_nobody_back_who_complained_and_was_erased():
    complained_and_erased("ana@example.org")
    assert subscribing.enrol("ana@example.org", at=NOON, consent="An old list.").status == Status.PENDING


def test_erasing_anybody_else_keeps_nothing():
    for status in set(Status) - {Status.COMPLAINED}:
        subscribing.erase(make_subscriber(status=status))
    assert (Subscriber.objects.count(), Complaint.objects.count()) == (0, 0)


def test_who_complained_comes_back_by_telling_us_signing_up_and_confirming(run_jobs):
    subscriber = subscribing.mark_complained(make_subscriber("ana@example.org"), at=NOON)
    assert subscribing.welcome_back(subscriber, at=NOON + DAY).status == Status.UNSUBSCRIBED
    subscribing.ask("ana@example.org", at=NOON + DAY)
    run_jobs()
    assert [message.subject for message in mail.outbox] == ["Confirm that you want the digest of Newsroom"]
    assert subscribing.confirm(subscriber, at=NOON + DAY, asked_at=NOON + DAY).status == Status.CONFIRMED


def test_who_complained_and_was_erased_comes_back_the_same_way(run_jobs):
    complained_and_erased("ana@example.org")
    subscriber = subscribing.ask("ana@example.org", at=NOON)
    run_jobs()
    subscribing.welcome_back(subscriber, at=NOON + MINUTE)
    subscribing.ask("ana@example.org", at=NOON + DAY)
    run_jobs()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("status", set(Status) - {Status.COMPLAINED})
def test_welcoming_back_whoever_never_complained_changes_nothing(status):
    assert subscribing.welcome_back(make_subscriber(status=status), at=NOON).status == status


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
            with django_assert_num_queries(9):
                subscribing.ask(email, at=NOON)
