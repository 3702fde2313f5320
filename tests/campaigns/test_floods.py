"""What a stranger can have mailed to others by our forms."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from campaigns import donors
from campaigns.models import Donation
from tests.campaigns.forms import an_open_campaign, filled_in, text_of
from tests.campaigns.gifts import begun
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def test_one_network_announces_so_many_cheques_an_hour(client, run_jobs):
    campaign = an_open_campaign()

    def announced(number: int, **more: str):
        return client.post(campaign.get_absolute_url(), filled_in(email=f"v{number}@example.org", processor="offline", **more))

    answers = [announced(number).status_code for number in range(42)]
    assert answers == [303] * 40 + [429] * 2
    refused = announced(42)
    assert "Many cheques and transfers were announced from your network within this hour." in text_of(refused)
    assert 'value="v42@example.org"' in refused.content.decode()
    run_jobs()
    assert (len(mail.outbox), Donation.objects.count()) == (40, 40)
    payment = client.post(campaign.get_absolute_url(), filled_in(email="card@example.org"))
    assert payment.headers["Location"].startswith("/processors/sandbox/pay/")
    elsewhere = Client(REMOTE_ADDR="198.51.100.7").post(campaign.get_absolute_url(), filled_in(processor="offline"))
    assert elsewhere.status_code == 303


def test_one_mailbox_gets_so_many_instructions_a_day_and_its_owner_is_not_refused(run_jobs):
    campaign = an_open_campaign()
    for number in range(12):
        form = filled_in(email=f"victim+{number}@example.org", processor="offline")
        response = Client(REMOTE_ADDR=f"198.51.{number}.7").post(campaign.get_absolute_url(), form)
        assert response.status_code == 303
    run_jobs()
    assert len(mail.outbox) == 8
    assert "How to send your gift" in text_of(Client().get(response.headers["Location"]))


def test_one_mailbox_gets_five_links_a_day(run_jobs):
    begun(make_campaign())
    midnight = NOON.replace(hour=0)
    for minutes in range(0, 24 * 60, 10):
        donors.mail_link_to("ada@example.org", at=midnight + timedelta(minutes=minutes))
    run_jobs()
    assert len(mail.outbox) == 5
    donors.mail_link_to("ada@example.org", at=midnight + timedelta(days=1))
    run_jobs()
    assert len(mail.outbox) == 6


def test_asking_again_at_once_uses_no_link_up(run_jobs):
    begun(make_campaign())
    for seconds in range(8):
        donors.mail_link_to("ada@example.org", at=NOON + timedelta(seconds=seconds))
    donors.mail_link_to("ada@example.org", at=NOON + timedelta(minutes=10))
    run_jobs()
    assert len(mail.outbox) == 2


def test_one_network_asks_for_so_many_links_an_hour(client, run_jobs):
    answers = [client.post("/giving/", {"email": f"v{number}@example.org"}) for number in range(31)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [429]
    assert "Please try again in an hour." in text_of(answers[-1])
    assert len(run_jobs()) == 30
