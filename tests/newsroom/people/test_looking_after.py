"""What administrators do for the people of the desk, and to whom they cannot."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from newsroom.models import AuditEntry
from tests.articles.forms import posted, press, tree
from tests.factories import make_article, make_user
from tests.newsroom.people.signing import ACCOUNT, sign_in, with_app, with_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_counts():
    yield
    cache.clear()


@pytest.fixture
def administrator(client) -> Client:
    client.force_login(make_user("Administrator"))
    return client


def at_the_desk(user: User) -> Client:
    client = Client()
    client.force_login(user)
    assert client.get(ACCOUNT).status_code == 200
    return client


def page(user: User, deed: str = "change") -> str:
    return f"/admin/auth/user/{user.pk}/{deed}/"


def deeds() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("deed", "detail"))


def test_who_is_suspended_is_out_at_once_and_their_articles_stay(administrator):
    ana = make_user("Writer", username="ana")
    article, desk = make_article(created_by=ana), at_the_desk(ana)
    form = posted(administrator.get(page(ana)))
    del form["is_active"]
    administrator.post(page(ana), form)
    assert desk.get(ACCOUNT).status_code == 302
    assert sign_in(Client(), "ana").status_code == 200
    article.refresh_from_db()
    assert article.created_by == ana
    press(administrator, page(ana), is_active="on")
    assert desk.get(ACCOUNT).status_code == 302
    assert sign_in(Client(), "ana").status_code == 302
    assert [deed for deed, _ in deeds()] == ["suspended", "let in again"]


def test_nobody_suspends_themselves(administrator):
    me = User.objects.get(groups__name="Administrator")
    form = posted(administrator.get(page(me)))
    assert "is_active" not in form
    administrator.post(page(me), form)
    me.refresh_from_db()
    assert (me.is_active, me.is_staff) == (True, True)


def test_sessions_of_somebody_are_ended(administrator):
    desk = at_the_desk(ana := make_user("Writer"))
    assert administrator.get(page(ana, "end-sessions")).status_code == 302
    assert desk.get(ACCOUNT).status_code == 200
    administrator.post(page(ana, "end-sessions"))
    assert desk.get(ACCOUNT).status_code == 302
    assert deeds() == [("ended sessions", "1 of them")]


def test_a_lost_telephone_is_helped_logged_and_told(administrator, run_jobs):
    ana = make_user("Writer", username="ana", email="ana@lamp.example")
    with_app(ana)
    with_codes(ana)
    desk = at_the_desk(ana)
    assert "Be sure that it is this person" in administrator.get(page(ana, "reset-factors")).content.decode()
    assert Authenticator.objects.count() == 2
    administrator.post(page(ana, "reset-factors"))
    administrator.post(page(ana, "reset-factors"))
    assert Authenticator.objects.count() == 0
    assert desk.get(ACCOUNT).status_code == 302
    assert sign_in(Client(), "ana").headers["Location"] == "/admin/"
    run_jobs()
    assert [(letter.subject, letter.to) for letter in mail.outbox] == [("Your second factor was reset", ["ana@lamp.example"])]
    assert deeds() == [("reset the second factor", "")]


@pytest.mark.parametrize("group", ["", "Writer", "Editor", "Fundraiser", "Administrator"])
def test_a_stranger_does_none_of_that(client, group):
    """To an administrator a superuser is out of reach; to everybody else all are."""
    victim = make_user(is_superuser=True) if group == "Administrator" else make_user("Writer")
    with_app(victim)
    desk = at_the_desk(victim)
    client.force_login(make_user(group))
    for deed in ("end-sessions", "reset-factors"):
        assert client.get(page(victim, deed)).status_code == 403
        assert client.post(page(victim, deed)).status_code == 403
    assert (desk.get(ACCOUNT).status_code, Authenticator.objects.count()) == (200, 1)


def test_the_public_is_sent_to_sign_in(client):
    user = make_user("Writer")
    for deed in ("end-sessions", "reset-factors"):
        assert client.post(page(user, deed)).status_code == 302


def test_somebody_who_is_not_there(administrator):
    for number in (0, 10**30):
        for deed in ("end-sessions", "reset-factors"):
            assert administrator.post(f"/admin/auth/user/{number}/{deed}/").status_code == 404


def test_the_list_and_the_page_tell_who_has_a_second_factor_and_where_they_are(administrator):
    ana = make_user("Writer", username="ana")
    with_app(ana)
    at_the_desk(ana)
    (row,) = tree(administrator.get("/admin/auth/user/?q=ana")).xpath("//table[@id='result_list']/tbody/tr")
    assert "1 browser" in row.text_content()
    assert row.xpath(".//td[contains(@class, 'field-second_factor')]/img/@alt") == ["True"]
    told = " ".join(tree(administrator.get(page(ana))).text_content().split())
    assert "Reset the second factor" in told
    assert "Unknown browser" in told


def test_a_password_that_an_administrator_sets_is_logged_told_and_ends_sessions(administrator, run_jobs):
    ana = make_user("Writer", email="ana@lamp.example")
    desk = at_the_desk(ana)
    typed = {"usable_password": "true", "password1": "a long passphrase", "password2": "a long passphrase"}
    administrator.post(page(ana, "password"), typed)
    assert desk.get(ACCOUNT).status_code == 302
    run_jobs()
    assert [letter.subject for letter in mail.outbox] == ["Your password was changed"]
    assert deeds() == [("changed the password", "")]
    administrator.post(page(ana, "password"), typed | {"password2": "another"})
    assert len(deeds()) == 1


def test_who_may_do_what_is_written_down(administrator):
    ana = make_user("Writer")
    press(administrator, page(ana), groups=[Group.objects.get(name="Editor").pk], first_name="Ana")
    administrator.post(page(ana, "delete"), {"post": "yes"})
    assert deeds() == [("changed", "first_name, groups: Editor"), ("deleted", "")]


def test_what_is_written_down_is_not_changed_even_by_sql():
    AuditEntry.objects.create(at="2026-11-23T12:00Z", name="ana", deed="looked at", subject="campaigns.donor 1")
    for statement in (
        "UPDATE newsroom_auditentry SET name = 'x'",
        "DELETE FROM newsroom_auditentry",
        "TRUNCATE newsroom_auditentry",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert AuditEntry.objects.get().name == "ana"


def test_the_last_administrator_is_helped_by_a_command(run_jobs):
    root = make_user(username="root", is_superuser=True, email="root@lamp.example")
    with_app(root)
    call_command("reset_second_factor", "root")
    assert not Authenticator.objects.exists()
    assert deeds() == [("reset the second factor", "")]
    with pytest.raises(CommandError, match="Nobody here is called"):
        call_command("reset_second_factor", "nobody")
