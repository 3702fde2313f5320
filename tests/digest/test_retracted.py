"""A retracted article is in no digest that is sent from then on."""

from datetime import timedelta

import pytest
from django.test import Client

from articles import correcting
from digest import delivery, editions, mails
from digest.models import Delivery, Edition
from tests.factories import NOON, make_article, make_subscriber

pytestmark = pytest.mark.django_db

AFTER = NOON + timedelta(minutes=5)


def composed() -> Edition:
    edition = editions.compose(NOON.date(), editions.whole(NOON.date()), at=NOON)
    assert edition
    return edition


def test_an_edition_is_composed_without_it_and_takes_it_when_the_retraction_is_taken_back() -> None:
    stays, gone = make_article(), make_article()
    correcting.retract(gone, "Forged.", by=None, at=AFTER)
    assert editions.candidates(editions.whole(NOON.date())) == [stays]
    correcting.unretract(gone, by=None, at=AFTER)
    assert editions.candidates(editions.whole(NOON.date())) == [stays, gone]


def test_it_is_pulled_from_an_edition_that_is_composed_and_not_sent_yet() -> None:
    make_subscriber()
    gone, stays = make_article(headline="Forged stamps"), make_article(headline="Cranes")
    edition = composed()
    correcting.retract(gone, "Forged.", by=None, at=AFTER)
    issue = mails.issue_of(edition, at=AFTER)
    assert issue
    subject, text, html = issue.content
    assert subject == stays.headline
    assert "Forged stamps" not in text + html


def test_an_edition_of_which_nothing_is_left_is_not_sent() -> None:
    make_subscriber()
    article = make_article()
    edition = composed()
    correcting.retract(article, "Forged.", by=None, at=AFTER)
    delivery.send(edition, clock=lambda: AFTER)
    assert list(edition.deliveries.values_list("status", flat=True)) == [Delivery.Status.SKIPPED]


def test_the_web_copy_marks_it_and_the_list_leads_with_another(client: Client) -> None:
    make_subscriber()
    stays, gone = make_article(headline="Cranes"), make_article(headline="Forged", published_at=NOON)
    edition = composed()
    assert Edition.objects.listed().get().headline == "Forged"  # type: ignore[attr-defined]
    correcting.retract(gone, "Forged.", by=None, at=AFTER)
    assert Edition.objects.listed().get().headline == stays.headline  # type: ignore[attr-defined]
    assert "Retracted:</strong> Forged" in client.get(edition.get_absolute_url()).content.decode()
