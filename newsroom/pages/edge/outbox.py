"""Every touch is told to the caches in front until they confirm it. The rows of `newsroom_touch` are the outbox.

A row is claimed before the call, told, and told once more REPEAT later, for the sake of a response that was on its way to
the cache while the first purge passed it, or that came from a host which had not heard of the touch yet. Only then is
it confirmed. What fails comes again, without end; meanwhile newer touches wait too and go in the same call. Purging twice,
late or in another order does no harm: a purge removes pages and never brings one back.
"""

import logging
import time
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Min, Q, QuerySet

from newsroom.cdn import Cdn
from newsroom.models import Touch
from newsroom.pages import touching
from newsroom.pages.edge import client, names
from newsroom.pages.here import store
from newsroom.pages.keys import EVERYTHING, microseconds

REPEAT = timedelta(seconds=5)
TIMES = 2  # a touch is told
LEASE = timedelta(seconds=90)  # after which the claim of a worker that was killed means nothing
PAUSES = (5, 10, 20, 40, 60)  # seconds after the first, second, … failure; then the last, for ever
LONGEST_PAUSE = 3600  # seconds, however long the CDN asks us to wait
MANY = 500  # touches in one purge; when more wait, all pages go instead
HOPELESS = 10  # failures after which all pages are to go: it may be a name that the CDN does not take
WORRY = timedelta(minutes=5)
REMEMBERED = timedelta(days=1)
logger = logging.getLogger(__name__)


def tell(*, at: datetime) -> datetime | None:
    """Tell the CDN what it has not confirmed yet. Returns when there is something to tell again; None when there is not."""
    cdn: Cdn | None = settings.CDN
    if cdn is None:
        return None
    claim = uuid.uuid4()
    if _claim(claim, at=at):
        _tell(cdn, claim, at=at)
    return _waiting().aggregate(next=Min("due_at"))["next"]


def _waiting() -> QuerySet[Touch]:
    return Touch.objects.filter(confirmed_at=None)


def _claim(claim: uuid.UUID, *, at: datetime) -> int:
    """Take what is due, so that no other worker tells it. Nothing while the CDN is given a rest."""
    if _waiting().filter(failures__gt=0, due_at__gt=at).exists():
        return 0
    with transaction.atomic():
        due = _waiting().filter(Q(due_at=None) | Q(due_at__lte=at)).select_for_update(skip_locked=True)
        return Touch.objects.filter(pk__in=due.values("pk")).update(claim=claim, due_at=at + LEASE)


def _tell(cdn: Cdn, claim: uuid.UUID, *, at: datetime) -> None:
    claimed = _waiting().filter(claim=claim)
    failures = claimed.aggregate(most=Max("failures"))["most"] or 0
    begun = time.monotonic()
    try:
        client.purge(cdn, _what_to_tell(claimed, failures, at=at))
    except client.Refused as refused:
        pause = max(PAUSES[min(failures, len(PAUSES) - 1)], min(refused.wait or 0, LONGEST_PAUSE))
        claimed.update(claim=None, failures=F("failures") + 1, due_at=_later(at, begun) + timedelta(seconds=pause))
        logger.warning("%s Next attempt in %s s.", refused, pause)
    else:
        confirm(claimed, at=_later(at, begun))


def _what_to_tell(claimed: QuerySet[Touch], failures: int, *, at: datetime) -> list[str]:
    touches = list(claimed.order_by("-pk").values_list("pk", "keys")[: MANY + 1])
    if settings.PAGES_KEPT:  # the process that touched may not have come to it yet; the CDN would fetch the old page again
        unheard = set(store().unheard(number for number, _ in touches))
        if keys := {key for number, keys in touches if number in unheard for key in keys}:
            touching.purge(keys, touches=sorted(unheard))
    if len(touches) > MANY or failures >= HOPELESS:
        return [EVERYTHING]
    return names.of_touches({key for _, keys in touches for key in keys}, at=microseconds(at))


def confirm(claimed: QuerySet[Touch], *, at: datetime) -> None:
    """What was told often enough is done; the rest is due once more. A claim that has run out confirms nothing."""
    with transaction.atomic():
        claimed.filter(told__gte=TIMES - 1).update(claim=None, failures=0, told=F("told") + 1, confirmed_at=at)
        claimed.filter(told__lt=TIMES - 1).update(claim=None, failures=0, told=F("told") + 1, due_at=at + REPEAT)


def _later(at: datetime, begun: float) -> datetime:
    return at + timedelta(seconds=time.monotonic() - begun)


def trouble(*, at: datetime) -> str | None:
    """A sentence when the CDN has not confirmed a touch for more than a few minutes."""
    if settings.CDN is None or not _waiting().filter(made_at__lt=at - WORRY).exists():
        return None
    return "The CDN has not confirmed changes for more than five minutes: readers may be shown older pages."


def forget(*, at: datetime) -> int:
    """Rows older than a day that nobody needs any more. Other hosts read them for hours (newsroom.pages.following)."""
    old = Touch.objects.filter(made_at__lt=at - REMEMBERED)
    return (old.exclude(confirmed_at=None) if settings.CDN else old).delete()[0]
