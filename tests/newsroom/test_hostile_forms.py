"""Whatever is typed into a form of the desk, it answers: with an error beside the field, or by taking it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from tests.articles.forms import posted, tree

pytestmark = pytest.mark.django_db

HOSTILE = {
    "NUL": "a\x00b",
    "a number beyond every column": "9" * 23,
    "a fraction": "1.5",
    "a digit of another script": "٣",
    "markup": "<script>alert(1)</script>'\">",
    "a day that is none": "2026-13-45T99:99",
    "the first day": "0001-01-01T00:00",
    "the last day": "9999-12-31T23:59",
    "a list": "[]",
}


@pytest.fixture
def administrator() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("root", "root@lamp.example", "x"))
    return client


def answered(client: Client, address: str, fields: dict[str, Any]) -> int:
    with transaction.atomic():
        status = client.post(address, fields).status_code
        transaction.set_rollback(True)
    return status


def test_every_form_to_add_answers_whatever_is_typed(administrator: Client):
    tried = {address: broken(administrator, address) for address in addable(administrator)}
    assert len(tried) > 10
    assert {address: what for address, what in tried.items() if what} == {}


def addable(client: Client) -> list[str]:
    listed = tree(client.get("/admin/")).xpath("//a[@class='addlink']/@href")
    return sorted(set(listed))


def broken(client: Client, address: str) -> list[tuple[str, str]]:
    """What it did not stand: the value, and where it was typed."""
    fields = posted(client.get(address))
    found = []
    for told, value in HOSTILE.items():
        typed = dict.fromkeys((field for field in fields if "csrf" not in field and not field.endswith("_FORMS")), value)
        if answered(client, address, fields | typed | {"_save": "1"}) >= 500:
            found.append((told, "everywhere"))
    found += [("NUL", field) for field in fields if answered(client, address, fields | {field: "a\x00b"}) >= 500]
    return found
