"""Receipts and their versions: looked at, taken down, corrected, sent again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from campaigns import receipts
from campaigns.admin.looks import Looked
from campaigns.admin.reading import Read, may
from campaigns.models import Receipt, ReceiptVersion
from newsroom import audit


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


class CorrectForm(forms.Form):
    """What a receipt says of its donor. Its amounts are the ledger's."""

    name = forms.CharField(max_length=160, required=False)
    address = forms.CharField(max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text="Line by line.")
    tax_number = forms.CharField(max_length=40, required=False)
    reason = forms.CharField(max_length=200, label="Why", help_text="Kept with the version, for the newsroom.")

    def clean_address(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["address"].splitlines() if line.strip()]


@admin.register(Receipt)
class ReceiptAdmin(Looked, Read):
    names_people = False
    list_display = ["full_number", "entity", "issued_at", "mailed_at", "donation"]
    list_filter = [MailFilter, "year", "entity"]
    actions = ["send_again"]
    list_select_related = ["donation", "entity"]
    search_fields = ["donation__reference", "donation__donor__email", "=number"]
    ordering = ["-year", "-number"]
    fields = ["full_number", "entity", "issued_at", "mailed_at", "donation"]
    readonly_fields = ["full_number"]
    change_form_template = "admin/campaigns/receipt/change_form.html"

    def has_send_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Receipt]) -> None:
        sent = [receipts.send_again(receipt, by=request.user) for receipt in queryset.order_by("pk")]  # type: ignore[arg-type]
        self.message_user(request, f"Queued to be mailed: {sum(sent)}.", messages.SUCCESS)
        if nowhere := len(sent) - sum(sent):
            self.message_user(request, f"Without an address: {nowhere}.", messages.WARNING)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        receipt: Receipt = context["original"]
        receipts.latest(receipt)
        context["title"], context["subtitle"] = f"Receipt {receipt.full_number}", None
        context["versions"] = receipt.versions.select_related("by").defer("contents")
        context["may_send"] = self.has_send_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"campaigns_receipt_{name}")

        return [
            page("<int:pk>/version-<int:number>.pdf", self.paper_view, "paper"),
            page("<int:pk>/correct/", self.correct_view, "correct"),
            page("<int:pk>/send/", self.send_view, "send"),
            *super().get_urls(),
        ]

    def paper_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """A version as a PDF. It shows who gave: the download is in the audit log."""
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not look at receipts.")
        version = get_object_or_404(ReceiptVersion.objects.select_related("receipt"), receipt=pk, version=number)
        audit.record(request.user, audit.LOOKED, version.receipt, detail=f"version {number} downloaded")
        name = f"{version.receipt.full_number}-{number}" if number > 1 else version.receipt.full_number
        return HttpResponse(
            receipts.paper(version),
            content_type="application/pdf",
            headers={"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "private, no-store"},
        )

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make the next version, with another name or address."""
        receipt = self._receipt(request, pk)
        audit.record(request.user, audit.LOOKED, receipt, detail="to correct it")
        known = receipts.latest(receipt).contents["donor"]
        first = {"name": known.get("name", ""), "address": "\n".join(known.get("lines", []))}
        form = CorrectForm(request.POST or None, initial=first | {"tax_number": known.get("tax_number", "")})
        if request.method == "POST" and form.is_valid():
            typed = form.cleaned_data
            told = {"name": typed["name"], "lines": typed["address"], "tax_number": typed["tax_number"]}
            try:
                version = receipts.correct(receipt, by=request.user, at=timezone.now(), reason=typed["reason"], **told)  # type: ignore[arg-type]
            except ValidationError as error:
                form.add_error(None, error)
            else:
                self.message_user(request, f"Version {version.version} holds now. It is not mailed by itself.", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:campaigns_receipt_change", args=[pk]))
        about = {"title": f"Correct {receipt.full_number}", "form": form, "button": "Make the next version", "opts": self.opts}
        context = {**self.admin_site.each_context(request), **about, "original": receipt}
        return TemplateResponse(request, "admin/campaigns/deed.html", context, status=422 if form.errors else 200)

    def send_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        receipt = self._receipt(request, pk)
        if request.method == "POST":
            if receipts.send_again(receipt, by=request.user):  # type: ignore[arg-type]
                self.message_user(request, "Queued to be mailed.", messages.SUCCESS)
            else:
                self.message_user(request, "The donor has no address.", messages.WARNING)
        return HttpResponseRedirect(reverse("admin:campaigns_receipt_change", args=[pk]))

    def _receipt(self, request: HttpRequest, pk: int) -> Receipt:
        if not self.has_send_permission(request):
            raise PermissionDenied("You may not correct or send receipts.")
        return get_object_or_404(Receipt.objects.select_related("entity"), pk=pk)
