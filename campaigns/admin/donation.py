"""Gifts: found, looked at, and by the verbs recorded, sent back, looked up."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone

from campaigns import giving, processors
from campaigns.admin import batch
from campaigns.admin.forms import ArrivalForm, ChequeForm, OfflineRefundForm, RefundForm, SumForm, plain
from campaigns.admin.looks import Looked
from campaigns.admin.reading import ProcessorFilter, Read, ReadLines, TroubleFilter, may, sum_in_words, trouble_in_words
from campaigns.admin.told import ToldByDonor
from campaigns.donors import with_net
from campaigns.models import Dispute, Donation, LedgerEntry, Refund
from campaigns.processors.base import ProcessorError
from newsroom import audit, money

UNFINISHED = [Donation.Status.BEGUN, Donation.Status.HELD, Donation.Status.AWAITED]
Deed = Callable[[Any], tuple[Donation, str]]
Facts = Sequence[tuple[str, str]]


class EntryLines(ReadLines):
    model = LedgerEntry
    fields = ["at", "kind", "sum", "note", "recorded_by"]
    readonly_fields = ["sum"]
    related = ("recorded_by",)
    verbose_name_plural = "In the ledger"

    @admin.display(description="Amount")
    def sum(self, entry: LedgerEntry) -> str:
        return sum_in_words(entry)


class LookFilter(TroubleFilter):
    """Gifts that are on their way and could not be looked up. One that has arrived needs nobody."""

    column = "look_problem"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Donation]) -> QuerySet[Donation]:
        found = super().queryset(request, queryset)
        return found.filter(status__in=UNFINISHED) if self.value() == "yes" else found


@admin.register(Donation)
class DonationAdmin(Looked, ToldByDonor, Read):
    list_display = ["reference", "day", "by", "sum", "net", "campaign", "standing", "processor_name"]
    list_filter = ["status", LookFilter, ProcessorFilter, "campaign"]
    list_select_related = ["donor", "campaign"]
    search_fields = ["reference", "name", "donor__name", "donor__email", "processor_ref"]
    search_help_text = "A reference, a name or an address."
    fields = ["standing", "problem", "last_look", "campaign", "sum", "net", "donor", "name", "anonymous", "message", "pledge"]
    fields += ["covered_sum", "dedication", "told"]
    fields += ["processor_name", "processor_ref", "reference", "created_at", "received_at"]
    readonly_fields = ["standing", "last_look", "sum", "net", "covered_sum", "dedication", "told"]
    inlines = [EntryLines]
    view_on_site = False  # the gift's own page is its donor's
    change_form_template = "admin/campaigns/donation/change_form.html"
    change_list_template = "admin/campaigns/donation/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Donation]:
        disputed = Dispute.objects.filter(donation=OuterRef("pk"), is_inquiry=False).exclude(status=Dispute.Status.WON)
        arrival = LedgerEntry.objects.filter(donation=OuterRef("pk"), kind=LedgerEntry.Kind.GIFT).values("amount")
        gifts = with_net(super().get_queryset(request))
        return gifts.annotate(is_disputed=Exists(disputed), came=Subquery(arrival))

    @admin.display(description="Status", ordering="status")
    def standing(self, donation: Any) -> str:
        """“Received” only as long as nothing of it went back."""
        words: str = donation.get_status_display()
        if not donation.is_received or donation.net == donation.came:
            return words
        went = "taken back by the donor’s bank" if donation.is_disputed else "sent back"
        return f"{words}, a part {went}" if donation.net > 0 else went.capitalize()

    @admin.display(description="Day", ordering="created_at")
    def day(self, donation: Donation) -> Any:
        return timezone.localdate(donation.received_at or donation.created_at)

    @admin.display(description="From")
    def by(self, donation: Donation) -> str:
        return donation.name or str(donation.donor)

    @admin.display(description="Promised", ordering="amount")
    def sum(self, donation: Donation) -> str:
        return sum_in_words(donation)

    @admin.display(description="In the books")
    def net(self, donation: Any) -> str:
        return money.display(donation.net, donation.net_currency) if donation.net is not None else ""

    @admin.display(description="Last look at the processor")
    def last_look(self, donation: Donation) -> str:
        if not donation.is_unfinished or not donation.look_problem:
            return ""
        again = "It is not asked again by itself: press the button."
        if donation.look_at:
            moment = formats.date_format(timezone.localtime(donation.look_at), "j F Y, H:i")
            again = f"It is asked again on {moment}, or now by the button."
        return f"It could not be told how the gift stands. {trouble_in_words(donation.look_problem)} {again}"

    def has_record_permission(self, request: HttpRequest) -> bool:
        return may(request, "campaigns.record_donation")

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        donation, may = kwargs["obj"], self.has_record_permission(request)
        offline = processors.is_by_hand(donation.processor)
        context["title"], context["subtitle"] = f"Gift {donation.reference}", None
        context["may_record"] = may and offline and not donation.is_received
        context["why_not"] = why_not = _out_of_reach(donation) if may else ""
        context["may_refund"] = may and not why_not and donation.is_received and (donation.net or 0) > 0
        context["may_settle"] = may and not why_not and not offline
        context["refunds"] = Refund.objects.filter(donation=donation).exclude(status=Refund.Status.DONE)
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, (extra_context or {}) | {"may_record": self.has_record_permission(request)})

    # What is done by hand

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            return path(route, self.admin_site.admin_view(view), name=f"campaigns_donation_{name}")

        return [
            page("cheque/", self.cheque_view, "cheque"),
            page("several/", batch.view, "several"),
            page("<int:pk>/arrival/", self.arrival_view, "arrival"),
            page("<int:pk>/refund/", self.refund_view, "refund"),
            page("<int:pk>/settle/", self.settle_view, "settle"),
            *super().get_urls(),
        ]

    def cheque_view(self, request: HttpRequest) -> HttpResponse:
        """A gift that came without a form."""
        self._allow(request)
        form = ChequeForm(request.POST or None)

        def record(values: dict[str, Any]) -> tuple[Donation, str]:
            known = {name: values[name] for name in ("amount", "key", "email", "name", "anonymous", "note")}
            at = form.moment()
            campaign, once = values["campaign"], known.pop("key")
            with transaction.atomic():
                giving.ask_of_cheques(campaign, [(once, known | {"at": at})], newer_than=values["after"])
                donation = giving.record_cheque(campaign, key=once, by=request.user, at=at, **known)  # type: ignore[arg-type]
            return donation, "The gift is recorded."

        return self._by_hand(request, form, record, title="Record a cheque", button="Record the gift")

    def arrival_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A promised cheque or transfer is here, with what was really on it."""
        donation = self._gift(request, pk)
        audit.record(request.user, audit.LOOKED, donation, detail="to record its arrival")
        form = ArrivalForm(request.POST or None, initial={"amount": plain(donation.amount, donation.currency)})
        form.currency = donation.currency

        def record(values: dict[str, Any]) -> tuple[Donation, str]:
            about = {"amount": values["amount"], "note": values["note"], "at": form.moment()}
            return giving.record_arrival(donation, by=request.user, **about), "The arrival is recorded."  # type: ignore[arg-type]

        return self._by_hand(
            request, form, record, title=f"Record the arrival of {donation.reference}", button="Record it", facts=_facts(donation)
        )

    def refund_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send all or a part of it back, by the way it came."""
        donation = self._gift(request, pk)
        if why := _out_of_reach(donation):
            return self._refused(request, donation, why)
        currency = donation.net_currency or donation.currency  # type: ignore[attr-defined]
        left = plain(max(donation.net or 0, 0), currency)  # type: ignore[attr-defined]
        audit.record(request.user, audit.LOOKED, donation, detail="to send it back")
        kind = OfflineRefundForm if processors.is_by_hand(donation.processor) else RefundForm
        form = kind(request.POST or None, initial={"amount": left})
        form.currency = currency

        def send_back(values: dict[str, Any]) -> tuple[Donation, str]:
            about = {name: values[name] for name in ("amount", "key", "note")}
            about["newer_than"] = values["after"]
            refund = giving.refund(donation, by=request.user, at=form.moment(), **about)  # type: ignore[arg-type]
            if refund.status == Refund.Status.FAILED:
                raise ValidationError(f"The processor said no: {refund.problem} You may try another amount.")
            return donation, f"{sum_in_words(refund)} is sent back."

        title = f"Send back {donation.reference}"
        return self._by_hand(request, form, send_back, title=title, button="Send it back", facts=_facts(donation))

    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the processor how the gift stands."""
        donation = self._gift(request, pk)
        if why := _out_of_reach(donation):
            return self._refused(request, donation, why)
        if request.method == "POST":
            try:
                donation = giving.settle(donation, at=timezone.now())
                self.message_user(request, f"Looked up: {donation.get_status_display().lower()}.", messages.SUCCESS)
            except ProcessorError as error:
                self.message_user(request, f"The processor gave no answer: {error}", messages.ERROR)
        return HttpResponseRedirect(reverse("admin:campaigns_donation_change", args=[donation.pk]))

    def _refused(self, request: HttpRequest, donation: Donation, why: str) -> HttpResponse:
        self.message_user(request, why, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:campaigns_donation_change", args=[donation.pk]))

    def _allow(self, request: HttpRequest) -> None:
        if not self.has_record_permission(request):
            raise PermissionDenied("You may not record, refund or settle gifts.")

    def _gift(self, request: HttpRequest, pk: int) -> Donation:
        self._allow(request)
        return get_object_or_404(self.get_queryset(request).select_related("campaign", "donor"), pk=pk)

    def _by_hand(
        self, request: HttpRequest, form: SumForm, deed: Deed, *, title: str, button: str, facts: Facts = ()
    ) -> HttpResponse:
        """A form on a page of its own: done and back to the gift, or what is wrong beside the field, or a question."""
        question = ""
        if request.method == "POST" and form.is_valid():
            try:
                donation, sentence = deed(form.cleaned_data)
            except giving.DoneBefore as known:
                question = f"{known.message}"
                form.ask(known.last)  # type: ignore[attr-defined]
            except ValidationError as error:
                form.add_error(None, error)
                form.begin_anew()
            except ProcessorError as error:
                form.add_error(None, f"No answer from the processor: {error} Press the button again: nothing happens twice.")
            else:
                self.log_change(request, donation, sentence)
                self.message_user(request, sentence, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:campaigns_donation_change", args=[donation.pk]))
        about = {"title": title, "form": form, "button": button, "facts": facts, "question": question}
        context = {**self.admin_site.each_context(request), **about, "opts": self.opts}
        status = 409 if question else 422 if form.errors else 200
        return TemplateResponse(request, "admin/campaigns/donation/by_hand.html", context, status=status)


def _facts(donation: Any) -> Facts:
    """Whose gift it is, and what of it there is: before money moves."""
    facts = [("From", donation.name or str(donation.donor)), ("E-mail", donation.donor.email)]
    facts += [("Campaign", str(donation.campaign)), ("Promised", sum_in_words(donation))]
    if donation.net is not None:
        facts += [("Came", money.display(donation.came, donation.net_currency))]
        facts += [("Left of it", money.display(max(donation.net, 0), donation.net_currency))]
    return [(label, value) for label, value in facts if value]


def _out_of_reach(donation: Donation) -> str:
    """Why its processor can be asked for nothing, if so."""
    name = donation.processor
    if name in processors.names():
        return ""
    if name.startswith("import:"):
        system = name.removeprefix("import:")
        return f"This gift came to us with an export of {system}: it is sent back, and looked up, there, and not from here."
    return f"“{name}” is not set up here any more: this gift cannot be sent back or looked up from here."
