"""Somebody's own account, and that nobody else gets at it."""

import re
import time
from datetime import timedelta
from importlib import import_module
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from newsroom.models import AuditEntry
from newsroom.people import sessions
from tests.articles.forms import messages, tree
from tests.factories import NOON, make_user
from tests.newsroom.people.signing import ACCOUNT, code_of, signed_in, with_app, with_codes, with_passkey

pytestmark = pytest.mark.django_db
LATER = 16 * 60  # seconds: who it is has to be said again


@pytest.fixture(autouse=True)
def no_counts():
    yield
    cache.clear()


def deeds() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("deed", flat=True))


def mails() -> list[tuple[str, list[str]]]:
    return [(str(message.subject), message.to) for message in mail.outbox]


OWN = ["", "name/", "address/", "app/", "codes/", "codes/new/", "passkeys/add/", "confirm/", "confirm/code/", "confirm/passkey/"]


@pytest.mark.parametrize("page", OWN)
def test_a_stranger_is_sent_to_sign_in(client, page):
    for response in (client.get(ACCOUNT + page), client.post(ACCOUNT + page, {"email": "x@example.org"})):
        assert (response.status_code, response.headers["Location"].partition("?")[0]) == (302, "/admin/login/")


def test_the_page_tells_how_somebody_signs_in():
    user = make_user("Writer", first_name="Ana", email="ana@lamp.example")
    with_app(user)
    with_codes(user)
    client = Client()
    client.force_login(user)
    words = " ".join(tree(client.get(ACCOUNT)).text_content().split())
    assert "ana@lamp.example" in words
    assert "10 left" in words
    assert re.search(r"Authenticator app ?Set up \d+ \w+ \d{4} · Remove", words)


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_much_there_is(number, django_assert_num_queries):
    user = make_user("Writer")
    for count in range(number):
        with_passkey(user, f"Key {count}")
        Client().force_login(user)
    client = Client()
    client.force_login(user)
    with django_assert_num_queries(6):
        client.get(ACCOUNT)


def test_how_one_signs_in_is_changed_only_by_who_lately_said_who_they_are(monkeypatch):
    client = signed_in(make_user("Writer", username="ana"))
    assert client.get(f"{ACCOUNT}app/").status_code == 200
    now = time.time()
    monkeypatch.setattr("allauth.account.internal.flows.reauthentication.time.time", lambda: now + LATER)
    for page in ("address/", "app/", "passkeys/add/", "codes/new/"):
        for response in (client.get(ACCOUNT + page), client.post(ACCOUNT + page, {"code": "1", "email": "x@example.org"})):
            assert response.headers["Location"] == f"{ACCOUNT}confirm/?next={quote(ACCOUNT + page, safe='')}"
    monkeypatch.undo()
    assert not any("request" in str(value) for value in client.session.values())


def test_saying_it_again_leads_on(client):
    client.force_login(make_user("Writer"))
    asked = client.get(f"{ACCOUNT}app/", follow=True)
    assert asked.request["PATH_INFO"] == f"{ACCOUNT}confirm/"
    wrong = client.post(f"{ACCOUNT}confirm/?next={ACCOUNT}app/", {"password": "wrong"})
    assert wrong.status_code == 200
    right = client.post(f"{ACCOUNT}confirm/?next={ACCOUNT}app/", {"password": "pass"})
    assert right.headers["Location"] == f"{ACCOUNT}app/"
    assert client.get(f"{ACCOUNT}app/").status_code == 200


def test_it_is_said_by_a_code_as_well(client):
    user = make_user("Writer")
    secret = with_app(user)
    client.force_login(user)
    assert client.post(f"{ACCOUNT}confirm/code/?next={ACCOUNT}codes/new/", {"code": "000000"}).status_code == 200
    response = client.post(f"{ACCOUNT}confirm/code/?next={ACCOUNT}codes/new/", {"code": code_of(secret)})
    assert response.headers["Location"] == f"{ACCOUNT}codes/new/"


def secret_shown(client: Client) -> str:
    (key,) = tree(client.get(f"{ACCOUNT}app/")).xpath("//code[@class='people-key']/text()")
    return key.replace(" ", "")


