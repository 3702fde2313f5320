"""The whole demo, loaded once for all tests of this file and rolled back after them."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from articles import composing, scheduling
from articles.models import Article, Author, Correction, Image, Masthead, Section, Tag
from campaigns.matching import matches_of
from campaigns.models import Campaign, Donation, LedgerEntry, Pledge, Receipt
from campaigns.progress import progress_of
from demo import loading
from digest.models import Delivery, Edition, Subscriber

MODELS = (Article, Author, Section, Tag, Image, Campaign, Donation, LedgerEntry, Receipt, Pledge, Subscriber, Edition, Delivery)
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def nothing(what: str, done: int, of: int) -> None:
    pass


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """What `load` said it added."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield loading.load(at=NOW, tell=nothing)
        transaction.set_rollback(True)


def test_two_articles_were_put_right_since(demo, db):
    assert dict(Correction.objects.standing().values_list("article__slug", "kind")) == {
        "shore-power-arrives": "correction",
        "three-lists-fifteen-seats": "clarification",
    }


def test_it_says_what_it_added(demo, db):
    assert demo == {"pictures": 55, "articles": 48, "campaigns": 2, "gifts": 61, "readers": 32}


def test_every_page_looks_like_a_real_site(demo, db):
    assert Article.objects.published().count() == 44
    assert (Section.objects.count(), Tag.objects.count(), Author.objects.count()) == (5, 25, 8)
    assert Masthead.objects.get().name == "The Wendrel Record"
    assert Counter(Campaign.objects.values_list("status", flat=True)) == {"open": 1, "closed": 1}


def test_its_front_page_is_arranged(demo, db):
    found = composing.compose()
    assert found.lead[0].slug == "council-votes-to-halve-the-stellbeck-reservoir"
    assert len(found.seconds) == 3
    assert [(strip.name, len(strip.cards)) for strip in found.strips] == [("At the port", 4), ("Culture", 5)]


def test_loading_again_adds_nothing(demo, db):
    before = counts()
    assert sum(loading.load(at=NOW + timedelta(days=5), tell=nothing).values()) == 0
    assert counts() == before


def test_loading_again_adds_what_is_missing_and_touches_nothing_else(demo, db):
    gone, kept = Article.objects.published()[:2]
    gone.delete()
    Article.objects.filter(pk=kept.pk).update(headline="Changed by an editor")
    assert loading.load(at=NOW, tell=nothing) == Counter(articles=1)
    assert Article.objects.get(slug=gone.slug).headline == gone.headline
    assert Article.objects.get(pk=kept.pk).headline == "Changed by an editor"


def test_a_masthead_that_has_been_written_stays(demo, db):
    Masthead.objects.update(name="The Other Paper")
    loading.load(at=NOW, tell=nothing)
    assert Masthead.objects.get().name == "The Other Paper"


def test_every_picture_has_its_words_and_its_sizes_ordered(demo, db):
    assert not Image.objects.filter(alt="").exists()
    assert set(Image.objects.values_list("credit", flat=True)) == {"Drawing: The Wendrel Record"}
    assert ProcrastinateJob.objects.filter(task_name="articles.make_renditions").count() == 55


def test_the_picture_of_the_newest_article_is_made_first(demo, db):
    first = ProcrastinateJob.objects.filter(task_name="articles.make_renditions").order_by("id")[0]
    assert first.args == {"image_pk": Article.objects.published()[0].lead_image_id}


def test_articles_are_found_and_have_what_is_derived_from_them(demo, db):
    assert Article.objects.published().filter(search="sphagnum").count() == 1
    assert not Article.objects.published().filter(teaser="").exists()


def test_articles_are_in_the_states_that_a_desk_knows(demo, db):
    states = Counter(Article.objects.values_list("status", flat=True))
    assert states == {"published": 44, "draft": 1, "in_review": 1, "scheduled": 1, "withdrawn": 1}
    assert scheduling.publish_due(at=NOW + timedelta(days=2)) == (1, 0)


def test_a_byline_of_six_keeps_its_order(demo, db):
    article = Article.objects.get(slug="the-dam-reports-nobody-was-meant-to-read")
    assert [byline.author.slug for byline in article.bylines.all()] == [
        "folake-ransby",
        "nadia-ferrouche",
        "hanneke-dorrity",
        "jonna-keld",
        "marit-solbrekke",
        "teodor-ruskow",
    ]


def test_the_ledger_tells_how_far_the_campaigns_have_come(demo, db):
    reached, running = Campaign.objects.order_by("starts_at")
    assert progress_of(reached).is_reached
    assert (progress_of(reached).gifts, progress_of(running).gifts) == (18, 43)
    assert running.takes_gifts(at=NOW)
    assert not reached.takes_gifts(at=NOW)


def test_receipts_are_numbered_without_a_gap_in_the_order_of_arrival(demo, db):
    for year in set(Receipt.objects.values_list("year", flat=True)):
        receipts = list(Receipt.objects.filter(year=year).order_by("number"))
        assert [receipt.number for receipt in receipts] == list(range(1, len(receipts) + 1))
        assert receipts == sorted(receipts, key=lambda receipt: receipt.issued_at)
    assert Receipt.objects.count() == 61


def test_regular_givers_are_not_due_before_their_month_or_year_is_over(demo, db):
    due = Pledge.objects.filter(status="active", next_due__gt=NOW.date())
    assert (due.filter(rhythm="monthly").count(), due.filter(rhythm="yearly").count()) == (5, 1)


def test_the_running_campaign_speaks_spanish_and_somebody_adds_to_its_gifts(demo, db):
    running = Campaign.objects.get(status="open")
    assert [(one.language, bool(one.story and one.thanks)) for one in running.translations.all()] == [("es", True)]
    (match,) = matches_of(running, at=NOW)
    assert (match.is_running, 0 < match.matched < match.pool.cap) == (True, True)


def test_nobody_is_mailed(demo, db, mailoutbox, run_jobs):
    waiting = set(ProcrastinateJob.objects.values_list("task_name", flat=True))
    assert waiting == {"articles.make_renditions"}
    assert not Receipt.objects.filter(mailed_at=None).exists()
    assert not Delivery.objects.exists()
    assert mailoutbox == []


def test_past_editions_of_the_digest_can_be_read(demo, db):
    assert Edition.objects.count() > 30
    assert Edition.objects.order_by("-date")[0].articles.count() >= 2


def test_some_readers_have_left(demo, db):
    assert Counter(Subscriber.objects.values_list("status", flat=True)) == {"confirmed": 30, "unsubscribed": 2}


def test_nobody_can_sign_in(demo, db, django_user_model):
    assert django_user_model.objects.count() == 0
