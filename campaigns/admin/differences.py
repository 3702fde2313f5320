"""Where the processors' books and ours differ: three lists, and what may be done about a line of each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone

from campaigns import adopting
from campaigns.admin.forms import WIDE
from campaigns.admin.reading import ProcessorFilter, Read, may, sum_in_words
from campaigns.models import Campaign, Difference, LedgerEntry, ProcessorTransaction
from campaigns.processors.base import ProcessorError
from newsroom import addresses, audit

Side, Status = Difference.Side, Difference.Status
Deed = Callable[[], str]
MEANS = {
    Side.THEIRS: "The processor moved this money, and our ledger does not have it.",
    Side.OURS: "Our ledger has this, and the processor’s books have not. Find out why, and write it down: the ledger only grows.",
    Side.BOTH: "Both have it, with other figures. Find out why, and write it down: the ledger only grows.",
}


class StatusFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, label) for value, label in Status.choices if value != Status.OPEN]

    def choices(self, changelist: Any) -> Any:
        """What is open is what there is to do: it stands where a filter usually says “All”."""
        first, *rest = super().choices(changelist)
        return [{**first, "display": "Open"}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Difference]) -> QuerySet[Difference]:
        return queryset.filter(status=self.value() or Status.OPEN)


class AdoptForm(forms.Form):
    """A payment that nobody here knows, made a gift."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), help_text="Those in the currency of the payment.")
    name = forms.CharField(max_length=160, required=False, widget=WIDE, help_text="Empty: an unknown donor.")
    email = forms.EmailField(max_length=254, required=False, label="E-mail", help_text="The receipt goes there, if there is one.")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.exclude(status=Campaign.Status.DRAFT).filter(currency=currency)

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return addresses.clean(email) if email else ""


class LookForm(forms.Form):
    """The line belongs to a gift that we know: nothing has to be typed."""


class NoteForm(forms.Form):
    note = forms.CharField(max_length=300, widget=WIDE, help_text="What it is: for whoever asks later.")


