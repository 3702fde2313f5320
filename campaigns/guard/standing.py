"""Where the site stands: the one row, read at each try, changed under lock. No person is needed, and one may step in."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.urls import reverse

from campaigns.guard import judging
from campaigns.guard.counting import QUICK, SITE, Counts, hashed, look
from campaigns.guard.judging import Normal, Standing
from campaigns.models import GuardState
from newsroom import alarms, audit

ALARM, ALARMED_FROM = "campaigns.guard", GuardState.Step.WORK
FORCED_FOR = timedelta(hours=1)
PRESSED_EVERY = timedelta(minutes=1)  # how often the row notes that an attack goes on
WEEK = 7 * 24
LEARNED_FROM = timedelta(days=28)
IMAGINED, MOST = (20, 2), 0.4  # payments of which so many are declined, for a site that is new; and no attack is normal


def current() -> GuardState:
    found = GuardState.objects.filter(pk=1).first()
    return found or GuardState.objects.get_or_create(pk=1)[0]


def step_of(state: GuardState, *, at: datetime) -> int:
    """What a person forced, while it lasts; else what the counts call for."""
    if state.forced_step is not None and state.forced_until and at < state.forced_until:
        return state.forced_step
    return state.step


def normal(state: GuardState, *, at: datetime) -> Normal:
    at = at.astimezone(UTC)
    hours = state.normal_hours
    an_hour = hours[at.weekday() * 24 + at.hour] if len(hours) == WEEK else 0
    return Normal(ratio=state.normal_ratio, tries=an_hour * QUICK / 3600)


def judge(state: GuardState, counts: Counts, *, at: datetime) -> GuardState:
    """Take the step that the site's counts call for. Writes only when something changes, or once a minute."""
    if not _is_news(state, _next(state, counts, at=at)):
        return state
    with transaction.atomic():
        state = GuardState.objects.select_for_update(no_key=True).get(pk=1)
        before, after = state.step, _next(state, counts, at=at)
        if _is_news(state, after):
            for name, value in asdict(after).items():
                setattr(state, name, value)
            state.reason = _reason(counts) if after.step > before else state.reason if after.step else ""
            state.save()
            _tell(before, state, at=at)
    return state


def keep_up(*, at: datetime) -> None:
    """Judge without a try: what rose comes down when nobody knocks any more."""
    key = hashed(SITE, "")
    judge(current(), look([key], at=at)[key], at=at)


def force(step: int, *, by: User | None, at: datetime) -> None:
    """A person's decision for one hour: the site stands at `step`, whatever is counted. Single addresses and mailboxes
    that are tried from are still judged for themselves."""
    _allow(by)
    if step not in GuardState.Step.values:
        raise ValidationError("There are five steps, 0 to 4.")
    current()
    with transaction.atomic():
        state = GuardState.objects.select_for_update(no_key=True).get(pk=1)
        state.forced_step, state.forced_until = step, at + FORCED_FOR
        state.save(update_fields=["forced_step", "forced_until"])
        audit.record(by, "forced a step", state, detail=f"Step {step} until {state.forced_until:%H:%M} UTC.", at=at)


def calm(*, by: User | None, at: datetime) -> None:
    """Back to normal: the step is 0 for an hour, and counted anew afterwards."""
    force(0, by=by, at=at)
    with transaction.atomic():
        state = GuardState.objects.select_for_update(no_key=True).get(pk=1)
        state.step, state.since, state.reason, state.changed_at = 0, None, "", at
        state.save(update_fields=["step", "since", "reason", "changed_at"])
        alarms.over(ALARM, at=at)


def learn(*, at: datetime) -> None:
    """What is normal here, from the payments of four weeks; without the hours in which the guard asked somebody for work."""
    with connection.cursor() as cursor:
        cursor.execute(LEARN, {"at": at, "since": at - LEARNED_FROM})
        rows = cursor.fetchall()
    hours = [0.0] * WEEK
    for hour, tries, _, _ in rows:
        hours[hour] = tries / (LEARNED_FROM / timedelta(days=7))
    declined, paid = sum(row[2] for row in rows), sum(row[3] for row in rows)
    ratio = (declined + IMAGINED[1]) / (declined + paid + IMAGINED[0])
    current()
    GuardState.objects.filter(pk=1).update(normal_ratio=min(ratio, MOST), normal_hours=hours)


def _next(state: GuardState, counts: Counts, *, at: datetime) -> Standing:
    """After “back to normal” nothing rises while that lasts."""
    if state.forced_step == 0 and state.forced_until and at < state.forced_until:
        return _standing(state)
    return judging.following(_standing(state), counts, normal(state, at=at), at=at)


def _standing(state: GuardState) -> Standing:
    return Standing(state.step, state.since, state.changed_at, state.pressed_at)


def _is_news(state: GuardState, after: Standing) -> bool:
    if after.step != state.step:
        return True
    late = after.pressed_at and (not state.pressed_at or after.pressed_at - state.pressed_at >= PRESSED_EVERY)
    return bool(late)


def _reason(counts: Counts) -> str:
    quick = f"{round(counts.declined)} payments were declined and {round(counts.paid)} paid in the last quarter of an hour"
    return f"{quick}; {round(counts.declined_long)} and {round(counts.paid_long)} in the last hours."


def _tell(before: int, state: GuardState, *, at: datetime) -> None:
    if state.step >= ALARMED_FROM > before:
        sentence = (
            f"Somebody tests stolen cards on the give forms. {state.reason} Donors’ browsers now have to work before they pay."
        )
        alarms.sound(ALARM, sentence, at=at, link=reverse("admin:campaigns_guardstate_changelist"))
    elif before >= ALARMED_FROM > state.step:
        alarms.over(ALARM, at=at)


def _allow(user: User | None) -> None:
    if user is not None and not user.has_perm("campaigns.steer_guardstate"):
        raise PermissionDenied("You may not set the step of the guard.")


# Hours in which more than one in twenty was asked to wait or work were an attack, or what was taken for one.
LEARN = """
WITH attacked AS (
    SELECT hour FROM campaigns_guardhour WHERE hour >= %(since)s GROUP BY hour HAVING sum(asked) > 0.05 * sum(tries)
)
SELECT (extract(isodow FROM d.created_at AT TIME ZONE 'UTC') * 24 - 24 + extract(hour FROM d.created_at AT TIME ZONE 'UTC'))::int,
    count(*), count(*) FILTER (WHERE d.status = 'declined'), count(*) FILTER (WHERE d.status = 'received')
FROM campaigns_donation d
WHERE d.created_at >= %(since)s AND d.created_at < %(at)s AND d.checkout_url <> ''
AND date_trunc('hour', d.created_at, 'UTC') NOT IN (SELECT hour FROM attacked)
GROUP BY 1
"""
