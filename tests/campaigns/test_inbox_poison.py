"""Events that break whoever processes them: set aside, told, and replayed by people."""

import pytest
from django.core.exceptions import PermissionDenied

from campaigns import inbox
from campaigns.models import ProcessorEvent
from campaigns.sandbox import bank
from newsroom.models import Alarm, AuditEntry
from tests.campaigns.gifts import begun
from tests.campaigns.test_inbox import an_event
from tests.factories import NOON, make_campaign, make_user

pytestmark = pytest.mark.django_db


def poisoned(settings, run_jobs) -> ProcessorEvent:
    """An event that our own code stumbles over, set aside; the code is mended since."""
    donation = begun(make_campaign())
    bank.pay(donation.processor_ref, tell=False)
    headers, body = an_event(donation)
    working, settings.PROCESSORS = settings.PROCESSORS, {"sandbox": ("tests.campaigns.doubles.Broken", {})}
    event = inbox.receive("sandbox", headers=headers, body=body, at=NOON)
    run_jobs()
    settings.PROCESSORS = working
    return event


def test_poison_sounds_an_alarm_that_is_over_when_it_was_replayed_well(settings, run_jobs, caplog):
    event = poisoned(settings, run_jobs)
    alarm = Alarm.objects.get()
    assert (alarm.key, alarm.over_at) == ("events:sandbox", None)
    assert "status=failed" in alarm.link
    inbox.replay(event)
    assert Alarm.objects.filter(over_at=None).exists()  # queued is not mended yet
    run_jobs()
    assert not Alarm.objects.filter(over_at=None).exists()


def test_the_alarm_stays_while_another_event_is_set_aside(settings, run_jobs, caplog):
    event = poisoned(settings, run_jobs)
    ProcessorEvent.objects.create(processor="sandbox", event_id="evt_other", body=b"{}", status="failed", received_at=NOON)
    inbox.replay(event)
    run_jobs()
    assert Alarm.objects.filter(over_at=None).count() == 1


def test_a_fundraiser_replays_what_was_set_aside_and_the_audit_log_has_it(client, settings, run_jobs, caplog):
    event, user = poisoned(settings, run_jobs), make_user("Fundraiser")
    client.force_login(user)
    address = "/admin/campaigns/processorevent/"
    assert event.event_id in client.get(address + "?status=failed&processor=sandbox").content.decode()
    client.post(address, {"action": "replay", "_selected_action": event.pk})
    run_jobs()
    event.refresh_from_db()
    assert event.status == "done"
    entry = AuditEntry.objects.get(deed="processed again")
    assert (entry.user, entry.subject) == (user, f"campaigns.processorevent {event.pk}")


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_may_not_replay(client, group, settings, run_jobs, caplog):
    event, user = poisoned(settings, run_jobs), make_user(group)
    client.force_login(user)
    client.post("/admin/campaigns/processorevent/", {"action": "replay", "_selected_action": event.pk})
    with pytest.raises(PermissionDenied):
        inbox.replay(event, by=user)
    event.refresh_from_db()
    assert event.status == "failed"
