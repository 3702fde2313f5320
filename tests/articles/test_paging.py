import pytest
from django.test import Client

from tests.factories import make_article

pytestmark = pytest.mark.django_db


def test_every_address_of_reading_answers(client: Client) -> None:
    article = make_article(tags=["Courts"])
    for address in ["/", article.get_absolute_url(), "/latest/", "/tags/", "/tags/courts/", article.section.get_absolute_url()]:
        assert client.get(address).status_code == 200, address
