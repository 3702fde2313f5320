"""Approval, embargo, an end, a moment for changes: the verbs, who may, and what the database refuses."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles import contents, drafting, lateness, moments, publishing, scheduling
from articles.models import Article, Status
from newsroom.models import Alarm, AuditEntry
from tests.factories import NOON, make_article, make_user

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def fresh(article: Article) -> Article:
    return Article.objects.get(pk=article.pk)


def approved(**overrides) -> Article:
    return make_article(status=Status.APPROVED, **overrides)


def changed(**overrides) -> Article:
    article = make_article(**overrides)
    return drafting.save(article, contents.of(article).with_changes(headline="Anew"), by=None, at=NOON, expected=None)


# Approval


def test_what_is_in_review_is_approved_once():
    editor, article = make_user("Editor"), make_article(status=Status.IN_REVIEW)
    for _ in range(2):
        publishing.approve(article, by=editor)
    assert fresh(article).status == Status.APPROVED
    assert AuditEntry.objects.filter(deed="approved", user=editor).count() == 1


def test_what_lacks_a_text_is_not_approved():
    article = make_article(status=Status.IN_REVIEW, body="")
    with pytest.raises(ValidationError, match="needs a text"):
        publishing.approve(article, by=None)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SCHEDULED, Status.PUBLISHED, Status.WITHDRAWN])
def test_only_what_is_in_review_is_approved(status):
    assert publishing.approve(make_article(status=status), by=None).status == status


def test_its_writer_changes_an_approved_article_no_more():
    writer = make_user("Writer")
    article = approved(created_by=writer)
    with pytest.raises(PermissionDenied):
        drafting.save(article, contents.of(article).with_changes(headline="Mine"), by=writer, at=NOON, expected=None)
    with pytest.raises(PermissionDenied):
        publishing.return_to_draft(article, by=writer)
    assert (fresh(article).status, fresh(article).headline) == (Status.APPROVED, article.headline)


def test_what_is_approved_is_scheduled_published_or_returned():
    assert publishing.schedule(approved(), by=None, publish_at=NOON + HOUR, at=NOON).status == Status.SCHEDULED
    assert publishing.publish(approved(), by=None, at=NOON).status == Status.PUBLISHED
    assert publishing.return_to_draft(approved(), by=None).status == Status.DRAFT


DEEDS = {
    "approve": lambda by: publishing.approve(make_article(status=Status.IN_REVIEW, created_by=by), by=by),
    "schedule changes": lambda by: scheduling.schedule_changes(changed(created_by=by), by=by, publish_at=NOON + HOUR, at=NOON),
    "cancel": lambda by: scheduling.cancel(make_article(status=Status.SCHEDULED, created_by=by), by=by),
    "end": lambda by: scheduling.end_at(make_article(created_by=by), by=by, withdraw_at=NOON + HOUR, at=NOON),
    "embargo of a public one": lambda by: scheduling.embargo(make_article(created_by=by), by=by, until=NOON + HOUR, at=NOON),
    "lift": lambda by: scheduling.embargo(embargoed(created_by=by), by=by, until=None, at=NOON),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("group", ["", "Fundraiser", "Writer"])
def test_strangers_and_writers_are_refused(group, deed):
    by = make_user(group)
    with pytest.raises(PermissionDenied):
        DEEDS[deed](by)
    assert not AuditEntry.objects.filter(user=by).exists()


# Embargo


def embargoed(**overrides) -> Article:
    article = make_article(status=Status.DRAFT, **overrides)
    return scheduling.embargo(article, by=None, until=NOON + HOUR, at=NOON)


def test_nobody_publishes_before_an_embargo_ends():
    article = embargoed()
    for deed in (
        lambda: publishing.publish(article, by=None, at=NOON + HOUR - timedelta(seconds=1)),
        lambda: publishing.schedule(article, by=None, publish_at=NOON + timedelta(minutes=59), at=NOON),
    ):
        with pytest.raises(ValidationError, match="It is embargoed until Monday 23 November 2026, 13:00, UTC: nobody publishes"):
            deed()
    assert fresh(article).status == Status.DRAFT


def test_at_its_end_it_may_come_out():
    assert publishing.schedule(embargoed(), by=None, publish_at=NOON + HOUR, at=NOON).publish_at == NOON + HOUR
    assert publishing.publish(embargoed(), by=None, at=NOON + HOUR).is_public


def test_an_embargo_does_not_slip_behind_a_schedule():
    article = make_article(status=Status.SCHEDULED)
    with pytest.raises(ValidationError, match="It is scheduled for Tuesday 24 November 2026, 12:00, UTC, before that"):
        scheduling.embargo(article, by=None, until=NOON + timedelta(days=2), at=NOON)


def test_a_writer_sets_one_and_only_an_editor_lifts_or_shortens_it():
    writer, editor = make_user("Writer"), make_user("Editor")
    article = make_article(status=Status.DRAFT, created_by=writer)
    scheduling.embargo(article, by=writer, until=NOON + HOUR, at=NOON)
    scheduling.embargo(article, by=writer, until=NOON + 2 * HOUR, at=NOON)
    for until in (None, NOON + HOUR):
        with pytest.raises(PermissionDenied, match="lift or shorten"):
            scheduling.embargo(article, by=writer, until=until, at=NOON)
    scheduling.embargo(article, by=editor, until=None, at=NOON)
    assert fresh(article).embargo_until is None
    told = AuditEntry.objects.filter(deed__contains="embargo").order_by("pk").values_list("deed", "user")
    assert list(told) == [("set an embargo", writer.pk)] * 2 + [("lifted the embargo", editor.pk)]


# An end


@pytest.mark.parametrize("withdraw_at", [NOON, NOON - HOUR])
def test_an_end_that_has_passed_is_refused(withdraw_at):
    with pytest.raises(ValidationError, match="in the future"):
        scheduling.end_at(make_article(), by=None, withdraw_at=withdraw_at, at=NOON)


def test_an_end_comes_after_the_publication():
    article = make_article(status=Status.SCHEDULED)  # for NOON and a day
    with pytest.raises(ValidationError, match="It comes out Tuesday"):
        scheduling.end_at(article, by=None, withdraw_at=NOON + timedelta(days=1), at=NOON)
    scheduling.end_at(article, by=None, withdraw_at=NOON + timedelta(days=2), at=NOON)
    with pytest.raises(ValidationError, match="It is to be withdrawn"):
        publishing.schedule(article, by=None, publish_at=NOON + timedelta(days=2), at=NOON)


def test_an_end_is_taken_away_again_and_goes_with_the_schedule():
    ending = scheduling.end_at(make_article(), by=None, withdraw_at=NOON + HOUR, at=NOON)
    assert scheduling.end_at(ending, by=None, withdraw_at=None, at=NOON).withdraw_at is None
    article = make_article(status=Status.SCHEDULED)
    scheduling.end_at(article, by=None, withdraw_at=NOON + timedelta(days=2), at=NOON)
    assert scheduling.cancel(article, by=None).withdraw_at is None


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.WITHDRAWN])
def test_what_is_not_to_come_out_has_no_end(status):
    assert scheduling.end_at(make_article(status=status), by=None, withdraw_at=NOON + HOUR, at=NOON).withdraw_at is None


# Changes


def test_changes_wait_for_their_moment_until_somebody_cancels():
    article = scheduling.schedule_changes(changed(), by=None, publish_at=NOON + HOUR, at=NOON)
    assert (article.status, article.publish_at) == (Status.PUBLISHED, NOON + HOUR)
    assert scheduling.cancel(article, by=None).publish_at is None
    assert fresh(article).has_changes


def test_without_changes_there_is_nothing_to_schedule():
    with pytest.raises(ValidationError, match="no changes"):
        scheduling.schedule_changes(make_article(), by=None, publish_at=NOON + HOUR, at=NOON)


def test_changes_published_by_hand_are_not_published_again():
    article = scheduling.schedule_changes(changed(), by=None, publish_at=NOON + HOUR, at=NOON)
    publishing.publish_changes(article, by=None, at=NOON)
    assert fresh(article).publish_at is None


# What the database refuses


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        (Status.DRAFT, {"publish_at": NOON}),
        (Status.DRAFT, {"withdraw_at": NOON}),
        (Status.SCHEDULED, {"withdraw_at": NOON}),
        (Status.SCHEDULED, {"embargo_until": NOON + timedelta(days=3)}),
        (Status.PUBLISHED, {"embargo_until": NOON + timedelta(days=3)}),
        (Status.APPROVED, {"publish_at": NOON}),
    ],
)
def test_the_database_refuses_what_must_not_be(status, wrong):
    article = make_article(status=status)
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**wrong)


# Late


def test_an_alarm_is_raised_when_nothing_tried_and_is_over_when_it_is_done():
    article = make_article(status=Status.SCHEDULED, headline="Waiting")
    due = NOON + timedelta(days=1)
    assert lateness.look(at=due + timedelta(minutes=4)) == []
    for minutes in (6, 7):
        assert lateness.look(at=due + timedelta(minutes=minutes)) == ["An article is late: it was to be published or withdrawn."]
    alarm = Alarm.objects.get()
    assert alarm.sentence == (
        "“Waiting” was to be published Tuesday 24 November, 12:00, UTC. Nothing has tried: see whether the worker runs."
    )
    assert alarm.link == f"/admin/articles/article/{article.pk}/change/"
    scheduling.publish_due(at=due + timedelta(minutes=8))
    assert lateness.look(at=due + timedelta(minutes=8)) == []
    assert Alarm.objects.get().over_at == due + timedelta(minutes=8)


def test_editors_get_the_alarm_by_mail_too(run_jobs):
    make_user("Editor", email="eva@example.org")
    make_user("Writer", email="will@example.org")
    make_article(status=Status.SCHEDULED, headline="Waiting")
    lateness.look(at=NOON + timedelta(days=2))
    run_jobs()
    assert [message.to for message in mail.outbox] == [["eva@example.org"]]


def test_the_alarm_says_why_an_article_could_not_be_withdrawn():
    article = scheduling.end_at(make_article(headline="Staying"), by=None, withdraw_at=NOON, at=NOON - HOUR)
    Article.objects.filter(pk=article.pk).update(schedule_error="Nobody listens.")
    lateness.look(at=NOON + HOUR)
    assert Alarm.objects.get().sentence == "“Staying” was to be withdrawn Monday 23 November, 12:00, UTC. Nobody listens."


@pytest.mark.parametrize("rows", [1, 3])
def test_looking_costs_the_same_however_many_are_late_already(rows, django_assert_num_queries):
    for _ in range(rows):
        make_article(status=Status.SCHEDULED)
    lateness.look(at=NOON + timedelta(days=2))
    with django_assert_num_queries(3):
        lateness.look(at=NOON + timedelta(days=2))


# Moments


def typed(text: str, zone: str = "Europe/Berlin") -> datetime | None:
    with timezone.override(zone):
        return moments.MomentField().clean(text)


def test_a_moment_is_typed_in_the_newsrooms_zone():
    assert typed("2026-11-24T09:00", "America/Lima") == datetime.fromisoformat("2026-11-24T14:00+00:00")
    assert typed("2026-11-24T09:00+03:00", "America/Lima") == datetime.fromisoformat("2026-11-24T06:00+00:00")


def test_an_hour_that_the_clocks_skip_is_refused_with_a_sentence():
    with pytest.raises(ValidationError, match="There is no 02:30 on that day: the clocks go forward over it"):
        typed("2027-03-28T02:30")
    assert typed("2027-03-28T03:00") == datetime.fromisoformat("2027-03-28T01:00+00:00")


def test_of_an_hour_that_comes_twice_the_first_is_meant_and_said():
    at = typed("2026-10-25T02:30")
    assert at == datetime.fromisoformat("2026-10-25T00:30+00:00")
    with timezone.override("Europe/Berlin"):
        assert moments.told(at) == "Sunday 25 October 2026, 02:30 (the first of two: the clocks go back), Berlin time"
        assert "the second of two" in moments.told(at + HOUR)


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-40T09:00", "0001-01-01T00:00", "9999-12-31T23:59x", "\0"])
def test_what_no_calendar_has_is_refused(text):
    with pytest.raises(ValidationError):
        typed(text)
