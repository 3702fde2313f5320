"""Gifts that a bank took back: until when to answer, and with what."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from campaigns import deadlines, disputes, evidence, giving, processors
from campaigns.admin.reading import ProcessorFilter, Read, may, sum_in_words
from campaigns.models import Dispute
from campaigns.processors.base import ProcessorError
from newsroom import audit

NEXT = {
    Dispute.Status.OPEN: "Download the evidence, send it at the processor’s own site, and mark the dispute as answered.",
    Dispute.Status.ANSWERED: "The evidence is sent. The donor’s bank decides, and its word arrives by itself.",
    Dispute.Status.WON: "The money came back, and counts again.",
    Dispute.Status.LOST: "The money stays with the donor.",
    Dispute.Status.CLOSED: "It is over, and nothing was taken.",
}
INQUIRY = (
    "The donor’s bank asks about this gift and has taken nothing: the total, the receipt and a regular gift stay as they are. "
    "Answered in time it rarely becomes a dispute; a full refund ends it, too."
)
NO_DAY = "The processor names no last day. Look at its own site how this stands, or ask it here."


def next_of(dispute: Dispute) -> str:
    """What somebody should do now."""
    parts = [INQUIRY] if dispute.is_inquiry and not dispute.is_over else []
    parts.append(NEXT[Dispute.Status(dispute.status)])
    if dispute.status == Dispute.Status.OPEN and dispute.answer_by is None:
        parts.append(NO_DAY)
    return " ".join(parts)


@admin.register(Dispute)
class DisputeAdmin(Read):
    list_display = ["gift", "kind", "sum", "reason", "opened_at", "deadline", "status", "processor_name"]
    list_filter = ["status", "is_inquiry", ProcessorFilter]
    list_select_related = ["donation"]
    search_fields = ["donation__reference__exact", "processor_ref__exact"]
    search_help_text = "The whole reference of a gift, or the processor's name of a dispute."
    fields = ["kind", "status", "deadline", "donation", "sum", "reason", "processor_name", "processor_ref", "opened_at"]
    fields += ["evidence_sent_at", "settled_at", "told_at"]
    readonly_fields = ["kind", "deadline", "sum"]
    change_form_template = "admin/campaigns/dispute/change_form.html"

    @admin.display(description="Gift", ordering="donation")
    def gift(self, dispute: Dispute) -> str:
        return dispute.donation.reference

    @admin.display(description="Kind", ordering="is_inquiry")
    def kind(self, dispute: Dispute) -> str:
        return "Inquiry" if dispute.is_inquiry else "Dispute"

    @admin.display(description="Amount", ordering="amount")
    def sum(self, dispute: Dispute) -> str:
        return sum_in_words(dispute)

    @admin.display(description="Answer", ordering="answer_by")
    def deadline(self, dispute: Dispute) -> str:
        return deadlines.in_words(dispute, at=timezone.now())

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"campaigns_dispute_{name}")

        return [
            page("<int:pk>/evidence/", self.evidence_view, "evidence"),
            page("<int:pk>/answered/", require_POST(self.answered_view), "answered"),
            page("<int:pk>/ask/", require_POST(self.ask_view), "ask"),
            page("<int:pk>/close/", require_POST(self.close_view), "close"),
            *super().get_urls(),
        ]

    def evidence_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that our records have about the gift, to be sent to the processor. Who takes it is written down."""
        dispute = self._dispute(request, pk)
        packed = evidence.pack(dispute, at=timezone.now())
        with transaction.atomic():
            audit.record(request.user, audit.EXPORTED, dispute, detail="the evidence pack")
        name = f"evidence-{dispute.donation.reference}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(packed, content_type="application/zip", headers=headers)

    def answered_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        dispute = disputes.answer(self._dispute(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
        return self._told(request, dispute)

    def ask_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask its processor how it stands."""
        dispute = self._dispute(request, pk)
        try:
            giving.settle(dispute.donation, at=timezone.now())
        except ProcessorError as error:
            self.message_user(request, f"The processor gave no answer: {error}", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:campaigns_dispute_change", args=[pk]))
        dispute.refresh_from_db()
        return self._told(request, dispute)

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """By what somebody read at the processor's own site."""
        dispute = disputes.close(self._dispute(request, pk), by=request.user, at=timezone.now())  # type: ignore[arg-type]
        return self._told(request, dispute)

    def _told(self, request: HttpRequest, dispute: Dispute) -> HttpResponse:
        kind = self.kind(dispute).lower()
        self.message_user(request, f"The {kind} stands: {dispute.get_status_display().lower()}.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:campaigns_dispute_change", args=[dispute.pk]))

    def _dispute(self, request: HttpRequest, pk: int) -> Dispute:
        if not self.has_answer_permission(request):
            raise PermissionDenied("You may not answer disputes.")
        return get_object_or_404(Dispute.objects.select_related("donation"), pk=pk)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        dispute = kwargs["obj"]
        audit.record(request.user, audit.LOOKED, dispute)
        context["title"], context["subtitle"] = f"{self.kind(dispute)} of {dispute.donation.reference}", None
        context["next"] = next_of(dispute)
        context["may_ask"] = not dispute.is_over and dispute.processor in processors.names()
        context["may_close"] = not dispute.is_over
        context["may_answer"] = self.has_answer_permission(request)
        context["is_open"] = dispute.status == Dispute.Status.OPEN
        return super().render_change_form(request, context, *args, **kwargs)
