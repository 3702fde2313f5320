"""What processors tell us: stored first, processed from the table, replayable."""

import json
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from campaigns import inbox, tasks
from campaigns.models import Donation, LedgerEntry, ProcessorEvent
from campaigns.processors.base import ProcessorFault
from campaigns.sandbox import bank
from newsroom.models import Alarm
from tests.campaigns.gifts import begun
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def post(client: Client, headers: dict[str, str], body: bytes, name: str = "sandbox") -> int:
    sent = {f"HTTP_{key.upper().replace('-', '_')}": value for key, value in headers.items()}
    return client.post(f"/processors/{name}/events/", body, content_type="application/json", **sent).status_code  # type: ignore[arg-type]


def an_event(donation: Donation, **options: str) -> tuple[dict[str, str], bytes]:
    return bank.signed_event(donation.processor_ref, "payment.paid", **options)  # type: ignore[arg-type]


def test_an_event_is_stored_raw_and_answered_before_it_is_processed(client, run_jobs):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, tell=False)
    headers, body = an_event(donation, event_id="evt_1")
    assert post(client, headers, body) == 200
    event = ProcessorEvent.objects.get()
    assert (event.event_id, event.kind, event.status, event.text) == ("evt_1", "payment.paid", "new", body.decode())
    assert event.headers["sandbox-signature"] == headers["sandbox-signature"]
    assert LedgerEntry.objects.count() == 0
    assert run_jobs() == ["campaigns.process_event", "campaigns.mail"]
    event.refresh_from_db()
    assert (event.status, LedgerEntry.objects.total()) == ("done", 2500)


def test_the_same_event_again_is_answered_and_does_nothing(client, run_jobs):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, tell=False)
    headers, body = an_event(donation)
    assert [post(client, headers, body) for _ in range(3)] == [200, 200, 200]
    run_jobs()
    assert post(client, headers, body) == 200
    assert run_jobs() == []
    assert (ProcessorEvent.objects.count(), LedgerEntry.objects.total()) == (1, 2500)


def test_a_forged_event_is_refused_and_not_stored(client):
    headers, body = an_event(begun(make_campaign()))
    assert post(client, headers, body + b" ") == 400
    assert post(client, {}, body) == 400
    assert ProcessorEvent.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff\xfe", b"{}", b'{"id": 1}'])
def test_a_body_that_is_no_event_is_refused_even_when_it_is_signed(client, body):
    moment = int(bank.timezone.now().timestamp())
    header = f"t={moment},v1={bank._signature(moment, body)}"
    assert post(client, {"sandbox-signature": header}, body) == 400


def test_an_old_signature_is_refused(client):
    donation = begun(make_campaign())
    headers, body = bank.signed_event(donation.processor_ref, "payment.paid", at=bank.timezone.now() - timedelta(minutes=6))
    assert post(client, headers, body) == 400


def test_an_unknown_processor_is_not_found(client):
    headers, body = an_event(begun(make_campaign()))
    assert post(client, headers, body, name="pigeon") == 404


def test_cheques_send_no_events(client):
    assert post(client, {}, b"{}", name="offline") == 400


def test_the_door_is_only_for_posts(client):
    assert client.get("/processors/sandbox/events/").status_code == 405


def test_off_trial_the_pretended_bank_is_gone(client, settings):
    donation = begun(make_campaign())
    headers, body = an_event(donation)
    settings.TRIAL = False
    assert post(client, headers, body) == 404
    assert client.get(donation.checkout_url).status_code == 404
    assert client.post(donation.checkout_url, {"deed": "pay"}).status_code == 404


def test_an_event_of_nobodys_payment_is_parked_and_given_up_after_three_days(client, run_jobs):
    donation = begun(make_campaign())
    headers, body = an_event(donation)
    Donation.objects.all().delete()
    assert post(client, headers, body) == 200
    run_jobs()
    event = ProcessorEvent.objects.get()
    assert (event.status, event.problem) == ("parked", "No gift of ours belongs to this yet.")
    assert inbox.sweep(at=event.received_at + timedelta(days=2)) == 0
    inbox.sweep(at=event.received_at + timedelta(days=3, seconds=1))
    event.refresh_from_db()
    assert (event.status, event.problem) == ("ignored", "No gift of ours belongs to this.")
    assert Alarm.objects.count() == 0  # another shop's on the same account


