"""How much is wrong, from counts and moments alone; and that whatever rose comes down by itself."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from campaigns import forgetting, guard, inbox
from campaigns.guard import counting, judging, standing, tickets
from campaigns.guard.counting import SITE, Attempt, Counts
from campaigns.guard.judging import Normal, Standing
from campaigns.models import GuardCount, GuardHour, GuardState, GuardTrace, WaitingForm
from newsroom.models import Alarm, AuditEntry
from tests.campaigns.gifts import begun, received
from tests.factories import NOON, make_campaign, make_user

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
WHO = Attempt(address="203.0.113.9", email="qx83kd02@mail.example", amount=100, currency="EUR", minimum=100)


def tried(attempt: Attempt = WHO, *, at: datetime, **told: Any) -> None:
    counting.count(list(counting.keys_of(attempt).values()), at=at, **told)


def seen(kind: str, attempt: Attempt = WHO, *, at: datetime) -> Counts:
    key = counting.keys_of(attempt)[kind]
    return counting.look([key], at=at)[key]


# Judging


@pytest.mark.parametrize(
    ("declined", "paid", "step"),
    [(0, 0, 0), (5, 0, 0), (7, 0, 1), (16, 3, 2), (45, 4, 3), (110, 6, 4), (14, 100, 0), (110, 900, 0)],
)
def test_the_part_that_is_declined_decides_and_not_the_number(declined, paid, step):
    assert judging.pressure(SITE, Counts(tries=declined + paid, declined=declined, paid=paid), Normal()) == step


def test_numbers_alone_say_nothing_of_the_site():
    assert judging.pressure(SITE, Counts(tries=100_000), Normal()) == 0


def test_what_is_normal_here_moves_the_bounds():
    """Where every fourth payment is declined on any day, twenty of forty are no attack; a large site sees more."""
    counts = Counts(tries=40, declined=20, paid=20)
    assert judging.pressure(SITE, counts, Normal(ratio=0.05)) == 1
    assert judging.pressure(SITE, counts, Normal(ratio=0.25)) == 0
    assert judging.pressure(SITE, counts, Normal(ratio=0.05, tries=400)) == 0


@pytest.mark.parametrize("kind", ["around", "host", "shape", "amount", "small"])
def test_what_strangers_share_never_calls_for_more_than_work(kind):
    assert judging.pressure(kind, Counts(tries=900, declined=900, declined_long=900), Normal()) == 2


def test_one_address_that_only_knocks_is_slowed():
    assert [judging.pressure("place", Counts(tries=n), Normal()) for n in (39, 40, 150)] == [0, 1, 2]
    assert judging.pressure("place", Counts(tries=200, paid=30), Normal()) == 0


def calm_after(standing_: Standing, *, minutes: int) -> int:
    """The step after so many minutes without anything."""
    at = NOON
    for _ in range(minutes):
        at += MINUTE
        standing_ = judging.following(standing_, Counts(), Normal(), at=at)
    return standing_.step


def test_it_goes_up_at_once_and_down_a_step_each_ten_calm_minutes():
    up = judging.following(Standing(), Counts(declined=110), Normal(), at=NOON)
    assert (up.step, up.since) == (4, NOON)
    assert [calm_after(up, minutes=minutes) for minutes in (9, 10, 20, 30, 39, 40)] == [4, 3, 2, 1, 1, 0]


def test_it_stays_while_half_of_what_raised_it_is_there_and_while_somebody_knocks_on():
    at, up = NOON + HOUR, Standing(2, NOON, NOON, NOON)
    assert judging.following(up, Counts(declined=8), Normal(), at=at).step == 2
    assert judging.following(up, Counts(declined=3), Normal(), at=at).step == 1
    assert judging.following(up, Counts(tries=50, turned=40), Normal(), at=at).step == 2
    assert judging.following(replace(up, step=4), Counts(tries=50, turned=40), Normal(), at=at).step == 3
    assert judging.following(up, Counts(tries=500, turned=40), Normal(), at=at).step == 1


counts = st.builds(Counts, **{name: st.floats(0, 1e6) for name in Counts.__slots__})


@given(counts, st.integers(0, 4), st.floats(0, 0.4))
def test_nothing_holds_it_for_ever(reached, step, ratio):
    """Whatever was counted: left alone it fades, and the site is back to normal within two days."""
    now, at = judging.following(Standing(step, NOON, NOON, NOON), reached, Normal(ratio), at=NOON), NOON
    for quarter in range(1, 192 + 1):
        at = NOON + quarter * timedelta(minutes=15)
        fading = {name: value * 2.718 ** -(quarter * 900 / counting.FADING[name]) for name, value in values_of(reached).items()}
        now = judging.following(now, Counts(**fading), Normal(ratio), at=at)
    assert now.step == 0
    assert all(judging.pressure(kind, Counts(**fading), Normal(ratio)) < 3 for kind in judging.RULES)


def values_of(counted: Counts) -> dict[str, Any]:
    return {name: min(getattr(counted, name), 20_000) for name in Counts.__slots__}


# Counting


@pytest.mark.django_db
def test_sums_fade_and_are_forgotten():
    for second in range(20):
        tried(at=NOON + timedelta(seconds=second), tries=1, declined=1)
    now, later = seen("place", at=NOON + timedelta(seconds=20)), seen("place", at=NOON + 3 * HOUR)
    assert 19 < now.declined <= 20
    assert (later.declined < 0.01, 7 < later.declined_long < 8) == (True, True)
    guard.forget(at=NOON + timedelta(days=5))
    assert not GuardCount.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("203.0.113.9", "203.0.113.77", "around"),
        ("2001:db8:1:2::9", "2001:db8:1:2:3::1", "place"),
        ("2001:db8:1:2::9", "2001:db8:1:3::1", "around"),
        ("203.0.113.9", "203.0.114.9", ""),
    ],
)
def test_neighbours_share_what_neighbours_share(one, other, shared):
    keys, others = (counting.keys_of(replace(WHO, address=address)) for address in (one, other))
    same = [kind for kind in ("place", "around") if keys[kind] == others[kind]]
    assert same[:1] == ([shared] if shared else [])


def test_mailboxes_of_one_make_have_one_shape():
    shapes = {counting.keys_of(replace(WHO, email=email))["shape"] for email in ("qx83kd02@a.example", "zz17ab44@b.example")}
    assert len(shapes) == 1
    same = {counting.keys_of(replace(WHO, email=email))["mailbox"] for email in ("A.na+x@a.example", "ana@a.example")}
    assert len(same) == 1


@given(st.emails(), st.ip_addresses())
def test_no_key_has_anything_in_clear(email, address):
    keys = counting.keys_of(Attempt(str(address), email, 2500, "EUR", 100))
    assert all(len(key) == 32 and set(key) <= set("0123456789abcdef") for key in keys.values())


@pytest.mark.django_db
def test_nothing_in_the_tables_names_anybody():
    donation = begun(make_campaign())
    passage = guard.admit(WHO, content="x", at=NOON)
    guard.remember(donation, passage, at=NOON)
    guard.told(received(make_campaign(), email="b@example.org"), at=NOON)
    with connection.cursor() as cursor:
        for model in (GuardCount, GuardHour, GuardTrace, GuardState):
            cursor.execute(f"SELECT t::text FROM {model._meta.db_table} t")
            text = " ".join(row[0] for row in cursor.fetchall())
            assert not any(word in text for word in ("203.0.113", "qx83kd02", "mail.example", "ada@"))


@pytest.mark.django_db
def test_a_try_costs_three_queries(django_assert_num_queries):
    guard.current()
    with django_assert_num_queries(3):
        guard.admit(WHO, content="x", at=NOON)
    tried(at=NOON, declined=4)
    with django_assert_num_queries(3):  # the same where it is asked to wait
        assert not guard.admit(WHO, content="y", at=NOON).may_go


@pytest.mark.django_db
def test_hours_are_summed_over_their_shards():
    for _ in range(12):
        tried(at=NOON, hour={"tries": 1, "asked": 1})
    tried(at=NOON + HOUR, hour={"tries": 1, "paid": 1})
    assert [(hour["tries"], hour["asked"], hour["paid"]) for hour in guard.hours(since=NOON)] == [(1, 0, 1), (12, 12, 0)]


# Outcomes


@pytest.mark.django_db
def test_an_outcome_is_counted_once_however_often_it_is_told():
    donation = begun(make_campaign())
    guard.remember(donation, guard.admit(WHO, content="x", at=NOON), at=NOON)
    donation.status = "declined"
    for _ in range(3):
        guard.told(donation, at=NOON)
    assert seen("place", at=NOON).declined == 1


@pytest.mark.django_db
def test_each_card_that_a_payment_page_refuses_counts(run_jobs):
    donation = begun(make_campaign())
    guard.remember(donation, guard.admit(WHO, content="x", at=NOON), at=NOON)
    for number in range(3):
        event = a_refusal_of(donation, number)
        for _ in range(2):
            inbox.process(event, at=NOON)
    assert seen("place", at=NOON).declined == 3


def a_refusal_of(donation: Any, number: int) -> Any:
    from campaigns.models import ProcessorEvent

    about = {"processor": "sandbox", "object_ref": donation.processor_ref, "kind": "payment_intent.payment_failed"}
    return ProcessorEvent.objects.create(event_id=str(number), body=b"", received_at=NOON, **about)


# Standing


def attacked(*, at: datetime, declined: int = 20) -> None:
    for number in range(declined):
        tried(
            replace(WHO, address=f"10.0.{number}.1", email=f"{number}@{number}.example", amount=1000 + number), at=at, declined=1
        )
    guard.keep_up(at=at)


@pytest.mark.django_db
def test_an_attack_sounds_one_alarm_and_ends_it_by_itself():
    attacked(at=NOON)
    assert (guard.current().step, Alarm.objects.get().over_at) == (2, None)
    assert "20 payments were declined" in Alarm.objects.get().sentence
    at = NOON
    while guard.current().step and at < NOON + timedelta(days=1):
        at += MINUTE
        guard.keep_up(at=at)
    assert HOUR < at - NOON < 4 * HOUR
    assert Alarm.objects.get().over_at
    state = guard.current()
    assert (state.step, state.since, state.reason) == (0, None, "")


@pytest.mark.django_db
def test_a_forced_step_lasts_an_hour_and_is_taken_down():
    guard.force(3, by=make_user("Fundraiser"), at=NOON)
    assert [guard.step_of(guard.current(), at=NOON + timedelta(minutes=m)) for m in (0, 59, 60)] == [3, 3, 0]
    assert AuditEntry.objects.get().deed == "forced a step"
    with pytest.raises(ValidationError):
        guard.force(5, by=None, at=NOON)


@pytest.mark.django_db
def test_back_to_normal_holds_for_an_hour_and_then_it_is_counted_anew():
    attacked(at=NOON)
    guard.calm(by=make_user("Fundraiser"), at=NOON)
    attacked(at=NOON + timedelta(minutes=30))
    assert (guard.current().step, guard.step_of(guard.current(), at=NOON + timedelta(minutes=59))) == (0, 0)
    guard.keep_up(at=NOON + timedelta(minutes=61))
    assert guard.current().step == 2


@pytest.mark.django_db
def test_a_stranger_steers_nothing():
    for verb in (lambda user: guard.force(1, by=user, at=NOON), lambda user: guard.calm(by=user, at=NOON)):
        with pytest.raises(PermissionDenied):
            verb(make_user("Editor"))
    assert guard.current().forced_step is None


@pytest.mark.django_db
def test_what_is_normal_is_learned_from_real_gifts_and_not_from_attacks():
    campaign = make_campaign(starts_at=NOON - timedelta(days=30))
    for number in range(30):
        donation = begun(campaign, email=f"{number}@example.org", at=NOON - timedelta(days=7))
        type(donation).objects.filter(pk=donation.pk).update(status="declined" if number < 6 else "begun")
    for number in range(50):
        donation = begun(campaign, email=f"x{number}@example.org", at=NOON - timedelta(days=2))
        type(donation).objects.filter(pk=donation.pk).update(status="declined")
    tried(at=NOON - timedelta(days=2), hour={"tries": 50, "asked": 40})
    guard.learn(at=NOON)
    state = guard.current()
    assert state.normal_ratio == pytest.approx(8 / 26)
    normal = standing.normal(state, at=NOON)
    assert (normal.tries, standing.normal(state, at=NOON + HOUR).tries) == (30 / 4 / 4, 0)


# Tickets


def test_a_ticket_is_for_one_form_and_half_an_hour():
    signed = tickets.give("content", step=2, at=NOON).signed()
    assert tickets.read(signed, "content", at=NOON + timedelta(minutes=29))
    assert tickets.read(signed, "content", at=NOON + timedelta(minutes=30)) is None
    assert tickets.read(signed, "other", at=NOON) is None
    assert tickets.read(signed[:-1] + "x", "content", at=NOON) is None
    assert tickets.read("", "content", at=NOON) is None


@pytest.mark.django_db
def test_what_was_typed_is_forgotten_after_two_days():
    WaitingForm.objects.create(token=UUID(int=1), campaign=make_campaign(), path="/", email="a@example.org", fields={}, at=NOON)
    guard.forget(at=NOON + timedelta(hours=47))
    assert WaitingForm.objects.exists()
    guard.forget(at=NOON + timedelta(hours=48))
    assert not WaitingForm.objects.exists()


@pytest.mark.django_db
def test_what_an_erased_donor_typed_is_gone_at_once():
    donor = received(make_campaign()).donor
    WaitingForm.objects.create(token=UUID(int=1), campaign=make_campaign(), path="/", email="Ada@example.org", fields={}, at=NOON)
    forgetting.erase(donor, at=NOON)
    assert not WaitingForm.objects.exists()
