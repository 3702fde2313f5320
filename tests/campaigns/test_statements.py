"""Year statements: once a donor, year and entity; corrected by a later refund; in bulk, resumable."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from campaigns import giving, statements
from campaigns.models import Donor, LegalEntity, StatementRun, YearStatement
from tests.campaigns.gifts import received
from tests.campaigns.papers import words
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db
IN_2025 = datetime(2025, 5, 5, 12, tzinfo=UTC)
STARTS: dict[str, Any] = {"starts_at": datetime(2024, 1, 1, tzinfo=UTC)}


def entity() -> LegalEntity:
    return LegalEntity.objects.first() or LegalEntity.objects.create()


def make(donor: Donor, **overrides) -> str:
    options: dict[str, Any] = {"entity": entity(), "year": 2025, "at": NOON} | overrides
    return statements.make(donor, **options)


def printed() -> str:
    return words(statements.paper(statements.latest(YearStatement.objects.get())))


def run_all() -> StatementRun:
    run = statements.start(year=2025, entity=entity(), by=None, at=NOON)
    while statements.go_on(run, at=NOON):
        pass
    return StatementRun.objects.get(pk=run.pk)


def test_a_statement_lists_the_years_gifts_and_sums_each_currency():
    campaign = make_campaign(title="The winter", **STARTS)
    donor = received(campaign, at=IN_2025, anonymous=True, address={"street": "1 Street"}).donor
    received(campaign, at=IN_2025, amount=1000)
    received(make_campaign(currency="JPY", title="Tokyo", **STARTS), at=IN_2025, amount=700)
    received(campaign, amount=9900)
    received(campaign, at=IN_2025, amount=8800, email="b@example.org")
    assert make(donor) == "made"
    paper = printed()
    for part in ("Gifts in 2025", "Ada 1 Street", "Total EUR €35", "Total JPY ¥700", "The winter 2025-000001 €25", "Tokyo"):
        assert part in paper, part
    assert "€99" not in paper
    assert "€88" not in paper


def test_the_same_again_makes_and_mails_nothing(run_jobs):
    donor = received(make_campaign(**STARTS), at=IN_2025).donor
    assert [make(donor), make(donor)] == ["made", "unchanged"]
    run_jobs()
    (message,) = mail.outbox
    assert message.subject == "Your gifts in 2025 to Newsroom"
    assert message.attachments[0][0] == "2025.pdf"
    assert YearStatement.objects.get().mailed_at is not None


def test_nothing_is_stated_of_a_year_without_gifts():
    assert make(received(make_campaign()).donor) == "nothing"
    assert YearStatement.objects.count() == 0


def test_a_later_refund_makes_the_next_version_and_mails_it(run_jobs):
    donation = received(make_campaign(**STARTS), at=IN_2025)
    make(donation.donor)
    run_jobs()
    giving.refund(donation, amount=500, key=UUID(int=1), by=None, at=NOON)
    run_jobs()
    assert [one.version for one in YearStatement.objects.get().versions.all()] == [2, 1]
    assert "Total EUR €20" in printed()
    assert "It replaces version 1" in printed()
    assert mail.outbox[-1].subject == "Your gifts in 2025 to Newsroom, corrected"


def test_gifts_to_another_entity_are_on_another_statement():
    other = LegalEntity.objects.create(name="Other", prefix="O")
    donor = received(make_campaign(**STARTS), at=IN_2025).donor
    received(make_campaign(entity=other, **STARTS), at=IN_2025, amount=7700)
    assert [make(donor), make(donor, entity=other)] == ["made", "made"]
    sums = [statements.latest(one).contents["gifts"][0][4] for one in YearStatement.objects.order_by("entity")]
    assert sums == [2500, 7700]


def test_a_run_does_each_donor_once_and_goes_on_where_it_was(monkeypatch, run_jobs):
    monkeypatch.setattr(statements, "BATCH", 2)
    for number in range(5):
        received(make_campaign(**STARTS), at=IN_2025, email=f"d{number}@example.org")
    run = statements.start(year=2025, entity=entity(), by=None, at=NOON)
    assert statements.go_on(run, at=NOON)
    assert statements.start(year=2025, entity=entity(), by=None, at=NOON) == run
    run_jobs()
    run.refresh_from_db()
    assert (run.donors, run.made, run.unchanged, run.finished_at is not None) == (5, 5, 0, True)
    assert len(mail.outbox) == 5
    again = run_all()
    assert (again.made, again.unchanged) == (0, 5)


def test_one_donors_trouble_is_counted_and_keeps_nobody_from_their_statement(monkeypatch):
    first = received(make_campaign(**STARTS), at=IN_2025).donor
    received(make_campaign(**STARTS), at=IN_2025, email="b@example.org")
    real = statements.printed.contents_of

    def contents_of(statement, **options):
        if statement.donor == first:
            raise RuntimeError("ada@example.org")
        return real(statement, **options)

    monkeypatch.setattr(statements.printed, "contents_of", contents_of)
    run = run_all()
    assert (run.made, run.failed) == (1, 1)
    assert "RuntimeError" in run.problem
    assert "ada" not in run.problem


def test_only_who_keeps_the_books_may_begin_a_run():
    with pytest.raises(PermissionDenied):
        statements.start(year=2025, entity=entity(), by=make_user("Editor"), at=NOON)


def test_the_command_counts_first_and_then_makes(run_jobs):
    received(make_campaign(**STARTS), at=IN_2025)
    out = StringIO()
    call_command("year_statements", "2025", "--dry-run", stdout=out)
    assert out.getvalue() == "Statements of 2025 (not made): 1 made, 0 corrected, 0 unchanged, 0 without address, 0 failed.\n"
    assert YearStatement.objects.count() == 0
    out = StringIO()
    call_command("year_statements", "2025", stdout=out)
    assert out.getvalue() == "Statements of 2025: 1 made, 0 corrected, 0 unchanged, 0 without address, 0 failed.\n"


@pytest.mark.parametrize("typed", [["2999"], ["1999"], ["2025", "--entity", "987654"]])
def test_the_command_refuses_what_cannot_be(typed):
    with pytest.raises(CommandError):
        call_command("year_statements", *typed)
