"""Without the database: a page that says so in plain words, keeps what was typed, and is kept by nobody."""

import logging
from html import unescape

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, ProgrammingError, connection
from django.test import Client

from articles.models import Article
from campaigns.models import Donation
from digest.models import Subscriber
from newsroom import typed, unavailable
from newsroom.database import standing
from newsroom.database.pool import Connection
from newsroom.database.standing import Standing, Unreachable
from tests.articles.forms import ADD, posted
from tests.factories import make_campaign, make_user
from tests.pages import attribute, texts, tree

GIFT = {"key": "a-key", "rhythm": "once", "own_amount": "25", "email": "ada@example.org", "processor": "offline"}


@pytest.fixture(autouse=True)
def here(monkeypatch) -> Standing:
    here = Standing()
    monkeypatch.setattr(standing, "here", here)
    return here


@pytest.fixture
def reader() -> Client:
    return Client(raise_request_exception=False)


class Gone:
    """In the place of every query."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, *args: object) -> None:
        raise OperationalError(str(self.error)) from self.error


NEVER_THERE = Gone(Unreachable("connection to server at secret-host failed"))
BROKE_OFF = Gone(psycopg.errors.AdminShutdown("terminating connection due to administrator command"))


def away(how: Gone = NEVER_THERE):
    return connection.execute_wrapper(how)


def fields(response) -> dict[str, str]:
    return {field.get("name"): field.get("value") for field in tree(response).iter("input")}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/latest/", "/feeds/latest.rss", "/no/such/page/", "/digest/", "/search/?q=quay"])
def test_a_page_that_needs_the_database_says_so_and_nobody_keeps_it(reader, path):
    with away():
        response = reader.get(path)
    assert response.status_code == 503
    assert attribute(response, "//h1/text()") == "Our database does not answer"
    assert attribute(response, "//a[@class='button']/@href") == path
    assert (response["Cache-Control"], response["Retry-After"]) == ("no-store", "10")
    assert "secret-host" not in response.text
    assert not response.cookies


@pytest.mark.django_db
def test_the_page_carries_every_header_that_protects(reader):
    with away():
        response = reader.get("/")
    assert response["Content-Security-Policy"].startswith("default-src 'self';")
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_our_own_mistakes_are_no_outage(reader):
    def mistake(*args: object) -> None:
        raise ProgrammingError("no such column")

    with connection.execute_wrapper(mistake):
        assert reader.get("/").status_code == 500


@pytest.mark.django_db
def test_a_gift_that_could_not_be_taken_is_one_gift_when_it_is_sent_again(reader):
    page = make_campaign(ends_at=None).get_absolute_url()
    with away():
        response = reader.post(page, GIFT)
    assert response.status_code == 503
    assert texts(response, "list-description")[0].startswith("Nothing of what you sent was saved, and")
    assert attribute(response, "//form/@action") == page
    assert fields(response) == GIFT
    shown = ["Rhythm", "once", "Own amount", "25", "Email", "ada@example.org", "Processor", "offline"]
    assert [line.text for line in tree(response).find(".//dl")] == shown
    for _ in range(2):
        assert reader.post(page, fields(response)).status_code == 303
    assert Donation.objects.count() == 1


@pytest.mark.django_db
def test_what_is_typed_comes_back_as_text_and_never_as_markup(reader):
    evil = '"><script>alert(1)</script>'
    with away():
        response = reader.post("/digest/", {"email": evil})
    assert fields(response) == {"email": evil}
    assert tree(response).find(".//script") is None
    assert evil in unescape(response.text)


@pytest.mark.django_db
def test_what_may_have_been_saved_is_called_that(reader):
    page = make_campaign(ends_at=None).get_absolute_url()
    with away(BROKE_OFF):
        response = reader.post(page, GIFT)
    assert "it may or may not have been saved" in texts(response, "list-description")[0]
    assert fields(response) == GIFT


def test_what_may_have_been_saved_stays_so_when_the_way_out_fails_as_well(rf):
    request = rf.post("/digest/")
    assert unavailable.is_uncertain(request, psycopg.OperationalError("server closed the connection"))
    assert unavailable.is_uncertain(request, Unreachable())
    assert not unavailable.is_uncertain(rf.post("/digest/"), Unreachable())
    assert not unavailable.is_uncertain(rf.get("/digest/"), psycopg.OperationalError("server closed the connection"))


@pytest.mark.django_db
def test_the_page_of_another_site_gets_no_form_to_send_in_its_name(reader):
    with away():
        response = reader.post("/digest/", {"email": "ada@example.org"}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 503
    assert tree(response).find(".//form") is None
    assert "ada@example.org" not in response.text


def test_another_sites_words_are_not_given_back(rf):
    assert typed.typed(rf.post("/digest/", {"email": "ada@example.org"}, headers={"sec-fetch-site": "cross-site"})) is None


@pytest.mark.django_db
def test_an_editor_keeps_the_article_and_the_token_but_no_password_and_no_file():
    desk = Client(raise_request_exception=False)
    desk.force_login(make_user("Editor"))
    form = {
        "csrfmiddlewaretoken": "token",
        "once": "1",
        "headline": "The quay opens",
        "tags": ["one", "two"],
        "password1": "secret",
        "picture_file": SimpleUploadedFile("quay.jpg", b"..."),
        "_save": "Save",
    }
    with away():
        response = desk.post("/admin/articles/article/add/", form)
    assert response.status_code == 503
    sent = [(field.get("name"), field.get("value")) for field in tree(response).iter("input")]
    assert sent == [
        ("csrfmiddlewaretoken", "token"),
        ("once", "1"),
        ("headline", "The quay opens"),
        ("tags", "one"),
        ("tags", "two"),
        ("_save", "Save"),
    ]
    assert attribute(response, "//form/@enctype") == "multipart/form-data"
    assert "Files have to be chosen once more: quay.jpg." in response.text
    assert "A password is never given back" in response.text
    shown = tree(response).find(".//dl")
    assert [line.text for line in shown] == ["Headline", "The quay opens", "Tags", "one", "Tags", "two"]


@pytest.mark.django_db
def test_who_signs_in_types_the_password_again(reader):
    with away():
        response = reader.post("/admin/login/?next=/admin/", {"username": "ada", "password": "secret"})
    assert response.status_code == 503
    assert fields(response) == {"username": "ada"}
    assert attribute(response, "//form/@action") == "/admin/login/?next=/admin/"
    assert "secret" not in response.text


@pytest.mark.django_db
def test_too_much_is_not_given_back_and_said(reader, monkeypatch):
    monkeypatch.setattr(typed, "MOST", 100)
    with away():
        response = reader.post("/digest/", {"email": "a" * 101})
    assert response.status_code == 503
    assert tree(response).find(".//form") is None
    assert "too long to be given back here" in response.text


@pytest.mark.django_db
def test_what_django_refuses_to_read_is_not_given_back_either(reader, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    found = typed.typed(Client().post("/healthz", {"email": "a" * 101}).wsgi_request)
    assert found == typed.Typed("/healthz", "post", is_lost=True)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_looks_like_another_site_stays_here(rf, method):
    asked = rf.generic(method, "/", PATH_INFO="//elsewhere.example/", content_type="application/x-www-form-urlencoded")
    assert asked.get_full_path() == "//elsewhere.example/"
    found = typed.typed(asked)
    assert found is not None
    assert found.address == "/%2Felsewhere.example/"


@pytest.mark.django_db
def test_the_log_says_once_that_it_is_gone(reader, caplog):
    caplog.set_level(logging.WARNING)
    with away():
        for _ in range(3):
            reader.get("/")
            reader.get("/no/such/page/")
            reader.get("/readyz")
    said = [record.getMessage() for record in caplog.records]
    assert said == ["The database does not answer: connection to server at secret-host failed"]


@pytest.mark.django_db
def test_what_the_database_cannot_do_this_once_is_told_in_full(reader, caplog):
    with away(Gone(psycopg.errors.DeadlockDetected("deadlock detected"))):
        assert reader.get("/").status_code == 503
    assert [(record.name, record.exc_info is not None) for record in caplog.records] == [("django.request", True)]


@pytest.fixture
def unheard(monkeypatch) -> None:
    """The next commit is done, and the connection breaks before the answer is there."""

    def commit(self: Connection) -> None:
        monkeypatch.undo()
        self.commit()
        self.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Connection, "commit", commit)


def sends_again(client: Client, response) -> int:
    """As a browser would, with the button of the page."""
    assert response.status_code == 503
    assert "it may or may not have been saved" in texts(response, "list-description")[0]
    return client.post(attribute(response, "//form/@action"), fields(response)).status_code


@pytest.mark.django_db(transaction=True)
def test_a_gift_that_was_saved_unheard_is_not_made_twice(reader, request):
    page = make_campaign(ends_at=None).get_absolute_url()
    request.getfixturevalue("unheard")
    response = reader.post(page, GIFT)
    assert Donation.objects.count() == 1
    assert sends_again(reader, response) == 303
    assert Donation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_sign_up_that_was_saved_unheard_is_not_made_twice(reader, request):
    request.getfixturevalue("unheard")
    response = reader.post("/digest/", {"email": "ada@example.org"})
    assert Subscriber.objects.count() == 1
    assert sends_again(reader, response) == 200
    assert Subscriber.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_article_that_was_saved_unheard_is_not_made_twice(reader, request):
    reader.force_login(make_user("Editor"))
    form = posted(reader.get(ADD)) | {"headline": "The quay opens", "body": "<p>At last.</p>", "_save": "Save"}
    request.getfixturevalue("unheard")
    response = reader.post(ADD, form)
    assert Article.objects.count() == 1
    assert sends_again(reader, response) == 302
    assert Article.objects.count() == 1
