"""Pledges on the desk: what was collected, what changed, and what is being done about a decline."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from campaigns import pledges, telling
from campaigns.admin.looks import Looked
from campaigns.admin.reading import (
    LINES,
    ProcessorFilter,
    Read,
    ReadLines,
    TroubleFilter,
    may,
    sum_in_words,
    trouble_in_words,
)
from campaigns.dunning import STEPS
from campaigns.models import Instalment, Pledge, PledgeChange, PledgeMail
from campaigns.words import day_in_words
from newsroom import audit

Kind = PledgeChange.Kind
RENEWABLE = {Pledge.Status.ACTIVE, Pledge.Status.PAUSED, Pledge.Status.STRANDED}


class InstalmentLines(ReadLines):
    model = Instalment
    fields = ["period", "status", "attempt", "retry_on", "problem", "donation"]
    related = ("donation",)
    verbose_name_plural = f"Instalments (the latest {LINES})"
    show_change_link = False


class ChangeLines(ReadLines):
    model = PledgeChange
    fields = ["at", "kind", "was", "becomes", "consent", "by"]
    related = ("by",)
    verbose_name_plural = f"Changes (the latest {LINES})"
    show_change_link = False


class MailLines(ReadLines):
    model = PledgeMail
    fields = ["created_at", "kind", "mailed_at"]
    verbose_name_plural = f"Mails about it (the latest {LINES})"
    show_change_link = False


class OpenFilter(admin.SimpleListFilter):
    """Pledges whose last gift was declined and is being seen to."""

    title = "a decline"
    parameter_name = "declined"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("open", "Being seen to")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        waiting = Instalment.objects.filter(retry_on__isnull=False).values("pledge")
        return queryset.filter(pk__in=waiting) if self.value() == "open" else queryset


@admin.register(Pledge)
class PledgeAdmin(Looked, Read):
    list_display = ["__str__", "donor", "sum", "rhythm", "campaign", "status", "next_due"]
    list_filter = ["status", OpenFilter, TroubleFilter, "rhythm", ProcessorFilter, "campaign"]
    list_select_related = ["donor", "campaign"]
    search_fields = ["donor__name", "donor__email"]
    fields = ["status", "trouble", "decline", "donor", "campaign", "sum", "rhythm", "day", "next_due", "paused_until"]
    fields += ["processor_name", "method", "anonymous", "consent", "consented_at", "started_at", "ended_at"]
    readonly_fields = ["trouble", "decline", "sum"]
    inlines = [InstalmentLines, ChangeLines, MailLines]
    actions = ["pause", "send_link"]

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.change_pledge")

    @admin.action(description="Pause", permissions=["steer"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> None:
        at, by = timezone.now(), _person(request)
        some = list(queryset.order_by("pk"))
        for pledge in some:
            pledges.pause(pledge, at=at, why="Paused at the desk.", by=by)
        paused = list(PledgeChange.objects.filter(pledge__in=some, kind=Kind.PAUSED, at=at, by=by).select_related("pledge"))
        for change in paused:
            audit.record(by, "paused", change.pledge, at=at)
        self.message_user(request, f"Paused: {len(paused)}. Nothing is collected until their donors go on.", messages.SUCCESS)
        if left := len(some) - len(paused):
            told = f"Left as they are: {left} (paused already, stopped, or without a first gift)."
            self.message_user(request, told, messages.WARNING)

    @admin.action(description="Send the link to another way to pay", permissions=["steer"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[Pledge]) -> None:
        """At most once a day to each: a button that is pressed twice mails once."""
        at, by = timezone.now(), _person(request)
        some = list(queryset.filter(status__in=RENEWABLE).order_by("pk"))
        sent = telling.tell_all(some, PledgeMail.Kind.RENEW, about=f"{timezone.localdate(at)}", at=at)
        for pledge in some:
            audit.record(by, "sent the link", pledge, at=at)
        self.message_user(request, f"Queued to be mailed: {sent}.", messages.SUCCESS)
        if left := queryset.count() - sent:
            why = "stopped, without an address, or mailed today already"
            self.message_user(request, f"Not mailed: {left} ({why}).", messages.WARNING)

    @admin.display(description="Trouble")
    def trouble(self, pledge: Pledge) -> str:
        if not pledge.problem:
            return ""
        again = " It is tried again every hour." if pledge.status == Pledge.Status.ACTIVE else ""
        return f"The gift that was due could not be claimed. {trouble_in_words(pledge.problem)}{again}"

    @admin.display(description="After a decline")
    def decline(self, pledge: Pledge) -> str:
        waiting = pledge.instalments.filter(retry_on__isnull=False).first()
        if waiting is None or waiting.retry_on is None:
            return ""
        about, day = day_in_words(waiting.period), day_in_words(waiting.retry_on)
        next_step = "Its donor is asked again" if waiting.needs_donor else f"Try {waiting.attempt + 1} of {len(STEPS)} follows"
        return f"The gift due on {about} was declined. {next_step} on {day}; after the last the pledge is paused."

    @admin.display(description="Amount", ordering="amount")
    def sum(self, pledge: Pledge) -> str:
        return sum_in_words(pledge)


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
