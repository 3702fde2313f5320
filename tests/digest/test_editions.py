"""Which articles make an edition, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from articles import publishing
from articles.models import Status
from digest import delivery, editions
from digest.models import Edition, EditionItem, Subscriber
from tests.factories import NOON, make_article, make_subscriber

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _zone(settings):
    settings.TIME_ZONE, settings.DIGEST_HOUR = "UTC", 7


def headlines(edition: Edition | None) -> list[str]:
    return [item.article.headline for item in edition.items.select_related("article")] if edition else []


def composed(*, at: datetime) -> Edition:
    edition = editions.due(at=at)
    assert edition is not None
    return edition


def at_seven(day: date = TODAY) -> datetime:
    return datetime(day.year, day.month, day.day, 7, tzinfo=UTC)


@pytest.mark.django_db
class TestComposing:
    @pytest.fixture(autouse=True)
    def _reader(self, db):
        make_subscriber("first@example.org")

    def test_an_edition_brings_the_last_days_articles_newest_first(self):
        make_article(headline="Early", published_at=at_seven() - 20 * HOUR)
        make_article(headline="Late", published_at=at_seven() - HOUR)
        make_article(headline="Long ago", published_at=at_seven() - 25 * HOUR)
        edition = composed(at=at_seven())
        assert headlines(edition) == ["Late", "Early"]
        assert (edition.date, edition.subject, edition.covers_until) == (TODAY, "Late", at_seven())

    def test_before_its_hour_there_is_none(self):
        make_article(published_at=at_seven() - HOUR)
        assert editions.due(at=at_seven() - timedelta(seconds=1)) is None

    def test_asked_twice_it_is_the_same_edition(self):
        make_article(published_at=at_seven() - HOUR)
        first = editions.due(at=at_seven())
        make_article(published_at=at_seven() - HOUR)
        assert editions.due(at=at_seven() + HOUR) == first
        assert len(headlines(first)) == 1

    def test_a_late_worker_sends_the_edition_of_the_hour(self):
        make_article(headline="In time", published_at=at_seven() - HOUR)
        make_article(headline="Tomorrow's", published_at=at_seven() + HOUR)
        assert headlines(editions.due(at=at_seven() + 8 * HOUR)) == ["In time"]
        assert headlines(editions.due(at=at_seven() + DAY)) == ["Tomorrow's"]

    def test_an_empty_day_has_no_edition_whenever_it_is_asked_for(self):
        make_article(published_at=at_seven() + HOUR)
        assert editions.due(at=at_seven()) is None
        assert editions.due(at=at_seven() + 9 * HOUR) is None
        assert not Edition.objects.exists()

    def test_after_empty_days_the_next_edition_goes_back_to_the_last(self):
        make_article(published_at=at_seven() - HOUR)
        editions.due(at=at_seven())
        make_article(headline="Between", published_at=at_seven() + HOUR)
        make_article(headline="New", published_at=at_seven() + 3 * DAY - HOUR)
        assert headlines(editions.due(at=at_seven() + 3 * DAY)) == ["New", "Between"]

    def test_an_article_that_the_last_edition_could_not_see_yet_is_in_the_next(self):
        make_article(published_at=at_seven() - HOUR)
        editions.due(at=at_seven())
        make_article(headline="Committed late", published_at=at_seven() - timedelta(seconds=1))
        assert headlines(editions.due(at=at_seven() + DAY)) == ["Committed late"]

    def test_an_article_that_was_withdrawn_at_the_hour_and_restored_is_in_the_next(self):
        restored = make_article(headline="Restored", published_at=at_seven() - 20 * HOUR)
        make_article(published_at=at_seven() - HOUR)
        publishing.withdraw(restored, by=None, at=at_seven() - HOUR)
        editions.due(at=at_seven())
        publishing.restore(restored, by=None, at=NOON)
        make_article(headline="New", published_at=at_seven() + HOUR)
        assert headlines(editions.due(at=at_seven() + DAY)) == ["New", "Restored"]

    def test_what_was_published_before_there_was_a_digest_is_in_none(self):
        make_article(headline="Long ago", published_at=at_seven() - 25 * HOUR)
        for day in range(4):
            make_article(headline=f"Day {day}", published_at=at_seven() + day * DAY - HOUR)
            assert headlines(editions.due(at=at_seven() + day * DAY)) == [f"Day {day}"]

    def test_what_is_restored_days_later_is_news_to_nobody(self):
        restored = make_article(published_at=at_seven() - HOUR)
        publishing.withdraw(restored, by=None, at=at_seven() - HOUR)
        for day in range(3):
            make_article(headline=f"Day {day}", published_at=at_seven() + day * DAY - HOUR)
            assert headlines(editions.due(at=at_seven() + day * DAY)) == [f"Day {day}"]
        publishing.restore(restored, by=None, at=NOON)
        assert editions.due(at=at_seven() + 3 * DAY) is None

    def test_an_article_is_in_one_edition_only(self):
        article = make_article(published_at=at_seven() - timedelta(minutes=1))
        editions.due(at=at_seven())
        assert editions.due(at=at_seven() + DAY) is None
        other = Edition.objects.create(date=TODAY + DAY, subject="x", composed_at=NOON, covers_until=NOON)
        with pytest.raises(IntegrityError), transaction.atomic():
            EditionItem.objects.create(edition=other, article=article, position=0)

    def test_only_published_articles_are_in_it(self):
        for status in Status:
            make_article(headline=status, status=status, published_at=at_seven() - HOUR)
        assert headlines(editions.due(at=at_seven())) == [Status.PUBLISHED]

    def test_its_audience_is_frozen(self):
        make_article(published_at=at_seven() - HOUR)
        first, ana = Subscriber.objects.get(), make_subscriber("ana@example.org")
        for status in Subscriber.Status:
            if status != Subscriber.Status.CONFIRMED:
                make_subscriber(status=status)
        edition = composed(at=at_seven())
        make_subscriber("too-late@example.org")
        editions.due(at=at_seven() + HOUR)
        assert [delivery.subscriber for delivery in edition.deliveries.all()] == [first, ana]
        assert set(edition.deliveries.values_list("status", "due_at")) == {("due", at_seven())}

    def test_composing_costs_the_same_for_one_reader_and_for_three(self, django_assert_num_queries):
        for day, more in enumerate((0, 2)):
            for _ in range(more + 1):
                make_article(published_at=at_seven() + day * DAY - HOUR)
            for _ in range(more):
                make_subscriber()
            with django_assert_num_queries(11):
                editions.due(at=at_seven() + day * DAY)
        assert Edition.objects.latest("date").deliveries.count() == 3

    def test_a_past_day_brings_what_was_published_on_it(self, settings):
        settings.TIME_ZONE = "Europe/Madrid"
        for hour, headline in [(-1, "Just before"), (0, "First"), (24, "Last"), (25, "Just after")]:
            minute = timedelta(minutes=1 if headline in {"First", "Just after"} else -1)
            make_article(headline=headline, published_at=datetime(2026, 10, 24, 22, tzinfo=UTC) + hour * HOUR + minute)
        day = date(2026, 10, 25)  # 25 hours long
        edition = editions.compose(day, editions.whole(day), at=NOON)
        assert headlines(edition) == ["Last", "First"]

    def test_a_past_day_does_not_move_the_next_edition_back(self):
        make_article(published_at=at_seven() - HOUR)
        editions.due(at=at_seven())
        make_article(published_at=at_seven() - 5 * DAY)
        past = TODAY - 5 * DAY
        assert editions.compose(past, editions.whole(past), at=NOON)
        make_article(headline="Skipped", published_at=at_seven() - 4 * DAY)
        make_article(headline="New", published_at=at_seven() + HOUR)
        assert headlines(editions.due(at=at_seven() + DAY)) == ["New"]

    def test_a_withdrawn_article_keeps_its_place_in_the_books_only(self):
        article = make_article(published_at=at_seven() - HOUR)
        edition = composed(at=at_seven())
        publishing.withdraw(article, by=None, at=at_seven())
        publishing.restore(article, by=None, at=NOON)
        assert editions.due(at=at_seven() + DAY) is None
        assert edition.items.count() == 1

    def test_while_there_is_no_reader_the_days_digest_waits(self):
        make_article(headline="Of the morning", published_at=at_seven() - HOUR)
        Subscriber.objects.all().delete()
        assert editions.due(at=at_seven()) is None
        make_subscriber()
        assert headlines(editions.due(at=at_seven() + 2 * HOUR)) == ["Of the morning"]


@pytest.mark.django_db
class TestByHand:
    @pytest.fixture(autouse=True)
    def _reader(self, db):
        make_subscriber("first@example.org")

    def test_while_there_is_no_reader_no_article_is_used_up(self):
        make_article(headline="Waits", published_at=at_seven() - HOUR)
        Subscriber.objects.all().delete()
        assert editions.by_hand(TODAY, at=at_seven()) is None
        assert not EditionItem.objects.exists()
        make_subscriber()
        assert headlines(editions.by_hand(TODAY, at=at_seven() + HOUR)) == ["Waits"]

    def test_when_all_readers_have_left_it_is_the_last_one(self):
        make_article(published_at=at_seven() - HOUR)
        first = composed(at=at_seven())
        delivery.send(first, clock=at_seven)
        Subscriber.objects.all().delete()
        make_article(published_at=at_seven() + HOUR)
        assert editions.by_hand(TODAY, at=at_seven() + 2 * HOUR) == first
        assert EditionItem.objects.count() == 1

    def test_before_the_hour_it_is_the_days_digest(self):
        make_article(headline="Early", published_at=at_seven() - 2 * HOUR)
        edition = editions.by_hand(TODAY, at=at_seven() - HOUR)
        assert edition is not None
        assert (edition.number, headlines(edition)) == (1, ["Early"])
        assert editions.compose(TODAY, editions.since_last(until=at_seven()), at=at_seven()) == edition

    def test_what_is_new_after_the_days_digest_makes_an_extra_edition(self):
        make_article(published_at=at_seven() - HOUR)
        first = composed(at=at_seven())
        delivery.send(first, clock=at_seven)
        make_article(headline="Breaking", published_at=at_seven() + HOUR)
        extra = editions.by_hand(TODAY, at=at_seven() + 2 * HOUR)
        assert extra is not None
        assert (str(extra), headlines(extra)) == ("Digest of 2026-11-23, number 2", ["Breaking"])
        assert extra.deliveries.count() == 1

    def test_with_nothing_new_it_is_the_last_one_and_without_any_nothing(self):
        assert editions.by_hand(TODAY, at=at_seven()) is None
        make_article(published_at=at_seven() - HOUR)
        edition = editions.by_hand(TODAY, at=at_seven())
        assert editions.by_hand(TODAY, at=at_seven() + HOUR) == edition
        assert Edition.objects.count() == 1

    def test_one_that_is_being_sent_is_gone_on_with_first(self):
        make_article(published_at=at_seven() - HOUR)
        first = composed(at=at_seven())
        make_article(published_at=at_seven() + HOUR)
        assert editions.by_hand(TODAY, at=at_seven() + 2 * HOUR) == first

    def test_the_next_days_digest_does_not_repeat_an_extra_edition(self):
        make_article(published_at=at_seven() + HOUR)
        editions.by_hand(TODAY, at=at_seven() + 2 * HOUR)
        make_article(headline="New", published_at=at_seven() + 3 * HOUR)
        assert headlines(editions.due(at=at_seven() + DAY)) == ["New"]

    def test_two_at_once_compose_one(self):
        make_article(published_at=at_seven() - HOUR)
        editions.by_hand(TODAY, at=at_seven())
        with pytest.raises(IntegrityError, match="edition_has_a_number_of_its_own"), transaction.atomic():
            Edition.objects.create(date=TODAY, subject="x", composed_at=NOON, covers_until=NOON)


@pytest.mark.parametrize(
    ("zone", "hour", "day", "closes"),
    [
        ("UTC", 7, date(2026, 11, 23), "2026-11-23T07:00"),
        ("Europe/Madrid", 7, date(2026, 7, 1), "2026-07-01T05:00"),
        ("Europe/Madrid", 7, date(2026, 12, 1), "2026-12-01T06:00"),
        ("Europe/Madrid", 2, date(2026, 3, 29), "2026-03-29T01:00"),  # two o'clock is left out: the moment of the jump
        ("Europe/Madrid", 2, date(2026, 10, 25), "2026-10-25T00:00"),  # two o'clock comes twice: the first
        ("America/Santiago", 0, date(2026, 9, 6), "2026-09-06T04:00"),  # midnight is left out
        ("Asia/Kolkata", 7, date(2026, 11, 23), "2026-11-23T01:30"),
        ("Pacific/Kiritimati", 7, date(2026, 11, 23), "2026-11-22T17:00"),
        ("America/Los_Angeles", 23, date(2026, 11, 23), "2026-11-24T07:00"),
    ],
)
def test_an_edition_closes_at_the_newsrooms_hour(settings, zone, hour, day, closes):
    settings.TIME_ZONE, settings.DIGEST_HOUR = zone, hour
    assert editions.closing(day) == datetime.fromisoformat(f"{closes}+00:00")


ZONES = ["UTC", "Europe/Madrid", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo"]


@given(st.sampled_from(ZONES), st.integers(0, 23), st.dates(date(2020, 1, 1), date(2035, 1, 1)))
def test_every_day_has_one_moment_and_days_join_without_gap(zone, hour, day):
    from django.test import override_settings

    with override_settings(TIME_ZONE=zone, DIGEST_HOUR=hour):
        closes = editions.closing(day)
        assert editions.today(closes) == day
        assert timedelta(hours=22) < editions.closing(day + DAY) - closes < timedelta(hours=26)
        assert editions.whole(day).until == editions.whole(day + DAY).since
        assert editions.whole(day).since < closes


def test_two_articles_of_one_moment_have_a_fixed_order():
    from articles.models import Article

    pair = [Article(pk=1, published_at=NOON), Article(pk=2, published_at=NOON)]
    assert editions.arranged(pair) == editions.arranged(reversed(pair)) == [pair[1], pair[0]]
