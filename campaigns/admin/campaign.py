from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache

from articles.admin.telling import Told
from articles.pages import Faces
from campaigns import running
from campaigns.admin.forms import CampaignForm
from campaigns.admin.partners import embeds
from campaigns.admin.reading import may
from campaigns.forms import GiveForm, whole
from campaigns.models import Campaign, LedgerEntry
from campaigns.pages import faces, telling
from campaigns.progress import progress_of
from campaigns.views.public import page
from newsroom import money

Status = Campaign.Status
WRITTEN: list[Any] = [
    (None, {"fields": ["title", "call", "appeal", "story", "thanks"], "classes": ["desk-text"]}),
    ("Money", {"fields": ["goal", "currency", "suggested_amounts", "suggested_monthly", "minimum"]}),
    ("Time and place", {"fields": ["starts_at", "ends_at", "image", "priority", "slug"]}),
    (
        "Where it is asked",
        {
            "fields": ["is_chosen", "sections", "tags", "has_bar", "has_wall"],
            "description": "Of several open campaigns one is asked for: on the pages of its own sections and tags before all "
            "others; else the one chosen here by hand; else the one with the highest priority; else the newest.",
        },
    ),
]


@admin.register(Campaign)
class CampaignAdmin(Told):
    form = CampaignForm
    fieldsets = WRITTEN
    change_form_template = "admin/campaigns/campaign/change_form.html"
    list_display = ["title", "state", "progress", "ends_at"]
    list_filter = ["status"]
    search_fields = ["title", "call"]
    show_facets = admin.ShowFacets.NEVER
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["image", "sections", "tags"]
    actions = None
    list_per_page = 20

    def seen(self, row: Campaign | None) -> Faces:
        return faces()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        lines = LedgerEntry.objects.filter(campaign=OuterRef("pk"), currency=OuterRef("currency")).order_by().values("campaign")
        total = Subquery(lines.annotate(total=Sum("amount")).values("total"))
        return super().get_queryset(request).annotate(total=total).defer("story", "thanks", "appeal")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Campaign | None:
        """Locked while a form about it is looked at: the worker may be about to open or close it."""
        found = Campaign.objects.filter(pk=whole(object_id))
        return (found.select_for_update() if request.method == "POST" else found).first()

    def get_fieldsets(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        if may(request, "articles.view_image"):
            return WRITTEN
        return [(name, {**told, "fields": [field for field in told["fields"] if field != "image"]}) for name, told in WRITTEN]

    def get_readonly_fields(self, request: HttpRequest, obj: Campaign | None = None) -> list[str]:
        """The address stays once the campaign was open: it stands in mails and on other sites."""
        return ["slug"] if obj and obj.opened_at else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Campaign | None = None) -> Any:
        return {} if obj and obj.opened_at else super().get_prepopulated_fields(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        """What was open once stays: its gifts name it."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.opened_at is None

    def get_view_on_site_url(self, obj: Campaign | None = None) -> str | None:
        return obj.get_absolute_url() if obj and obj.has_page_at(timezone.now()) else None

    @admin.display(description="State", ordering="status")
    def state(self, campaign: Campaign) -> str:
        return campaign.get_status_display()

    @admin.display(description="Progress")
    def progress(self, campaign: Any) -> str:
        return f"{money.display(campaign.total or 0, campaign.currency)} of {money.display(campaign.goal, campaign.currency)}"

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """What stands in the form, and nothing else: the state is the verbs'."""
        with transaction.atomic(), telling():
            own = {field.name for field in obj._meta.fields}
            obj.save(update_fields=[name for name in form.cleaned_data if name in own] if change else None)
            form.save_m2m()  # here, where readers' pages are told

    # Preview and verbs

    def get_urls(self) -> list[URLPattern]:
        preview = path("<int:pk>/preview/", self.admin_site.admin_view(self.preview_view), name="campaigns_campaign_preview")
        return [preview, *super().get_urls()]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page as donors will see it, before it is open. Never kept, never indexed."""
        campaign = get_object_or_404(Campaign.objects.select_related("image"), pk=pk)
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied("You may not see this campaign.")
        campaign.status = Status.OPEN if campaign.status in {Status.DRAFT, Status.PLANNED} else campaign.status
        response = never_cache(page)(request, campaign, GiveForm(campaign))
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        campaign = kwargs.get("obj")
        context["title"], context["subtitle"] = str(campaign or "New campaign"), None
        context["state"] = state_in_words(campaign) if campaign else "New: not saved yet"
        progress = progress_of(campaign) if campaign else None
        context["progress"] = f"{progress.words}, {progress.gifts_text}" if progress else ""
        context["may_open"] = campaign is None or campaign.status in {Status.DRAFT, Status.CLOSED}
        context["may_close"] = campaign is not None and campaign.status in {Status.OPEN, Status.PLANNED}
        context["embeds"] = embeds(campaign, at=timezone.now()) if campaign else []
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Campaign, post_url_continue: str | None = None) -> HttpResponse:
        return self.after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Campaign) -> HttpResponse:
        return self.after_saving(request, obj)

    def after_saving(self, request: HttpRequest, campaign: Campaign) -> HttpResponse:
        """Do what the button says, say what was done, and stay with the campaign."""
        try:
            campaign = self.act(request, campaign)
        except ValidationError as refusal:
            saved = format_html("“{}” is saved, but not opened. {}", campaign, " ".join(refusal.messages))
            self.message_user(request, saved, messages.ERROR)
        else:
            sentence = format_html("“{}” is saved. {}.", campaign, state_in_words(campaign))
            self.message_user(request, sentence, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))

    def act(self, request: HttpRequest, campaign: Campaign) -> Campaign:
        for button, verb, words in [
            ("_open", running.open_campaign, "Opened."),
            ("_close", running.close_campaign, "Closed."),
        ]:
            if button in request.POST:
                campaign = verb(campaign, by=request.user, at=timezone.now())  # type: ignore[arg-type]
                self.log_change(request, campaign, words)
                return campaign
        return Campaign.objects.get(pk=campaign.pk)


def moment_in_words(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i") if at else ""


def state_in_words(campaign: Campaign) -> str:
    return {
        Status.DRAFT: "Draft: nobody sees it",
        Status.PLANNED: f"Opens by itself on {moment_in_words(campaign.starts_at)}",
        Status.OPEN: f"Open, until {moment_in_words(campaign.ends_at)}" if campaign.ends_at else "Open, without an end",
        Status.CLOSED: f"Closed since {moment_in_words(campaign.closed_at)}",
    }[Status(campaign.status)]
