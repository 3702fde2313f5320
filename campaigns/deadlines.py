"""Until when a dispute may be answered: in words, and as alarms. The alarms' sentences leave by plain mail and name no donor."""

from datetime import datetime

from django.urls import reverse
from django.utils import formats, timezone

from campaigns.models import Dispute
from newsroom import alarms, money


def in_words(dispute: Dispute, *, at: datetime) -> str:
    """“until 30 November 2026, 12:00: 6 days left”. Empty when there is nothing to answer."""
    if dispute.status != Dispute.Status.OPEN:
        return ""
    if dispute.answer_by is None:
        return "as soon as you can: the processor names no day"
    moment = formats.date_format(timezone.localtime(dispute.answer_by), "j F Y, H:i")
    if dispute.answer_by <= at:
        return f"until {moment}: it is too late"
    days = (timezone.localdate(dispute.answer_by) - timezone.localdate(at)).days
    left = {0: "today", 1: "1 day left"}.get(days, f"{days} days left")
    return f"until {moment}: {left}"


def sound(dispute: Dispute, *, at: datetime) -> bool:
    return alarms.sound(_key(dispute), _sentence(dispute, at=at), at=at, link=_page(dispute))


def sound_again(dispute: Dispute, *, at: datetime) -> bool:
    return alarms.sound(f"{_key(dispute)}:soon", _sentence(dispute, at=at), at=at, link=_page(dispute))


def quiet(dispute: Dispute, *, at: datetime) -> None:
    alarms.over(_key(dispute), at=at)
    alarms.over(f"{_key(dispute)}:soon", at=at)


def _sentence(dispute: Dispute, *, at: datetime) -> str:
    sum_, until = money.display(dispute.amount, dispute.currency), in_words(dispute, at=at)
    if dispute.is_inquiry:
        return f"A bank asks about a gift of {sum_} ({dispute.processor}), and has taken nothing yet. Answer it {until}."
    return f"A bank took back a gift of {sum_} ({dispute.processor}). Answer it {until}."


def _page(dispute: Dispute) -> str:
    return reverse("admin:campaigns_dispute_change", args=[dispute.pk])


def _key(dispute: Dispute) -> str:
    return f"dispute:{dispute.pk}"