def test_an_event_waits_while_the_processor_is_down_and_is_swept_up_later(settings, run_jobs):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, tell=False)
    headers, body = an_event(donation)
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    ProcrastinateJob.objects.all()._raw_delete("default")  # its job died with the worker
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.Down", {})}
    with pytest.raises(ProcessorFault):
        inbox.process(event, at=NOON)
    event.refresh_from_db()
    assert (event.status, event.problem) == ("new", "The bank is closed.")
    settings.PROCESSORS = working
    assert inbox.sweep(at=NOON + timedelta(minutes=1)) == 0
    assert [inbox.sweep(at=NOON + timedelta(minutes=3)) for _ in range(3)] == [1, 1, 1]
    assert run_jobs().count("campaigns.process_event") == 1
    assert LedgerEntry.objects.total() == 2500


def test_an_event_that_cannot_be_processed_is_set_aside_and_can_be_replayed(settings, run_jobs, caplog):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, tell=False)
    headers, body = an_event(donation)
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.Broken", {})}
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    run_jobs()
    event.refresh_from_db()
    assert event.status == "failed"
    assert event.problem.startswith("Unexpected: ZeroDivisionError in doubles.py:")
    assert "nonsense" not in event.problem + caplog.text  # an exception's text may name a donor
    settings.PROCESSORS = working
    inbox.replay(event)
    run_jobs()
    event.refresh_from_db()
    assert (event.status, event.problem, LedgerEntry.objects.total()) == ("done", "", 2500)
    for _ in range(10):
        inbox.replay(event)
        run_jobs()
    assert LedgerEntry.objects.total() == 2500


def test_events_of_one_payment_queue_behind_one_another(client):
    donation = begun(make_campaign())
    for _ in range(2):
        post(client, *an_event(donation))
    locks = set(ProcrastinateJob.objects.filter(task_name="campaigns.process_event").values_list("lock", flat=True))
    assert locks == {f"payment:sandbox:{donation.processor_ref}"}


def test_cookies_and_keys_are_not_kept_with_an_event():
    donation = begun(make_campaign())
    headers, body = an_event(donation)
    event = inbox.receive("sandbox", headers=headers | {"Cookie": "a=b", "Authorization": "Basic eA=="}, body=body, at=NOON)
    assert set(event.headers) == {"sandbox-signature"}


def signed(body: bytes) -> dict[str, str]:
    moment = int(bank.timezone.now().timestamp())
    return {"sandbox-signature": f"t={moment},v1={bank._signature(moment, body)}"}


@pytest.mark.parametrize("key", ["order-4711", "é", "0" * 64])
def test_an_event_of_another_shops_order_is_parked(key):
    begun(make_campaign())
    body = json.dumps({"id": "evt_x", "kind": "payment.paid", "ref": "pay_of_another_shop", "key": key}).encode()
    event = inbox.receive("sandbox", headers=signed(body), body=body, at=NOON)
    assert inbox.process(event, at=NOON).status == "parked"


def test_a_body_is_kept_byte_by_byte_so_that_its_signature_can_be_checked_again():
    body = b'{"id": "evt_1", "kind": "a", "ref": "r", "key": "", "note": "\xf0\x9f\x8e\x81\\u0000"}'
    inbox.receive("sandbox", headers=signed(body), body=body, at=NOON)
    event = ProcessorEvent.objects.get()
    assert bytes(event.body) == body
    assert bank.check_signature(event.headers["sandbox-signature"], bytes(event.body))["id"] == "evt_1"


def test_an_event_that_fails_for_three_days_is_set_aside_with_its_reason(settings):
    headers, body = an_event(begun(make_campaign()))
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {})}
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    for _ in range(79):
        with pytest.raises(ProcessorFault):
            inbox.process(event, at=NOON)
    event = inbox.process(event, at=NOON)
    assert (event.status, event.problem) == ("failed", "Set aside after 80 rounds: The bank is closed.")
    inbox.replay(event)
    event.refresh_from_db()
    assert (event.status, event.rounds) == ("new", 0)


