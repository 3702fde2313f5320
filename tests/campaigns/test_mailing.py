"""A mail server that says no: the mail is tried again, and nobody's address stands in the log."""

import logging
import traceback

import pytest

from campaigns import mailing, tasks
from campaigns.models import Receipt
from newsroom.mail import NotSent
from tests.campaigns.gifts import begun, received
from tests.digest.sink import Sink, start
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    sink = Sink()
    server = start(sink)
    settings.MAILERS = sink.mailers
    yield sink
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("stage", "to"), [("rcpt", "*"), ("mail", "*"), ("text", "*")])
def test_a_refused_receipt_names_nobody_and_may_be_sent_again(sink, stage, to):
    donation = received(make_campaign())
    Receipt.objects.update(mailed_at=None)
    sink.replies[stage, to] = "550 5.1.1 <ada@example.org> is not here"
    with pytest.raises(NotSent, match=r"did not take a mail with 550 \(SMTP") as caught:
        mailing.send("receipt", donation, at=NOON)
    assert "ada@example.org" not in "".join(traceback.format_exception(caught.value))
    assert Receipt.objects.get().mailed_at is None
    sink.replies.clear()
    mailing.send("receipt", donation, at=NOON)
    assert Receipt.objects.get().mailed_at == NOON


@pytest.mark.parametrize("job", ["instructions", "link"])
def test_a_job_that_failed_leaves_no_address_in_the_log(sink, caplog, job):
    donation = begun(make_campaign(), processor="offline")
    sink.replies["rcpt", "*"] = "550 5.1.1 <ada@example.org> is not here"
    with caplog.at_level(logging.DEBUG):
        try:
            tasks.mail("instructions", donation.pk) if job == "instructions" else tasks.mail_link(donation.donor_id)
        except NotSent:
            logging.getLogger("worker").exception("The job failed")
    assert "NotSent: The mail server did not take a mail with 550" in caplog.text
    assert "ada@example.org" not in caplog.text


def test_an_address_that_makes_no_header_is_not_told_either():
    donation = begun(make_campaign())
    donation.donor.email = "ada\n@example.org"
    with pytest.raises(NotSent) as caught:
        mailing.send_link(donation.donor)
    assert "ada" not in "".join(traceback.format_exception(caught.value))
