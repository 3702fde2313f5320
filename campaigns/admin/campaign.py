from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.views.decorators.cache import never_cache

from articles.admin.telling import Told
from articles.pages import Faces
from campaigns import running
from campaigns.admin import why
from campaigns.admin.campaign_form import CampaignForm
from campaigns.admin.inlines import PoolInline, TranslationInline, look_at_sponsors
from campaigns.admin.partners import embeds
from campaigns.admin.reading import may
from campaigns.forms import GiveForm, whole
from campaigns.models import Campaign, Donation, LedgerEntry
from campaigns.pages import faces, telling
from campaigns.progress import Progress, progress_of
from campaigns.views.public import page
from campaigns.wording import languages_of, words_of
from newsroom.choosing import Chooses

Status = Campaign.Status
WRITTEN: list[Any] = [
    (None, {"fields": ["title", "call", "appeal", "story", "thanks"], "classes": ["desk-text"]}),
    ("Goal", {"fields": ["goal_kind", ("goal", "currency")]}),
    (
        "What donors may give",
        {
            "fields": [
                "rhythms",
                ("suggested_amounts", "default_once", "minimum"),
                ("suggested_monthly", "default_monthly", "minimum_monthly"),
                ("suggested_yearly", "default_yearly", "minimum_yearly"),
                "takes_own_amount",
            ],
            "description": "Amounts stand separated by commas, decimals with a point: 10, 25.50. Left empty, monthly and yearly"
            " are as once, and the middle amount is the one chosen at first.",
        },
    ),
    (
        "What else the form asks",
        {
            "fields": ["offers_fee_cover", "offers_tribute", "has_wall", "asks_address", "tax_country"],
            "description": "Each stands folded in the form, so that it stays short. Ask for what you will use.",
        },
    ),
    ("Time and place", {"fields": ["starts_at", "ends_at", "image", "language", "priority", "slug"]}),
    (
        "Where it is asked",
        {
            "fields": ["is_chosen", "sections", "tags", "has_bar"],
            "description": "Of several open campaigns one is asked for: on the pages of its own sections and tags before all "
            "others; else the one chosen here by hand; else the one with the highest priority; else the newest.",
        },
    ),
]


COLUMNS = {field.name for field in Campaign._meta.fields}


@admin.register(Campaign)
class CampaignAdmin(Chooses, Told):
    form = CampaignForm
    fieldsets = WRITTEN
    inlines = [TranslationInline, PoolInline]
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
        rows = super().get_queryset(request).annotate(total=total, donors=_donors())
        return rows.defer("story", "thanks", "appeal")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Campaign | None:
        """Locked while a form about it is looked at: the worker may be about to open or close it."""
        found = Campaign.objects.filter(pk=whole(object_id))
        changes = request.method == "POST" and connection.in_atomic_block  # the stock page of its history is not in one
        return (found.select_for_update(no_key=True) if changes else found).first()

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

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*self.list_display, "why"] if why.may_ask(request) else [*self.list_display]

    @admin.display(description="Lines")
    def why(self, campaign: Campaign) -> str:
        address = reverse("admin:campaigns_campaign_why", args=[campaign.pk])
        return format_html('<a href="{}">Why is this?</a>', address)

    @admin.display(description="Progress")
    def progress(self, campaign: Any) -> str:
        counts_donors = campaign.goal_kind == Campaign.GoalKind.DONORS
        shown = Progress(campaign.total or 0, 0, campaign.goal, campaign.currency, campaign.donors or 0, counts_donors)
        return shown.words

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:
        """What stands in the form, and nothing else: the state is the verbs'."""
        with transaction.atomic(), telling():
            obj.save(update_fields=[name for name in form.cleaned_data if name in COLUMNS] if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        with transaction.atomic(), telling():
            super().save_related(request, form, formsets, change)

    # Preview and verbs

    def get_urls(self) -> list[URLPattern]:
        preview = path("<int:pk>/preview/", self.admin_site.admin_view(self.preview_view), name="campaigns_campaign_preview")
        return [preview, *why.urls(self.admin_site), *super().get_urls()]

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page as donors will see it, before it is open. Never kept, never indexed."""
        campaign = get_object_or_404(Campaign.objects.select_related("image"), pk=pk)
        if not self.has_view_permission(request, campaign):
            raise PermissionDenied("You may not see this campaign.")
        campaign.status = Status.OPEN if campaign.status in {Status.DRAFT, Status.PLANNED} else campaign.status
        words = words_of(campaign, request.GET.get("language", ""))
        response = never_cache(page)(request, campaign, GiveForm(campaign, words=words))
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        campaign = kwargs.get("obj")
        if campaign:
            look_at_sponsors(request, campaign)
        context["title"], context["subtitle"] = str(campaign or "New campaign"), None
        context["state"] = state_in_words(campaign) if campaign else "New: not saved yet"
        progress = progress_of(campaign) if campaign else None
        context["progress"] = f"{progress.words}, {progress.came_text}" if progress else ""
        context["languages"] = [(code, dict(settings.LANGUAGES)[code]) for code in languages_of(campaign)] if campaign else []
        context["may_ask_why"] = campaign is not None and why.may_ask(request)
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


def _donors() -> Subquery:
    """How many people stand behind a campaign's gifts, where that is its goal."""
    left = (
        LedgerEntry.objects.filter(donation=OuterRef("pk"), currency=OuterRef("campaign__currency")).order_by().values("donation")
    )
    gifts = Donation.objects.filter(campaign=OuterRef("pk"), campaign__goal_kind=Campaign.GoalKind.DONORS).order_by()
    gifts = gifts.alias(net=Subquery(left.annotate(net=Sum("amount")).values("net"))).filter(net__gt=0)
    return Subquery(gifts.values("campaign").annotate(donors=Count("donor", distinct=True)).values("donors"))


def moment_in_words(at: datetime | None) -> str:
    return formats.date_format(timezone.localtime(at), "j F Y, H:i") if at else ""


def state_in_words(campaign: Campaign) -> str:
    return {
        Status.DRAFT: "Draft: nobody sees it",
        Status.PLANNED: f"Opens by itself on {moment_in_words(campaign.starts_at)}",
        Status.OPEN: f"Open, until {moment_in_words(campaign.ends_at)}" if campaign.ends_at else "Open, without an end",
        Status.CLOSED: f"Closed since {moment_in_words(campaign.closed_at)}",
    }[Status(campaign.status)]