def test_an_event_that_breaks_the_worker_each_time_is_set_aside_by_the_sweep():
    headers, body = an_event(begun(make_campaign()))
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    ProcessorEvent.objects.update(rounds=80)
    assert inbox.sweep(at=NOON + timedelta(days=2)) == 1
    assert inbox.sweep(at=NOON + timedelta(days=3, seconds=1)) == 0
    event.refresh_from_db()
    assert (event.status, event.problem) == ("failed", "Set aside after 80 rounds.")


def test_stuck_events_keep_no_new_one_out_of_the_sweep(monkeypatch):
    donation = begun(make_campaign())
    for number in range(4):
        headers, body = an_event(donation, event_id=f"evt_{number}")
        inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    ProcessorEvent.objects.exclude(event_id="evt_3").update(rounds=5)
    ProcrastinateJob.objects.all()._raw_delete("default")
    monkeypatch.setattr(inbox, "AT_ONCE", 1)
    assert inbox.sweep(at=NOON + timedelta(minutes=3)) == 1
    fresh = ProcessorEvent.objects.get(event_id="evt_3")
    assert [job.args for job in ProcrastinateJob.objects.all()] == [{"event_pk": fresh.pk}]


def test_the_desk_shows_what_came(client):
    headers, body = an_event(begun(make_campaign()), event_id="evt_1")
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    client.force_login(make_user("Fundraiser"))
    page = client.get(f"/admin/campaigns/processorevent/{event.pk}/change/").content.decode()
    assert body.decode() in unescape(page)


@pytest.mark.parametrize(
    "told",
    [
        [],
        1,
        None,
        {"id": "evt_1"},
        {"id": 7, "kind": "a", "ref": "r", "key": ""},
        {"id": "x" * 201, "kind": "a", "ref": "r", "key": ""},
        {"id": "evt\x00", "kind": "a", "ref": "r", "key": ""},
    ],
)
def test_a_signed_event_of_no_sense_is_refused_and_not_stored(client, told):
    body = json.dumps(told).encode()
    answer = client.post("/processors/sandbox/events/", body, content_type="application/json", headers=signed(body))
    assert answer.status_code == 400
    assert ProcessorEvent.objects.count() == 0


def test_an_event_that_waits_for_its_next_try_lets_none_of_its_payment_overtake_it():
    """By the queue's own statement: the first is put off by an hour, the second is due."""
    donation, other = begun(make_campaign()), begun(make_campaign(), email="bob@example.org")
    for number in range(2):
        headers, body = an_event(donation, event_id=f"evt_{number}")
        inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    headers, body = an_event(other, event_id="evt_elsewhere")
    elsewhere = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    first, second, third = ProcrastinateJob.objects.filter(task_name="campaigns.process_event").order_by("pk")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE id = %s", [first.pk])
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)")
        assert cursor.fetchone() == (third.pk,)
        assert third.args == {"event_pk": elsewhere.pk}
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)")
        assert cursor.fetchone() == (None,)
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [first.pk])
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)")
        assert cursor.fetchone() == (second.pk,)  # one that was given up blocks nobody


def test_no_try_is_put_off_by_more_than_an_hour():
    waits = []
    for attempts in range(100):
        job = tasks.process_event.configure().job.evolve(attempts=attempts)
        before = timezone.now()
        decision = tasks.Hourly().get_retry_decision(exception=ProcessorFault(), job=job)
        assert decision.retry_at
        waits.append(round((decision.retry_at - before).total_seconds()))
    assert waits[:7] == [4, 16, 64, 256, 1024, 3600, 3600]
    assert max(waits) == 3600


def test_an_event_about_no_payment_waits_for_nobody_and_is_put_by(run_jobs):
    for number in range(2):
        body = json.dumps({"id": f"evt_{number}", "kind": "payout.paid", "ref": "", "key": ""}).encode()
        inbox.receive("sandbox", headers=signed(body), body=body, at=NOON)
    assert set(ProcrastinateJob.objects.filter(task_name="campaigns.process_event").values_list("lock", flat=True)) == {None}
    run_jobs()
    assert set(ProcessorEvent.objects.values_list("status", "problem")) == {("ignored", "It is about no payment.")}


