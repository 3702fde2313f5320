"""Sites that may show a give form of ours, and what they put into their pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.telling import Told
from articles.pages import Faces
from campaigns import partners
from campaigns.models import Campaign, PartnerHost

FRAME = (
    '<iframe src="{}" title="{}" width="100%" height="980" loading="lazy" referrerpolicy="strict-origin-when-cross-origin">'
    "</iframe>"
)
PICTURE = '<a href="{}"><img src="{}" alt="{}" width="{}" height="{}" loading="lazy"></a>'


class PartnerHostForm(forms.ModelForm):
    class Meta:
        model = PartnerHost
        fields = ["host", "name"]

    def clean_host(self) -> str:
        host = partners.clean_host(self.cleaned_data["host"])
        if self.instance.pk is None and PartnerHost.objects.count() >= partners.MOST:
            raise ValidationError(f"There are {partners.MOST} partner sites already. Take one away that shows the form no more.")
        return host


@admin.register(PartnerHost)
class PartnerHostAdmin(Told):
    form = PartnerHostForm
    list_display = ["host", "name"]
    search_fields = ["host", "name"]
    show_facets = admin.ShowFacets.NEVER

    def seen(self, row: PartnerHost | None) -> Faces:
        return partners.faces()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Another host is another partner: its name stands on gifts."""
        return ["host"] if obj else []


@dataclass(frozen=True, slots=True)
class Embed:
    label: str
    code: str


def embeds(campaign: Campaign, *, at: datetime) -> list[Embed]:
    """What to copy into other sites' pages; nothing while the campaign has no page."""
    if not campaign.has_page_at(at):
        return []
    page = settings.SITE_URL + campaign.get_absolute_url()
    told = f"How far “{campaign.title}” has come"
    found = [
        Embed("Progress as a drawing, for any page", format_html(PICTURE, page, f"{page}progress.svg", told, 480, 76)),
        Embed("Progress in pixels, for mails", format_html(PICTURE, page, f"{page}progress.png", told, 512, 108)),
    ]
    for host in PartnerHost.objects.values_list("host", flat=True):
        address = settings.SITE_URL + reverse("campaigns:embed_for", args=[campaign.slug, host])
        found.append(Embed(f"Give form for {host}", format_html(FRAME, address, f"Give to {campaign.title}")))
    return found
