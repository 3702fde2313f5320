"""The same promise for a front page that editors arranged: every kind of change takes it away if it alters it, and only then."""

import shutil
from copy import deepcopy
from datetime import timedelta

import pytest
from django.test import Client

from articles import composing, publishing, tagging
from articles.fronting import Choice
from articles.models import Tag
from articles.models.front import Place
from newsroom.pages.here import store
from tests.exactness import (  # noqa: F401  they register themselves
    changes_of_articles,
    changes_of_campaigns,
    changes_of_corrections,
    changes_of_tags,
)
from tests.exactness import town as towns
from tests.exactness.changes import CHANGES, Town
from tests.exactness.changes_of_front import arrangement, publish
from tests.exactness.test_exactness import desk, taken_back, town  # noqa: F401  fixtures
from tests.factories import make_article

pytestmark = pytest.mark.django_db
# A tag that joins or leaves a story which stands above its strip: the strip is looked at anew and found the same.
FOR_NOTHING = {"merge_tags_the_other_way"}


@pytest.fixture
def arranged(town: Town) -> Town:  # noqa: F811
    """A draft and a withdrawn story wait in their slots."""
    waiting = [Choice(Place.SECOND, town.draft.pk), Choice(Place.SECOND, town.articles[5].pk)]
    publishing.restore(town.articles[5], by=None, at=town.now)
    lead, *others = arrangement(town)
    publish(town, lead, *waiting, *others)
    publishing.withdraw(town.articles[5], by=None, at=town.now)
    return town


@pytest.mark.usefixtures("arranged")
def test_the_front_page_goes_when_it_is_altered_and_only_then(town, desk, settings, django_capture_on_commit_callbacks):  # noqa: F811
    safe, wrong = settings.PAGES_ROOT.with_name("safe"), []
    settings.PAGES_KEPT = True
    before = towns.answers(Client(), ["/"])
    assert "/" in set(store().paths())
    shutil.copytree(settings.PAGES_ROOT, safe)
    settings.PAGES_KEPT = False
    for name in sorted(CHANGES):
        with taken_back():
            with django_capture_on_commit_callbacks(execute=True):
                CHANGES[name](deepcopy(town), desk)
            purged = "/" not in set(store().paths())
            altered = towns.answers(Client(), ["/"]) != before
        shutil.rmtree(settings.PAGES_ROOT)
        shutil.copytree(safe, settings.PAGES_ROOT)
        if purged != altered and name not in FOR_NOTHING:
            wrong.append(f"{name}: {'for nothing' if purged else 'stale'}")
    assert wrong == []


@pytest.mark.usefixtures("arranged")
@pytest.mark.parametrize("verb", [publishing.publish, publishing.restore, publishing.withdraw])
def test_a_story_that_waits_in_its_slot_takes_it_and_leaves_it(town, verb, settings, django_capture_on_commit_callbacks):  # noqa: F811
    article = {publishing.publish: town.draft, publishing.restore: town.articles[5], publishing.withdraw: town.articles[9]}[verb]
    settings.PAGES_KEPT = True
    before = towns.answers(Client(), ["/"])
    with django_capture_on_commit_callbacks(execute=True):
        verb(article, by=None, at=town.now)
    assert "/" not in set(store().paths())
    assert towns.answers(Client(), ["/"]) != before


@pytest.mark.usefixtures("arranged")
def test_a_story_that_a_merge_brings_into_a_strip_is_seen_there(town, settings, django_capture_on_commit_callbacks):  # noqa: F811
    for _ in range(3):  # take the slots that are open, or of which the story waits
        make_article(published_at=town.now)
    story = make_article(headline="Joins the strip", tags=["Fresh"], published_at=town.now - timedelta(seconds=1))
    settings.PAGES_KEPT = True
    before = towns.answers(Client(), ["/"])
    with django_capture_on_commit_callbacks(execute=True):
        tagging.merge([Tag.objects.get(name="Fresh")], into=town.water, by=None)
    assert "/" not in set(store().paths())
    assert story in [card for slot in composing.compose().strips for card in slot.cards]
    assert towns.answers(Client(), ["/"]) != before
