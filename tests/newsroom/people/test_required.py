"""ADMIN_REQUIRE_MFA: administrators set up a second factor before anything else."""

import pytest
from django.core.cache import cache
from django.test import Client

from articles.models import Tag
from tests.articles.forms import tree
from tests.factories import make_user
from tests.newsroom.people.signing import ACCOUNT, code_of, signed_in, with_app, with_codes, with_passkey

pytestmark = pytest.mark.django_db
RANKS = [{"group": "Administrator"}, {"is_superuser": True}]


@pytest.fixture(autouse=True)
def required(settings):
    settings.ADMIN_REQUIRE_MFA = True
    yield
    cache.clear()


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/auth/user/", "/admin/articles/tag/", "/admin/campaigns/overview/", f"{ACCOUNT}name/"]
)
def test_no_page_of_the_desk_answers_before(client, rank, address):
    client.force_login(make_user(**rank))
    for response in (client.get(address), client.post(address, {"action": "delete_selected", "post": "yes"})):
        assert (response.status_code, response.headers["Location"]) == (302, ACCOUNT)


@pytest.mark.parametrize("rank", RANKS)
def test_nothing_is_saved_before_and_no_words_are_lost(client, rank):
    client.force_login(make_user(**rank))
    response = client.post("/admin/articles/tag/add/", {"name": "Typed", "slug": "typed", "_save": "1"})
    assert response.status_code == 403
    assert tree(response).xpath("//input[@name='name']/@value") == ["Typed"]
    assert "need a second factor" in response.content.decode()
    assert not Tag.objects.exists()


def test_they_are_led_to_set_one_up_and_are_in(run_jobs):
    client = signed_in(make_user("Administrator", username="ada"))
    page = client.get("/admin/", follow=True)
    assert page.redirect_chain == [(ACCOUNT, 302)]
    assert "Administrators need a second factor here." in page.content.decode()
    (key,) = tree(client.get(f"{ACCOUNT}app/")).xpath("//code[@class='people-key']/text()")
    client.post(f"{ACCOUNT}app/", {"code": code_of(key.replace(" ", ""))})
    assert client.get("/admin/").status_code == 200


def test_they_can_sign_out_and_change_nothing_else(client):
    client.force_login(make_user("Administrator"))
    assert client.post("/admin/logout/").status_code == 200
    assert client.get(ACCOUNT).status_code == 302


@pytest.mark.parametrize("factor", [with_app, with_passkey])
def test_who_has_one_works_on(client, factor):
    user = make_user("Administrator")
    factor(user)
    client.force_login(user)
    assert client.get("/admin/").status_code == 200


def test_recovery_codes_alone_are_none(client):
    user = make_user("Administrator")
    with_codes(user)
    client.force_login(user)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("group", ["Writer", "Editor", "Fundraiser"])
def test_it_is_asked_of_nobody_else(client, group):
    client.force_login(make_user(group))
    assert client.get("/admin/").status_code == 200


def test_where_the_setting_is_off_it_is_asked_of_nobody(client, settings):
    settings.ADMIN_REQUIRE_MFA = False
    client.force_login(make_user("Administrator"))
    assert client.get("/admin/").status_code == 200


def test_a_stranger_is_sent_to_sign_in_as_ever():
    assert Client().get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
