"""An erased donor is told that it is done: once, and then nobody knows the address any more."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection

from campaigns import farewell, forgetting
from campaigns.models import Farewell
from newsroom.mail import NotSent
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db


def test_it_says_what_went_and_what_stays(run_jobs):
    forgetting.erase(received(make_campaign(ends_at=None), rhythm="monthly").donor, at=NOON)
    run_jobs()
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["ada@example.org"], "You are erased at Newsroom")
    assert "Your regular gifts have ended" in message.body
    assert "for 10 years after their own" in message.body
    assert "Ada" not in message.body


def test_it_speaks_the_donors_language(run_jobs):
    donor = received(make_campaign()).donor
    type(donor).objects.update(language="es")
    forgetting.erase(donor, at=NOON)
    run_jobs()
    assert mail.outbox[0].subject == "Sus datos están borrados en Newsroom"
    assert "Ya no están su nombre" in mail.outbox[0].body


def test_who_never_gave_is_told_of_no_papers(run_jobs):
    forgetting.erase(begun(make_campaign()).donor, at=NOON)
    run_jobs()
    assert "years after" not in mail.outbox[0].body


def test_it_leaves_once_and_takes_the_address_with_it(run_jobs):
    donor = received(make_campaign()).donor
    for _ in range(2):
        forgetting.erase(donor, at=NOON)
    run_jobs()
    farewell.send(donor.pk)
    assert len(mail.outbox) == 1
    assert not Farewell.objects.exists()
    assert not known_anywhere("ada@example.org")


def known_anywhere(email: str) -> bool:
    """In a job or a row of ours."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE args::text LIKE %s", [f"%{email}%"])
        (jobs,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM campaigns_donor WHERE email = %s", [email])
        return bool(jobs + cursor.fetchone()[0])


def test_a_server_that_says_no_is_asked_again_and_the_mail_is_not_lost(monkeypatch, run_jobs):
    donor = received(make_campaign()).donor
    forgetting.erase(donor, at=NOON)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", lambda self: 1 / 0)
        with pytest.raises(NotSent):
            farewell.send(donor.pk)
    assert Farewell.objects.get().email == "ada@example.org"
    farewell.send(donor.pk)
    assert (len(mail.outbox), Farewell.objects.count()) == (1, 0)


def test_an_address_that_takes_no_mail_is_forgotten_after_three_days():
    forgetting.erase(received(make_campaign()).donor, at=NOON)
    assert farewell.forget(at=NOON + timedelta(hours=71)) == 0
    assert farewell.forget(at=NOON + timedelta(hours=72)) == 1
    assert not Farewell.objects.exists()


def test_a_donor_without_an_address_is_erased_without_a_mail(run_jobs):
    donor = received(make_campaign()).donor
    type(donor).objects.update(email="")
    forgetting.erase(donor, at=NOON)
    run_jobs()
    assert mail.outbox == []


def test_an_erasure_that_does_not_happen_promises_nothing(monkeypatch):
    donor = received(make_campaign()).donor
    monkeypatch.setattr("campaigns.forgetting._clear_papers", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        forgetting.erase(donor, at=NOON)
    donor.refresh_from_db()
    assert (donor.email, Farewell.objects.count()) == ("ada@example.org", 0)
