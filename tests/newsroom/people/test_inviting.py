"""Somebody is asked by mail to work here."""

import re
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from newsroom.models import AuditEntry
from newsroom.people import inviting
from newsroom.people.models import Invitation
from tests.articles.forms import tree
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
INVITE, LIST = "/admin/auth/user/invite/", "/admin/auth/user/invitations/"
PASSWORD = {"password1": "a long passphrase", "password2": "a long passphrase"}


@pytest.fixture(autouse=True)
def no_counts():
    yield
    cache.clear()


@pytest.fixture
def administrator(client) -> Client:
    client.force_login(make_user("Administrator", first_name="Ada", last_name="Gray"))
    return client


def typed(email: str = "ana@lamp.example", *groups: str) -> dict:
    keys = list(Group.objects.filter(name__in=groups or ["Writer"]).values_list("pk", flat=True))
    return {"email": email, "first_name": "Ana", "last_name": "Ruiz", "groups": keys}


def invitation(**overrides: Any) -> Invitation:
    names = {"email": "ana@lamp.example", "first_name": "Ana", "last_name": "Ruiz"}
    fields: dict[str, Any] = {**names, "at": timezone.now()} | overrides
    groups = Group.objects.filter(name="Writer")
    return inviting.invite(groups=groups, by=make_user("Administrator"), **fields)


def path_of(row: Invitation) -> str:
    return urlsplit(inviting.link(row)).path


def accepted(client: Client, row: Invitation, **more):
    return client.post(path_of(row), {"username": "ana", "first_name": "Ana", "last_name": "Ruiz"} | PASSWORD | more)


def test_an_invited_person_chooses_a_password_and_is_at_the_desk(administrator, run_jobs):
    administrator.post(INVITE, typed("Ana@LAMP.example", "Writer", "Editor"))
    run_jobs()
    (letter,) = mail.outbox
    assert (letter.to, "Ada Gray invites you" in str(letter.body)) == (["Ana@lamp.example"], True)
    (link,) = re.findall(r"https?://[^/\s]+(/admin/\S+)", str(letter.body))
    client = Client()
    opened = client.get(link)
    assert (opened.status_code, opened.headers["Referrer-Policy"], User.objects.count()) == (200, "strict-origin", 1)
    assert opened.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    response = client.post(link, {"username": "ana", "first_name": "Ana", "last_name": "Ruiz"} | PASSWORD)
    assert response.headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    person = User.objects.get(username="ana")
    assert set(person.groups.values_list("name", flat=True)) == {"Writer", "Editor"}
    assert (person.email, person.is_staff, person.is_superuser) == ("Ana@lamp.example", True, False)
    assert list(AuditEntry.objects.order_by("pk").values_list("deed", flat=True)) == ["invited", "accepted"]
    assert Client().get(link).status_code == 410


def test_a_passkey_in_place_of_a_password_is_added_on_the_next_page():
    client, row = Client(), invitation()
    response = accepted(client, row, by_passkey="on", password1="", password2="")
    assert response.headers["Location"] == "/admin/account/passkeys/add/"
    assert client.get("/admin/account/passkeys/add/").status_code == 200
    assert not User.objects.get(username="ana").has_usable_password()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password1": "", "password2": ""}, "Choose a password, or a passkey instead."),
        ({"password2": "another"}, "The two passwords are not the same."),
        ({"password1": "12345", "password2": "12345"}, "too short"),
        ({"username": "TAKEN"}, "Somebody else has this username."),
        ({"username": "a b"}, "valid username"),
        ({"username": ""}, "required"),
        ({"username": "x" * 151}, "at most 150"),
    ],
)
def test_what_cannot_be_is_said_and_the_rest_is_kept(client, wrong, sentence):
    make_user(username="taken")
    row = invitation()
    answer = accepted(client, row, **wrong)
    assert sentence in answer.content.decode()
    assert tree(answer).xpath("//input[@name='last_name']/@value") == ["Ruiz"]
    assert accepted(client, row).status_code == 302


