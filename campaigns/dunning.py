"""What follows a decline: its donor is asked at once, it is tried again on the third, seventh and fourteenth day, then the
pledge is paused. Never cancelled: it goes on as soon as there is another way to pay."""

from datetime import datetime, timedelta

from django.utils import timezone

from campaigns import pledges, telling
from campaigns.models import Donation, Instalment, Pledge, PledgeMail

STEPS = (3, 4, 7)  # days from one try to the next: 3, 7 and 14 days after the first decline
Status = Instalment.Status


def failed(donation: Donation, *, at: datetime, problem: str = "", needs_donor: bool = False) -> None:
    """The gift was declined. With `needs_donor` the same way to pay is not tried again: its bank wants the donor, or said
    no for good. The gift's lock is held."""
    instalment = Instalment.objects.filter(donation=donation).exclude(status=Status.PAID).first()
    if instalment is None:
        return
    pledge = pledges.locked(instalment.pledge)
    instalment = Instalment.objects.select_for_update(no_key=True).get(pk=instalment.pk)
    instalment.status, instalment.problem = Status.FAILED, problem[:300]
    instalment.needs_donor, instalment.retry_on = needs_donor, None
    instalment.save(update_fields=["status", "problem", "needs_donor", "retry_on"])
    follow(instalment, pledge, at=at)


def follow(instalment: Instalment, pledge: Pledge, *, at: datetime) -> None:
    """The next step after the instalment's last try. Pledge and instalment are locked.

    None for a pledge that rests already, and none once the next period was claimed: two are never asked for at a time.
    """
    is_last = not pledge.instalments.filter(period__gt=instalment.period).exists()
    if pledge.status != Pledge.Status.ACTIVE or not is_last:
        return
    if instalment.attempt < len(STEPS):
        instalment.retry_on = timezone.localdate(at) + timedelta(days=STEPS[instalment.attempt])
        instalment.save(update_fields=["retry_on"])
        telling.tell(pledge, PledgeMail.Kind.DECLINED, about=f"{instalment.period}/{instalment.attempt}", at=at)
        return
    pledges.pause(pledge, at=at, why=pledges.AFTER_DECLINES)
    telling.tell(pledge, PledgeMail.Kind.PAUSED, about=f"{instalment.period}", at=at)
