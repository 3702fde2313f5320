"""Ways to give: which are offered, in which order, for what, at what price; and whether they work."""

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone

from campaigns import mishaps, processors, ways
from campaigns.admin.forms import WIDE, plain, sound
from campaigns.admin.reading import Read
from campaigns.models import Way
from newsroom import audit, money

EXAMPLE = "One sum for each currency, with commas between: EUR 0.25, USD 0.30."
BETWEEN = re.compile(r"[\s,;]+(?=[A-Za-z])")  # a comma may stand within a sum, too
SUMS = {"fee_fixed": "Fee, fixed part", "least": "Smallest gift", "most": "Largest gift"}


class SumsField(forms.CharField):
    """{"EUR": 25} in minor units, typed as “EUR 0.25, USD 0.30”."""

    widget = WIDE

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return ", ".join(f"{currency} {plain(amount, currency)}" for currency, amount in sorted(value.items()))
        return value

    def clean(self, value: Any) -> dict[str, int]:
        sums: dict[str, int] = {}
        for part in BETWEEN.split(super().clean(value).strip(" ,;")):
            currency, _, typed = part.strip().upper().partition(" ")
            if not part:
                continue
            try:
                if currency not in money.TENDER or currency in sums:
                    raise ValueError(EXAMPLE)
                sums[currency] = sound(money.parse(typed, currency, "en"))
            except ValueError as error:
                raise forms.ValidationError(f"“{part.strip()[:40]}” cannot be read. {error}") from error
        return sums


class WayForm(forms.ModelForm):
    fee_rate = forms.DecimalField(
        label="Fee, part of the sum", min_value=0, max_value=49, decimal_places=2, help_text="In per cent, for example 2.9."
    )
    fee_fixed = SumsField(label=SUMS["fee_fixed"], required=False, help_text=f"Added to each payment. {EXAMPLE}")
    least = SumsField(label=SUMS["least"], required=False, help_text="Smaller gifts are not offered this way. EUR 5.")
    most = SumsField(label=SUMS["most"], required=False, help_text="Larger gifts are not offered this way. EUR 10000.")

    class Meta:
        model = Way
        fields = ["is_offered", "position", "label", "hint", "fee_rate", "fee_fixed", "least", "most"]
        widgets = {"hint": WIDE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["fee_rate"] = f"{self.instance.fee_rate / 100:g}"

    def clean_fee_rate(self) -> int:
        return int(self.cleaned_data["fee_rate"] * 100)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for currency, least in (values.get("least") or {}).items():
            if least > (values.get("most") or {}).get(currency, least):
                self.add_error("most", f"The largest gift in {currency} is smaller than the smallest.")
        return values


@admin.register(Way)
class WayAdmin(Read):
    form = WayForm
    list_display = ["name", "position", "is_offered", "state", "keys", "fee"]
    ordering = ["position", "pk"]
    fieldsets = [
        (None, {"fields": ["state", "keys", "is_offered", "position"]}),
        ("Words", {"fields": ["label", "hint"]}),
        ("What it costs", {"fields": ["fee_rate", "fee_fixed"], "description": "Donors who cover the fee add just this."}),
        ("Limits", {"fields": ["least", "most"]}),
    ]
    readonly_fields = ["state", "keys"]
    change_form_template = "admin/campaigns/way/change_form.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Way]:
        """Those that are configured; a row of one that was removed stays for its history, and is not shown."""
        return super().get_queryset(request).filter(processor__in=processors.names())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if self.has_view_or_change_permission(request):
            ways.add_rows()
        return super().changelist_view(request, extra_context)

    @admin.display(description="Way")
    def name(self, way: Way) -> str:
        return way.label or processors.get(way.processor).label

    @admin.display(description="State")
    def state(self, way: Way) -> str:
        return state_in_words(way)

    @admin.display(description="Keys")
    def keys(self, way: Way) -> str:
        missing = processors.get(way.processor).missing()
        return f"Missing: {', '.join(missing)}" if missing else "Complete"

    @admin.display(description="Fee")
    def fee(self, way: Way) -> str:
        fixed = [money.display(amount, currency) for currency, amount in sorted(way.fee_fixed.items())]
        return " + ".join([*([f"{way.fee_rate / 100:g} %"] if way.fee_rate else []), *([" or ".join(fixed)] if fixed else [])])

    def save_model(self, request: HttpRequest, obj: Way, form: Any, change: bool) -> None:
        with transaction.atomic(), ways.telling():
            obj.save(update_fields=WayForm.Meta.fields)
            audit.record(request.user, audit.CHANGED, obj, detail=", ".join(form.changed_data))

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        way = kwargs["obj"]
        context["title"], context["subtitle"] = self.name(way), None
        context["may_act"] = self.has_change_permission(request, way)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        act = path("<int:pk>/act/", self.admin_site.admin_view(self.act_view), name="campaigns_way_act")
        return [act, *super().get_urls()]

    def act_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Stop, use again, or ask it now."""
        if not self.has_change_permission(request):
            raise PermissionDenied("You may not change ways to give.")
        way = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method == "POST":
            level, sentence = self._act(request, way)
            self.message_user(request, sentence, level)
        return HttpResponseRedirect(reverse("admin:campaigns_way_change", args=[pk]))

    def _act(self, request: HttpRequest, way: Way) -> tuple[int, str]:
        at, deed = timezone.now(), request.POST.get("deed")
        if deed == "stop":
            ways.stop(way.processor, by=request.user, at=at)  # type: ignore[arg-type]
            return messages.SUCCESS, "It is not offered or charged any more, until you press “Use it again”."
        if deed == "resume":
            ways.resume(way.processor, by=request.user, at=at)  # type: ignore[arg-type]
            return messages.SUCCESS, "It is used again."
        try:
            processors.get(way.processor).probe()
        except Exception as error:  # whatever it is, its text may say more than a page should
            return messages.ERROR, f"It does not work: {mishaps.told(error)}"
        ways.succeeded(way.processor, at=at)
        return messages.SUCCESS, "It answers."


def state_in_words(way: Way) -> str:
    def moment(at: Any) -> str:
        return formats.date_format(timezone.localtime(at), "j F Y, H:i")

    if way.stopped_at:
        return f"Stopped by a person on {moment(way.stopped_at)}"
    if way.opened_at:
        again = f" Asked again on {moment(way.probe_at)}." if way.probe_at else ""
        return f"Does not work since {moment(way.opened_at)}: {way.problem}{again}"
    return "Works"
