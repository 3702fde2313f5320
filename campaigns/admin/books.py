"""The books, to be read: entries, receipts, refunds, and what processors told us."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from campaigns import inbox
from campaigns.admin.reading import Read, may, sum_in_words
from campaigns.models import LedgerEntry, ProcessorEvent, Refund


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
