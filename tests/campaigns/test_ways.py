"""The ways to give: their order, their fees, and the circuit before each."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st

from campaigns import tasks, ways
from campaigns.models import Donation, Way
from campaigns.processors.base import Busy, ProcessorFault, Refused, Uncertain
from campaigns.ways import Offer
from newsroom.models import Alarm, AuditEntry, Touch
from tests.campaigns.forms import an_open_campaign, filled_in
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db
DOWN: dict[str, tuple[str, dict[str, str]]] = {
    "sandbox": ("tests.campaigns.doubles.Down", {}),
    "offline": ("campaigns.processors.offline.Offline", {}),
}


def an_offer(rate: int, fixed: int) -> Offer:
    return Offer("card", "Card", "", rate, fixed, 1, None, saves_methods=True, by_hand=False, works=True)


def names(currency: str = "EUR") -> list[str]:
    return [offer.name for offer in ways.offered(currency)]


@given(st.integers(1, 10**11), st.integers(0, 4999), st.integers(0, 10**6))
def test_what_is_added_covers_the_fee_and_one_less_would_not(amount, rate, fixed):
    offer = an_offer(rate, fixed)
    added = ways.cover(amount, offer)
    assert ways.fee(amount + added, offer) <= added
    assert added == 0 or ways.fee(amount + added - 1, offer) > added - 1


def test_the_desk_says_the_order_the_words_and_what_is_offered():
    Way.objects.create(processor="offline", position=1, label="By post", fee_fixed={"EUR": 35})
    Way.objects.create(processor="sandbox", position=2, least={"EUR": 500}, most={"EUR": 9000})
    first, second = ways.offered("EUR")
    assert (first.name, first.label, first.fee_fixed) == ("offline", "By post", 35)
    assert [second.takes(amount) for amount in (499, 500, 9000, 9001)] == [False, True, True, False]
    Way.objects.filter(processor="offline").update(is_offered=False)
    assert names() == ["sandbox"]


def test_what_is_offered_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert names() == ["sandbox", "offline"]


def test_a_fault_opens_the_circuit_and_tells_people_once(run_jobs):
    make_user("Administrator", email="admin@example.org")
    make_user("Writer", email="writer@example.org")
    for _ in range(3):
        ways.failed("sandbox", "The bank is closed.", at=NOON)
    run_jobs()
    assert names() == ["offline"]
    assert [(alarm.key, alarm.over_at) for alarm in Alarm.objects.all()] == [("processor:sandbox", None)]
    assert [message.to for message in mail.outbox] == [["admin@example.org"]]
    assert "The bank is closed." in mail.outbox[0].body


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (ProcessorFault("Closed."), ["offline"]),
        (Uncertain("No answer."), ["offline"]),
        (Busy("A twin."), ["sandbox", "offline"]),
        (Refused("Not this sum."), ["sandbox", "offline"]),
        (ValueError("ours"), ["sandbox", "offline"]),
    ],
)
def test_a_circuit_opens_for_what_is_the_processors_fault_alone(error, left):
    ways.blame("sandbox", error, at=NOON)
    assert names() == left


def test_when_nothing_works_the_broken_ones_are_offered_all_the_same():
    for name in ("sandbox", "offline"):
        ways.failed(name, "Gone.", at=NOON)
    assert names() == ["sandbox", "offline"]


def test_what_a_person_stopped_is_never_offered():
    for name in ("sandbox", "offline"):
        ways.stop(name, by=None, at=NOON)
    assert names() == []


def test_a_good_probe_closes_the_circuit_and_ends_the_alarm():
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    assert ways.probe_due(at=NOON + timedelta(seconds=29)) == 0
    assert ways.probe_due(at=NOON + timedelta(seconds=30)) == 1
    assert names() == ["sandbox", "offline"]
    assert Alarm.objects.get().over_at == NOON + timedelta(seconds=30)


def test_a_bad_probe_is_followed_by_later_ones(settings):
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.DownToProbes", {}), "offline": DOWN["offline"]}
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    waits = []
    for _ in range(9):
        due = Way.objects.get(processor="sandbox").probe_at
        assert due
        assert ways.probe_due(at=due) == 0
        waits.append((Way.objects.get(processor="sandbox").probe_at - due).total_seconds())  # type: ignore[operator]
    assert waits == [60, 120, 240, 480, 960, 1800, 1800, 1800, 1800]
    assert (Way.objects.get(processor="sandbox").problem, names()) == ("Still closed.", ["offline"])


def test_a_probe_does_not_bring_back_what_a_person_stopped():
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    ways.stop("sandbox", by=None, at=NOON)
    assert ways.probe_due(at=NOON + timedelta(days=1)) == 0
    ways.resume("sandbox", by=None, at=NOON)
    assert names() == ["sandbox", "offline"]


def test_the_worker_probes(run_jobs):
    ways.failed("sandbox", "The bank is closed.", at=NOON - timedelta(days=365))
    tasks.probe_ways(timestamp=0)
    assert names() == ["sandbox", "offline"]


def test_pages_with_a_form_are_touched_when_the_offers_change_and_only_then():
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    assert [touch.keys for touch in Touch.objects.all()] == [["ways"]]
    ways.succeeded("sandbox", at=NOON)
    ways.succeeded("sandbox", at=NOON)
    assert Touch.objects.count() == 2


@pytest.mark.parametrize(("group", "may"), [("Fundraiser", True), ("Administrator", True), ("Editor", False), ("Writer", False)])
def test_fundraisers_stop_and_resume_and_it_is_taken_down(group, may):
    person = make_user(group)
    if not may:
        with pytest.raises(PermissionDenied):
            ways.stop("sandbox", by=person, at=NOON)
        with pytest.raises(PermissionDenied):
            ways.resume("sandbox", by=person, at=NOON)
        return
    ways.stop("sandbox", by=person, at=NOON)
    ways.resume("sandbox", by=person, at=NOON)
    assert list(AuditEntry.objects.order_by("pk").values_list("user", "deed")) == [(person.pk, "stopped"), (person.pk, "resumed")]


# In the form


def test_a_fault_offers_the_next_way_at_once_with_everything_typed(client, settings):
    settings.PROCESSORS = DOWN
    campaign = an_open_campaign()
    page = client.post(campaign.get_absolute_url(), filled_in(name="Ada", own_amount="31")).content.decode()
    assert 'value="sandbox"' not in page  # one way is left, and it goes without saying
    assert 'value="31"' in page
    following = client.post(campaign.get_absolute_url(), filled_in(name="Ada", own_amount="31", processor="offline"))
    gift = Donation.objects.get(processor="offline")
    assert (following.status_code, gift.amount, gift.status) == (303, 3100, "awaited")


def test_an_old_page_that_sends_a_broken_way_is_moved_on(client):
    campaign = an_open_campaign()
    ways.failed("sandbox", "The bank is closed.", at=NOON)
    response = client.post(campaign.get_absolute_url(), filled_in(name="Ada", processor="sandbox"))
    assert response.status_code == 422
    assert "The next one is chosen: Cheque or bank transfer." in response.content.decode()
    assert Donation.objects.count() == 0


def test_without_any_way_the_form_says_so(client, settings):
    campaign = an_open_campaign()
    for name in ("sandbox", "offline"):
        ways.stop(name, by=None, at=NOON)
    response = client.post(campaign.get_absolute_url(), filled_in())
    assert (response.status_code, Donation.objects.count()) == (422, 0)
    assert "There is no way to give just now." in response.content.decode()


def test_what_the_donor_did_wrong_opens_no_circuit(client, settings):
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.Refuses", {}), "offline": DOWN["offline"]}
    response: Any = client.post(an_open_campaign().get_absolute_url(), filled_in())
    assert (response.status_code, Way.objects.filter(opened_at__isnull=False).count()) == (422, 0)
