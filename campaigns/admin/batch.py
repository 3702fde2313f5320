"""Many gifts that came by post, entered together: all of them or none."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from campaigns import giving
from campaigns.admin.forms import AsksOnce, HandForm
from campaigns.admin.reading import may
from campaigns.giving.beginning import donor_for
from campaigns.models import Campaign, Donor
from newsroom import addresses, audit, money

ROWS, MOST = 10, 200


class GiftRow(HandForm):
    """A line of the batch; one that is left empty is no gift."""

    name = forms.CharField(max_length=160, required=False)
    email = forms.EmailField(max_length=254, required=False, label="E-mail")
    note = forms.CharField(max_length=300, required=False)
    field_order = ["amount", "day", "name", "email", "note"]

    def has_changed(self) -> bool:
        """The day stands there beforehand and makes no gift."""
        return bool(set(self.changed_data) - {"day"})

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return addresses.clean(email) if email else ""


class BatchForm(AsksOnce):
    campaign = forms.ModelChoiceField(Campaign.objects.exclude(status="draft"))
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


def rows_of(request: HttpRequest, campaign: Campaign | None) -> Any:
    """The batch's lines: as many as the page had, and ten more where that was asked for."""
    number = min(int(request.POST["rows"]), MOST) if request.POST.get("rows", "").isdecimal() else ROWS
    more = ROWS if "_more" in request.POST else 0
    data: Any = None
    if request.method == "POST":
        data = request.POST.copy()
        data["gift-TOTAL_FORMS"], data["gift-INITIAL_FORMS"] = str(min(number + more, MOST)), "0"
    formset: Any = forms.formset_factory(GiftRow, extra=ROWS, max_num=MOST, absolute_max=MOST)
    rows = formset(data, prefix="gift")
    for row in rows.forms:
        row.empty_permitted = True
        row.currency = campaign.currency if campaign else "EUR"
    return rows


def record(campaign: Campaign, rows: Any, *, key: Any, user: Any, after: int) -> int:
    """Every filled line, in one transaction; the same batch again changes nothing. DoneBefore when lines of it are in the
    books already, by another one."""
    with transaction.atomic():
        cheques = []
        for number, row in enumerate(rows.forms):
            if row.has_changed():
                about = {name: row.cleaned_data[name] for name in ("amount", "email", "name", "note")}
                cheques.append((f"batch:{key}:{number}", about | {"at": row.moment()}))
        giving.ask_of_cheques(campaign, cheques, newer_than=after)
        _lock_donors({about["email"] for _, about in cheques if about["email"]})
        for once, about in cheques:
            giving.record_cheque(campaign, key=once, by=user, **about)
        audit.record(user, "recorded", campaign, detail=f"{len(cheques)} gifts by hand")
    return len(cheques)


def _lock_donors(emails: set[str]) -> None:
    """All of them before the first receipt's number is taken: a gift that arrives has its donor when it waits for one."""
    keys = [donor_for(email).pk for email in sorted(emails)]
    list(Donor.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))


def view(request: HttpRequest) -> HttpResponse:
    """Checks may come in a pile: campaign once, then a line for each."""
    if not may(request, "campaigns.record_donation"):
        raise PermissionDenied("You may not record gifts.")
    form = BatchForm(request.POST or None)
    campaign = form.cleaned_data["campaign"] if request.method == "POST" and form.is_valid() else None
    rows = rows_of(request, campaign)
    is_sent, question = request.method == "POST" and "_more" not in request.POST, ""
    if is_sent and form.is_valid() and rows.is_valid() and campaign:
        try:
            about = {name: form.cleaned_data[name] for name in ("key", "after")}
            number = record(campaign, rows, user=request.user, **about)
        except giving.DoneBefore as known:
            question = f"{known.message}"
            form.ask(known.last)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            total = sum(row.cleaned_data["amount"] for row in rows.forms if row.has_changed())
            said = (
                f"{number} gifts are recorded: {money.display(total, campaign.currency)}." if number else "No line was filled in."
            )
            messages.add_message(request, messages.SUCCESS if number else messages.WARNING, said)
            return HttpResponseRedirect(reverse("admin:campaigns_donation_changelist"))
    wrong = is_sent and (form.errors or any(row.errors for row in rows.forms))
    context = {
        **admin.site.each_context(request),
        "title": "Record several gifts",
        "form": form,
        "rows": rows,
        "shows_errors": is_sent,
        "question": question,
    }
    status = 409 if question else 422 if wrong else 200
    return TemplateResponse(request, "admin/campaigns/donation/batch.html", context, status=status)
