"""Signing in to the desk, its first page, and the people who use it."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from campaigns.models import Donation, Donor
from newsroom import signin
from newsroom.models import Touch
from tests.articles.forms import errors, messages, posted, press, tree
from tests.cdn import PurgeService
from tests.factories import NOON, make_article, make_campaign, make_user

database = pytest.mark.django_db
LOGIN = "/admin/login/"


def sign_in(client: Client, name: str, password: str, **headers: Any):
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"}, **headers)


# Signing in


@database
def test_staff_sign_in_and_reach_the_desk(client):
    make_user("Editor", username="ed")
    assert sign_in(client, "ed", "pass").headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


@database
def test_people_sign_in_and_sign_out_in_the_same_words(client):
    make_user("Editor", username="ed")
    pages = [client.get(LOGIN)]
    sign_in(client, "ed", "pass")
    pages += [client.get("/admin/"), client.get("/admin/articles/article/"), client.post("/admin/logout/")]
    words = [" ".join(tree(page).text_content().split()) for page in pages]
    assert [re.findall(r"Log(?:ged)?[ -]?(?:in|out)|quality time", page, re.IGNORECASE) for page in words] == [[], [], [], []]
    assert tree(pages[0]).findtext(".//title").strip().startswith("Sign in | ")
    assert tree(pages[1]).xpath("//form[@id='logout-form']/button/text()") == ["Sign out"]
    assert [tree(pages[3]).findtext(".//h1"), tree(pages[3]).xpath("//main//a/text()")] == [
        "You are signed out",
        ["Sign in again"],
    ]


@database
def test_a_wrong_password_and_a_wrong_name_get_the_same_answer(client):
    make_user("Editor", username="ed")
    sentences = [errors_of(sign_in(client, name, "wrong")) for name in ("ed", "nobody")]
    assert sentences[0] == sentences[1]
    assert "correct username and password" in sentences[0][0]


def errors_of(response) -> list[str]:
    return [note.text_content().strip() for note in tree(response).xpath("//p[@class='errornote']")]


@database
def test_readers_with_an_account_do_not_reach_the_desk(client):
    make_user(username="reader", is_staff=False)
    assert sign_in(client, "reader", "pass").status_code == 200
    assert client.get("/admin/").status_code == 302


@database
def test_the_eleventh_attempt_in_a_quarter_of_an_hour_waits_even_with_the_right_password(client):
    make_user("Editor", username="ed")
    for _ in range(10):
        assert sign_in(client, "ed", "wrong").status_code == 200
    refused = sign_in(client, "ED ", "pass")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert errors_of(refused) == ["Too many attempts to sign in. Wait a quarter of an hour, then try again."]
    assert client.get("/admin/").status_code == 302


@database
def test_a_limited_name_limits_neither_other_names_nor_other_networks(client):
    make_user("Editor", username="ed")
    make_user("Editor", username="ana")
    for _ in range(11):
        sign_in(client, "ed", "wrong")
    assert sign_in(client, "ana", "pass").status_code == 302
    assert sign_in(Client(), "ed", "pass", REMOTE_ADDR="203.0.113.7").status_code == 302


@database
def test_a_sign_in_that_works_begins_the_count_anew(client):
    make_user("Editor", username="ed")
    for _ in range(3):
        for _ in range(9):
            sign_in(client, "ed", "wrong")
        assert sign_in(client, "ed", "pass").status_code == 302
        client.logout()


@database
def test_one_network_trying_many_names_is_stopped_too(client):
    for number in range(100):
        assert sign_in(client, f"name{number}", "wrong").status_code == 200
    assert sign_in(client, "another", "wrong").status_code == 429
    assert sign_in(Client(), "another", "wrong", REMOTE_ADDR="203.0.113.7").status_code == 200


@database
def test_the_wait_ends_by_itself(client, monkeypatch):
    from allauth.core.internal import ratelimit

    for _ in range(11):
        sign_in(client, "ed", "wrong")
    later = ratelimit.time.time() + 16 * 60
    monkeypatch.setattr(ratelimit.time, "time", lambda: later)
    assert sign_in(client, "ed", "wrong").status_code == 200


@database
def test_opening_the_page_is_not_an_attempt(client):
    for _ in range(120):
        assert client.get(LOGIN).status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", ""),
    ],
)
def test_a_network_is_an_address_or_what_one_customer_holds_of_ipv6(rf, address, network):
    assert signin.network_of(rf.post("/", REMOTE_ADDR=address)) == network


def test_only_our_own_proxy_is_believed_about_the_address(rf, settings):
    forged = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.9.8.7, 203.0.113.7"}
    assert signin.network_of(rf.post("/", **forged)) == "127.0.0.1"
    settings.TRUSTED_PROXIES = 1
    assert signin.network_of(rf.post("/", **forged)) == "203.0.113.7"
    assert signin.network_of(rf.post("/", REMOTE_ADDR="203.0.113.9")) == "203.0.113.9"
    settings.TRUSTED_PROXIES = 3  # fewer addresses than proxies: it did not come through them
    assert signin.network_of(rf.post("/", **forged)) == "127.0.0.1"


@pytest.mark.django_db(transaction=True)
def test_many_attempts_at_once_do_not_get_past_the_limit(rf):
    """Counted in the database, under a lock: processes and threads share one count."""
    from django.db import connection

    allowed: list[bool] = []

    def attempts() -> None:
        for _ in range(5):
            allowed.append(signin.may_try(rf.post(LOGIN, REMOTE_ADDR="203.0.113.99"), "ed"))
        connection.close()

    threads = [threading.Thread(target=attempts) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    cache.clear()  # its table is nobody's model: no test's end empties it
    assert len(allowed) == 20
    assert sum(allowed) == 10


# What every page of the desk says to the browser


@database
def test_the_policy_stays_strict_and_the_import_map_has_its_nonce(client):
    client.force_login(make_user("Editor"))
    response = client.get("/admin/articles/article/add/")
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'self'; script-src 'self' 'nonce-")
    assert "unsafe" not in policy
    nonce = policy.split("'nonce-")[1].split("'")[0]
    (importmap,) = tree(response).xpath("//script[@type='importmap']")
    assert importmap.get("nonce") == nonce
    assert all(script.get("src") or script.get("nonce") for script in tree(response).xpath("//script"))
    assert tree(response).xpath("//style | //*[@style] | //*[@onclick]") == []


# People


@pytest.fixture
def administrator(client) -> Client:
    client.force_login(make_user("Administrator"))
    return client


def form_of(user: User) -> str:
    return f"/admin/auth/user/{user.pk}/change/"


@database
def test_an_administrator_adds_somebody_and_says_what_they_may(administrator):
    typed = {"username": "ana", "password1": "a long passphrase", "password2": "a long passphrase"}
    press(administrator, "/admin/auth/user/add/", usable_password="true", **typed)
    user = User.objects.get(username="ana")
    assert user.is_staff
    press(administrator, form_of(user), groups=[Group.objects.get(name="Editor").pk], first_name="Ana")
    assert user.groups.get().name == "Editor"
    client = Client()
    assert sign_in(client, "ana", "a long passphrase").status_code == 302


@database
def test_groups_are_described_in_plain_words(administrator):
    page = administrator.get(form_of(make_user("Writer"))).content.decode()
    assert "Writer: writes articles and hands them in; sees only their own" in page


@database
def test_an_administrator_cannot_make_anybody_all_powerful(administrator):
    user = make_user("Writer")
    page = administrator.get(form_of(user))
    assert not {"is_superuser", "user_permissions"} & posted(page).keys()
    assert "is_superuser" not in page.content.decode()
    press(administrator, form_of(user), is_superuser="on", user_permissions=["1"])
    user.refresh_from_db()
    assert (user.is_superuser, user.user_permissions.count()) == (False, 0)
    me = User.objects.get(groups__name="Administrator")
    press(administrator, form_of(me), is_superuser="on")
    me.refresh_from_db()
    assert not me.is_superuser


@database
def test_an_administrator_cannot_touch_a_superuser(administrator):
    owner = make_user(username="owner", is_superuser=True, email="owner@lamp.example")
    assert administrator.post(form_of(owner), {"username": "owner", "email": "mine@evil.example"}).status_code == 403
    passwords = {"password1": "a long passphrase", "password2": "a long passphrase"}
    assert administrator.post(f"/admin/auth/user/{owner.pk}/password/", passwords).status_code == 403
    assert administrator.post(f"/admin/auth/user/{owner.pk}/delete/", {"post": "yes"}).status_code == 403
    administrator.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"})
    owner.refresh_from_db()
    assert (owner.email, owner.check_password("pass")) == ("owner@lamp.example", True)


@database
def test_an_administrator_does_not_delete_themselves(administrator):
    me = User.objects.get(groups__name="Administrator")
    assert administrator.post(f"/admin/auth/user/{me.pk}/delete/", {"post": "yes"}).status_code == 403


@database
def test_a_superuser_may_do_it_all(client):
    client.force_login(make_user(is_superuser=True))
    user = make_user("Writer")
    press(client, form_of(user), is_superuser="on")
    user.refresh_from_db()
    assert user.is_superuser


@database
@pytest.mark.parametrize("group", ["Writer", "Editor", "Fundraiser", ""])
def test_nobody_else_looks_after_people(client, group):
    client.force_login(make_user(group))
    user = make_user("Writer")
    for address in ("/admin/auth/user/", "/admin/auth/user/add/", form_of(user), f"/admin/auth/user/{user.pk}/password/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"username": "x"}).status_code == 403


@database
def test_groups_themselves_are_not_changed_at_the_desk(administrator):
    group = Group.objects.get(name="Writer")
    assert administrator.get(f"/admin/auth/group/{group.pk}/change/").status_code == 200
    assert administrator.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x"}).status_code == 403


@database
@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_people_costs_the_same_however_long(administrator, rows, django_assert_num_queries):
    for _ in range(rows):
        make_user("Writer").groups.add(Group.objects.get(name="Editor"))
    with django_assert_num_queries(8):
        administrator.get("/admin/auth/user/")


@database
def test_people_change_their_own_password(client):
    user = make_user("Writer")
    client.force_login(user)
    typed = {"old_password": "pass", "new_password1": "a long passphrase", "new_password2": "a long passphrase"}
    assert client.post("/admin/password_change/", typed).status_code == 302
    user.refresh_from_db()
    assert user.check_password("a long passphrase")
    assert messages(client.get("/admin/")) == []
    assert errors(client.get("/admin/password_change/")) == []


def way_to(row) -> str:
    return f"/admin/r/{ContentType.objects.get_for_model(row).pk}/{row.pk}/"


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["Writer", "Editor", ""])
def test_the_way_to_a_rows_page_is_closed_to_who_may_not_look_at_the_row(client, group):
    """A gift's page is known by its secret address: the stock redirect would tell it to any member of staff."""
    campaign = make_campaign()
    donor = Donor.objects.create(email="giver@example.org")
    gift = Donation.objects.create(
        submit_key="k", fingerprint="f", campaign=campaign, donor=donor, amount=100, currency="EUR", processor="offline",
        reference="R-1", created_at=NOON,
    )  # fmt: skip
    client.force_login(make_user(group))
    assert client.get(way_to(gift)).status_code == 404


@pytest.mark.django_db
def test_an_editor_is_led_from_an_article_to_its_page_and_a_writer_not_to_anothers_draft(client):
    public, draft = make_article(), make_article(status="draft")
    client.force_login(make_user("Editor"))
    assert client.get(way_to(public)).headers["Location"] == public.get_absolute_url()
    client.force_login(make_user("Writer"))
    assert client.get(way_to(draft)).status_code == 404
    assert client.get("/admin/r/999999/1/").status_code == 404


def test_an_editor_sees_that_a_cdn_confirms_nothing(client, db, settings):
    settings.CDN = PurgeService(1).cdn()
    client.force_login(make_user("Editor"))
    Touch.objects.create(keys=["article:1"], made_at=timezone.now() - timedelta(minutes=6), xid=1)
    assert messages(client.get("/admin/")) == [
        "The CDN has not confirmed changes for more than five minutes: readers may be shown older pages."
    ]
    Touch.objects.update(confirmed_at=timezone.now())
    assert messages(client.get("/admin/")) == []
