"""The database of a whole running site is taken away and given back. Nobody starts anything anew."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lxml import html

from tests.browser.site import wait_for
from tests.newsroom import outage
from tests.newsroom.outage import Answer, Site

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the server's processes in /proc")
# Kept pages and refusals take milliseconds. These limits are for a machine that is busy with something else.
QUICK, FEW_SECONDS, SOON = 5.0, 20.0, 120.0
CAMPAIGN = "/campaigns/a-boat/"
KEPT = ["/", "/latest/", "/feeds/latest.rss", CAMPAIGN]
NOT_KEPT = ["/search/?q=quay", "/sections/never-asked-for/", "/digest/1999/"]
GIFT = {"key": "of-the-browser", "rhythm": "once", "own_amount": "25.00", "email": "ada@example.org", "processor": "offline"}
MAKE_CAMPAIGN = "from tests.factories import make_campaign; make_campaign(slug='a-boat', ends_at=None)"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with TemporaryDirectory(prefix="newsroom-outage-") as folder:  # pytest's own are closed to the user who runs Postgres
        yield from outage.with_a_database(Path(folder))


@pytest.fixture(scope="module")
def trial() -> Iterator[Site]:
    with TemporaryDirectory(prefix="newsroom-outage-") as folder:
        yield from outage.with_its_own(Path(folder) / "var")


@pytest.fixture
def kept(site: Site) -> dict[str, str]:
    """Readers' pages that stand as files now, with what they say."""
    if not site.query("SELECT 1 FROM campaigns_campaign"):
        site.manage("shell", "-c", MAKE_CAMPAIGN)
    wait_for(site.is_ready, SOON, "a database and a worker")
    pages = {path: site.ask(path) for path in KEPT}
    assert {page.status for page in pages.values()} == {200}
    assert [path for path in KEPT if not site.is_kept(path)] == []
    return {path: page.text for path, page in pages.items()}


def still_reads(site: Site, kept: dict[str, str]) -> None:
    for path, text in kept.items():
        page = site.ask(path)
        assert (page.status, page.text) == (200, text)
        assert page.seconds < QUICK, path
    assert site.ask("/healthz").status == 200


def refuses(answer: Answer) -> Answer:
    assert answer.status == 503, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "Our database does not answer" in answer.text
    assert answer.seconds < FEW_SECONDS
    return answer


def says_so(site: Site) -> None:
    answer = site.ask("/readyz")
    assert (answer.status, json.loads(answer.text)) == (503, {"status": "The database does not answer."})
    assert answer.seconds < FEW_SECONDS


def fields(answer: Answer) -> dict[str, str]:
    return {field.get("name", ""): field.get("value", "") for field in html.fromstring(answer.text).iter("input")}


def all_at_once(site: Site, path: str, number: int) -> list[Answer]:
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(site.ask(path))) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def gives_again(site: Site, form: dict[str, str]) -> None:
    """What the page gave back is sent twice: one gift."""
    before = site.query("SELECT count(*) FROM campaigns_donation")
    for _ in range(2):
        assert site.ask(CAMPAIGN, form).status == 303
    assert site.query("SELECT count(*) - 1 FROM campaigns_donation") == before


def works_again(site: Site, web: list[int]) -> None:
    """Both processes of the web have noticed, and a worker has begun."""
    wait_for(lambda: {answer.status for answer in all_at_once(site, NOT_KEPT[0], 24)} == {200}, FEW_SECONDS, "searching")
    assert site.web_processes() == web
    wait_for(site.is_ready, SOON, "a worker")
    assert site.process.poll() is None


def does_a_job(site: Site, email: str) -> None:
    """The worker mails."""
    assert site.ask("/digest/", {"email": email}).status == 200
    outbox = site.var / "outbox"
    wait_for(lambda: any(email.encode() in mail.read_bytes() for mail in outbox.glob("*.eml")), SOON, f"a mail to {email}")


def follows(site: Site, path: str) -> None:
    """What another host touches is gone here."""
    assert site.ask(path).status == 200
    wait_for(lambda: site.ask(path).status == 200 and site.is_kept(path), SOON, "a kept page")
    site.query(
        "INSERT INTO newsroom_touch (keys, made_at, xid) VALUES ('{everything}', now(), pg_current_xact_id()::text::bigint)"
    )
    wait_for(lambda: not site.is_kept(path), SOON, "the end of a kept page")


def test_a_database_that_is_shut_down_and_started(site, kept):
    web = site.web_processes()
    with site.stopped():
        still_reads(site, kept)
        for path in NOT_KEPT:
            refuses(site.ask(path))
        says_so(site)
        form = fields(refuses(site.ask(CAMPAIGN, GIFT)))
        for answer in all_at_once(site, NOT_KEPT[0], 24):
            refuses(answer)
    assert form == GIFT
    works_again(site, web)
    gives_again(site, form)
    does_a_job(site, "after-a-stop@example.org")
    follows(site, "/latest/")


def test_a_database_that_is_silent_and_speaks_again(site, kept):
    web = site.web_processes()
    with site.frozen():
        answers: list[Answer] = []
        crowd = threading.Thread(target=lambda: answers.extend(all_at_once(site, NOT_KEPT[0], 24)))
        crowd.start()
        time.sleep(0.5)  # by now every thread of the site may be waiting
        first = site.ask("/")
        assert (first.status, first.text) == (200, kept["/"])
        assert first.seconds < FEW_SECONDS
        crowd.join()
        for answer in answers:
            refuses(answer)
        still_reads(site, kept)
        says_so(site)
        form = fields(refuses(site.ask(CAMPAIGN, GIFT | {"email": "ben@example.org"})))
    works_again(site, web)
    gives_again(site, form)
    does_a_job(site, "after-a-silence@example.org")
    follows(site, "/latest/")


def test_the_log_tells_of_an_outage_once_for_each_process(site, kept):
    before = {words: site.said(words) for words in ("does not answer", "answers again", "Service Unavailable")}
    with site.stopped():
        for _ in range(20):
            for path in NOT_KEPT:
                site.ask(path)
            site.ask("/readyz")
    wait_for(site.is_ready, SOON, "a database and a worker")
    works_again(site, site.web_processes())
    new = {words: site.said(words) - count for words, count in before.items()}
    assert 1 <= new["does not answer"] <= 4  # two of the web, the worker, and the one that comes after it
    assert new["answers again"] >= 1
    assert new["Service Unavailable"] == 0


def test_a_database_that_is_killed(site, kept):
    web = site.web_processes()
    for pid in site.postgres_processes():
        os.kill(pid, signal.SIGKILL)
    refuses(site.ask(NOT_KEPT[0]))
    still_reads(site, kept)
    site.server.restart_if_dead()
    works_again(site, web)
    does_a_job(site, "after-a-kill@example.org")


def test_the_trial_starts_its_killed_database_again(trial):
    web = trial.web_processes()
    for pid in trial.postgres_processes():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: trial.said("Postgres had ended and was started again."), SOON, "another start")
    works_again(trial, web)
    does_a_job(trial, "after-the-trials-kill@example.org")
