"""News from campaigns: written, published, and mailed to donors who want it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from articles.admin.telling import Told
from articles.pages import Faces
from campaigns import news, updates
from campaigns.admin.campaign import moment_in_words
from campaigns.admin.reading import may
from campaigns.models import CampaignUpdate, UpdateMail
from newsroom.choosing import Chooses


@admin.register(CampaignUpdate)
class CampaignUpdateAdmin(Chooses, Told):
    change_form_template = "admin/campaigns/campaignupdate/change_form.html"
    fieldsets = [(None, {"fields": ["campaign", "headline", "text", "image"], "classes": ["desk-text"]})]
    autocomplete_fields = ["campaign", "image"]
    list_display = ["headline", "campaign", "state"]
    list_filter = ["campaign"]
    list_select_related = ["campaign"]
    search_fields = ["headline"]
    show_facets = admin.ShowFacets.NEVER
    actions = None
    list_per_page = 20

    def seen(self, row: CampaignUpdate | None) -> Faces:
        if row is None or row.published_at is None:
            return {}
        return {updates.news_of(row.campaign_id): (row.pk, row.headline, row.text, row.image_id, row.published_at)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[CampaignUpdate]:
        return super().get_queryset(request).defer("text")

    def get_readonly_fields(self, request: HttpRequest, obj: CampaignUpdate | None = None) -> list[str]:
        """Published news stays with its campaign."""
        return ["campaign"] if obj and obj.published_at else []

    def has_delete_permission(self, request: HttpRequest, obj: CampaignUpdate | None = None) -> bool:
        """What was mailed stays: who got it is known by its rows."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.mailed_from is None)

    @admin.display(description="State")
    def state(self, update: CampaignUpdate) -> str:
        return state_in_words(update)

    def save_model(self, request: HttpRequest, obj: CampaignUpdate, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        update = kwargs.get("obj")
        context["title"], context["subtitle"] = str(update or "News from a campaign"), None
        context["state"] = state_in_words(update) if update else "New: not saved yet"
        context["mailed"] = mailed_in_words(update) if update else ""
        context["is_published"] = update is not None and update.published_at is not None
        context["may_mail"] = may(request, "campaigns.mail_campaignupdate") and (update is None or update.mailed_from is None)
        context["may_withdraw"] = update is not None and update.published_at is not None and update.mailed_from is None
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: CampaignUpdate, post_url_continue: str | None = None) -> HttpResponse:
        return self.after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: CampaignUpdate) -> HttpResponse:
        return self.after_saving(request, obj)

    def after_saving(self, request: HttpRequest, update: CampaignUpdate) -> HttpResponse:
        """Do what the button says, say what was done, and stay with the news."""
        try:
            update = self.act(request, update)
        except ValidationError as refusal:
            self.message_user(request, " ".join(["It is saved, but not more than that.", *refusal.messages]), messages.ERROR)
        else:
            self.message_user(request, format_html("“{}” is saved. {}.", update, state_in_words(update)), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:campaigns_campaignupdate_change", args=[update.pk]))

    def act(self, request: HttpRequest, update: CampaignUpdate) -> CampaignUpdate:
        by: Any = request.user
        if "_withdraw" in request.POST:
            return updates.withdraw(update, by=by)
        if "_publish" in request.POST or "_mail" in request.POST:
            update = updates.publish(update, by=by, at=timezone.now())
        if "_mail" in request.POST:
            update = news.mail_out(update, by=by, at=timezone.now())
            self.log_change(request, update, "Mailed to the campaign's donors.")
        return CampaignUpdate.objects.select_related("campaign").get(pk=update.pk)


def state_in_words(update: CampaignUpdate) -> str:
    if update.published_at is None:
        return "Draft: nobody sees it"
    mailed = ", and mailed to donors" if update.mailed_until else ", and being mailed to donors" if update.mailed_from else ""
    return f"On the campaign’s page since {moment_in_words(update.published_at)}{mailed}"


def mailed_in_words(update: CampaignUpdate) -> str:
    """How the mails went, in figures and without names."""
    if update.mailed_from is None:
        return ""
    counted = UpdateMail.objects.filter(update=update).order_by("status").values_list("status").annotate(Count("pk"))
    told = [f"{UpdateMail.Status(status).label.lower()}: {number:,}" for status, number in counted]
    return "; ".join(told) or "No donor of this campaign wants news by mail"
