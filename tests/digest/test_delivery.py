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
from tests.digest.sink import HANG_UP
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
    assert problems(edition) == {"Every article of this edition was withdrawn before it was sent."}


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


class TestBySmtp:
    def test_one_line_carries_a_run(self, sink):
        edition = make_edition("ana", "ben", "cleo")
        send(edition)
        assert sink.recipients == ["ana@example.org", "ben@example.org", "cleo@example.org"]
        assert sink.connections == 1
        assert outcomes(edition) == {"ana": "accepted", "ben": "accepted", "cleo": "accepted"}

    def test_what_arrives_is_what_was_written(self, sink):
        edition = make_edition("ana")
        edition.articles.update(teaser=".one dot\n..two dots\nüber “Häfen”")
        send(edition)
        text = sink.messages[0].get_body(("plain",)).get_content()
        assert "\r\n.one dot\r\n..two dots\r\nüber “Häfen”\r\n" in text

    def test_nothing_but_plain_ascii_goes_over_the_line(self, sink):
        edition = make_edition("ana")
        edition.articles.update(headline="Überfahrt nach Żółw", teaser="“Häfen” " * 40)
        send(edition)
        ((_, raw),) = sink.taken
        assert raw.isascii()
        assert max(len(line) for line in raw.split(b"\r\n")) <= 200
        assert raw.count(b"\n") == raw.count(b"\r\n")

    @pytest.mark.parametrize("stage", ["rcpt", "data", "text"])
    def test_a_refused_recipient_is_settled_and_the_others_get_theirs(self, sink, stage):
        sink.replies[stage, "ben@example.org"] = "550 5.1.1 <ben@example.org> no such user"
        edition = make_edition("ana", "ben", "cleo")
        send(edition)
        assert sink.recipients == ["ana@example.org", "cleo@example.org"]
        assert outcomes(edition)["ben"] == "refused"
        assert problems(edition) == {"", "550 5.1.1 <(address)> no such user"}
        edition.refresh_from_db()
        assert edition.outcome == {"accepted": 2, "refused": 1}

    @pytest.mark.parametrize(
        "said",
        [
            "550 5.1.1 <ana.lund@example.org> no such user",
            "550 ANA.LUND@EXAMPLE.ORG: no such user",
            "550 see https://mx.example/why?who=ana.lund%40example.org",
            "550 bounces+ana.lund=example.org@mx.example is blocked",
        ],
    )
    def test_what_the_server_says_is_kept_without_any_address_in_it(self, sink, said):
        make_subscriber("Ana.Lund@example.org")
        edition = make_edition()
        sink.replies["rcpt", "*"] = said
        send(edition)
        (problem,) = problems(edition)
        assert "(address)" in problem
        assert "lund" not in problem.lower()

    @pytest.mark.parametrize("stage", ["rcpt", "data", "text"])
    def test_not_now_means_later_and_then_longer(self, sink, stage):
        sink.replies[stage, "ana@example.org"] = "451 try again later"
        edition = make_edition("ana")
        at, waits = NOON, []
        while outcomes(edition)["ana"] == "due":
            due = edition.deliveries.get().due_at
            assert send(edition, at=due - timedelta(seconds=1)) == 0
            waits.append((due - at) // MINUTE)
            at = due
            send(edition, at=at)
        assert waits == [0, 15, 30, 60, 120, 240, 480, 480]
        assert (outcomes(edition), problems(edition)) == ({"ana": "refused"}, {"451 try again later"})

    def test_later_works_when_the_server_changes_its_mind(self, sink):
        sink.replies["rcpt", "ana@example.org"] = "451 greylisted"
        edition = make_edition("ana")
        send(edition)
        assert outcomes(edition) == {"ana": "due"}
        sink.replies.clear()
        send(edition, at=NOON + 15 * MINUTE)
        assert (outcomes(edition), problems(edition)) == ({"ana": "accepted"}, {""})

    @pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
    def test_a_line_that_drops_before_the_text_is_opened_again(self, sink, stage, monkeypatch):
        edition = make_edition("ana", "ben")
        sink.replies[stage, "ben@example.org" if stage != "mail" else "*"] = HANG_UP
        reopened = []
        from digest import transport

        original = transport._open

        def once(backend):
            reopened.append(stage)
            if len(reopened) == 2:
                sink.replies.clear()
            original(backend)

        monkeypatch.setattr(transport, "_open", once)
        send(edition)
        assert sink.recipients == ["ana@example.org", "ben@example.org"]
        assert outcomes(edition) == {"ana": "accepted", "ben": "accepted"}

    def test_a_server_that_keeps_dropping_the_line_stops_the_run_and_nobody_is_lost(self, sink):
        sink.replies["rcpt", "*"] = "421 too busy"
        edition = make_edition("ana", "ben")
        assert stopped(edition) == "The mail server broke off: 421 too busy"
        assert outcomes(edition) == {"ana": "due", "ben": "due"}
        sink.replies.clear()
        assert send(edition) == 2

    def test_a_lost_answer_is_unknown_and_never_repeated(self, sink):
        sink.replies["text", "ben@example.org"] = HANG_UP
        edition = make_edition("ana", "ben", "cleo")
        send(edition)
        assert outcomes(edition) == {"ana": "accepted", "ben": "unknown", "cleo": "accepted"}
        assert send(edition, at=NOON + HOUR) == 0
        assert sink.heard == ["ana@example.org", "ben@example.org", "cleo@example.org"]

    @pytest.mark.parametrize("said", ["OK queued", "354 go on", "199 what", "", "2"])
    def test_an_answer_that_cannot_be_read_is_unknown_and_the_others_get_theirs(self, sink, said):
        sink.replies["text", "ben@example.org"] = said or "\r"
        edition = make_edition("ana", "ben", "cleo")
        send(edition)
        assert outcomes(edition) == {"ana": "accepted", "ben": "unknown", "cleo": "accepted"}
        assert sink.heard == ["ana@example.org", "ben@example.org", "cleo@example.org"]

    @pytest.mark.parametrize("stage", ["mail", "rcpt", "text"])
    @pytest.mark.parametrize("said", ["251 will forward", "252 cannot verify, will try", "299 fine"])
    def test_every_answer_that_begins_with_a_two_is_a_yes(self, sink, stage, said):
        sink.replies[stage, "*"] = said
        edition = make_edition("ana", "ben")
        send(edition)
        assert outcomes(edition) == {"ana": "accepted", "ben": "accepted"}
        assert sink.heard == ["ana@example.org", "ben@example.org"]

    @pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
    @pytest.mark.parametrize("said", ["OK", "199 what"])
    def test_before_the_text_an_answer_that_cannot_be_read_costs_nobody_the_edition(self, sink, stage, said):
        sink.replies[stage, "*"] = said
        edition = make_edition("ana", "ben")
        assert stopped(edition).startswith("The mail server broke off")
        assert (outcomes(edition), sink.heard) == ({"ana": "due", "ben": "due"}, [])

    def test_three_lost_answers_stop_the_run(self, sink):
        sink.replies["text", "*"] = HANG_UP
        edition = make_edition("ana", "ben", "cleo", "dora")
        assert stopped(edition).startswith("The connection was lost before the mail server answered")
        assert edition.deliveries.tally() == {"unknown": 3, "due": 1}

    def test_a_server_that_refuses_us_costs_nobody_the_edition(self, sink):
        sink.replies["mail", "*"] = "550 account closed"
        edition = make_edition("ana", "ben")
        assert stopped(edition) == "The mail server refuses us as sender: 550 account closed"
        assert outcomes(edition) == {"ana": "due", "ben": "due"}

    def test_refusals_without_end_stop_the_run(self, sink):
        sink.replies["text", "*"] = "554 we do not like your mail"
        edition = make_edition(*(f"reader{n}" for n in range(delivery.REFUSALS_IN_A_ROW + 5)))
        assert stopped(edition) == "554 we do not like your mail"
        assert edition.deliveries.tally() == {"refused": delivery.REFUSALS_IN_A_ROW, "due": 5}

    @pytest.mark.parametrize("stage", ["connect", "mail", "rcpt", "text"])
    def test_why_sending_stopped_tells_no_address(self, sink, stage):
        sink.replies[stage, "*"] = "554 5.7.1 <Reader7@example.org> rejected"
        assert "@" not in stopped(make_edition(*(f"reader{n}" for n in range(delivery.REFUSALS_IN_A_ROW))))

    def test_a_server_that_is_not_there_leaves_everybody_due(self, settings):
        options = {"host": "127.0.0.1", "port": 9, "timeout": 2}
        settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
        edition = make_edition("ana")
        assert stopped(edition).startswith("The mail server could not be reached: ")
        assert outcomes(edition) == {"ana": "due"}

    def test_a_server_that_turns_us_away_leaves_everybody_due(self, sink):
        sink.replies["connect", "*"] = "554 no service for you"
        edition = make_edition("ana")
        assert stopped(edition) == "The mail server turned us away: 554 no service for you"
        assert outcomes(edition) == {"ana": "due"}

    def test_an_address_that_no_mail_can_be_written_to_delays_nobody(self, sink):
        edition = make_edition("ana", "ben")
        Subscriber.objects.filter(email__startswith="ana").update(email="a b@@example.org")
        send(edition)
        assert edition.deliveries.tally() == {"accepted": 1, "refused": 1}
        assert "No mail can be written to this address" in edition.deliveries.get(status="refused").problem

    def test_the_same_edition_to_the_same_reader_has_the_same_message_id(self, sink):
        edition = make_edition("ana", "ben")
        send(edition)
        edition.deliveries.update(status="unknown")
        delivery.repeat(edition.deliveries.values_list("pk", flat=True), at=NOON)
        send(edition)
        ids = [message["Message-ID"] for message in sink.messages]
        assert ids[:2] == ids[2:]
        assert ids[0] != ids[1]


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
