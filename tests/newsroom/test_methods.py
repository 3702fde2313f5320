"""Every public address says which methods it knows, before it asks for anything else."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

SAMPLES: dict[str, Any] = {
    "path": "a.webp",
    "slug": "a",
    "token": "a",
    "name": "sandbox",
    "ref": "a",
    "form": "rss",
    "number": 1,
    "entity": 1,
    "year": "2026",
    "month": "11",
    "day": date(2026, 11, 23),
    "language": "es",
    "host": "partner.example",
}
UUIDS = {"campaigns:return", "campaigns:checkout", "campaigns:transfer_code", "campaigns:waiting_form"}

# What is sent here is acted upon. None of them takes its authority from a cookie (newsroom/origin.py).
FORMS = {
    *("digest:digest", "digest:confirm", "digest:unsubscribe", "digest:preferences"),
    *("campaigns:campaign", "campaigns:giving", "campaigns:donor", "campaigns:sandbox:pay", "campaigns:events"),
    *("campaigns:own_details", "campaigns:own_erase", "campaigns:own_statement", "campaigns:new_address"),
    *("campaigns:translated", "campaigns:embed", "campaigns:embed_for", "campaigns:news", "campaigns:renew"),
    *("campaigns:embed_in", "campaigns:embed_in_for"),
}
# RFC 8058; webhooks, which bring a signature; forms in a partner's sandbox, which are shown again and not taken.
FRAMED = {"campaigns:embed", "campaigns:embed_for", "campaigns:embed_in", "campaigns:embed_in_for"}
FROM_ANYWHERE = {"digest:unsubscribe", "campaigns:events", "campaigns:news", *FRAMED}


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern
        elif pattern.namespace not in {"admin", "giving_desk"} and str(pattern.pattern) != "admin/account/":
            yield from patterns(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)


def addresses() -> dict[str, str]:
    found = {}
    for name, pattern in patterns(get_resolver()):
        asked = pattern.pattern.regex.groupindex
        given = {word: SAMPLES[word] for word in asked}
        if name in UUIDS:
            given["token"] = UUID(int=1)
        found[name] = reverse(name, kwargs=given)
    return found


PUBLIC = addresses()


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def test_the_forms_are_among_the_addresses():
    assert PUBLIC.keys() >= FORMS
    assert len(PUBLIC) > 30


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("name", sorted(PUBLIC.keys() - FORMS))
def test_an_address_that_is_only_read_takes_no_other_method(client, name, method):
    response = client.generic(method, PUBLIC[name])
    assert (response.status_code, response.headers.get("Allow")) == (405, "GET, HEAD")


@pytest.mark.parametrize("name", ["articles:front", "articles:tag_feed", "campaigns:list", "digest:edition", "media", "healthz"])
def test_whoever_sends_something_there_reads_why_nothing_came_of_it(client, name):
    """Without the database: the test has none."""
    response = client.post(PUBLIC[name], {"a": "b"})
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD")
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>This page is only read</h1>" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FORMS))
def test_a_form_takes_no_method_that_it_does_not_know(client, name):
    response = client.generic("DELETE", PUBLIC[name])
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FORMS - FROM_ANYWHERE))
def test_a_form_is_refused_when_another_site_sends_it(client, name):
    response = client.post(PUBLIC[name], {}, headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403


@pytest.mark.django_db
def test_the_desk_still_asks_for_its_token(client):
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 403