@admin.register(Difference)
class DifferenceAdmin(Read):
    list_display = ["what", "side", "theirs", "ours", "day", "processor_name", "status"]
    list_display_links = ["what"]
    list_filter = ["side", StatusFilter, ProcessorFilter]
    list_select_related = ["transaction", "entry__donation"]
    fields = ["meaning", "status", "problem", "theirs", "ours", "day", "gift", "processor_name", "names", "found_at"]
    fields += ["settled_at", "settled_by", "note"]
    readonly_fields = ["meaning", "theirs", "ours", "day", "gift", "names"]
    change_form_template = "admin/campaigns/difference/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Difference]:
        return super().get_queryset(request).select_related("transaction", "entry__donation")

    @admin.display(description="What")
    def what(self, difference: Difference) -> str:
        row: Any = difference.entry or difference.transaction
        return f"{row.get_kind_display()}"

    @admin.display(description="In their books")
    def theirs(self, difference: Difference) -> str:
        return sum_in_words(difference.transaction) if difference.transaction else ""

    @admin.display(description="In our ledger")
    def ours(self, difference: Difference) -> str:
        return sum_in_words(difference.entry) if difference.entry else ""

    @admin.display(description="Day")
    def day(self, difference: Difference) -> str:
        row = difference.transaction or difference.entry
        return formats.date_format(timezone.localtime(row.at), "j F Y, H:i") if row else ""

    @admin.display(description="What it means")
    def meaning(self, difference: Difference) -> str:
        return MEANS[Side(difference.side)]

    @admin.display(description="Gift")
    def gift(self, difference: Difference) -> str:
        known = difference.entry.donation if difference.entry else _gift_of(difference.transaction)
        return known.reference if known else "No gift of ours"

    @admin.display(description="Its name there")
    def names(self, difference: Difference) -> str:
        line = difference.transaction
        if line is None:
            return difference.entry.processor_ref if difference.entry else ""
        return f"{line.ref}, of the payment {line.payment}" if line.payment not in {"", line.ref} else line.ref

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        difference = kwargs["obj"]
        audit.record(request.user, audit.LOOKED, difference)
        context["title"], context["subtitle"] = f"{difference.get_side_display()}: {self.what(difference).lower()}", None
        context["may_settle"] = difference.is_open and self.has_settle_permission(request)
        context["may_adopt"] = context["may_settle"] and difference.side == Side.THEIRS
        return super().render_change_form(request, context, *args, **kwargs)

    # What is done by hand

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"campaigns_difference_{name}")

        adopt, explain = (
            page("<int:pk>/adopt/", self.adopt_view, "adopt"),
            page("<int:pk>/explain/", self.explain_view, "explain"),
        )
        return [adopt, explain, *super().get_urls()]

    def adopt_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take over what they have: of a gift that we know by asking the processor, else as a gift made of their line."""
        difference = self._difference(request, pk)
        line = difference.transaction
        if line is None:
            raise PermissionDenied("Only what the processor alone has can be adopted.")
        is_new = line.kind == ProcessorTransaction.Kind.PAYMENT and _gift_of(line) is None
        typed = request.POST if request.method == "POST" else None
        form = AdoptForm(typed, currency=line.currency) if is_new else LookForm(typed)

        def deed() -> str:
            by: Any = request.user
            adopted = adopting.adopt(difference, by=by, at=timezone.now(), **form.cleaned_data)
            return f"{sum_in_words(line)} is in the ledger now." if not adopted.is_open else "Somebody else was quicker."

        return self._by_hand(request, form, deed, title=f"Adopt {sum_in_words(line)}", button="Adopt it")

    def explain_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        difference = self._difference(request, pk)
        form = NoteForm(request.POST if request.method == "POST" else None)

        def deed() -> str:
            by: Any = request.user
            adopting.explain(difference, note=form.cleaned_data["note"], by=by, at=timezone.now())
            return "It is marked as looked into."

        return self._by_hand(request, form, deed, title="Mark as looked into", button="Mark it")

    def _difference(self, request: HttpRequest, pk: int) -> Difference:
        if not self.has_settle_permission(request):
            raise PermissionDenied("You may not settle differences.")
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def _by_hand(
        self, request: HttpRequest, form: forms.Form, deed: Callable[[], str], *, title: str, button: str
    ) -> HttpResponse:
        if request.method == "POST" and form.is_valid():
            try:
                self.message_user(request, deed(), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:campaigns_difference_changelist"))
            except ValidationError as error:
                form.add_error(None, error)
            except ProcessorError as error:
                form.add_error(None, f"No answer from the processor: {error} Press the button again: nothing happens twice.")
        context = {**self.admin_site.each_context(request), "title": title, "form": form, "button": button, "opts": self.opts}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/campaigns/deed.html", context, status=status)


def _gift_of(line: ProcessorTransaction | None) -> Any:
    """The gift that it belongs to; also that of an entry under the same name."""
    if line is None:
        return None
    entry = LedgerEntry.objects.filter(processor=line.processor, processor_ref=line.ref).select_related("donation").first()
    return entry.donation if entry else adopting.gift_of(line)


@admin.register(ProcessorTransaction)
class ProcessorTransactionAdmin(Read):
    """The processors' books as they were read: to look something up."""

    list_display = ["ref", "kind", "sum", "at", "processor_name", "payout"]
    list_filter = ["kind", ProcessorFilter]
    search_fields = ["ref__exact", "payout__exact"]
    search_help_text = "The processor's whole name of a line or of a payout."
    fields = ["processor_name", "kind", "ref", "sum", "fee_in_words", "at", "payment", "payout", "read_at"]
    readonly_fields = ["sum", "fee_in_words"]

    @admin.display(description="Amount", ordering="amount")
    def sum(self, line: ProcessorTransaction) -> str:
        return sum_in_words(line)

    @admin.display(description="Fee")
    def fee_in_words(self, line: ProcessorTransaction) -> str:
        return sum_in_words(type(line)(amount=line.fee, currency=line.currency))
