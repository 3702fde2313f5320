"""What every visitor of a trial reads, checked as files: no database needed."""

import re
import tomllib
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest

from articles import richtext
from articles.writing import plain_text
from demo import reading
from demo.pictures import MOODS, MOTIFS, SITTERS
from demo.reading import When

PIECES = reading.pieces()
PUBLISHED = [piece for piece in PIECES if piece.status == "published"]
SITE = reading.site()
SLUGS = {kind: {each["slug"] for each in SITE[kind]} for kind in ("sections", "tags", "authors")}
PICTURES = [*(piece.picture for piece in PIECES if piece.picture), *(appeal.picture for appeal in reading.appeals())]
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def by_slug(piece: reading.Piece) -> str:
    return piece.slug


def test_there_is_as_much_of_everything_as_was_promised():
    assert (len(SLUGS["sections"]), len(SLUGS["tags"]), len(SLUGS["authors"])) == (5, 25, 8)
    assert Counter(piece.status for piece in PIECES) == {
        "published": 44,
        "draft": 1,
        "in_review": 1,
        "scheduled": 1,
        "withdrawn": 1,
    }


def test_every_tag_has_a_description_and_two_public_articles():
    used = Counter(tag for piece in PUBLISHED for tag in piece.tags)
    assert [tag for tag in SLUGS["tags"] if used[tag] < 2] == []
    assert [tag["slug"] for tag in SITE["tags"] if len(tag["description"]) < 40] == []


@pytest.mark.parametrize("piece", PIECES, ids=by_slug)
def test_an_article_names_only_what_there_is(piece):
    assert piece.section in SLUGS["sections"]
    assert set(piece.tags) <= SLUGS["tags"]
    assert set(piece.authors) <= SLUGS["authors"]
    assert len(piece.tags) == len(set(piece.tags)) >= 1


@pytest.mark.parametrize("piece", PUBLISHED, ids=by_slug)
def test_a_public_article_is_between_250_and_700_words_long(piece):
    assert 250 <= len(plain_text(piece.body).split()) <= 700
    assert piece.standfirst


@pytest.mark.parametrize("piece", PIECES, ids=by_slug)
def test_an_article_passes_the_sanitiser_unchanged(piece):
    assert richtext.sanitise(piece.body).split() == piece.body.split()


def test_links_between_articles_lead_to_public_ones():
    bodies = [piece.body for piece in PIECES] + [appeal.fields["story"] for appeal in reading.appeals()]
    linked = {slug for body in bodies for slug in re.findall(r'href="/articles/([^"/]+)/"', body)}
    assert linked
    assert linked <= {piece.slug for piece in PUBLISHED}


def test_no_address_belongs_to_anybody():
    texts = [path.read_text() for path in reading.CONTENT.rglob("*.*")]
    hosts = {host for text in texts for host in re.findall(r"https?://([^/\"<\s]+)", text)}
    domains = {domain for text in texts for domain in re.findall(r"[\w.-]+@([\w.-]+\w)", text)}
    assert hosts | domains
    assert [name for name in hosts | domains if not re.search(r"(^|\.)example\.(org|com|net)$", name)] == []


def test_the_layout_is_tried_by_what_is_hard_to_lay_out():
    assert max(len(piece.headline) for piece in PUBLISHED) >= 110
    assert max(len(piece.authors) for piece in PUBLISHED) == 6
    assert {piece.language for piece in PUBLISHED} == {"en", "es"}
    assert len([piece for piece in PUBLISHED if piece.picture is None]) == 1
    assert len([piece for piece in PUBLISHED if piece.source]) == 3
    assert any("<table>" in piece.body and re.search(r">https://\S{100,}</a>", piece.body) for piece in PUBLISHED)


def test_a_republished_article_says_where_it_is_from():
    for piece in (each for each in PUBLISHED if each.source):
        assert set(piece.source) == {"outlet", "author", "url", "licence"}
        assert piece.authors == []


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: f"{picture.recipe.motif}-{picture.recipe.mood}")
def test_a_picture_is_described_and_can_be_drawn(picture):
    assert 40 <= len(picture.alt) <= 200
    assert picture.recipe.motif in MOTIFS
    assert picture.recipe.mood in MOODS
    assert all(0 <= share <= 100 for share in picture.focal)


def test_no_two_articles_show_the_same_picture():
    assert [recipe for recipe, number in Counter(picture.recipe for picture in PICTURES).items() if number > 1] == []


def test_every_author_has_a_portrait_of_their_own():
    assert sorted(author["portrait"] for author in SITE["authors"]) == sorted(SITTERS)


def test_the_running_campaign_takes_gifts_and_the_older_one_was_reached():
    older, running = reading.appeals()
    assert (older.is_over, running.is_over) == (True, False)
    assert sum(gift.amount for gift in older.gifts) >= older.fields["goal"]
    assert 0.3 < sum(gift.amount for gift in running.gifts) / running.fields["goal"] < 0.9
    assert len(older.gifts) + len(running.gifts) == 61


def test_gifts_lie_within_their_campaign_and_come_from_different_people():
    for appeal in reading.appeals():
        starts, ends = appeal.starts.seen_from(MORNING), appeal.ends.seen_from(MORNING)
        moments = [gift.when.seen_from(MORNING) for gift in appeal.gifts]
        assert all(starts <= moment < ends for moment in moments)
        assert all(gift.when.seen_from(MORNING) <= gift.arrives.seen_from(MORNING) <= MORNING for gift in appeal.gifts)
        assert len({gift.email for gift in appeal.gifts}) == len(appeal.gifts)


def test_the_site_is_alive_on_the_morning_it_is_loaded():
    moments = [piece.when.seen_from(MORNING) for piece in PUBLISHED if piece.when]
    assert len([moment for moment in moments if moment.date() == MORNING.date()]) >= 2
    assert len([moment for moment in moments if moment > MORNING - timedelta(days=2)]) >= 5
    assert max(moments) <= MORNING
    assert MORNING - min(moments) > timedelta(days=700)


@pytest.mark.parametrize("hour", [0, 3, 23])
def test_at_no_hour_of_the_day_does_anything_come_from_the_future(hour):
    now = datetime(2026, 11, 23, hour, 1, tzinfo=UTC)
    moments = [piece.when.seen_from(now) for piece in PUBLISHED if piece.when]
    assert max(moments) <= now
    assert moments == sorted(moments, reverse=True)


def test_a_moment_is_a_time_of_day_before_the_day_of_loading():
    assert When(2, time(7, 15)).seen_from(MORNING) == datetime(2026, 11, 21, 7, 15, tzinfo=UTC)
    assert When(-1, time(6)).seen_from(MORNING) == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def test_every_file_of_settings_is_read_whole():
    gifts = tomllib.loads((reading.CONTENT / "gifts.toml").read_text())
    assert set(gifts) == {appeal.slug for appeal in reading.appeals()}
