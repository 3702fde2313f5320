"""Whatever a stranger writes into a body, or says about its coding: an answer in words, and never a 500."""

import re
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns import links
from newsroom.bodies import with_types_that_can_be_read
from tests.campaigns.forms import an_open_campaign, filled_in
from tests.campaigns.gifts import a_pledge, received
from tests.newsroom.bodies import BODIES, BROKEN_TYPES, NASTY
from tests.newsroom.test_methods import FORMS, PUBLIC

pytestmark = pytest.mark.django_db
TELLING = ["multipart as idna", "multipart as hex", "a form as utf-7", "no boundary", "10,000 fields"]


def a_client(*, csrf: bool = True, **more: Any) -> Client:
    """With the cookie of a token: then the question for it reads the form before any view does."""
    client = Client(enforce_csrf_checks=csrf, raise_request_exception=False, **more)
    client.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
    return client


def sent(client: Client, address: str, body: tuple[str, str, bytes]) -> Any:
    return client.generic("POST", address, body[2], content_type=body[1])


def desk(resolver: URLResolver, before: str = "/") -> list[str]:
    """Every address of the desk, of the first row of each kind."""
    found = []
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        found += desk(one, route) if isinstance(one, URLResolver) else [route] if isinstance(one, URLPattern) else []
    filled = {re.sub(r"<[^>]*>", "1", route) for route in found if route.startswith("/admin/") and "(" not in route}
    return sorted(filled - {"/admin/logout/"})


@pytest.fixture
def personal() -> list[str]:
    """Addresses that are a person's own, by good links."""
    gift, pledge = received(an_open_campaign(slug="bread")), a_pledge()
    made = [links.to_donor(gift.donor), links.to_renew(pledge), links.to_news(gift.donor), "/campaigns/bread/"]
    return [urlsplit(address).path for address in [*made, links.to_new_address(gift.donor, "new@example.org")]]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[0])
def test_no_body_breaks_a_form_of_a_reader(personal, body):
    for address in [*personal, "/digest/", "/giving/", "/processors/sandbox/events/", "/admin/login/"]:
        for csrf in (True, False):
            assert sent(a_client(csrf=csrf), address, body).status_code < 500, address


@pytest.mark.parametrize("body", [body for body in BODIES if body[0] in TELLING], ids=lambda body: body[0])
def test_no_body_breaks_any_address(body):
    fundraiser = a_client(csrf=False)
    fundraiser.force_login(User.objects.create_superuser("desk"))
    for client, addresses in ((a_client(), sorted(PUBLIC[name] for name in FORMS)), (fundraiser, desk(get_resolver()))):
        assert len(addresses) > 15
        for address in addresses:
            assert sent(client, address, body).status_code < 500, address


@pytest.mark.parametrize("coding", ["idna", "hex", "utf-7", "undefined", "no-such-coding", "iso-8859-1"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded"])
def test_a_form_in_another_coding_is_refused_on_a_page_of_ours_with_every_header(kind, coding):
    response = sent(a_client(), "/digest/", ("", f"{kind}; charset={coding}", b"email=a"))
    assert response.status_code == 400
    assert "<h1>We did not understand this</h1>" in response.text
    assert {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"} <= {*response.headers}


@pytest.mark.parametrize("coding", ["utf-8", "UTF-8", "UTF8", '"utf-8"', "us-ascii"])
def test_utf_8_may_be_said(coding, run_jobs):
    client = a_client()
    response = sent(client, "/giving/", ("", f"application/x-www-form-urlencoded; charset={coding}", b"email=ada@example.org"))
    assert (response.status_code, response.headers["Location"]) == (302, "/giving/?asked=1")


def test_a_coding_says_nothing_about_the_query(client):
    response = client.generic("GET", "/?q=%C3%A9", b"", content_type="text/plain; charset=hex", headers={"Host": "localhost"})
    assert response.status_code == 200


def test_an_event_is_read_in_whatever_coding_its_sender_names(client):
    said = client.generic("POST", "/processors/sandbox/events/", b"{", content_type="application/json; charset=windows-1252")
    assert said.text == "The signature is not good.\n"


@pytest.mark.parametrize("kind", BROKEN_TYPES)
def test_a_type_that_breaks_the_request_itself_goes_on_as_none(kind):
    seen = {}

    def answer(environ, start_response):
        seen.update(environ)
        return []

    with_types_that_can_be_read(answer)({"CONTENT_TYPE": kind, "wsgi.input": BytesIO()}, lambda *said: None)
    assert seen["CONTENT_TYPE"] == ""


@pytest.mark.parametrize("kind", ["", "multipart/form-data; boundary=b", "text/plain; charset=no-such-coding", "a;;;=;"])
def test_any_other_type_goes_on_as_it_is(kind):
    seen = {}

    def answer(environ, start_response):
        seen.update(environ)
        return []

    with_types_that_can_be_read(answer)({"CONTENT_TYPE": kind}, lambda *said: None)
    assert seen["CONTENT_TYPE"] == kind


@pytest.mark.parametrize("value", NASTY, ids=lambda value: ascii(value[:10]))
def test_whatever_is_typed_into_every_field_breaks_nothing(personal, value):
    names = [
        *filled_in(),
        "address",
        "tribute_name",
        "tax_number",
        "language",
        "reason",
        "next",
        "day",
        "rhythm",
        "until",
        "deed",
        "text",
    ]
    for address in [*personal, "/digest/", "/giving/", *sorted(PUBLIC[name] for name in FORMS)]:
        assert a_client(csrf=False).post(address, dict.fromkeys(names, value)).status_code < 500, address
        assert (
            a_client(csrf=False).post(f"{address}?{'a=' if value == '%00' else 'p='}%00", {value[:1000]: value}).status_code < 500
        )