def test_an_invitation_ends_after_seven_days_when_withdrawn_and_when_sent_again(client):
    admin = make_user("Administrator")
    old = invitation(email="old@lamp.example", at=timezone.now() - timedelta(days=7, seconds=1))
    gone = inviting.withdraw(invitation(email="gone@lamp.example"), by=admin, at=timezone.now())
    first = invitation(email="again@lamp.example")
    second = inviting.send_again(first, by=admin, at=timezone.now())
    assert [accepted(client, row).status_code for row in (old, gone, first)] == [410] * 3
    assert not User.objects.filter(username="ana").exists()
    assert accepted(client, second).status_code == 302


@pytest.mark.parametrize("token", ["x", "WzEsMV0:1abc:def", "WzEsMV0"])
def test_a_forged_link_opens_nothing(client, token):
    invitation()
    assert client.get(f"/admin/account/invitation/{token}/").status_code == 410
    assert client.post(f"/admin/account/invitation/{token}/", {"username": "ana"} | PASSWORD).status_code == 410


def test_whoever_is_signed_in_does_not_become_somebody_else_by_a_link(administrator):
    row = invitation()
    assert "signed in as" in administrator.get(path_of(row)).content.decode()
    accepted(administrator, row)
    assert not User.objects.filter(username="ana").exists()


def test_nobody_is_invited_twice_or_who_is_here():
    make_user(email="here@lamp.example")
    invitation()
    for email in ("ANA@lamp.example", "Here@lamp.example"):
        with pytest.raises(ValidationError):
            invitation(email=email)
    assert Invitation.objects.count() == 1


def test_who_left_may_be_invited_again(administrator):
    row = invitation()
    administrator.post(f"{LIST}{row.pk}/", {"withdraw": "1"})
    administrator.post(INVITE, typed())
    assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_withdrawing_and_sending_again_do_nothing_to_one_that_was_accepted(administrator, run_jobs):
    row = invitation()
    accepted(Client(), row)
    run_jobs()
    mail.outbox.clear()
    for button in ("withdraw", "again"):
        administrator.post(f"{LIST}{row.pk}/", {button: "1"})
    row.refresh_from_db()
    assert (row.withdrawn_at, row.round) == (None, 1)
    assert run_jobs() == []


def test_a_mail_of_a_former_round_is_not_sent(run_jobs):
    row = invitation()
    inviting.send_again(row, by=make_user("Administrator"), at=timezone.now())
    run_jobs()
    assert len(mail.outbox) == 1


def test_no_link_lies_in_the_queue():
    invitation()
    with connection.cursor() as cursor:
        cursor.execute("SELECT args::text FROM procrastinate_jobs")
        (arguments,) = cursor.fetchone()
    assert "@" not in arguments
    assert "invitation_pk" in arguments


@pytest.mark.parametrize("group", ["", "Writer", "Editor", "Fundraiser"])
def test_a_stranger_invites_nobody(client, group):
    row = invitation()
    client.force_login(make_user(group))
    for address in (INVITE, LIST, f"{LIST}{row.pk}/"):
        assert client.get(address).status_code == 403
        assert client.post(address, typed("x@lamp.example") | {"withdraw": "1"}).status_code == 403
    with pytest.raises(PermissionDenied):
        inviting.invite("x@lamp.example", groups=[], by=make_user(group), at=NOON)
    row.refresh_from_db()
    assert (row.is_open, Invitation.objects.count()) == (True, 1)


def test_the_public_is_sent_to_sign_in(client):
    for address in (INVITE, LIST):
        assert client.get(address).status_code == 302


def test_an_invitation_without_a_group_is_asked_for_one(administrator):
    answer = administrator.post(INVITE, typed() | {"groups": []})
    assert "Choose at least one" in answer.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long(administrator, number, django_assert_num_queries):
    for count in range(number):
        invitation(email=f"n{count}@lamp.example")
    with django_assert_num_queries(7):
        administrator.get(LIST)


@pytest.mark.django_db(transaction=True)
def test_many_clicks_at_once_make_one_account():
    row = invitation()
    token, made = inviting.link(row).rstrip("/").rpartition("/")[2], []

    def click(number: int) -> None:
        try:
            made.append(inviting.accept(token, username=f"ana{number}", password="a long passphrase", at=timezone.now()))
        except ValidationError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(made) == 1
    assert User.objects.filter(username__startswith="ana").count() == 1
