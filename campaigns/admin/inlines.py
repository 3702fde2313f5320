"""What belongs to a campaign and is written beside it: its other languages, and who adds to its gifts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from campaigns.admin.campaign_form import PoolForm
from campaigns.admin.reading import may
from campaigns.models import Campaign, CampaignTranslation, MatchingPool
from newsroom import audit
from newsroom.choosing import Chooses


class TranslationForm(forms.ModelForm):
    class Meta:
        model = CampaignTranslation
        fields = ["language", "title", "call", "appeal", "story", "thanks"]
        widgets = {
            "call": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
            "appeal": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        }

    def clean_language(self) -> str:
        language: str = self.cleaned_data["language"]
        if language == (self.data.get("language") or getattr(self.instance.campaign, "language", "")):
            raise forms.ValidationError("This is the campaign’s own language.")
        return language


def look_at_sponsors(request: HttpRequest, campaign: Campaign) -> None:
    """A campaign's form names the donors who were chosen as sponsors, to those who may see pools."""
    if may(request, "campaigns.view_matchingpool"):
        donors = MatchingPool.objects.filter(campaign=campaign).exclude(donor=None)
        for pk in donors.order_by("donor").values_list("donor", flat=True).distinct():
            audit.record(request.user, audit.LOOKED, f"campaigns.donor {pk}", detail="as a sponsor")


class Folded(admin.StackedInline):
    """One empty form at the end, for the next; the whole is folded away until somebody opens it."""

    extra = 1
    classes = ["collapse"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1


class TranslationInline(Folded):
    model = CampaignTranslation
    form = TranslationForm
    verbose_name_plural = "In other languages"


class PoolInline(Chooses, Folded):
    model = MatchingPool
    form = PoolForm
    fields = ["sponsor", ("numerator", "denominator", "cap"), ("starts_at", "ends_at"), "note", "donor"]
    autocomplete_fields = ["donor"]
    verbose_name_plural = "Matching pools: who adds to readers’ gifts"

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchingPool]:
        return super().get_queryset(request).select_related("campaign")  # its currency is the cap's
