"""What a donor changes: each is taken down, confirmed by mail, and asks for no month twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from campaigns import collecting, pledges, steering, ways
from campaigns.models import Donation, Pledge, PledgeChange, PledgeMail, Way
from campaigns.sandbox import bank
from tests.campaigns.gifts import a_pledge, begun, periods, subjects
from tests.factories import NOON, make_campaign

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(days=30)  # 23 December


def worker(first: int, last: int) -> None:
    """Once on each of these days after NOON."""
    for day in range(first, last + 1):
        steering.wake_due(at=NOON + timedelta(days=day))
        collecting.collect_due(at=NOON + timedelta(days=day))


def changes() -> list[tuple[str, str, str]]:
    return list(PledgeChange.objects.order_by("pk").values_list("kind", "was", "becomes"))


def test_another_amount_counts_from_the_next_gift_with_the_consent_kept(run_jobs):
    pledge = a_pledge()
    steering.change_amount(pledge, amount=1000, at=NOON)
    steering.change_amount(pledge, amount=1000, at=NOON)
    collecting.collect_due(at=DUE)
    assert list(Donation.objects.order_by("pk").values_list("amount", flat=True)) == [2500, 1000]
    assert changes() == [("amount", "€25", "€10")]
    assert PledgeChange.objects.get().consent == f"Give €10 monthly instead of €25. {pledges.CONSENT}"
    run_jobs()
    assert subjects()[0] == "Your gift to Newsroom: changed as you asked"
    assert "from the next gift on you give €10 monthly" in str(mail.outbox[0].body)


@pytest.mark.parametrize("amount", [0, 99, -5, 10**11 + 1])
def test_an_amount_that_cannot_be_is_refused(amount):
    pledge = a_pledge()
    with pytest.raises(ValidationError):
        steering.change_amount(pledge, amount=amount, at=NOON)
    pledge.refresh_from_db()
    assert (pledge.amount, changes()) == (2500, [])


@pytest.fixture
def limited() -> None:
    ways.add_rows()
    Way.objects.filter(processor="sandbox").update(least={"EUR": 500}, most={"EUR": 5000})


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        (499, "The smallest gift by this way (Card (pretended)) is €5."),
        (5001, "The largest gift by this way (Card (pretended)) is €50. For more, choose another way to pay first."),
    ],
)
def test_an_amount_that_its_way_does_not_take_is_refused_with_a_sentence(limited, amount, why):
    pledge = a_pledge()
    with pytest.raises(ValidationError) as refused:
        steering.change_amount(pledge, amount=amount, at=NOON)
    assert (refused.value.messages, changes()) == ([why], [])
    for good in (500, 5000):
        assert steering.change_amount(pledge, amount=good, at=NOON).amount == good


def test_an_amount_that_its_processor_cannot_take_is_refused_and_not_proposed(settings):
    pledge = a_pledge(amount=4000)
    assert steering.lower(pledge) == [2000, 1000]
    settings.PROCESSORS = {"sandbox": ("tests.campaigns.doubles.NothingSmall", {})}
    with pytest.raises(ValidationError, match=r"cannot take €14\.99\. Choose another amount, or another way"):
        steering.change_amount(pledge, amount=1499, at=NOON)
    assert steering.lower(pledge) == [2000]


@pytest.mark.parametrize("status", ["stranded", "active"])
def test_a_way_that_is_gone_limits_nothing(limited, settings, status):
    pledge = a_pledge()
    Pledge.objects.update(status=status, processor="sandbox" if status == "stranded" else "gone")
    assert steering.change_amount(pledge, amount=9000, at=NOON).amount == 9000


@pytest.mark.parametrize(
    ("day", "on", "due", "following"),
    [
        (5, 2, date(2026, 12, 5), date(2027, 1, 5)),  # its month stays, the day is still to come
        (28, 2, date(2026, 12, 28), date(2027, 1, 28)),
        (31, 2, date(2026, 12, 31), date(2027, 1, 31)),
        (5, 20, date(2026, 12, 23), date(2027, 1, 5)),  # 13 December: the 5th has passed, so December keeps its 23rd
    ],
)
def test_another_day_keeps_a_gift_in_each_month(day, on, due, following):
    pledge = a_pledge()
    pledge = steering.change_day(pledge, day=day, at=NOON + timedelta(days=on))
    assert pledge.next_due == due
    worker(on, 75)
    assert [period for period, _ in periods(pledge)][1:3] == [str(due), str(following)]


def test_the_thirty_first_becomes_the_last_day_of_february():
    pledge = steering.change_day(a_pledge(at=datetime(2028, 1, 10, 12, tzinfo=UTC)), day=31, at=datetime(2028, 1, 11, tzinfo=UTC))
    assert pledge.next_due == date(2028, 2, 29)


@pytest.mark.parametrize("day", [0, 32, -1])
def test_no_such_day_is_refused(day):
    with pytest.raises(ValidationError):
        steering.change_day(a_pledge(), day=day, at=NOON)


def test_a_rest_skips_its_gifts_and_ends_by_itself_and_its_donor_is_told_before(run_jobs):
    pledge = steering.rest(a_pledge(), months=3, at=NOON)
    assert (pledge.status, pledge.paused_until) == ("paused", date(2027, 2, 23))
    worker(0, 88)
    assert not PledgeMail.objects.filter(kind="waking").exists()
    worker(89, 91)
    run_jobs()
    assert subjects() == ["Your gift to Newsroom: changed as you asked", "Your gift to Newsroom goes on soon"]
    assert "ends on February 23, 2027. The next gift is due on February 23, 2027." in str(mail.outbox[1].body)
    worker(92, 130)
    skipped = [("2026-12-23", "skipped"), ("2027-01-23", "skipped"), ("2027-02-23", "skipped")]
    assert periods(pledge) == [("2026-11-23", "paid"), *skipped, ("2027-03-23", "paid")]
    assert [kind for kind, *_ in changes()] == ["paused", "resumed"]


def test_one_that_cannot_wake_says_why_and_keeps_nobody_else_asleep(caplog):
    bad, good = a_pledge(), a_pledge(email="b@example.org")
    for pledge in (bad, good):
        steering.rest(pledge, months=1, at=NOON)
    Pledge.objects.filter(pk=bad.pk).update(rhythm="weekly")
    assert steering.wake_due(at=NOON + timedelta(days=40)) == 1
    assert dict(Pledge.objects.values_list("pk", "status")) == {bad.pk: "paused", good.pk: "active"}
    assert Pledge.objects.get(pk=bad.pk).problem.startswith("Unexpected: ValueError in ")
    assert f"Pledge {bad.pk} could not be woken" in caplog.text


def test_a_rest_may_be_made_longer_and_ended_early():
    pledge = a_pledge()
    steering.rest(pledge, months=1, at=NOON)
    assert steering.rest(pledge, months=6, at=NOON).paused_until == date(2027, 5, 23)
    pledge = steering.go_on(pledge, at=NOON + timedelta(days=40))
    assert (pledge.status, pledge.paused_until, pledge.next_due) == ("active", None, date(2027, 1, 23))
    assert steering.go_on(pledge, at=DUE).status == "active"
    assert [kind for kind, *_ in changes()] == ["paused", "paused", "resumed"]


@pytest.mark.parametrize("months", [0, 7, -1])
def test_a_rest_of_no_or_many_months_is_refused(months):
    with pytest.raises(ValidationError):
        steering.rest(a_pledge(), months=months, at=NOON)


def test_a_rest_that_would_spare_nobody_a_gift_is_refused_with_the_day():
    pledge = a_pledge(rhythm="yearly")
    with pytest.raises(ValidationError, match="before your next gift is due, on November 23, 2027"):
        steering.rest(pledge, months=6, at=NOON)
    pledge.refresh_from_db()
    assert (pledge.status, pledge.paused_until) == ("active", None)


def test_one_that_was_paused_after_declines_is_not_woken_by_a_rest():
    pledge = pledges.pause(a_pledge(), at=NOON, why="Declined.")
    with pytest.raises(ValidationError):
        steering.rest(pledge, months=1, at=NOON)


def test_who_lets_it_go_on_after_declines_owes_nothing():
    pledge = a_pledge()
    bank.block(pledge.mandate)
    worker(30, 50)
    assert Pledge.objects.get().status == "paused"
    steering.go_on(pledge, at=NOON + timedelta(days=70))
    assert periods(pledge)[1:] == [("2026-12-23", "skipped"), ("2027-01-23", "skipped")]
    assert Pledge.objects.get().next_due == date(2027, 2, 23)


def test_stopping_is_one_step_and_is_confirmed(run_jobs):
    pledge = a_pledge()
    for _ in range(2):
        assert steering.stop(pledge, at=NOON).status == "ended"
    run_jobs()
    assert subjects() == ["Your gift to Newsroom: stopped"]
    worker(0, 60)
    assert periods(pledge) == [("2026-11-23", "paid")]


def test_what_is_stopped_or_not_begun_cannot_be_changed():
    ended = steering.stop(a_pledge(), at=NOON)
    fresh = begun(make_campaign(), rhythm="monthly", email="b@example.org").pledge
    assert fresh
    for pledge in (ended, fresh):
        for change in (
            lambda pledge: steering.change_amount(pledge, amount=1000, at=NOON),
            lambda pledge: steering.change_day(pledge, day=1, at=NOON),
            lambda pledge: steering.rest(pledge, months=1, at=NOON),
        ):
            with pytest.raises(ValidationError):
                change(pledge)


def test_smaller_sums_are_half_and_a_quarter_not_below_the_campaigns_least():
    campaign = make_campaign(ends_at=None, minimum=600)
    assert steering.lower(a_pledge()) == [1200, 600]
    assert steering.lower(a_pledge(campaign=campaign, amount=1600)) == [800]
    yen = make_campaign(ends_at=None, currency="JPY", minimum=100)
    assert steering.lower(a_pledge(campaign=yen, amount=1001)) == [500, 250]


def test_a_yearly_gift_of_the_29th_of_february_comes_back_each_year():
    pledge = a_pledge(rhythm="yearly", at=datetime(2028, 2, 29, 12, tzinfo=UTC))
    for year in (2029, 2030, 2031, 2032):
        for day in (27, 28, 29):
            moment = datetime(year, 2, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)
            collecting.collect_due(at=moment)
    assert [period for period, _ in periods(pledge)] == ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Apia", "America/Sao_Paulo"])
def test_days_are_the_newsrooms_own_over_the_change_of_clocks(settings, zone):
    settings.TIME_ZONE = zone
    pledge = a_pledge(at=datetime(2027, 2, 14, 23, 30, tzinfo=UTC))
    moment = datetime(2027, 2, 15, 0, 30, tzinfo=UTC)
    while moment < datetime(2027, 12, 30, tzinfo=UTC):
        collecting.collect_due(at=moment)
        moment += timedelta(hours=12)
    told = [date.fromisoformat(period) for period, status in periods(pledge) if status == "paid"]
    assert [day.month for day in told] == list(range(2, 13))
    assert {day.day for day in told} == {pledge.day}
