"""Every recipient once: claims, outcomes, and what a mail server can say."""

import json
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
import requests
from django.core import mail

from articles import publishing
from digest import delivery, editions, subscribing
from digest.models import Delivery, Edition, Subscriber
from newsroom.mail import mailers
from tests.factories import NOON, make_article, make_subscriber

pytestmark = pytest.mark.django_db

Status = Delivery.Status
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def make_edition(*readers: str, at: datetime = NOON) -> Edition:
    """An edition of one article for these readers, composed at `at`."""
    for reader in readers:
        make_subscriber(f"{reader}@example.org")
    make_article(headline="The ferry is back", published_at=at - MINUTE)
    edition = editions.compose(at.date(), editions.since_last(until=at), at=at)
    assert edition is not None
    return edition


def send(edition: Edition, *, at: datetime = NOON, **options) -> int:
    return delivery.send(edition, clock=lambda: at, **options)


def stopped(edition: Edition) -> str:
    with pytest.raises(delivery.Stopped) as sentence:
        send(edition)
    return str(sentence.value)


def outcomes(edition: Edition) -> dict[str, str]:
    rows = edition.deliveries.exclude(subscriber=None).values_list("subscriber__email", "status")
    return {email.partition("@")[0]: status for email, status in rows}


def problems(edition: Edition) -> set[str]:
    return set(edition.deliveries.values_list("problem", flat=True))


def test_everybody_gets_it_and_it_is_finished():
    edition = make_edition("ana", "ben", "cleo")
    assert send(edition) == 3
    edition.refresh_from_db()
    assert [message.to for message in mail.outbox] == [["ana@example.org"], ["ben@example.org"], ["cleo@example.org"]]
    assert (edition.finished_at, edition.outcome) == (NOON, {"accepted": 3})


def test_sending_again_sends_nothing():
    edition = make_edition("ana")
    send(edition)
    assert send(edition) == 0
    assert len(mail.outbox) == 1


def test_an_edition_for_nobody_is_finished_at_once():
    edition = make_edition()
    assert send(edition) == 0
    edition.refresh_from_db()
    assert (edition.finished_at, edition.outcome) == (NOON, {})


def test_one_run_stops_at_its_limit_and_the_next_goes_on():
    edition = make_edition("ana", "ben", "cleo")
    assert send(edition, limit=2) == 2
    assert outcomes(edition) == {"ana": "accepted", "ben": "accepted", "cleo": "due"}
    assert send(edition, limit=2) == 1
    assert len(mail.outbox) == 3


def test_one_run_stops_when_its_time_is_over():
    edition = make_edition("ana", "ben", "cleo")
    moments = iter(NOON + timedelta(seconds=5) * n for n in range(100))
    assert delivery.send(edition, clock=lambda: next(moments)) == 2
    assert outcomes(edition)["cleo"] == "due"


def test_who_left_meanwhile_gets_nothing():
    edition = make_edition("ana", "ben", "cleo", "dora")
    ana, ben, cleo, dora = Subscriber.objects.order_by("pk")
    subscribing.unsubscribe(ana, at=NOON)
    subscribing.erase(ben)
    subscribing.mark_complained(cleo, at=NOON)
    send(edition)
    assert [message.to for message in mail.outbox] == [[dora.email]]
    assert outcomes(edition) == {"ana": "skipped", "cleo": "skipped", "dora": "accepted"}
    edition.refresh_from_db()
    assert edition.outcome == {"accepted": 1, "skipped": 3}


def test_who_is_erased_later_stays_in_the_figures_without_a_name():
    edition = make_edition("ana")
    send(edition)
    subscribing.erase(Subscriber.objects.get())
    assert [(d.subscriber, d.status) for d in edition.deliveries.all()] == [(None, "accepted")]


def test_a_withdrawn_article_is_not_sent():
    edition = make_edition("ana")
    gone = make_article(headline="Withdrawn later", published_at=NOON - 2 * MINUTE)
    edition.items.create(article=gone, position=1)
    publishing.withdraw(gone, by=None, at=NOON)
    send(edition)
    assert "The ferry is back" in mail.outbox[0].body
    assert "Withdrawn later" not in mail.outbox[0].body


def test_a_corrected_headline_is_sent_as_corrected():
    edition = make_edition("ana")
    edition.articles.update(headline="The ferry is late")
    send(edition)
    assert mail.outbox[0].subject == "The ferry is late"


