"""`python -m tests.stress.verbs BOARD SUBJECT…`: a process that changes things, as the desk and the worker do."""

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

from tests.stress.subjects import ARTICLES, CAMPAIGN, MASTHEAD, PUBLISHER, TAG, Board

REST = 0.15  # seconds between two verbs of a process, on average: so that pages are kept between them
RARE = 10  # changes of the masthead, which every page shows, are rarer so many times


def main(board: Board, mine: list[int]) -> None:
    django.setup()
    turn = 0
    while board.stage < 1:
        turn += 1
        for subject in mine:
            if subject == MASTHEAD and turn % RARE:
                continue
            version = board.begin(subject)
            change(subject, version)
            board.finish(subject, version)
            time.sleep(random.uniform(0, 2 * REST))


def change(subject: int, version: int) -> None:
    at = datetime.now(UTC)
    if subject < ARTICLES:
        change_article(subject, version, at)
    else:
        {PUBLISHER: publish, TAG: change_tag, MASTHEAD: change_masthead, CAMPAIGN: change_campaign}[subject](version, at)


def change_article(number: int, version: int, at: datetime) -> None:
    from django.db import transaction

    from articles import pages, publishing
    from articles.models import Article

    article = Article.objects.get(slug=f"article-{number}")
    if version % 4 == 2:
        publishing.withdraw(article, by=None, at=at)
    elif version % 4 == 3:
        publishing.restore(article, by=None, at=at)
    else:
        with transaction.atomic():
            article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
            before = pages.of_article(article)
            article.headline = f"Story zA{number}x{version}z"
            article.body = f"<p>Text zA{number}x{version}z.</p>"  # type: ignore[assignment]
            article.save()
            publishing.keep(article, before=before, at=at)


def publish(version: int, at: datetime) -> None:
    from articles import publishing
    from articles.models import Article, Section

    wire = Section.objects.get(slug="wire")
    words = {"headline": f"News zPx{version}z", "slug": f"news-{version}", "body": "<p>It is new.</p>"}
    article = Article.objects.create(section=wire, **words)
    publishing.keep(article, at=at)
    publishing.publish(article, by=None, at=at)


def change_tag(version: int, at: datetime) -> None:
    from django.db import transaction

    from articles import pages, publishing, tagging
    from articles.models import Article, Tag

    tag, article = Tag.objects.get(slug="courts"), Article.objects.get(slug="joins")
    if version % 3 == 1:
        tagging.rename(tag, name=f"Tag zTx{version}z", slug="courts", by=None)
        return
    with transaction.atomic():
        before = pages.of_article(article)
        if version % 3 == 2:
            article.tags.set([f"Other {version}"])
        else:
            article.tags.clear()
        publishing.keep(article, before=before, at=at)
        if version % 3 == 2:
            tagging.merge([Tag.objects.get(name=f"Other {version}")], into=tag, by=None)


def change_masthead(version: int, at: datetime) -> None:
    from django.db import transaction

    from articles import pages
    from articles.models import Masthead

    with transaction.atomic():
        masthead = Masthead.objects.select_for_update().get()
        before = pages.of_masthead(masthead)
        masthead.name = f"Paper zMx{version}z"
        masthead.save()
        pages.tell(before, pages.of_masthead(masthead))


def change_campaign(version: int, at: datetime) -> None:
    from campaigns import giving, running
    from campaigns.models import Campaign

    campaign = Campaign.objects.get()
    if version % 4 == 3:
        running.close_campaign(campaign, by=None, at=at)
    elif version % 4 == 0:
        running.open_campaign(campaign, by=None, at=at)
    else:
        giving.record_cheque(campaign, amount=100, key=str(version), by=None, at=at - timedelta(seconds=1), mail=False)


if __name__ == "__main__":
    main(Board(Path(sys.argv[1])), [int(word) for word in sys.argv[2:]])
