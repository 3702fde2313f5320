"""The guard's page and the list of held gifts, and their closed doors."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import guard
from campaigns.guard import counting
from campaigns.models import Donation, GuardState, Hold, LedgerEntry
from newsroom.models import AuditEntry
from tests.campaigns.forms import text_of
from tests.campaigns.test_admin import said, signed_in
from tests.campaigns.test_holding import held

pytestmark = pytest.mark.django_db
PAGE, HELD = "/admin/campaigns/guardstate/", "/admin/campaigns/heldgift/"


@pytest.fixture
def fundraiser() -> Client:
    return signed_in("Fundraiser")


def decide(client: Client, action: str, *gifts: Donation):
    return client.post(HELD, {"action": action, "_selected_action": [str(gift.pk) for gift in gifts]})


def test_the_page_says_where_it_stands_and_what_it_did(fundraiser):
    assert "Nobody is asked to wait." in text_of(fundraiser.get(PAGE))
    now = timezone.now()
    counting.count([], at=now, hour={"tries": 3161, "asked": 3155, "passed": 35})
    GuardState.objects.filter(pk=1).update(step=2, since=now, changed_at=now, pressed_at=now, reason="30 were declined.")
    page = text_of(fundraiser.get(PAGE))
    assert "Proof of work since" in page
    assert "30 were declined." in page
    assert page.count("blocked 3120, let through 41") == 2


def test_a_fundraiser_forces_a_step_and_goes_back(fundraiser):
    fundraiser.post(f"{PAGE}force/", {"step": "3"})
    assert guard.step_of(guard.current(), at=timezone.now()) == 3
    assert "set by hand until" in text_of(fundraiser.get(PAGE))
    fundraiser.post(f"{PAGE}calm/")
    assert guard.step_of(guard.current(), at=timezone.now()) == 0
    assert AuditEntry.objects.filter(deed="forced a step").count() == 2


def test_nonsense_forces_nothing(fundraiser):
    assert said(fundraiser.post(f"{PAGE}force/", {"step": "9"})) == ["Choose one of the steps."]
    fundraiser.get(f"{PAGE}calm/")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("group", ["Writer", "Editor"])
def test_a_stranger_sees_and_steers_nothing(group):
    gift, stranger = held(), signed_in(group)
    assert {stranger.get(page).status_code for page in (PAGE, HELD, f"{HELD}{gift.pk}/change/")} == {403}
    assert {stranger.post(f"{PAGE}force/", {"step": "3"}).status_code, stranger.post(f"{PAGE}calm/").status_code} == {403}
    assert decide(stranger, "take", gift).status_code == 403
    assert (Hold.objects.get().wish, GuardState.objects.filter(forced_step__isnull=False).count()) == ("", 0)


def test_held_gifts_are_taken_and_let_go_from_the_list(fundraiser):
    taken, free = held(), held(email="bob@example.org")
    assert "Decide by" in text_of(fundraiser.get(HELD))
    assert said(decide(fundraiser, "take", taken)) == ["1 gift taken."]
    assert said(decide(fundraiser, "let_go", free))[-1] == "1 gift let go."
    assert (LedgerEntry.objects.total(), Donation.objects.filter(status="held").count()) == (2500, 0)
    assert fundraiser.get(f"{HELD}{taken.pk}/change/").status_code == 302  # not among the held ones any more


def test_who_looks_at_a_held_gift_is_taken_down(fundraiser):
    gift = held()
    assert gift.reference in text_of(fundraiser.get(f"{HELD}{gift.pk}/change/"))
    assert list(AuditEntry.objects.values_list("deed", "subject")) == [("looked at", f"campaigns.donation {gift.pk}")]


def test_what_does_not_work_is_said_and_the_next_is_done(fundraiser, settings):
    broken, well = held(), held(email="bob@example.org")
    Donation.objects.filter(pk=broken.pk).update(processor="removed")
    messages = said(decide(fundraiser, "take", broken, well))
    assert messages == [f"{broken.reference}: No payment processor “removed” is set up here.", "1 gift taken."]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_for_any_number(fundraiser, django_assert_num_queries, rows):
    for number in range(rows):
        held(email=f"donor{number}@example.org")
    with django_assert_num_queries(7):
        fundraiser.get(HELD)


@pytest.mark.parametrize("hours", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_hours(fundraiser, django_assert_num_queries, hours):
    guard.current()
    for number in range(hours):
        counting.count(["k"], at=timezone.now() - number * timedelta(hours=1), hour={"tries": 1})
    with django_assert_num_queries(6):
        fundraiser.get(PAGE)
