"""The books, to be read: entries, receipts, refunds, and what processors told us."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from campaigns import inbox, receipts
from campaigns.admin.reading import Read, may, sum_in_words
from campaigns.models import LedgerEntry, ProcessorEvent, Receipt, Refund


@admin.register(LedgerEntry)
class LedgerEntryAdmin(Read):
    list_display = ["at", "kind", "sum", "campaign", "donation", "processor", "note"]
    list_display_links = ["at"]
    list_filter = ["kind", "processor", "campaign"]
    list_select_related = ["campaign", "donation"]
    search_fields = ["donation__reference", "processor_ref"]
    search_help_text = "A reference, ours or the processor's."
    fields = ["at", "kind", "sum", "campaign", "donation", "processor", "processor_ref", "note", "recorded_by", "recorded_at"]
    readonly_fields = ["sum"]

    @admin.display(description="Amount", ordering="amount")
    def sum(self, entry: LedgerEntry) -> str:
        return sum_in_words(entry)


class MailFilter(admin.SimpleListFilter):
    """A receipt that has an address to go to and has not gone waits for the worker, or its mail was refused."""

    title = "mail"
    parameter_name = "mail"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("out", "Not sent yet"), ("sent", "Sent"), ("none", "No address")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Receipt]) -> QuerySet[Receipt]:
        chosen = {
            "out": Q(mailed_at=None) & ~Q(donation__donor__email=""),
            "sent": Q(mailed_at__isnull=False),
            "none": Q(donation__donor__email=""),
        }
        return queryset.filter(chosen.get(self.value() or "", Q()))


@admin.register(Receipt)
class ReceiptAdmin(Read):
    list_display = ["full_number", "issued_at", "mailed_at", "donation"]
    list_filter = [MailFilter, "year"]
    actions = ["send_again"]
    list_select_related = ["donation"]
    search_fields = ["donation__reference", "donation__donor__email", "=number"]
    ordering = ["-year", "-number"]

    def has_send_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Receipt]) -> None:
        sent = [receipts.send_again(receipt, by=request.user) for receipt in queryset.order_by("pk")]  # type: ignore[arg-type]
        self.message_user(request, f"Queued to be mailed: {sum(sent)}.", messages.SUCCESS)
        if nowhere := len(sent) - sum(sent):
            self.message_user(request, f"Without an address: {nowhere}.", messages.WARNING)


@admin.register(Refund)
class RefundAdmin(Read):
    list_display = ["donation", "sum", "status", "asked_by", "asked_at", "problem"]
    list_filter = ["status"]
    list_select_related = ["donation", "asked_by"]
    search_fields = ["donation__reference"]
    fields = ["donation", "sum", "status", "problem", "note", "asked_by", "asked_at", "settled_at"]
    readonly_fields = ["sum"]

    @admin.display(description="Amount", ordering="amount")
    def sum(self, refund: Refund) -> str:
        return sum_in_words(refund)


@admin.register(ProcessorEvent)
class ProcessorEventAdmin(Read):
    list_display = ["event_id", "processor", "kind", "object_ref", "status", "received_at", "problem"]
    list_filter = ["status", "processor"]
    search_fields = ["=event_id", "=object_ref"]
    search_help_text = "The whole name of an event or a payment."
    readonly_fields = ["text"]
    actions = ["replay"]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    @admin.action(description="Process again", permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[ProcessorEvent]) -> None:
        events = list(queryset.order_by("pk"))
        for event in events:
            inbox.replay(event)
        self.message_user(request, f"Queued to be processed again: {len(events)}.", messages.SUCCESS)