def test_an_event_with_another_name_of_the_payment_finds_its_gift_by_the_key(run_jobs):
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, tell=False)
    body = json.dumps({"id": "evt_1", "kind": "payment", "ref": "pi_other_name", "key": donation.key}).encode()
    inbox.receive("sandbox", headers=signed(body), body=body, at=NOON)
    run_jobs()
    assert (ProcessorEvent.objects.get().status, LedgerEntry.objects.total()) == ("done", 2500)


def test_an_event_with_another_name_and_no_key_finds_its_gift_by_asking(settings, run_jobs):
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.OtherNames", {})}
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, tell=False)
    body = json.dumps({"id": "evt_1", "kind": "refund", "ref": f"other_{donation.processor_ref}", "key": ""}).encode()
    inbox.receive("sandbox", headers=signed(body), body=body, at=NOON)
    run_jobs()
    assert (ProcessorEvent.objects.get().status, LedgerEntry.objects.total()) == ("done", 2500)


def test_an_event_of_a_payment_that_they_do_not_know_is_parked(settings):
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.OtherNames", {})}
    body = json.dumps({"id": "evt_1", "kind": "refund", "ref": "pay_of_nobody", "key": ""}).encode()
    event = inbox.receive("sandbox", headers=signed(body), body=body, at=NOON)
    assert inbox.process(event, at=NOON).status == "parked"


HOSTILE = {
    "nested": b"[" * 200_000 + b"]" * 200_000,
    "nested objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "no UTF-8": b'{"id": "\xff\xfe", "kind": "a", "ref": "r", "key": ""}',
    "NUL": b'{"id": "a\\u0000b", "kind": "a", "ref": "r", "key": ""}',
    "half a pair": b'{"id": "\\ud800", "kind": "a", "ref": "r", "key": ""}',
    "half a pair in the key": b'{"id": "evt", "kind": "a", "ref": "r", "key": "\\udfff"}',
    "no name": b'{"id": "", "kind": "a", "ref": "r", "key": ""}',
    "a number of many figures": b'{"id": ' + b"9" * 10_000 + b', "kind": "a", "ref": "r", "key": ""}',
    "not a number": b'{"id": NaN, "kind": "a", "ref": "r", "key": ""}',
    "binary": bytes(range(256)),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("is_signed", [False, True])
def test_a_hostile_body_is_refused_and_not_stored(client, name, is_signed):
    body = HOSTILE[name]
    assert post(client, signed(body) if is_signed else {}, body) == 400
    assert ProcessorEvent.objects.count() == 0


def test_a_huge_body_is_refused_unread(client):
    body = b" " * (1024 * 1024 + 1)
    assert post(client, signed(body), body) == 413
    assert post(client, signed(b" " * 1024 * 1024), b" " * 1024 * 1024) == 400


def test_a_header_that_no_column_takes_is_left_out():
    headers, body = an_event(begun(make_campaign()))
    event = inbox.receive("sandbox", headers=headers | {"X-Odd": "a\x00b", "X-Pair": "\ud800"}, body=body, at=NOON)
    assert set(event.headers) == {"sandbox-signature"}


def test_a_flood_of_unsigned_events_costs_no_query(client, django_assert_num_queries):
    _, body = an_event(begun(make_campaign()))
    with django_assert_num_queries(0):
        assert {post(client, {}, body) for _ in range(20)} == {400}
    assert (ProcessorEvent.objects.count(), ProcrastinateJob.objects.count()) == (0, 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_events_asks_the_same_however_many_there_are(client, django_assert_num_queries, rows):
    for number in range(rows):
        ProcessorEvent.objects.create(processor="sandbox", event_id=f"evt_{number}", body=b"{}", received_at=NOON)
    client.force_login(make_user("Fundraiser"))
    with django_assert_num_queries(7):
        page = client.get("/admin/campaigns/processorevent/").content.decode()
    assert page.count("evt_") >= rows


def test_an_event_is_found_by_its_whole_name_or_its_payments(client):
    for number in range(2):
        ProcessorEvent.objects.create(
            processor="sandbox", event_id=f"evt_{number}", object_ref=f"pay_{number}", body=b"{}", received_at=NOON
        )
    client.force_login(make_user("Fundraiser"))
    for asked in ("evt_1", "pay_1"):
        page = client.get("/admin/campaigns/processorevent/", {"q": asked}).content.decode()
        assert ("evt_1" in page, "evt_0" in page) == (True, False)
