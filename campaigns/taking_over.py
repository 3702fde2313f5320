"""Regular gifts that were agreed elsewhere. Nothing is charged by the import: each waits until a person says that the system
it came from collects nothing any more, for else its donor would be charged twice."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import formats, timezone

from campaigns import pledges, telling
from campaigns.donors import fill, of_address
from campaigns.giving.arriving import allow
from campaigns.giving.beginning import donor_for
from campaigns.giving.past import Person
from campaigns.models import (
    Campaign,
    Dispute,
    Donation,
    Donor,
    ImportedGift,
    Instalment,
    Pledge,
    PledgeChange,
    PledgeMail,
    Way,
)
from newsroom import audit, money

Status = Pledge.Status
SLICE = 200
STILL_ON = (
    "First switch the regular gifts off in the system they come from, and look there whether it is done: as long as it collects "
    "them, donors would be charged twice."
)


IS_HELD_BACK = Exists(PledgeChange.objects.filter(pledge=OuterRef("pk"), kind=PledgeChange.Kind.PAUSED)) | Exists(
    Dispute.objects.filter(donation__pledge=OuterRef("pk"), is_inquiry=False).exclude(status=Dispute.Status.WON)
)


@dataclass(frozen=True, slots=True)
class PastPledge:
    """A regular gift as another system has it. `key` is the name under which it is known, whichever file brings it; `own`
    the number that the system's past gifts name it by."""

    line: int
    system: str
    key: str
    own: str
    processor: str
    mandate: str
    customer: str
    amount: int
    currency: str
    rhythm: str
    started: date | None
    due: date | None
    person: Person
    anonymous: bool = False


@dataclass(slots=True)
class TakenPledges:
    new: list[tuple[PastPledge, str]] = field(default_factory=list)  # with the state it is in here
    known: int = 0
    donors: set[str] = field(default_factory=set)
    problems: list[tuple[int, str]] = field(default_factory=list)


def take_over(
    plans: Sequence[PastPledge], *, into: Campaign, label: str, by: User | None, at: datetime, trial: bool = False
) -> TakenPledges:
    """Take down those that are not known: paused where we can charge the saved way to pay, else in need of a new one."""
    allow(by)
    taken = TakenPledges()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('campaigns.moving'))")
        known = set(Pledge.objects.filter(import_key__in=[plan.key for plan in plans]).values_list("import_key", flat=True))
        ways = _ways(plans)
        for plan in plans:
            if plan.key in known:
                taken.known += 1
            elif plan.currency != into.currency:
                told = f"It is in {plan.currency}, and the campaign in {into.currency}: choose one in {plan.currency} for it."
                taken.problems.append((plan.line, told))
            else:
                known.add(plan.key)
                mandate = plan.mandate or ways.get(plan.customer, "")
                taken.new.append((plan, Status.PAUSED if mandate else Status.STRANDED))
                _donor(plan.person, taken, trial=trial) if trial else _write(plan, mandate, taken, into=into, label=label, at=at)
    return taken


def waiting() -> QuerySet[Pledge]:
    """Those that nobody has started yet."""
    return Pledge.objects.filter(import_key__isnull=False, started_at=None, status__in=[Status.PAUSED, Status.STRANDED])


def start(*, old_is_off: bool, by: User | None, at: datetime) -> tuple[int, list[Pledge]]:
    """Collect from now on what waits: (how many are active, those that need a new way to pay first).

    Each is due on its next regular day after today: what fell due meanwhile is nobody's debt. One that was paused or
    disputed while it waited rests, until its donor goes on. ValidationError unless the old system is off. Safe to kill and
    to repeat.
    """
    allow(by)
    if not old_is_off:
        raise ValidationError(STILL_ON)
    active, stranded = 0, []
    while some := _start_some(by=by, at=at):
        active += sum(pledge.status == Status.ACTIVE for pledge in some)
        stranded += [pledge for pledge in some if pledge.status == Status.STRANDED]
    return active, stranded


def _start_some(*, by: User | None, at: datetime) -> list[Pledge]:
    tomorrow = timezone.localdate(at) + timedelta(days=1)
    with transaction.atomic():
        some = list(waiting().select_for_update(no_key=True).order_by("pk")[:SLICE])
        held = _held_back(some)
        for pledge in some:
            pledge.started_at, pledge.next_due = at, not_before(pledge, tomorrow)
            if pledge.status == Status.PAUSED and pledge.pk not in held:
                pledge.status = Status.ACTIVE
        Pledge.objects.bulk_update(some, ["status", "started_at", "next_due"])
        # What stands open from before was the old system's to collect.
        open_ones = Instalment.objects.filter(pledge__in=some, status=Instalment.Status.FAILED)
        open_ones.update(status=Instalment.Status.SKIPPED, retry_on=None)
        stranded = [pledge for pledge in some if pledge.status == Status.STRANDED and pledge.pk not in held]
        telling.tell_all(stranded, PledgeMail.Kind.STRANDED, about="moved in", at=at)
        if some:
            audit.record(by, "started", "imported pledges", detail=f"{len(some)}, from {some[0].pk} to {some[-1].pk}", at=at)
    return some


