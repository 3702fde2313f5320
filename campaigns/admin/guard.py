"""The guard against card testing, and the gifts it holds for review."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from campaigns import giving, guard, mishaps
from campaigns.admin.looks import Looked
from campaigns.admin.reading import Read, may, sum_in_words
from campaigns.giving.holding import DECIDE_WITHIN
from campaigns.models import Donation, GuardState, HeldGift
from campaigns.processors.base import ProcessorError

SHOWN_HOURS = 48


class ForceForm(forms.Form):
    step = forms.TypedChoiceField(choices=GuardState.Step.choices, coerce=int, label="Step for one hour")


@admin.register(GuardState)
class GuardAdmin(Read):
    """One page: where the guard stands and why, what it did, and two buttons."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied("You may not look at the guard.")
        context = {**self.admin_site.each_context(request), **_facts(), "title": "Card testing", "opts": self.opts}
        context |= {"may_steer": may(request, "campaigns.steer_guardstate"), "form": ForceForm()}
        return TemplateResponse(request, "admin/campaigns/guardstate/page.html", context)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"campaigns_guardstate_{name}")

        return [page("force/", self.force_view, "force"), page("calm/", self.calm_view, "calm"), *super().get_urls()]

    def force_view(self, request: HttpRequest) -> HttpResponse:
        _allow(request)
        form = ForceForm(request.POST or None)
        if request.method == "POST" and not form.is_valid():
            messages.error(request, "Choose one of the steps.")
        elif request.method == "POST":
            guard.force(form.cleaned_data["step"], by=request.user, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, "The step is set for one hour.")
        return HttpResponseRedirect(reverse("admin:campaigns_guardstate_changelist"))

    def calm_view(self, request: HttpRequest) -> HttpResponse:
        _allow(request)
        if request.method == "POST":
            guard.calm(by=request.user, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, "Back to normal for one hour; then it is counted anew.")
        return HttpResponseRedirect(reverse("admin:campaigns_guardstate_changelist"))


def _allow(request: HttpRequest) -> None:
    if not may(request, "campaigns.steer_guardstate"):
        raise PermissionDenied("You may not steer the guard.")


def _facts() -> dict[str, Any]:
    at, state = timezone.now(), guard.current()
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    began = state.since.replace(minute=0, second=0, microsecond=0) if state.since else at
    hours = guard.hours(since=min(today, began))
    return {
        "state": state,
        "step": GuardState.Step(guard.step_of(state, at=at)),
        "is_forced": state.forced_until is not None and at < state.forced_until,
        "today": _sums([hour for hour in hours if hour["hour"] >= today]),
        "attack": _sums([hour for hour in hours if hour["hour"] >= began]),
        "hours": [hour | _sums([hour]) for hour in hours[:SHOWN_HOURS]],
    }


def _sums(hours: list[dict[str, Any]]) -> dict[str, int]:
    """Blocked: who was asked to wait or work and did not come through (so far), or wanted to give too little."""
    asked, passed, refused, tries = (sum(hour[name] for hour in hours) for name in ("asked", "passed", "refused", "tries"))
    free = max(0, tries - asked - refused)  # met no step at all
    return {"blocked": max(0, asked - passed) + refused, "through": passed + free}


@admin.register(HeldGift)
class HeldGiftAdmin(Looked, Read):
    """Money that banks have set aside. Take it, or let it go; both only once."""

    list_display = ["reference", "held_at", "decide_by", "by", "sum", "campaign", "processor_name", "hold_reason", "decided"]
    list_select_related = ["donor", "campaign", "hold"]
    ordering = ["pk"]
    search_fields = ["reference", "name", "donor__name", "donor__email"]
    search_help_text = "A reference, a name or an address."
    actions = ["take", "let_go"]
    fields = [
        "reference",
        "name",
        "donor",
        "sum",
        "campaign",
        "message",
        "hold_reason",
        "processor_name",
        "created_at",
        "decided",
    ]
    readonly_fields = ["sum", "decided"]
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldGift]:
        return super().get_queryset(request).filter(status=Donation.Status.HELD)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "campaigns.view_donation")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        gift = kwargs["obj"]
        context["title"], context["subtitle"] = f"Held gift {gift.reference}", None
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="Held since", ordering="hold__held_at")
    def held_at(self, gift: HeldGift) -> Any:
        return gift.hold.held_at

    @admin.display(description="Decide by")
    def decide_by(self, gift: HeldGift) -> Any:
        return gift.hold.held_at + DECIDE_WITHIN

    @admin.display(description="From")
    def by(self, gift: HeldGift) -> str:
        return gift.name or str(gift.donor)

    @admin.display(description="Amount", ordering="amount")
    def sum(self, gift: HeldGift) -> str:
        return sum_in_words(gift)

    @admin.display(description="Decided")
    def decided(self, gift: HeldGift) -> str:
        if gift.hold.problem:
            return f"Did not work: {gift.hold.problem}"
        return f"{gift.hold.get_wish_display()}: waits for the processor’s answer" if gift.hold.wish else ""

    @admin.action(description="Take the money", permissions=["decide"])
    def take(self, request: HttpRequest, queryset: QuerySet[Donation]) -> None:
        self._decide(request, queryset, giving.take, "taken")

    @admin.action(description="Let it go: nothing is charged", permissions=["decide"])
    def let_go(self, request: HttpRequest, queryset: QuerySet[Donation]) -> None:
        self._decide(request, queryset, giving.let_go, "let go")

    def _decide(self, request: HttpRequest, gifts: QuerySet[Any], verb: Callable[..., Donation], word: str) -> None:
        done = 0
        for gift in gifts:
            try:
                verb(gift, by=request.user, at=timezone.now())
                done += 1
            except (ValidationError, ProcessorError) as error:
                messages.error(request, f"{gift.reference}: {mishaps.told(error)}")
        if done:
            messages.success(request, f"{done} gift{'s' if done > 1 else ''} {word}.")