def test_an_edition_of_which_nothing_is_left_is_not_sent():
    edition = make_edition("ana")
    publishing.withdraw(edition.articles.get(), by=None, at=NOON)
    assert send(edition) == 1
    edition.refresh_from_db()
    assert (mail.outbox, edition.outcome) == ([], {"skipped": 1})
    assert problems(edition) == {"Every article of this edition was withdrawn or retracted before it was sent."}


def test_a_row_is_claimed_before_the_mail_leaves(monkeypatch):
    seen = []
    edition = make_edition("ana", "ben")

    def look(line, message):
        seen.append(outcomes(edition))
        return delivery.Answer(delivery.Verdict.ACCEPTED)

    monkeypatch.setattr("digest.transport.Line.send", look)
    send(edition)
    assert seen == [{"ana": "claimed", "ben": "due"}, {"ana": "accepted", "ben": "claimed"}]


def test_what_another_sender_holds_is_left_alone():
    edition = make_edition("ana", "ben")
    edition.deliveries.filter(subscriber__email__startswith="ana").update(status="claimed", claimed_at=NOON)
    assert send(edition, at=NOON + delivery.LEASE - MINUTE) == 1
    assert outcomes(edition) == {"ana": "claimed", "ben": "accepted"}
    edition.refresh_from_db()
    assert edition.finished_at is None


def test_when_the_lease_is_over_it_is_listed_as_unknown_and_not_sent():
    edition = make_edition("ana")
    edition.deliveries.update(status="claimed", claimed_at=NOON)
    assert send(edition, at=NOON + delivery.LEASE) == 0
    edition.refresh_from_db()
    assert (outcomes(edition), edition.outcome, mail.outbox) == ({"ana": "unknown"}, {"unknown": 1}, [])
    assert problems(edition) == {"The sender was interrupted before the mail server answered."}


def test_an_answer_after_the_lease_is_still_the_truth(monkeypatch):
    edition = make_edition("ana")

    def slowly(line, message):
        delivery.give_up(edition, at=NOON + delivery.LEASE)
        return delivery.Answer(delivery.Verdict.ACCEPTED)

    monkeypatch.setattr("digest.transport.Line.send", slowly)
    send(edition)
    edition.refresh_from_db()
    assert (outcomes(edition), edition.outcome) == ({"ana": "accepted"}, {"accepted": 1})


@pytest.mark.parametrize("verdict", delivery.Verdict)
def test_an_answer_after_somebody_else_claimed_the_row_changes_nothing(monkeypatch, verdict):
    edition = make_edition("ana")
    row, later = edition.deliveries.get(), NOON + delivery.LEASE

    def far_too_slowly(line, message):
        delivery.give_up(edition, at=later)
        delivery.repeat([row.pk], at=later)
        assert delivery._next(edition, at=later) == row
        return delivery.Answer(verdict, "too late")

    monkeypatch.setattr("digest.transport.Line.send", far_too_slowly)
    with suppress(delivery.Stopped):
        send(edition)
    row.refresh_from_db()
    assert (row.status, row.claimed_at, row.problem, row.attempts) == ("claimed", later, "", 0)


@pytest.mark.parametrize("verdict", delivery.Verdict)
def test_an_answer_after_a_person_had_it_sent_again_leaves_it_due(monkeypatch, verdict):
    edition = make_edition("ana")
    row, later = edition.deliveries.get(), NOON + delivery.LEASE

    def far_too_slowly(line, message):
        delivery.give_up(edition, at=later)
        delivery.repeat([row.pk], at=later)
        return delivery.Answer(verdict, "too late")

    monkeypatch.setattr("digest.transport.Line.send", far_too_slowly)
    with suppress(delivery.Stopped):
        send(edition)
    row.refresh_from_db()
    assert (row.status, row.due_at, row.problem) == ("due", later, "")


@pytest.mark.parametrize("verdict", [delivery.Verdict.UNSENT, delivery.Verdict.LATER])
def test_what_was_not_sent_after_all_is_due_again_in_an_edition_that_was_finished_meanwhile(monkeypatch, verdict):
    edition = make_edition("ana")

    def slowly(line, message):
        delivery.give_up(edition, at=NOON + delivery.LEASE)
        delivery.finish(edition, at=NOON + delivery.LEASE)
        return delivery.Answer(verdict)

    monkeypatch.setattr("digest.transport.Line.send", slowly)
    with suppress(delivery.Stopped):
        send(edition)
    edition.refresh_from_db()
    assert (outcomes(edition), edition.finished_at, edition.outcome) == ({"ana": "due"}, None, {})