def _held_back(some: Sequence[Pledge]) -> set[int]:
    """Paused at the desk or by a dispute while they waited; and those of which a gift was disputed before they came."""
    held = Pledge.objects.filter(IS_HELD_BACK, pk__in=[pledge.pk for pledge in some])
    return set(held.values_list("pk", flat=True))


def not_before(pledge: Pledge, first: date) -> date:
    """Its next regular day, not before `first`."""
    due = pledge.next_due or first
    while due < first:
        due = pledges.next_due(pledge, after=due)
    return due


def _ways(plans: Sequence[PastPledge]) -> dict[str, str]:
    """By customer: the way that the last imported payment was made. Exports of subscriptions name no card."""
    asked = {plan.customer for plan in plans if plan.customer and not plan.mandate}
    found = ImportedGift.objects.filter(customer__in=asked).exclude(mandate="").order_by("customer", "donation__received_at")
    return dict(found.values_list("customer", "mandate")) if asked else {}


def _donor(person: Person, taken: TakenPledges, *, trial: bool) -> Donor | None:
    donor = of_address(person.email).first()
    if donor is None:
        taken.donors.add(person.email.lower())
    return donor


def _write(plan: PastPledge, mandate: str, taken: TakenPledges, *, into: Campaign, label: str, at: datetime) -> None:
    _donor(plan.person, taken, trial=False)
    donor = donor_for(plan.person.email)
    if changed := fill(donor, {"name": plan.person.name, **plan.person.address}):
        donor.save(update_fields=changed)
    first = plan.due or plan.started
    assert first
    began = datetime.combine(plan.started, time(12), UTC) if plan.started else at
    pledge = Pledge(
        donor=donor,
        campaign=into,
        amount=plan.amount,
        currency=plan.currency,
        rhythm=plan.rhythm,
        day=_regular_day(plan),
        anonymous=plan.anonymous,
        status=Status.PAUSED if mandate else Status.STRANDED,
        processor=plan.processor if mandate else _stopped(plan, at),
        mandate=mandate,
        consent=_consent(plan, label, at),
        consented_at=min(began, at),
        next_due=first,
        import_key=plan.key,
    )
    pledge.next_due = not_before(pledge, timezone.localdate(at) + timedelta(days=1))
    pledge.save()
    if plan.own:
        gifts = Donation.objects.filter(imported__system=plan.system, imported__subscription=plan.own, donor=donor)
        gifts.update(pledge=pledge)


def _stopped(plan: PastPledge, at: datetime) -> str:
    """A processor of another's: its way is stopped for good, so that nothing takes it for one that came back."""
    name = plan.processor if plan.processor.startswith("import:") else f"import:{plan.processor}"
    Way.objects.get_or_create(processor=name, defaults={"is_offered": False, "stopped_at": at})
    return name


def _regular_day(plan: PastPledge) -> int:
    """The day it began on, where the next one only stands on the last day of a shorter month."""
    due, started = plan.due or plan.started, plan.started or plan.due
    assert due
    assert started
    is_last = due.day == calendar.monthrange(due.year, due.month)[1]
    return started.day if is_last and started.day > due.day else due.day


def _consent(plan: PastPledge, label: str, at: datetime) -> str:
    amount = money.display(plan.amount, plan.currency)
    agreed = f"; agreed there on {formats.date_format(plan.started, 'j F Y')}" if plan.started else ""
    taken = formats.date_format(timezone.localdate(at), "j F Y")
    return f"Give {amount} {plan.rhythm}. Taken over from {label} on {taken}{agreed}."


def counted() -> dict[str, int]:
    """How many wait: those that we can charge, those that need a new way, and those that were paused or disputed meanwhile."""
    numbers = {
        "paused": Count("pk", filter=Q(status=Status.PAUSED, is_held_back=False)),
        "stranded": Count("pk", filter=Q(status=Status.STRANDED, is_held_back=False)),
        "held": Count("pk", filter=Q(is_held_back=True)),
    }
    return waiting().annotate(is_held_back=IS_HELD_BACK).aggregate(**numbers)