def test_an_app_is_set_up_logged_and_told_by_mail(run_jobs):
    user = make_user("Writer", username="ana", email="ana@lamp.example")
    client = signed_in(user)
    secret = secret_shown(client)
    assert client.post(f"{ACCOUNT}app/", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    response = client.post(f"{ACCOUNT}app/", {"code": code_of(secret)})
    assert response.headers["Location"] == f"{ACCOUNT}codes/"
    assert set(Authenticator.objects.filter(user=user).values_list("type", flat=True)) == {"totp", "recovery_codes"}
    assert len(tree(client.get(f"{ACCOUNT}codes/")).xpath("//ol[@class='people-codes']/li")) == 10
    run_jobs()
    assert mails() == [("An authenticator app was added to your account", ["ana@lamp.example"])]
    assert deeds() == ["set up an authenticator app"]


def test_the_square_is_drawn_by_us_and_holds_no_style():
    client = signed_in(make_user("Writer"))
    page = tree(client.get(f"{ACCOUNT}app/"))
    assert len(page.xpath("//div[@class='people-square']//*[local-name()='svg']")) == 1
    assert page.xpath("//*[@style] | //style | //script[not(@src)]") == []


def test_removing_the_app_takes_the_recovery_codes_along(run_jobs):
    user = make_user("Writer", email="ana@lamp.example")
    secret = with_app(user)
    with_codes(user)
    client = Client()
    client.force_login(user)
    client.post(f"{ACCOUNT}confirm/code/?next={ACCOUNT}", {"code": code_of(secret)})
    assert "Remove it" in client.get(f"{ACCOUNT}app/remove/").content.decode()
    assert Authenticator.objects.count() == 2
    client.post(f"{ACCOUNT}app/remove/")
    assert Authenticator.objects.count() == 0
    run_jobs()
    assert mails() == [("The authenticator app was removed from your account", ["ana@lamp.example"])]
    assert deeds() == ["removed the authenticator app"]


def test_new_codes_end_the_former_ones(run_jobs):
    user = make_user("Writer", email="ana@lamp.example")
    with_app(user)
    former = with_codes(user)
    client = Client()
    client.force_login(user)
    client.post(f"{ACCOUNT}confirm/?next={ACCOUNT}", {"password": "pass"})
    assert client.post(f"{ACCOUNT}codes/new/").headers["Location"] == f"{ACCOUNT}codes/"
    shown = tree(client.get(f"{ACCOUNT}codes/")).xpath("//ol[@class='people-codes']/li/code/text()")
    assert len(shown) == 10
    assert not set(shown) & set(former)
    run_jobs()
    assert mails() == [("You have new recovery codes", ["ana@lamp.example"])]


def test_a_passkey_is_renamed_and_removed(run_jobs):
    user = make_user("Writer", username="ana", email="ana@lamp.example")
    with_codes(user)
    client = signed_in(user)
    key = with_passkey(user)
    client.post(f"{ACCOUNT}passkeys/{key.pk}/name/", {"name": "Old telephone"})
    assert "Old telephone" in client.get(ACCOUNT).content.decode()
    client.post(f"{ACCOUNT}passkeys/{key.pk}/remove/")
    assert not Authenticator.objects.exists()
    run_jobs()
    assert mails() == [("A passkey was removed from your account", ["ana@lamp.example"])]


@pytest.mark.parametrize("deed", ["name", "remove"])
def test_nobody_touches_the_passkeys_of_others(deed):
    client = signed_in(make_user("Administrator"))
    key = with_passkey(make_user("Writer"))
    for answer in (client.get, client.post):
        assert answer(f"{ACCOUNT}passkeys/{key.pk}/{deed}/", {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "Telephone"


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", "7", '{"id": 1}', '{"type": "public-key"}', "{", "\0"])
def test_what_is_no_passkey_is_not_added(credential):
    client = signed_in(make_user("Writer"))
    client.get(f"{ACCOUNT}passkeys/add/")
    answer = client.post(f"{ACCOUNT}passkeys/add/", {"name": "x" * 200, "credential": credential, "passwordless": "on"})
    assert answer.status_code == 200
    assert "could not be added" in answer.content.decode()
    assert not Authenticator.objects.exists()


# Name and address


def test_the_name_is_ones_own(client):
    user = make_user("Writer", username="ana")
    client.force_login(user)
    client.post(f"{ACCOUNT}name/", {"first_name": "Ana", "last_name": "Ruiz", "username": "root", "is_superuser": "on"})
    user.refresh_from_db()
    assert (user.get_full_name(), user.username, user.is_superuser) == ("Ana Ruiz", "ana", False)


def link_in_mail() -> str:
    (address,) = re.findall(r"https?://[^/\s]+(/admin/account/\S+)", str(mail.outbox[-1].body))
    return address


def test_a_new_address_counts_once_its_link_was_followed(run_jobs):
    user = make_user("Writer", username="ana", email="ana@lamp.example")
    client = signed_in(user)
    client.post(f"{ACCOUNT}address/", {"email": "ana@NEW.example"})
    run_jobs()
    assert mails() == [("Confirm your new e-mail address", ["ana@new.example"])]
    link, stranger = link_in_mail(), Client()
    opened = stranger.get(link)
    assert (opened.status_code, opened.headers["Referrer-Policy"]) == (200, "strict-origin")
    assert User.objects.get().email == "ana@lamp.example"
    assert "we write to ana@new.example" in stranger.post(link).content.decode()
    assert stranger.post(link).status_code == 200
    assert User.objects.get().email == "ana@new.example"
    run_jobs()
    assert mails()[1:] == [("Your e-mail address was changed", ["ana@lamp.example"])]
    assert deeds() == ["changed the address"]


def test_a_link_to_a_new_address_is_over_when_another_was_taken_or_it_is_anothers(run_jobs):
    user = make_user("Writer", username="ana", email="ana@lamp.example")
    client = signed_in(user)
    links = []
    for address in ("one@new.example", "two@new.example"):
        client.post(f"{ACCOUNT}address/", {"email": address})
        run_jobs()
        links.append(link_in_mail())
    make_user(email="two@new.example")
    assert client.post(links[1]).status_code == 410
    assert client.post(links[0]).status_code == 200
    assert client.post(links[1]).status_code == 410
    user.refresh_from_db()
    assert user.email == "one@new.example"


@pytest.mark.parametrize("address", ["", "x", "a@b@c.example", "a@b.example\nBcc: b@c.example", f"{'x' * 300}@a.example", "\0"])
def test_what_is_no_address_is_refused_in_words(address):
    client = signed_in(make_user("Writer", email="ana@lamp.example"))
    answer = client.post(f"{ACCOUNT}address/", {"email": address})
    assert answer.status_code == 200
    assert tree(answer).xpath("//ul[contains(@class, 'errorlist')]/li") != []


def test_a_forged_link_changes_nothing(client):
    user = make_user(email="ana@lamp.example")
    for token in ("x", "WzEsICJhIiwgImIiXQ:1abc:def"):
        assert client.post(f"{ACCOUNT}new-address/{token}/").status_code == 410
    assert User.objects.get(pk=user.pk).email == "ana@lamp.example"


# The password


def test_a_changed_password_ends_other_sessions_and_is_told(run_jobs):
    user = make_user("Writer", username="ana", email="ana@lamp.example")
    client, other = signed_in(user), signed_in(user)
    typed = {"old_password": "pass", "new_password1": "a long passphrase", "new_password2": "a long passphrase"}
    client.post("/admin/password_change/", typed)
    assert client.get(ACCOUNT).status_code == 200
    assert other.get(ACCOUNT).status_code == 302
    assert len(sessions.places(user, this=None, at=timezone.now())) == 1
    run_jobs()
    assert mails() == [("Your password was changed", ["ana@lamp.example"])]
    assert deeds() == ["changed the password"]


def test_a_forgotten_password_is_set_anew_by_a_link_that_opens_once(client, run_jobs):
    user = make_user("Writer", username="ana", email="ana@lamp.example")
    secret = with_app(user)
    Client().force_login(user)
    client.post(f"{ACCOUNT}forgotten/", {"email": "ANA@lamp.example"})
    run_jobs()
    link = link_in_mail()
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    assert form.headers["Referrer-Policy"] == "strict-origin"
    assert secret not in address
    typed = {"new_password1": "a long passphrase", "new_password2": "a long passphrase"}
    assert client.post(address, typed).headers["Location"] == f"{ACCOUNT}new-password/set/"
    user.refresh_from_db()
    assert user.check_password("a long passphrase")
    assert not Session.objects.filter(session_key__in=UserSession.objects.values("session_key")).exists()
    assert "does not work any more" in Client().get(link, follow=True).content.decode()
    second = client.post("/admin/login/", {"username": "ana", "password": "a long passphrase"})
    assert second.headers["Location"] == f"{ACCOUNT}sign-in/code/"


def test_a_stranger_learns_nothing_of_who_works_here(client, run_jobs):
    make_user(email="ana@lamp.example")
    make_user(email="gone@lamp.example", is_active=False)
    make_user(email="reader@lamp.example", is_staff=False)
    answers = []
    for name in ("ana", "gone", "reader", "nobody"):
        answer = client.post(f"{ACCOUNT}forgotten/", {"email": f"{name}@lamp.example"})
        answers.append((answer.status_code, " ".join(tree(answer).text_content().split())))
    assert len(set(answers)) == 1
    assert run_jobs() == ["newsroom.mail_people"] * 4
    assert mails() == [("Set a new password", ["ana@lamp.example"])]


def test_nobody_is_flooded_with_links(client, run_jobs):
    make_user(email="ana@lamp.example")
    said = {client.post(f"{ACCOUNT}forgotten/", {"email": "ana@lamp.example"}).status_code for _ in range(5)}
    assert said == {200}
    run_jobs()
    assert len(mail.outbox) == 3
    answers = [client.post(f"{ACCOUNT}forgotten/", {"email": f"n{n}@lamp.example"}).status_code for n in range(16)]
    assert answers == [200] * 15 + [429]


@pytest.mark.parametrize("words", ["x/y", "MQ/set-password", "MQ/abc-def", "_/_"])
def test_a_forged_link_to_a_new_password_opens_nothing(client, words):
    page = client.get(f"{ACCOUNT}new-password/{words}/", follow=True)
    assert (page.status_code, "does not work any more" in page.content.decode()) == (200, True)


# Sessions


def test_somebody_sees_where_they_are_signed_in_and_signs_out_there():
    user = make_user("Writer")
    said = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    here, there = Client(), Client(headers={"User-Agent": said})
    for client in (there, here):
        client.post("/admin/login/", {"username": user.username, "password": "pass"})
    page = tree(here.get(ACCOUNT))
    assert page.xpath("//section[@aria-labelledby='where']//li//strong/text()") == ["Unknown browser", "Firefox, Linux"]
    (number,) = page.xpath("//button[@name='only']/@value")
    here.post(f"{ACCOUNT}sessions/end/", {"only": number})
    assert (there.get(ACCOUNT).status_code, here.get(ACCOUNT).status_code) == (302, 200)
    assert deeds() == ["ended sessions"]


def test_all_others_are_ended_at_once():
    user = make_user("Writer")
    here, *others = [signed_in(user) for _ in range(3)]
    here.post(f"{ACCOUNT}sessions/end/")
    assert [client.get(ACCOUNT).status_code for client in (here, *others)] == [200, 302, 302]


@pytest.mark.parametrize("only", ["x", "-1", "9" * 40, "\0", "٣"])
def test_strange_numbers_end_nothing(only):
    user = make_user("Writer")
    here, other = signed_in(user), signed_in(user)
    assert here.post(f"{ACCOUNT}sessions/end/", {"only": only}).status_code == 302
    assert other.get(ACCOUNT).status_code == 200


def test_nobody_ends_the_session_of_somebody_else():
    other = signed_in(make_user("Writer"))
    row = UserSession.objects.get()
    client = signed_in(make_user("Administrator"))
    client.post(f"{ACCOUNT}sessions/end/", {"only": row.pk})
    assert messages(client.get(ACCOUNT)) == ["There was nothing left to end."]
    assert other.get(ACCOUNT).status_code == 200
    assert Client().post(f"{ACCOUNT}sessions/end/").status_code == 302


def test_when_somebody_was_last_seen_is_written_every_few_minutes_and_not_at_every_click(client, django_assert_num_queries):
    client.force_login(make_user("Writer"))
    client.get(ACCOUNT)
    seen = UserSession.objects.get().last_seen_at
    client.get(ACCOUNT)
    assert UserSession.objects.get().last_seen_at == seen
    session = client.session
    session[sessions.SEEN] -= 301
    session.save()
    client.get(ACCOUNT)
    assert UserSession.objects.get().last_seen_at > seen


def test_a_session_of_before_the_upgrade_is_listed_once_it_is_used(client):
    client.force_login(make_user("Writer"))
    UserSession.objects.all().delete()
    session = client.session
    del session[sessions.SEEN]
    session.save()
    assert "This browser" in client.get(ACCOUNT).content.decode()


def test_what_is_over_is_forgotten(client):
    client.force_login(make_user("Writer"))
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store.create()
    sessions.forget(at=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE - 60))
    assert UserSession.objects.count() == 1
    sessions.forget(at=timezone.now() + timedelta(days=15))
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("", "Unknown browser"),
        ("curl/8", "Unknown browser"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
    ],
)
def test_a_browser_is_told_in_two_words(said, told):
    assert sessions.browser(said) == told


def test_an_address_that_nobody_knows_is_no_error(client):
    user = make_user("Writer")
    client.post("/admin/login/", {"username": user.username, "password": "pass"}, REMOTE_ADDR="")
    assert [place.address for place in sessions.places(user, this=None, at=NOON)] == [""]
