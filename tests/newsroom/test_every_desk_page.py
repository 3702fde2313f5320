"""Every address of the desk, from the resolver: whoever asks for it, and however, it answers."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from articles import images
from tests.articles.uploads import picture
from tests.factories import make_article, make_author, make_campaign, make_section, make_subscriber, make_tag, make_user

# Those for which nobody has to be signed in, and those that end who is.
OPEN = ("admin/account/", "admin/login/", "admin/logout/", "admin/password_change/")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rows(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    somebody = make_user("Writer")
    make_article(status="draft", created_by=somebody)
    make_article(section=make_section(), authors=[make_author()], tags=[make_tag()], lead_image=images.receive(picture()))
    make_campaign()
    make_subscriber()


def routes(patterns: Any, before: str = "") -> list[str]:
    found: list[str] = []
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += routes(one.url_patterns, route)
        elif isinstance(one, URLPattern) and route.startswith("admin/") and "(?" not in route:
            found.append(route)
    return found


def address(route: str) -> str:
    """With the key of a row that is there, where the model has one."""
    parts = [*route.split("/"), "", ""]
    try:
        row = apps.get_model(parts[1], parts[2])._default_manager.order_by("pk").first()
    except (LookupError, ValueError):
        row = None
    filled = (str(row.pk if row else 1) if part.startswith("<") else part for part in route.split("/"))
    return "/" + "/".join(filled)


@pytest.mark.parametrize("group", ["", "Writer", "Editor", "Fundraiser", "Administrator"])
def test_every_address_answers_whoever_asks(group: str):
    client = Client(raise_request_exception=False)
    person = make_user(group) if group else None
    addresses = [address(route) for route in routes(get_resolver().url_patterns) if not route.startswith(OPEN)]
    found: Counter[int] = Counter()
    broken = []
    for method in ("get", "post"):
        for each in addresses:
            if person:
                client.force_login(person)
            status = getattr(client, method)(each).status_code
            found[status] += 1
            broken += [(method, each)] if status >= 500 or (not person and status < 300) else []
    assert broken == []
    assert found.total() > 500
    assert bool(found[200]) is bool(person)
