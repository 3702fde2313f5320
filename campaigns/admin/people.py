import re
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from campaigns import epc
from campaigns.admin.forms import DonorForm
from campaigns.admin.looks import Looked, ShowsLooks
from campaigns.admin.reading import LINES, Read, ReadLines, sum_in_words
from campaigns.models import Donation, Donor, OfflineInstructions, Pledge


class GiftLines(ReadLines):
    model = Donation
    fields = ["reference", "received_at", "sum", "campaign", "status"]
    readonly_fields = ["sum"]
    related = ("campaign",)
    ordering = ["-pk"]
    verbose_name_plural = f"Gifts (the latest {LINES})"

    @admin.display(description="Amount")
    def sum(self, donation: Donation) -> str:
        return sum_in_words(donation)


class PledgeLines(ReadLines):
    model = Pledge
    fields = ["sum", "rhythm", "campaign", "status", "next_due"]
    readonly_fields = ["sum"]
    related = ("campaign",)

    @admin.display(description="Amount")
    def sum(self, pledge: Pledge) -> str:
        return sum_in_words(pledge)


@admin.register(Donor)
class DonorAdmin(ShowsLooks, Looked, Read):
    """Who gives. The name and the address may be put right; gifts may not."""

    form = DonorForm
    list_display = ["__str__", "email", "created_at"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "street", "postcode", "city", "region", "country", "tax_number", "language", "wants_news"]
    fields += ["created_at", "link_mailed_at", "erased_at"]
    readonly_fields = ["created_at", "link_mailed_at", "erased_at"]
    inlines = [PledgeLines, GiftLines]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody's name is written back after they were erased."""
        is_there = obj is None or obj.erased_at is None
        return is_there and admin.ModelAdmin.has_change_permission(self, request, obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The desk's history outlives them, and stands on the first page: it names nobody."""
        return super().log_change(request, Donor(pk=obj.pk), message)


class OfflineForm(forms.ModelForm):
    """The texts, and the account that banking apps are told."""

    def clean_iban(self) -> str:
        typed = self.cleaned_data["iban"]
        try:
            return epc.check_iban(typed) if typed.strip() else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_bic(self) -> str:
        bic = re.sub(r"\s", "", self.cleaned_data["bic"]).upper()
        if bic and not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):  # ISO 9362
            raise forms.ValidationError("A BIC has 8 or 11 signs, for example COBADEFFXXX.")
        return bic

    def clean_account_holder(self) -> str:
        return " ".join(self.cleaned_data["account_holder"].split())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("iban") and not values.get("account_holder"):
            self.add_error("account_holder", "A transfer needs the name of the account's holder.")
        return values


@admin.register(OfflineInstructions)
class OfflineInstructionsAdmin(admin.ModelAdmin):
    """One row: its list is its form."""

    form = OfflineForm

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:campaigns_offlineinstructions_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
