"""“Why is this 41,210.00?”: the page that answers for a campaign's total."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from campaigns import explaining, processors
from campaigns.admin.reading import may, processor_choices
from campaigns.explaining import Line, Wanted
from campaigns.models import Campaign, LedgerEntry
from campaigns.progress import progress_of

Key = tuple[datetime, int]


class WantedForm(forms.Form):
    kind = forms.ChoiceField(required=False)
    processor = forms.ChoiceField(required=False)
    first = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(required=False, label="Until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", "All"), *LedgerEntry.Kind.choices]  # type: ignore[attr-defined]
        self.fields["processor"].choices = [("", "All"), *processor_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        first, last = values.get("first"), values.get("last")
        if any(day and not 2000 <= day.year <= 9000 for day in (first, last)):
            raise forms.ValidationError("Type the year in full, 2000 or later.")
        if first and last and first > last:
            raise forms.ValidationError("The first day must not come after the last one.")
        return values


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [path("<int:pk>/why/", site.admin_view(why), name="campaigns_campaign_why")]


def may_ask(request: HttpRequest) -> bool:
    return may(request, "campaigns.view_ledgerentry")


def why(request: HttpRequest, pk: int) -> HttpResponse:
    """The total, what it is made of, and every line with the sum up to it; at the end of a day in the past, if one is named."""
    if not may_ask(request):
        raise PermissionDenied("You may not see the ledger.")
    campaign = get_object_or_404(Campaign.objects.only("pk", "title", "currency", "goal", "goal_kind", "status"), pk=pk)
    form = WantedForm(request.GET)
    wanted = Wanted(**form.cleaned_data) if form.is_valid() else Wanted()
    found, has_more = explaining.lines(campaign, wanted, before=_key(request.GET))
    parts = explaining.parts(campaign, last=wanted.last)
    context = {
        **admin.site.each_context(request),
        "title": "Why is this the total?",
        "campaign": campaign,
        "form": form,
        "wanted": wanted,
        "lines": found,
        "older": _from(request.GET, found[-1]) if has_more else "",
        "latest": _from(request.GET, None),
        "is_first": "before" not in request.GET,
        "parts": parts,
        "total": sum(part.sum for part in parts),
        "shown": progress_of(campaign).total if not wanted.last or wanted.last >= timezone.localdate() else None,
        "names": processors.labels(),
        "not_counted": explaining.not_counted(campaign),
    }
    return TemplateResponse(request, "admin/campaigns/campaign/why.html", context, status=200 if form.is_valid() else 422)


def _key(asked: QueryDict) -> Key | None:
    """The line after which a page begins. What is no such thing is the first page."""
    moment, _, number = asked.get("before", "").rpartition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    if at is None or timezone.is_naive(at) or not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    return at, int(number)


def _from(asked: QueryDict, last: Line | None) -> str:
    """The same question for the lines after that one, or from the latest on."""
    following = asked.copy()
    following.pop("before", None)
    if last:
        following["before"] = f"{last.entry.at.isoformat()}_{last.entry.pk}"
    return f"?{following.urlencode()}"