def test_a_person_may_have_the_unknown_sent_again():
    edition = make_edition("ana")
    edition.deliveries.update(status="claimed", claimed_at=NOON - HOUR)
    send(edition)
    assert delivery.repeat([edition.deliveries.get().pk], at=NOON) == 1
    edition.refresh_from_db()
    assert (edition.finished_at, edition.outcome) == (None, {})
    assert send(edition) == 1
    assert outcomes(edition) == {"ana": "accepted"}


def test_what_was_accepted_is_not_sent_again_by_anybody():
    edition = make_edition("ana")
    send(edition)
    assert delivery.repeat([edition.deliveries.get().pk], at=NOON) == 0


def test_nobody_gets_news_that_are_two_days_old():
    edition = make_edition("ana")
    assert send(edition, at=NOON + 2 * DAY) == 0
    assert (outcomes(edition), mail.outbox) == ({"ana": "refused"}, [])
    assert problems(edition) == {"Not sent: within two days the mail server did not take it."}
    assert delivery.repeat([edition.deliveries.get().pk], at=NOON + 2 * DAY) == 0


def test_a_run_costs_the_same_for_each_reader(django_assert_num_queries):
    for day, readers in enumerate((["ana"], ["ben", "cleo"])):
        edition = make_edition(*readers, at=NOON + day * DAY)
        with django_assert_num_queries(14 + 5 * edition.deliveries.count()):
            send(edition, at=NOON + day * DAY)
    assert len(mail.outbox) == 4


def test_a_backend_that_fails_without_saying_when_leaves_the_row_unknown(settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    options = {"folder": tmp_path / "file" / "outbox"}
    settings.MAILERS = {"default": {"BACKEND": "newsroom.mail.OutboxBackend", "OPTIONS": options}}
    edition = make_edition("ana")
    send(edition)
    assert outcomes(edition) == {"ana": "unknown"}
    assert "NotADirectoryError" in problems(edition).pop()


@pytest.fixture
def service(settings, tmp_path, monkeypatch) -> dict[str, requests.Response | Exception]:
    """A mail service whose answer to a mail to “ana” is what stands here under that name; a yes to every other."""
    answers: dict[str, requests.Response | Exception] = {}

    def request(self: requests.Session, *, data: str, **what: object) -> requests.Response:
        sent = http(200, [{"email": "reader@example.org", "status": "sent", "_id": "1"}])
        found = next((answer for name, answer in answers.items() if f"{name}@" in data), sent)
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(requests.Session, "request", request)
    settings.MAILERS = mailers("mandrill://KEY@", outbox=tmp_path)
    return answers


def http(status: int, said: object = None) -> requests.Response:
    response = requests.Response()
    response.status_code, response.reason = status, "Said so"
    response._content = json.dumps(said).encode()
    return response


@pytest.mark.parametrize(
    ("answer", "outcome", "problem"),
    [
        (http(422, {"message": "<ana@example.org> cannot be written to"}), "refused", "The mail service refuses this mail"),
        (http(500), "unknown", "The mail service’s answer is not known"),
        (requests.ReadTimeout("no answer"), "unknown", "The mail service’s answer is not known"),
    ],
)
def test_what_a_mail_service_answers_about_one_mail_is_kept_in_its_row(service, answer, outcome, problem):
    service["ana"] = answer
    edition = make_edition("ana", "ben")
    send(edition)
    assert outcomes(edition) == {"ana": outcome, "ben": "accepted"}
    said = edition.deliveries.get(status=outcome).problem
    assert said.startswith(problem)
    assert "ana@" not in said


@pytest.mark.parametrize("answer", [http(401, {"message": "no such key"}), http(429), requests.ConnectTimeout("not reached")])
def test_a_mail_service_that_does_not_take_our_mail_costs_nobody_the_edition(service, answer):
    service["ana"] = service["ben"] = answer
    edition = make_edition("ana", "ben")
    assert stopped(edition).startswith("The mail ")
    assert outcomes(edition) == {"ana": "due", "ben": "due"}
