"""Somebody's own account: who they are, how they sign in, and where they are signed in."""

from typing import cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from newsroom import audit
from newsroom.people import addresses, factors, sessions, tasks
from newsroom.people.forms import AddressForm, NameForm
from newsroom.people.views.frame import confirmed, page, private, to_account


def me(request: HttpRequest) -> User:
    """Behind the desk's door."""
    return cast(User, request.user)


def account(request: HttpRequest) -> HttpResponse:
    person, now = me(request), timezone.now()
    rows = list(Authenticator.objects.filter(user=person).order_by("created_at", "pk"))
    codes = next((row.wrap() for row in rows if row.type == factors.CODES), None)
    return page(
        request,
        "account.html",
        "Your account",
        app=next((row for row in rows if row.type == factors.TOTP), None),
        passkeys=[row for row in rows if row.type == factors.PASSKEY],
        codes=codes,
        codes_left=len(codes.get_unused_codes()) if codes else 0,
        has_factor=any(row.type != factors.CODES for row in rows),
        is_required=factors.is_required_of(person),
        places=sessions.places(person, this=request.session.session_key, at=now),
    )


def name(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST or None, instance=me(request))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your name is saved.")
        return to_account()
    return page(request, "form.html", "Your name", form=form, button="Save")


@confirmed
def address(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST or None, person=me(request))
    if request.method == "POST" and form.is_valid():
        tasks.later("new_address", me(request), to=form.cleaned_data["email"])
        said = f"We wrote to {form.cleaned_data['email']}. Follow the link in that mail within a day; until then nothing changes."
        messages.success(request, said)
        return to_account()
    return page(request, "form.html", "Your e-mail address", form=form, button="Mail me the link")


@private
def new_address(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail. Looking changes nothing: mail programs open links too."""
    if request.method != "POST":
        return page(request, "new_address.html", "Your new e-mail address")
    try:
        person = addresses.change(token, at=timezone.now())
    except ValidationError as refusal:
        return page(request, "said.html", "This did not work", status=410, sentence=" ".join(refusal.messages))
    said = f"From now on we write to {person.email}."
    return page(request, "said.html", "Your e-mail address is changed", sentence=said)


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """One by its number, or all others."""
    chosen, this = request.POST.get("only", ""), request.session.session_key
    only = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
    if chosen and only is None:
        return to_account()
    with transaction.atomic():
        ended = sessions.end(me(request), but=this, only=only)
        if ended:
            audit.record(me(request), "ended sessions", me(request), detail=f"{ended} of their own")
    messages.success(request, "Signed out there." if ended else "There was nothing left to end.")
    return to_account()
