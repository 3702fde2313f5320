"""What processors tell us: stored first, processed from the table, replayable."""

import json
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from campaigns import inbox
from campaigns.models import Donation, LedgerEntry, ProcessorEvent
from campaigns.processors.base import ProcessorFault
from campaigns.sandbox import bank
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
    assert (event.status, event.problem) == ("failed", "No gift of ours belongs to this.")


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


def test_an_event_that_fails_twenty_times_is_set_aside_with_its_reason(settings):
    headers, body = an_event(begun(make_campaign()))
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Down", {})}
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    for _ in range(19):
        with pytest.raises(ProcessorFault):
            inbox.process(event, at=NOON)
    event = inbox.process(event, at=NOON)
    assert (event.status, event.problem) == ("failed", "Set aside after 20 rounds: The bank is closed.")
    inbox.replay(event)
    event.refresh_from_db()
    assert (event.status, event.rounds) == ("new", 0)


def test_an_event_that_breaks_the_worker_each_time_is_set_aside_by_the_sweep():
    headers, body = an_event(begun(make_campaign()))
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    ProcessorEvent.objects.update(rounds=20)
    assert inbox.sweep(at=NOON + timedelta(days=2)) == 1
    assert inbox.sweep(at=NOON + timedelta(days=3, seconds=1)) == 0
    event.refresh_from_db()
    assert (event.status, event.problem) == ("failed", "Set aside after 20 rounds.")


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
