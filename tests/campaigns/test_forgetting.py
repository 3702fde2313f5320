"""Who asks to be erased is gone from every table, and stays gone, whatever comes later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.utils import timezone
from psycopg import sql

from campaigns import banking, clearing, forgetting, giving, inbox, receipts, statements
from campaigns.giving import taking_over
from campaigns.models import (
    BankLine,
    Donation,
    Donor,
    ImportedGift,
    LegalEntity,
    MatchingPool,
    MoveIn,
    MoveInPart,
    Pledge,
    ProcessorEvent,
    Receipt,
    ReceiptVersion,
    SandboxPayment,
    UpdateMail,
    YearStatement,
)
from campaigns.personal import TEXTS
from campaigns.processors.sandbox import Sandbox
from newsroom.models import AuditEntry
from tests.campaigns import quist
from tests.campaigns.gifts import a_pledge, begun, received, subjects
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
PAPERS = {("campaigns_receiptversion", "contents"), ("campaigns_statementversion", "contents")}
COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY', 'USER-DEFINED', 'tsvector')
"""


def columns() -> list[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return cursor.fetchall()


def places(words: list[str]) -> Iterator[tuple[str, str]]:
    """Every column of every table, whosever it is, in which one of these stands."""
    patterns = [f"%{word}%" for word in words]
    for table, column, kind in columns():
        read = "encode({}, 'escape')" if kind == "bytea" else "{}::text"
        found = sql.SQL(f"SELECT EXISTS (SELECT FROM {{}} WHERE {read} ILIKE ANY (%s))")
        with connection.cursor() as cursor:
            cursor.execute(found.format(sql.Identifier(table), sql.Identifier(column)), [patterns])
            if cursor.fetchone()[0]:
                yield table, column
    if any(word in str(session.get_decoded()) for session in Session.objects.all() for word in words):
        yield "django_session", "session_data"


def worker_clears_up() -> None:
    """As `--delete-jobs successful` does."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'succeeded'")


def test_the_search_finds_what_is_there_before(run_jobs):
    """A search that finds nothing proves nothing: each kind of place is found before the erasure."""
    quist.make()
    found = set(places(quist.TRACES))
    assert found >= PAPERS | {
        *(("campaigns_donor", name) for name in ("email", "name", "street", "city", "tax_number")),
        *(("campaigns_donation", name) for name in ("name", "message", "tribute_name", "particulars", "method")),
        *(("campaigns_pledge", name) for name in ("mandate", "method")),
        *(("campaigns_bankline", name) for name in ("payer", "text")),
        *(("campaigns_importedgift", name) for name in ("customer", "mandate")),
        *(("campaigns_matchingpool", name) for name in ("sponsor", "note")),
        *(("campaigns_processorevent", name) for name in ("body", "headers")),
        *(("campaigns_waitingform", name) for name in ("email", "fields")),
        *(("django_admin_log", name) for name in ("object_repr", "change_message")),
        ("campaigns_moveinpart", "data"),
        ("campaigns_movein", "tried"),
        ("campaigns_pledgechange", "becomes"),
        ("procrastinate_jobs", "args"),
    }
    run_jobs()
    assert ("campaigns_sentmail", "text") in set(places(quist.TRACES))


@pytest.mark.parametrize("jobs_ran", [False, True])
def test_after_an_erasure_and_all_that_follows_only_the_papers_name_her(run_jobs, jobs_ran):
    donor = quist.make()
    if jobs_ran:
        run_jobs()
    parked = quist.event(None, "evt-parked", about="pay-unknown")
    inbox.process(parked, at=timezone.now())
    mail.outbox.clear()
    forgetting.erase(donor, at=timezone.now())
    run_jobs()
    late(donor)
    run_jobs()
    clearing.clear(at=timezone.now() + timedelta(days=clearing.DAYS, hours=1))
    worker_clears_up()
    assert set(places(quist.TRACES)) == PAPERS
    assert subjects() == ["You are erased at Newsroom"]


def late(donor: Donor) -> None:
    """Whatever may still come of somebody who was erased."""
    promised = Donation.objects.get(donor=donor, amount=4200)
    quist.statement(f"24.11.2026;{quist.NAME};{promised.reference} {quist.STREET};42,00;EUR")
    banking.record(BankLine.objects.get(amount=4200), promised, by=None, at=timezone.now() + timedelta(days=400))
    paying = Donation.objects.get(donor=donor, amount=3100)
    quist.pay(paying)
    inbox.process(quist.event(paying, "evt-late"), at=timezone.now())
    inbox.process(quist.event(None, "evt-of-nobody"), at=timezone.now())
    first = Donation.objects.get(donor=donor, pledge__isnull=False, amount=2500)
    giving.refund(first, amount=200, key=promised.token, by=None, at=timezone.now())
    inbox.sweep(at=timezone.now() + timedelta(days=4))


# What comes later, one by one


def erased(donor: Donor) -> Donor:
    return forgetting.erase(donor, at=NOON)


def test_an_event_that_comes_after_the_erasure_is_emptied_when_it_is_processed(run_jobs):
    gift = received(make_campaign(), **quist.told())
    erased(gift.donor)
    run_jobs()
    kept = inbox.process(quist.event(gift, "late"), at=NOON)
    assert (kept.status, bytes(kept.body), kept.headers) == ("done", b"", {})
    other = inbox.process(quist.event(received(make_campaign(), email="b@example.org"), "other"), at=NOON)
    assert (other.status, bytes(other.body)) == ("done", quist.BODY)


def test_one_that_cannot_be_processed_is_emptied_too(monkeypatch):
    gift = received(make_campaign(), **quist.told())
    erased(gift.donor)
    monkeypatch.setattr(giving, "settle", lambda *args, **kwargs: 1 / 0)
    kept = inbox.process(quist.event(gift, "late"), at=NOON)
    assert (kept.status, bytes(kept.body)) == ("failed", b"")


def test_an_event_under_another_name_of_the_payment_is_known_by_our_key_from_then_on(run_jobs, monkeypatch):
    gift = received(make_campaign(), **quist.told())
    payment = Sandbox().look_up(gift.processor_ref)
    monkeypatch.setattr(Sandbox, "look_up", lambda self, ref: payment)
    kept = inbox.process(quist.event(None, "other-name", about="pi_other"), at=NOON)
    assert (kept.status, kept.order_key) == ("done", gift.key)
    erased(gift.donor)
    run_jobs()
    assert bytes(ProcessorEvent.objects.get().body) == b""


def test_what_belongs_to_no_gift_of_ours_is_emptied_as_soon_as_that_is_known():
    of_no_payment = inbox.process(quist.event(None, "customer.created"), at=NOON)
    assert (of_no_payment.status, bytes(of_no_payment.body), of_no_payment.headers) == ("ignored", b"", {})
    parked = inbox.process(quist.event(None, "other-shop", about="pay-x"), at=NOON)
    assert (parked.status, bytes(parked.body)) == ("parked", quist.BODY)
    inbox.sweep(at=timezone.now() + timedelta(days=4))
    parked.refresh_from_db()
    assert (parked.status, bytes(parked.body), parked.headers) == ("ignored", b"", {})


def test_the_card_of_a_payment_that_arrives_late_is_not_kept():
    gift = begun(make_campaign(), **quist.told())
    erased(gift.donor)
    quist.pay(gift)
    gift = giving.settle(gift, at=NOON)
    assert (gift.status, gift.method) == ("received", "")


def test_an_export_that_comes_again_brings_no_card_back():
    donor = quist.make()
    erased(donor)
    past = taking_over.PastGift(
        line=2,
        system="stripe",
        names=(("stripe", "ch_quiet"),),
        processor="import:stripe",
        ref="ch_quiet",
        amount=700,
        currency="EUR",
        at=quist.IN_2025,
        person=taking_over.Person(quist.EMAIL, quist.NAME, {}),
        customer=quist.CUSTOMER,
        mandate=f"{quist.CUSTOMER}/pm_2",
    )
    taking_over.take_over([past], into={"EUR": make_campaign()}, by=None, at=NOON)
    known = ImportedGift.objects.get()
    assert (known.customer, known.mandate, known.receipt) == ("", "", "OLD-1")
    assert not Donor.objects.filter(name=quist.NAME).exists()


def test_a_line_of_the_bank_that_nobody_recorded_keeps_the_reference_alone():
    promised = begun(make_campaign(), **quist.told(processor="offline"))
    quist.statement(
        f"23.11.2026;{quist.NAME};{promised.reference} {quist.STREET};25,00;EUR", f"23.11.2026;{quist.NAME};thanks;9,00;EUR"
    )
    erased(promised.donor)
    line, unnamed = BankLine.objects.order_by("pk")
    assert (line.payer, line.text) == ("", promised.reference)
    assert unnamed.payer == quist.NAME  # perhaps another of that name: somebody decides whose it is
    banking.record(line, promised, by=None, at=timezone.now() + timedelta(days=400))
    assert Donation.objects.get().status == "received"


# The law's papers


def test_a_statement_that_is_corrected_after_the_erasure_keeps_its_particulars():
    gift = received(make_campaign(starts_at=datetime(2024, 1, 1, tzinfo=UTC)), **quist.told(), at=quist.IN_2025)
    entity = LegalEntity.objects.get()
    entity.texts.create(language="en", country="IE", tax="For the Revenue.")
    statements.make(gift.donor, entity=entity, year=2025, at=NOON)
    erased(gift.donor)
    giving.refund(gift, amount=100, key=gift.token, by=None, at=NOON)
    assert statements.make(gift.donor, entity=entity, year=2025, at=NOON) == "corrected"
    last, first = YearStatement.objects.get().versions.order_by("-version")
    assert (last.contents["gifts"][0][-1], first.contents["gifts"][0][-1]) == (100, 0)
    assert last.contents["donor"] == first.contents["donor"]
    assert (last.contents["donor"]["name"], last.contents["donor"]["lines"][0]) == (quist.NAME, quist.STREET)
    assert last.contents["texts"]["tax"] == "For the Revenue."
    assert statements.make(gift.donor, entity=entity, year=2025, at=NOON) == "unchanged"


def test_a_receipt_that_is_corrected_after_the_erasure_keeps_its_particulars():
    gift = received(make_campaign(), **quist.told())
    receipt = Receipt.objects.get()
    receipt.entity.texts.create(language="en", country="IE", tax="For the Revenue.")
    version = receipts.correct(receipt, by=None, at=NOON, reason="Texts", name=quist.NAME, lines=[quist.STREET])
    erased(gift.donor)
    giving.refund(gift, amount=100, key=gift.token, by=None, at=NOON)
    again = receipts.correct(receipt, by=None, at=NOON, reason="Street", name=quist.NAME, lines=["18 Lanternfish Row"])
    assert [one.contents["donor"].get("name") for one in ReceiptVersion.objects.all()] == [quist.NAME] * 4
    assert (again.contents["donor"]["lines"], again.contents["texts"]) == (["18 Lanternfish Row"], version.contents["texts"])
    assert again.contents["texts"]["tax"] == "For the Revenue."


def test_a_receipt_from_before_versions_were_kept_is_set_before_the_name_goes():
    gift = received(make_campaign(), **quist.told())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the trigger lets no version go
        cursor.execute("DELETE FROM campaigns_receiptversion")
        cursor.execute("SET LOCAL session_replication_role = origin")
    erased(gift.donor)
    assert ReceiptVersion.objects.get().contents["donor"]["name"] == quist.NAME


# Saved ways to pay


def test_a_card_is_detached_unless_somebody_elses_pledge_is_paid_by_it(run_jobs):
    hers, his = a_pledge(**quist.told()), a_pledge(email="ben@example.org", name="Ben")
    Pledge.objects.filter(pk=hers.pk).update(mandate=his.mandate)
    assert SandboxPayment.objects.filter(mandate=his.mandate).exists()
    erased(hers.donor)
    run_jobs()
    assert SandboxPayment.objects.filter(mandate=his.mandate).exists()
    assert list(Pledge.objects.order_by("pk").values_list("mandate", flat=True)) == ["", his.mandate]
    erased(his.donor)
    run_jobs()
    assert not SandboxPayment.objects.filter(mandate=his.mandate).exists()


def test_who_was_chosen_as_a_sponsor_is_named_no_more_on_the_page_nor_in_the_desks_history():
    donor = quist.make()
    other = MatchingPool.objects.create(campaign=make_campaign(), sponsor="The Quay", cap=5, starts_at=NOON)
    erased(donor)
    assert dict(MatchingPool.objects.values_list("donor", "sponsor")) == {donor.pk: "A sponsor", None: other.sponsor}
    assert "A sponsor" in str(LogEntry.objects.get(change_message__contains="matching pool").change_message)


# Mails on their way


def test_what_waits_to_be_mailed_to_somebody_who_is_erased_never_leaves(run_jobs):
    donor = quist.make()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name LIKE 'campaigns.mail%%' AND status = 'todo'")
        assert cursor.fetchone()[0] >= 5
    from campaigns import tasks

    tasks.mail_link.defer(donor_pk=donor.pk)
    tasks.mail_to.defer(name="address_changed", donor_pk=donor.pk, to="x")
    erased(donor)
    tasks.mail_to.defer(name="address_changed", donor_pk=donor.pk, to="x")
    mail.outbox.clear()
    run_jobs()
    assert subjects() == ["You are erased at Newsroom"]
    sent = UpdateMail.objects.get(donor=donor)
    assert (sent.status, sent.settled_at) == ("skipped", NOON)


# Files and words that nobody needs any longer


def a_file(**overrides: Any) -> MoveIn:
    columns = {"name": "old.csv", "kind": "gifts", "system": "givewp", "made_at": NOON, "status": "tried"} | overrides
    move_in = MoveIn.objects.create(**columns)
    MoveInPart.objects.create(move_in=move_in, number=0, data=quist.FILE)
    return move_in


def test_a_file_that_was_tried_and_left_is_thrown_away_after_its_days():
    move_in = a_file()
    assert clearing.clear(at=NOON + clearing.KEPT_FOR) == 0
    assert clearing.clear(at=NOON + clearing.KEPT_FOR + timedelta(seconds=1)) == 1
    assert clearing.clear(at=NOON + clearing.KEPT_FOR + timedelta(seconds=1)) == 0
    assert (MoveIn.objects.count(), MoveInPart.objects.count()) == (0, 0)
    assert AuditEntry.objects.get().subject == f"campaigns.movein {move_in.pk}"


def test_one_that_stopped_on_its_way_keeps_its_figures_and_one_that_is_worked_on_its_file():
    told = {"rows": 500, "problems": 1, "lines": [[3, f"The amount “{quist.CITY}” is no sum."]]}
    stopped = a_file(status="failed", rows_done=500, told=told, tried=told)
    working = a_file(status="running", rows_done=500, told=told)
    done = MoveIn.objects.create(name="x", kind="gifts", system="givewp", made_at=NOON, status="done", told=told, tried=told)
    clearing.clear(at=NOON + timedelta(days=31))
    stopped.refresh_from_db()
    done.refresh_from_db()
    assert (stopped.parts.count(), stopped.problem, stopped.told["rows"]) == (0, clearing.GONE, 500)
    assert (stopped.told["lines"], done.told["lines"], done.tried["lines"]) == ([], [], [])
    assert working.parts.count() == 1


def test_lines_of_the_bank_that_are_no_gifts_lose_their_words_after_their_days():
    quist.statement(f"23.11.2026;{quist.NAME};rent;9,00;EUR", f"23.11.2026;{quist.NAME};thanks;8,00;EUR")
    aside, waiting = BankLine.objects.order_by("pk")
    banking.set_aside(aside, by=None)
    clearing.clear(at=timezone.now() + timedelta(days=29))
    assert BankLine.objects.get(pk=aside.pk).payer == quist.NAME
    clearing.clear(at=timezone.now() + timedelta(days=31))
    assert [line.payer for line in BankLine.objects.order_by("pk")] == ["", quist.NAME]
    assert waiting.status == "open"


def test_a_failed_job_that_holds_an_address_goes_after_its_days():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, args, status) VALUES"
            " ('campaigns.mail_to', 'default', '{}', 'todo'), ('campaigns.mail', 'default', '{}', 'todo')"
        )
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        clearing.clear(at=timezone.now() + timedelta(days=29))
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
        assert cursor.fetchone()[0] == 2
        clearing.clear(at=timezone.now() + timedelta(days=31))
        cursor.execute("SELECT task_name FROM procrastinate_jobs WHERE status = 'failed'")
        assert cursor.fetchall() == [("campaigns.mail",)]


def test_the_search_knows_every_column_of_text_that_the_models_know():
    known = {(table, column) for table, column, _ in columns()}
    listed = {
        (model._meta.db_table, column.column)
        for model in apps.get_models()
        for column in model._meta.local_concrete_fields
        if isinstance(column, TEXTS)
    }
    assert listed <= known
