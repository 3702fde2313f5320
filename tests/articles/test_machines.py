from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from articles.models import Masthead
from articles.views.machines import expiry, short_name
from tests.pages import xml

pytestmark = pytest.mark.django_db


def test_robots_are_told_where_the_sitemaps_are(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Disallow: /admin/" in response.text
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in response.text


def test_browsers_learn_to_search_here(client: Client) -> None:
    Masthead.objects.update(name="The Lamp & Wick of Orrin")
    root = xml(client.get("/opensearch.xml"))
    name = root.findtext("{http://a9.com/-/spec/opensearch/1.1/}ShortName")
    template = root.find("{http://a9.com/-/spec/opensearch/1.1/}Url").get("template")
    assert (name, template) == ("The Lamp & Wick", f"{settings.SITE_URL}/search/?q={{searchTerms}}")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("The Lamp", "The Lamp"),
        ("Sixteen  letters", "Sixteen letters"),
        ("The Lamp of the Northern Valley", "The Lamp"),
        ("Harbour & Northern Courier", "Harbour"),
        ("El Correo del Norte y del Sur", "El Correo"),
        ("Donaudampfschifffahrtsbote", "Donaudampfschif…"),
        ("Der Donaudampfschifffahrtsbote", "Donaudampfschif…"),
        ("The Donaudampfschifffahrtsbote", "Donaudampfschif…"),
        ("Sixteen letters: a paper", "Sixteen letters"),
        ("", ""),
    ],
)
def test_a_long_name_is_shortened_at_a_word(name: str, short: str) -> None:
    assert short_name(name) == short


def test_who_finds_a_hole_learns_whom_to_tell(client: Client) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    Masthead.objects.update(contact_email="desk@lamp.example")
    lines = client.get("/.well-known/security.txt").text.splitlines()
    assert lines[0] == "Contact: mailto:desk@lamp.example"
    assert lines[1].startswith("Expires: ")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 1, 31, 5, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 10, 1, tzinfo=UTC)),
    ],
)
def test_the_promise_ends_within_a_year(at: datetime, expected: datetime) -> None:
    assert expiry(at) == expected
