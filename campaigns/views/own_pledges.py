"""The part of a donor's own page that changes a pledge."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from campaigns import links, renewing, steering
from campaigns.forms import whole
from campaigns.forms_pledge import PledgeForm
from campaigns.models import Pledge

Deed = Callable[[Pledge, dict[str, Any], datetime], object]
DEEDS: dict[str, Deed] = {
    "amount": lambda pledge, typed, at: steering.change_amount(pledge, amount=typed["amount"], at=at),
    "lower": lambda pledge, typed, at: steering.change_amount(pledge, amount=typed["amount"], at=at),
    "day": lambda pledge, typed, at: steering.change_day(pledge, day=typed["day"], at=at),
    "rest": lambda pledge, typed, at: steering.rest(pledge, months=typed["months"], at=at),
    "go_on": lambda pledge, typed, at: steering.go_on(pledge, at=at),
    "stop": lambda pledge, typed, at: steering.stop(pledge, at=at),
}
NOT_BY_AN_OLD_LINK = {
    "more": lazy("To give more, have a fresh link mailed to you: below, “Mail me a link to all of my gifts”."),
    "day": lazy("To change the day, have a fresh link mailed to you: below, “Mail me a link to all of my gifts”."),
    "go_on": lazy("To let it go on, have a fresh link mailed to you: below, “Mail me a link to all of my gifts”."),
    "sooner": lazy("To end the pause sooner, have a fresh link mailed to you: below, “Mail me a link to all of my gifts”."),
}
FIELD = {"amount": "amount", "lower": "amount", "day": "day", "rest": "months"}


def change(request: HttpRequest, own: QuerySet[Pledge], *, is_fresh: bool) -> HttpResponse | None:
    """Do what the button says to one of the donor's own pledges. None: it cannot be, and the page says why."""
    deed, number = _asked(request)
    pledge = get_object_or_404(own, pk=number)
    if deed not in DEEDS:
        return HttpResponse(_("None of this page’s buttons was pressed."), status=400, content_type="text/plain")
    form = PledgeForm(pledge, request.POST, deed=deed)
    if form.is_valid():
        try:
            _allow(deed, pledge, form.cleaned_data, is_fresh=is_fresh)
            DEEDS[deed](pledge, form.cleaned_data, timezone.now())
        except ValidationError as error:
            form.add_error(FIELD.get(deed), error)
        else:
            return HttpResponseRedirect(request.path)
    request.refused_pledge = form  # type: ignore[attr-defined]
    return None


def _allow(deed: str, pledge: Pledge, typed: dict[str, Any], *, is_fresh: bool) -> None:
    """The link in a receipt does not run out, and receipts are passed on: it gives less, rests and stops, and nothing is
    collected by it sooner or higher than before. To give less is to give less, whatever the button's form says."""
    more = typed.get("amount") is not None and typed["amount"] > pledge.amount
    if more and deed == "lower":
        raise ValidationError(_("That is more than now. Choose a smaller amount."))
    if is_fresh:
        return
    ends = steering.rest_ends(typed["months"], at=timezone.now()) if deed == "rest" and pledge.paused_until else None
    sooner = ends and pledge.paused_until and ends < pledge.paused_until
    if told := NOT_BY_AN_OLD_LINK.get("more" if more else "sooner" if sooner else deed):
        raise ValidationError(told)


def add_forms(request: HttpRequest, shown: list[Pledge]) -> bool:
    """Give each pledge what its part of the page draws. True when something was refused."""
    refused: PledgeForm | None = getattr(request, "refused_pledge", None)
    for pledge in shown:
        pledge.form = refused if refused and refused.pledge == pledge else PledgeForm(pledge)  # type: ignore[attr-defined]
        pledge.lower = steering.lower(pledge)  # type: ignore[attr-defined]
        pledge.way = renewing.method_in_words(pledge)  # type: ignore[attr-defined]
        pledge.renew_path = links.path_to_renew(pledge)  # type: ignore[attr-defined]
    return refused is not None


def _asked(request: HttpRequest) -> tuple[str, int]:
    """“stop” with the pledge's number is what pages that are still open somewhere send."""
    if "stop" in request.POST:
        return "stop", whole(request.POST["stop"])
    return request.POST.get("deed", ""), whole(request.POST.get("pledge", ""))
