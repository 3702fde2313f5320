"""An edition by SMTP: what a server's answers and its silence do to each row."""

from datetime import timedelta

import pytest

from digest import delivery
from digest.models import Subscriber
from tests.digest.sink import HANG_UP
from tests.digest.test_delivery import HOUR, MINUTE, make_edition, outcomes, problems, send, stopped
from tests.factories import NOON, make_subscriber

pytestmark = pytest.mark.django_db


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
