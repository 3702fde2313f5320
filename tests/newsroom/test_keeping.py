"""Somebody writes for a long time, and the session is over: the words come back, and nothing is saved by itself."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from articles.models import Article, FrontPage, PublishRule, Status
from newsroom.keeping import NOT_SAVED
from tests.articles.forms import ADD, change, errors, posted, tree
from tests.factories import make_article, make_section, make_user

pytestmark = pytest.mark.django_db

BODY = "<p>Low water at noon, “high” at six &amp; nobody looked.</p>\r\n<p>Second.</p>"


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def editor() -> User:
    make_section("Coast")
    return make_user("Editor", username="ed")


def form_of(page: Any, name: str) -> dict[str, list[str]]:
    """What a browser would send of the form with this id: every name with its values."""
    (form,) = tree(page).xpath(f"//form[@id='{name}']")
    sent: dict[str, list[str]] = {}
    for field, value in form.form_values():
        sent.setdefault(field, []).append(value)
    return sent


def action_of(page: Any, name: str) -> str:
    return tree(page).xpath(f"//form[@id='{name}']")[0].get("action")


def write(client: Client, editor: User, address: str = ADD, **typed: Any) -> dict[str, Any]:
    """The form as its writer has filled it in, before they press Save."""
    client.force_login(editor)
    return posted(client.get(address)) | {"headline": "The tide", "body": BODY, "tags": "harbour"} | typed


def sign_in(client: Client, page: Any, password: str = "pass", fields: Any = None) -> Any:
    sent = form_of(page, "login-form") | {"username": ["ed"], "password": [password]} | (fields or {})
    return client.post("/admin/login/", sent)


def put_back(client: Client, page: Any) -> Any:
    return client.post(action_of(page, "again-form"), form_of(page, "again-form") | {"_again": ["1"]})


def test_who_was_signed_out_while_writing_signs_in_and_finds_the_words_in_the_form(client, editor):
    form = write(client, editor)
    Session.objects.all().delete()
    asked = client.post(ADD, form | {"_save": "1"})
    assert asked.status_code == 403
    assert tree(asked).findtext(".//h1") == "Sign in to the desk"
    signed_in = sign_in(client, asked)
    assert tree(signed_in).findtext(".//h1") == "What you typed is still here"
    shown = put_back(client, signed_in)
    assert errors(shown) == [NOT_SAVED]
    again = posted(shown)
    assert [again[name].strip() for name in ("headline", "body", "tags")] == ["The tide", BODY.replace("\r\n", "\n"), "harbour"]
    assert not Article.objects.exists()

    client.post(shown.request["PATH_INFO"], again | {"_save": "1"})
    article = Article.objects.get()
    assert (article.headline, list(article.tags.names())) == ("The tide", ["harbour"])
    assert "nobody looked" in article.body


def test_a_form_that_is_older_than_its_writers_sign_in_is_shown_again(client, editor):
    article = make_article(status=Status.DRAFT, headline="Before")
    form = write(client, editor, change(article))
    client.force_login(editor)  # as in another window: the token is another one now
    kept = client.post(change(article), form | {"csrfmiddlewaretoken": "a" * 64, "_publish": "1"})
    assert (kept.status_code, tree(kept).findtext(".//h1")) == (403, "What you typed is still here")
    [beside_the_button] = tree(kept).xpath("//form[@id='again-form']//p[@class='help']/text()")
    assert beside_the_button.startswith("If this button only brings you back here, your browser refuses our cookies.")
    shown = put_back(client, kept)
    assert posted(shown)["headline"].strip() == "The tide"
    article.refresh_from_db()
    assert (article.headline, article.status) == ("Before", "draft")
    client.post(change(article), posted(shown) | {"_save": "1"})
    article.refresh_from_db()
    assert article.headline == "The tide"


def test_without_any_cookie_left_the_words_are_there_too(client, editor):
    form = write(client, editor)
    client.cookies.clear()
    signed_in = sign_in(client, client.post(ADD, form | {"_save": "1"}))
    assert posted(put_back(client, signed_in))["headline"].strip() == "The tide"


def test_a_mistyped_password_and_too_many_of_them_lose_nothing(client, editor, monkeypatch):
    form = write(client, editor)
    Session.objects.all().delete()
    asked = client.post(ADD, form | {"_save": "1"})
    wrong = sign_in(client, asked, "wrong")
    assert form_of(wrong, "login-form")["kept-headline"] == ["The tide"]
    for _ in range(10):
        refused = sign_in(client, asked, "wrong")
    assert refused.status_code == 429
    assert form_of(refused, "login-form")["kept-headline"] == ["The tide"]


def test_whoever_signed_in_elsewhere_meanwhile_still_gets_the_words(client, editor):
    form = write(client, editor)
    Session.objects.all().delete()
    asked = client.post(ADD, form | {"_save": "1"})
    stale = form_of(asked, "login-form") | {"csrfmiddlewaretoken": ["b" * 64], "username": ["ed"], "password": ["pass"]}
    client.force_login(editor)
    kept = client.post("/admin/login/", stale)
    assert tree(kept).findtext(".//h1") == "What you typed is still here"
    assert posted(put_back(client, kept))["headline"].strip() == "The tide"


def test_files_are_named_for_they_cannot_be_kept(client, editor):
    form = write(client, editor)
    Session.objects.all().delete()
    asked = client.post(ADD, form | {"_save": "1", "picture": SimpleUploadedFile("harbour.jpg", b"x")})
    assert "Choose again: harbour.jpg." in asked.content.decode()
    assert "Choose again: harbour.jpg." in sign_in(client, asked).content.decode()


def test_no_page_with_words_on_it_is_kept_by_anybody(client, editor):
    form = write(client, editor)
    Session.objects.all().delete()
    asked = client.post(ADD, form | {"_save": "1"})
    for page in (asked, sign_in(client, asked)):
        assert "no-store" in page.headers["Cache-Control"]


# What strangers try


def test_what_another_site_sends_is_refused_and_not_kept(client, editor):
    form = write(client, editor, headline="Forged")
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        refused = client.post(ADD, form | {"csrfmiddlewaretoken": "a" * 64}, headers=headers)
        assert refused.status_code == 403
        assert "Forged" not in refused.content.decode()
    assert not Article.objects.exists()


def test_showing_again_needs_the_token_and_saves_nothing_whatever_button_comes_with_it(client, editor):
    article = make_article(status=Status.DRAFT, headline="Before")
    form = write(client, editor, change(article)) | {"_again": "1", "_publish": "1", "_save": "1", "action": "delete_selected"}
    assert client.post(change(article), form | {"csrfmiddlewaretoken": "a" * 64}).status_code == 403
    shown = client.post(change(article), form)
    assert errors(shown) == [NOT_SAVED]
    article.refresh_from_db()
    assert (article.headline, article.status) == ("Before", "draft")


def test_nobody_is_shown_a_form_that_is_not_theirs(client):
    article = make_article(status=Status.DRAFT, headline="Of somebody else")
    client.force_login(make_user("Writer"))
    token = {"csrfmiddlewaretoken": form_of(client.get(ADD), "article_form")["csrfmiddlewaretoken"][0]}
    refused = client.post(change(article), {"headline": "Mine", "_again": "1"} | token)
    assert refused.status_code in {302, 403}
    assert "Of somebody else" not in refused.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        *("https://evil.example/admin/articles/article/add/", "//evil.example/admin/articles/article/add/"),
        *("javascript:alert(1)", "/admin/logout/", "/admin/password_change/", "/digest/", "/nowhere/", "http://[", ""),
    ],
)
def test_the_words_are_sent_to_a_form_of_the_desk_and_nowhere_else(client, editor, address):
    page = client.get("/admin/login/")
    answer = sign_in(client, page, fields={"next": [address], "kept-headline": ["The tide"]})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


def test_what_was_typed_is_text_and_no_markup(client, editor):
    evil = '"><script>alert(1)</script>'
    form = write(client, editor, headline=evil) | {evil: evil}
    Session.objects.all().delete()
    asked = client.post(ADD, form)
    signed_in = sign_in(client, asked)
    for page in (asked, signed_in):
        assert "<script>alert" not in page.content.decode()
        assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert form_of(signed_in, "again-form")[evil] == [evil]


def test_passwords_are_not_sent_back(client):
    client.force_login(make_user("Administrator"))
    address = "/admin/auth/user/add/"
    form = posted(client.get(address)) | {"username": "ana", "password1": "a long passphrase", "password2": "a long passphrase"}
    Session.objects.all().delete()
    asked = client.post(address, form)
    assert form_of(asked, "login-form")["kept-username"] == ["ana"]
    assert "passphrase" not in asked.content.decode()


def test_what_is_no_form_leads_to_the_sign_in_as_ever(client, editor):
    article = make_article()
    form = write(client, editor)
    Session.objects.all().delete()
    token = {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]}
    for address in (f"/admin/articles/article/{article.pk}/delete/", "/admin/articles/article/"):
        assert client.post(address, token | {"post": "yes"}).headers["Location"] == f"/admin/login/?next={address}"


ON_ONE_PAGE = {FrontPage, PublishRule}  # pages of their own, and no form for a row


@pytest.mark.parametrize("model", [model for model in admin.site._registry if model not in ON_ONE_PAGE], ids=str)
def test_every_form_of_the_desk_can_be_shown_without_being_saved(client, model):
    client.force_login(make_user(is_superuser=True))
    desk = admin.site._registry[model]
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    opened = client.get(address)
    if opened.status_code != 200:
        assert opened.status_code in {302, 403}
        return
    before = desk.model._default_manager.count()
    shown = client.post(address, posted(opened) | {"_again": "1"})
    assert shown.status_code == 200
    assert NOT_SAVED in errors(shown)
    assert desk.model._default_manager.count() == before
