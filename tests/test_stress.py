"""A newsroom at work, with readers who compare: no answer that began after a verb had returned shows what was before it.

Ten seconds here; NEWSROOM_STRESS_SECONDS=120 for longer. With -s the figures are printed.
"""

import json
import os
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from articles.models import Masthead
from tests.factories import make_article, make_author, make_campaign, make_section, make_tag
from tests.stress.site import Site, kill_one_of
from tests.stress.subjects import ARTICLES, CAMPAIGN, MASTHEAD, NAMES, PUBLISHER, TAG, Board

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds gunicorn's workers in /proc"),
]
SECONDS = float(os.environ.get("NEWSROOM_STRESS_SECONDS") or 10)
TURNS, PATIENCE = 3, 120  # of each verb at the least; seconds we wait for them
KILLS = 3.0  # seconds between two


def make_newsroom() -> None:
    """Every subject in its version 0."""
    at = timezone.now() - timedelta(minutes=10)
    Masthead.objects.update_or_create(pk=1, defaults={"name": "Paper zMx0z"})
    tag, ada = make_tag("Tag zTx0z", slug="courts"), make_author(slug="ada")
    desk, wire = make_section(slug="desk", in_navigation=True), make_section(slug="wire", in_navigation=True)
    make_article(slug="stays", tags=[tag.name], authors=[ada], section=desk, published_at=at)
    make_article(slug="joins", headline="It joins and leaves", section=wire, published_at=at)
    for n in range(ARTICLES):
        words = {"slug": f"article-{n}", "headline": f"Story zA{n}x0z", "body": f"<p>Text zA{n}x0z.</p>"}
        make_article(tags=[tag.name], authors=[ada], section=desk, published_at=at, **words)
    make_article(slug="news-0", headline="News zPx0z", section=wire, published_at=at + timedelta(minutes=1))
    make_campaign(slug="stay", call="zCallz", starts_at=at, ends_at=at + timedelta(days=9), opened_at=at)


def test_no_answer_is_older_than_a_verb_that_had_returned_when_it_was_asked_for(tmp_path):
    make_newsroom()
    site, board = Site(tmp_path / "var"), Board(tmp_path / "board", make=True)
    place, port = str(tmp_path / "board"), str(site.port)
    with site.serving() as server:
        front = min(tmp_path.glob("var/pages/files/**/index.html"), key=lambda file: len(file.parts))  # it was just asked for
        files = str(front.parent)
        working = [
            site.start("tests.stress.verbs", place, *map(str, subjects))
            for subjects in (range(ARTICLES), (PUBLISHER, TAG), (MASTHEAD, CAMPAIGN))
        ]
        reading = [site.start("tests.stress.readers", place, port), site.start("tests.stress.readers", place, port, files)]
        ends = time.monotonic() + SECONDS
        # A slow machine gets the time it takes for each verb to have had its turns.
        while (left := ends - time.monotonic()) > 0 or (min(board.finished()) < TURNS and left > -PATIENCE):
            time.sleep(min(KILLS, max(left, 1)))
            kill_one_of(server)
        board.next_stage()
        for process in working:
            process.communicate(timeout=60)
        time.sleep(2)  # readers find every page in its last version
        board.next_stage()
        said = [json.loads(process.communicate(timeout=60)[0]) for process in reading]
        warmed = site.manage("pages", "warm", "--all", "--workers", "2")
        checked = site.manage("pages", "check")
    counts: Counter[str] = sum((Counter(one["counts"]) for one in said), Counter())
    verbs = dict(zip(NAMES, board.finished(), strict=True))
    sys.stdout.write(
        f"\n{SECONDS:.0f} s: {sum(verbs.values())} verbs {verbs}\n{dict(sorted(counts.items()))}\n{warmed.stdout}{checked.stdout}"
    )
    assert [process.returncode for process in working] == [0, 0, 0]
    assert [line for one in said for line in one["wrong"]][:20] == []
    assert warmed.returncode == 0, warmed.stdout + warmed.stderr
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert min(verbs.values()) >= 1
    assert counts["responses"] > sum(verbs.values())
    assert min(counts["304"], counts["from files"], counts["status 410"]) > 0
