"""Alarms: raised once, told once, on the desk until they are over. And the audit log, which only grows."""

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client

from newsroom import alarms, audit
from newsroom.models import Alarm, AuditEntry
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db


def sound(key: str = "bank") -> bool:
    return alarms.sound(key, "The bank is closed.", at=NOON, link="/admin/campaigns/way/")


def desk(group: str) -> Client:
    client = Client()
    client.force_login(make_user(group))
    return client


def test_an_alarm_is_raised_and_told_once_while_it_lasts(run_jobs, settings):
    make_user("Fundraiser", email="fay@example.org")
    assert [sound(), sound()] == [True, False]
    run_jobs()
    alarms.tell(Alarm.objects.get(), at=NOON)
    assert [message.to for message in mail.outbox] == [["fay@example.org"]]
    assert f"{settings.SITE_URL}/admin/campaigns/way/" in mail.outbox[0].body


def test_whoever_sounds_it_names_who_is_told(run_jobs):
    for group in ("Fundraiser", "Editor", "Writer"):
        make_user(group, email=f"{group.lower()}@example.org")
    alarms.sound("late", "An article is late.", at=NOON, groups=["Editor"])
    run_jobs()
    assert [message.to for message in mail.outbox] == [["editor@example.org"]]


def test_it_may_come_back_when_it_was_over():
    sound()
    assert [alarms.over("bank", at=NOON), alarms.over("bank", at=NOON)] == [True, False]
    assert sound() is True
    assert Alarm.objects.count() == 2


def test_a_transaction_that_fails_takes_its_alarm_with_it():
    with transaction.atomic():
        sound()
        transaction.set_rollback(True)
    assert Alarm.objects.count() == 0


@pytest.mark.parametrize(("group", "sees"), [("Administrator", True), ("Fundraiser", True), ("Editor", False), ("Writer", False)])
def test_those_who_look_after_it_see_it_on_the_desk_and_end_it(group, sees):
    sound()
    client, alarm = desk(group), Alarm.objects.get()
    assert ("The bank is closed." in client.get("/admin/").content.decode()) is sees
    assert client.post(f"/admin/alarms/{alarm.pk}/seen/").status_code == (302 if sees else 403)
    assert (Alarm.objects.get().over_at is not None) is sees
    assert AuditEntry.objects.filter(deed="saw to").exists() is sees


def test_a_get_ends_no_alarm():
    sound()
    desk("Administrator").get(f"/admin/alarms/{Alarm.objects.get().pk}/seen/")
    assert Alarm.objects.get().over_at is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_asks_once_for_all_alarms(number, django_assert_num_queries):
    user = make_user("Fundraiser")
    user.has_perm("newsroom.view_alarm")  # what a person may do is fetched once for all
    for turn in range(number):
        sound(f"bank {turn}")
    with django_assert_num_queries(1):
        assert len(alarms.standing(user)) == number


@pytest.mark.parametrize("statement", ["UPDATE {} SET name = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_audit_log_only_grows(statement):
    audit.record(None, audit.LOOKED, "campaigns.donor 12", at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else what waits for the end of the transaction is complained of first
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format("newsroom_auditentry"))
    assert AuditEntry.objects.get().name == "the newsroom"
