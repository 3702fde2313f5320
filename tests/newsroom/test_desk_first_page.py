"""The desk's first page: what waits, for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles import scheduling, talking
from articles.models import Article, Comment, Status
from digest import editions
from digest.models import Edition
from digest.templatetags import desk_digest
from newsroom.models import AuditEntry
from tests.articles.forms import tree
from tests.factories import make_article, make_campaign, make_subscriber, make_user

database = pytest.mark.django_db
OTHERS = {"Today’s digest", "Campaigns", "Failed jobs"}


def waiting(response) -> dict[str, list[str]]:
    lists = tree(response).xpath("//section[contains(@class, 'desk-waiting-list')]")
    told = {item.xpath("string(h2)"): item.xpath(".//li/a/text()") for item in lists}
    return {title: entries for title, entries in told.items() if title not in OTHERS}


def panel(response, title: str) -> str:
    (text,) = (
        " ".join(item.text_content().split())
        for item in tree(response).xpath("//section[contains(@class, 'desk-waiting-list')]")
        if item.xpath("string(h2)") == title
    )
    return text


def panels(response) -> list[str]:
    return tree(response).xpath("//section[contains(@class, 'desk-waiting-list')]/h2/text()")


@database
def test_an_editor_sees_what_waits(client):
    editor = make_user("Editor")
    client.force_login(editor)
    make_article(headline="Mine", status=Status.DRAFT, created_by=editor)
    make_article(headline="Not mine", status=Status.DRAFT)
    make_article(headline="To read", status=Status.IN_REVIEW)
    make_article(headline="To come", status=Status.SCHEDULED)
    make_article(headline="Out today", published_at=timezone.now())
    make_article(headline="Out long ago", published_at=timezone.now() - timedelta(days=2))
    assert waiting(client.get("/admin/")) == {
        "My drafts": ["Mine"],
        "In review": ["To read"],
        "Scheduled": ["To come"],
        "Published today": ["Out today"],
    }


@database
def test_a_writer_sees_only_their_own(client):
    writer = make_user("Writer")
    client.force_login(writer)
    for status in (Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED):
        make_article(status=status, headline=f"Own {status}", created_by=writer)
        make_article(status=status, headline=f"Other {status}")
    make_article(headline="Other out", published_at=timezone.now())
    assert waiting(client.get("/admin/")) == {
        "My drafts": ["Own draft"],
        "In review": ["Own in_review"],
        "Scheduled": ["Own scheduled"],
        "Published today": [],
    }


@database
def test_a_fundraiser_sees_no_articles(client):
    client.force_login(make_user("Fundraiser"))
    make_article(headline="To read", status=Status.IN_REVIEW)
    response = client.get("/admin/")
    assert waiting(response) == {}
    assert "To read" not in response.content.decode()


@database
def test_what_will_be_published_is_said_in_words_and_trouble_is_told(client):
    client.force_login(make_user("Editor"))
    article = make_article(status=Status.SCHEDULED)
    Article.objects.filter(pk=article.pk).update(schedule_error="It has no text.")
    Article.objects.filter(pk=article.pk).update(publish_at=datetime(2099, 11, 24, 12, tzinfo=UTC))
    page = client.get("/admin/").content.decode()
    assert "Will publish Tuesday 24 November 2099, 12:00, UTC, unless you cancel" in page
    assert "Could not be published: It has no text." in page


@database
def test_links_to_all_of_them_lead_to_lists_that_hold_them(client):
    editor = make_user("Editor")
    client.force_login(editor)
    for _ in range(9):
        make_article(status=Status.DRAFT, created_by=editor)
    page = client.get("/admin/")
    assert len(waiting(page)["My drafts"]) == 8
    (address,) = tree(page).xpath("//section[contains(@class, 'desk-waiting-list')]//a[text()='All of them']/@href")
    rows = tree(client.get(address)).xpath("//*[@id='result_list']/tbody/tr")
    assert len(rows) == 9


@database
@pytest.mark.parametrize("rows", [1, 3])
def test_the_first_page_costs_the_same_however_much_waits(client, rows, django_assert_num_queries):
    editor = make_user("Editor")
    client.force_login(editor)
    for _ in range(rows):
        make_article(published_at=timezone.now())
        for status in (Status.DRAFT, Status.IN_REVIEW, Status.SCHEDULED):
            make_article(status=status, created_by=editor)
        _further_rows(editor)
    with django_assert_num_queries(19):
        client.get("/admin/")


def _further_rows(editor) -> None:
    """What fills the other panels."""
    make_article(status=Status.APPROVED, assigned_to=editor)
    out = make_article(withdraw_at=None)
    scheduling.end_at(out, by=None, withdraw_at=timezone.now() + timedelta(days=1), at=timezone.now())
    talking.say(out, "A name is wrong.", by=make_user("Editor"), at=timezone.now(), kind=Comment.Kind.WANTED)
    own = make_article(status=Status.DRAFT, created_by=editor)
    talking.say(own, "Shorter.", by=make_user("Editor"), at=timezone.now())
    make_campaign()


@database
def test_what_is_rare_has_a_panel_while_there_is_some(client):
    editor = make_user("Editor")
    client.force_login(editor)
    rare = {"Said to me", "Assigned to me", "Approved", "Will be withdrawn", "Corrections due"}
    assert rare.isdisjoint(panels(client.get("/admin/")))
    _further_rows(editor)
    assert rare <= set(panels(client.get("/admin/")))


@database
def test_comments_stand_there_until_they_are_seen(client):
    writer, editor = make_user("Writer"), make_user("Editor", first_name="Ada", last_name="Brook")
    client.force_login(writer)
    article = make_article(headline="Harbour", status=Status.DRAFT, created_by=writer)
    talking.say(article, "Shorter, please.", by=editor, at=timezone.now())
    told = panel(client.get("/admin/"), "Said to me")
    assert "Harbour Ada Brook, " in told
    assert "“Shorter, please.”" in told
    client.get(f"/admin/articles/article/{article.pk}/change/")
    assert "Said to me" not in panels(client.get("/admin/"))


@database
def test_a_correction_is_due_until_an_editor_has_seen_to_it(client):
    writer, editor = make_user("Writer"), make_user("Editor")
    article = make_article(headline="Harbour", created_by=writer)
    wanted = talking.say(article, "The mayor’s name.", by=writer, at=timezone.now(), kind=Comment.Kind.WANTED)
    address = f"/admin/articles/article/comments/{wanted.pk}/seen-to/"
    for user, answer in ((writer, 403), (make_user("Fundraiser"), 403), (make_user("Writer"), 403)):
        client.force_login(user)
        assert client.post(address).status_code == answer
        assert ("Corrections due" in panels(client.get("/admin/"))) == (user == writer)
    client.force_login(editor)
    assert "Seen to" in panel(client.get("/admin/"), "Corrections due")
    assert client.post(address, {"from_desk": "1"}).headers["Location"] == "/admin/"
    assert "Corrections due" not in panels(client.get("/admin/"))


@database
def test_what_is_late_says_so_to_editors_and_raises_an_alarm_though_no_worker_runs(client):
    client.force_login(make_user("Editor"))
    article = make_article(status=Status.SCHEDULED, headline="Waiting")
    Article.objects.filter(pk=article.pk).update(publish_at=timezone.now() - timedelta(minutes=6))
    assert "Late. Nothing has tried: see whether the worker runs." in panel(client.get("/admin/"), "Scheduled")
    client.force_login(make_user("Administrator"))
    (alarm,) = tree(client.get("/admin/")).xpath("//section[@class='desk-alarms']//li/a/text()")
    assert alarm.startswith("“Waiting” was to be published ")


# The digest


@database
def test_todays_digest_is_told_before_while_and_after(client, settings):
    settings.DIGEST_HOUR = 7
    at = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert desk_digest.to_come(at=at) == "Nobody reads it yet: it waits for the first reader."
    make_subscriber()
    assert desk_digest.to_come(at=at) == "Will be sent at 07:00, UTC, if something is published by then."
    make_article(published_at=at - timedelta(hours=1))
    assert desk_digest.to_come(at=at) == "Will be sent at 07:00, UTC, with 1 article so far."
    assert desk_digest.to_come(at=at + timedelta(hours=2)).startswith("Is late: it was to be sent at 07:00, UTC.")


@database
def test_the_editions_of_the_day_say_whom_they_reached(client):
    client.force_login(make_user("Editor"))
    make_subscriber()
    today, now = editions.today(timezone.now()), timezone.now()
    make_article(published_at=now - timedelta(seconds=5), headline="The lead")
    edition = editions.by_hand(today, at=now)
    assert edition
    assert "The lead Being sent, since " in panel(client.get("/admin/"), "Today’s digest")
    Edition.objects.filter(pk=edition.pk).update(finished_at=now, outcome={"accepted": 1})
    assert "to 1 reader: 1 accepted, 0 refused, 0 unknown." in panel(client.get("/admin/"), "Today’s digest")


@database
@pytest.mark.parametrize(
    ("group", "seen"),
    [
        ("", []),
        ("Writer", ["My drafts", "In review", "Scheduled", "Published today"]),
        ("Editor", ["My drafts", "In review", "Scheduled", "Published today", "Today’s digest", "Campaigns"]),
        ("Fundraiser", ["Campaigns", "Failed jobs"]),
    ],
)
def test_everybody_sees_the_panels_of_their_group(client, group, seen):
    client.force_login(make_user(group))
    make_campaign()
    fail_a_job()
    assert panels(client.get("/admin/")) == seen


@database
def test_a_campaigns_progress_is_a_bar_and_a_sentence(client):
    client.force_login(make_user("Editor"))
    make_campaign(title="A boat", ends_at=None)
    response = client.get("/admin/")
    assert panel(response, "Campaigns") == "Campaigns A boat 0 % €0 of €1,000, 0 gifts"
    assert tree(response).xpath("//progress/@max") == ["100000"]
    assert "Giving at a glance" not in response.content.decode()


# Jobs


def fail_a_job() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, args) VALUES"
            " ('default', 'articles.make_renditions', 'failed', 3, '{\"image_pk\": 77}') RETURNING id"
        )
        return cursor.fetchone()[0]


def statuses() -> list[str]:
    return list(ProcrastinateJob.objects.order_by("pk").values_list("status", flat=True))


@database
def test_a_failed_job_is_tried_again_or_let_go(client):
    administrator = make_user("Administrator")
    client.force_login(administrator)
    first, second = fail_a_job(), fail_a_job()
    told = panel(client.get("/admin/"), "Failed jobs")
    assert "Make renditions (articles)" in told
    assert "77" not in told
    client.post(f"/admin/jobs/{first}/", {"again": "1"})
    client.post(f"/admin/jobs/{second}/", {"let_go": "1"})
    assert statuses() == ["todo"]
    deeds = AuditEntry.objects.filter(user=administrator, subject__startswith="job ").order_by("pk")
    assert list(deeds.values_list("deed", flat=True)) == ["tried again", "let go"]
    response = client.post(f"/admin/jobs/{second}/", {"again": "1"}, follow=True)
    assert "nothing was changed" in response.content.decode()


@database
@pytest.mark.parametrize("group", ["", "Writer", "Editor"])
def test_strangers_see_to_no_job(client, group):
    client.force_login(make_user(group))
    job = fail_a_job()
    assert "Failed jobs" not in panels(client.get("/admin/"))
    for button in ("again", "let_go"):
        assert client.post(f"/admin/jobs/{job}/", {button: "1"}).status_code == 403
    assert statuses() == ["failed"]
