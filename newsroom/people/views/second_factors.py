"""The authenticator app, recovery codes and passkeys of one's own. allauth keeps them; we draw the pages, log and mail."""

import json
from typing import Any

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.safestring import mark_safe

from newsroom.people import noting
from newsroom.people.forms import PasskeyForm
from newsroom.people.views.account import me
from newsroom.people.views.frame import OnTheDesk

ACCOUNT = reverse_lazy("mfa_index")


class Noted(OnTheDesk):
    """Done and written down together."""

    event = ""
    said = ""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
            if self.event:
                noting.note(me(self.request), self.event, by=me(self.request), at=timezone.now())
        messages.success(self.request, self.said)
        return response


class AddApp(Noted, ActivateTOTPView):
    title, event = "Add an authenticator app", "app_added"
    said = "The authenticator app is set up: you are asked for its code when you sign in."
    template_name = "admin/people/add_app.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        address = get_adapter().build_totp_url(me(self.request), secret)
        drawn = segno.make(address, micro=False).svg_inline(scale=5, border=4, svgclass="people-code", lineclass=None)
        in_fours = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
        return context | {"code": mark_safe(drawn), "secret": in_fours, "address": address}  # noqa: S308


class RemoveApp(Noted, DeactivateTOTPView):
    title, event, said = "Remove the authenticator app", "app_removed", "The authenticator app is removed."
    template_name = "admin/people/remove.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"what": "the authenticator app"}


class Codes(OnTheDesk, ViewRecoveryCodesView):
    title = "Recovery codes"
    template_name = "admin/people/codes.html"


class NewCodes(Noted, GenerateRecoveryCodesView):
    title, event = "New recovery codes", "codes_made"
    said = "These are your new recovery codes. The former ones do not work any more."
    template_name = "admin/people/new_codes.html"


class AddPasskey(Noted, AddWebAuthnView):
    title, event, said = "Add a passkey", "passkey_added", "The passkey is added."
    template_name = "admin/people/add_passkey.html"
    form_class = PasskeyForm

    def get_initial(self) -> dict[str, Any]:
        return {"name": "Passkey", "passwordless": True}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One that opens the account by itself: its device asks for a finger, a face or a PIN."""
        context = super().get_context_data(**kwargs)
        return context | {"options": json.dumps(auth.begin_registration(me(self.request), True))}


class RenamePasskey(Noted, EditWebAuthnView):
    title, said, success_url = "Rename a passkey", "The passkey has a new name.", ACCOUNT
    template_name = "admin/people/form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["form"].fields["name"].max_length = 60
        return context | {"button": "Save"}


class RemovePasskey(Noted, RemoveWebAuthnView):
    title, event, said, success_url = "Remove a passkey", "passkey_removed", "The passkey is removed.", ACCOUNT
    template_name = "admin/people/remove.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"what": f"the passkey “{self.object.wrap().name}”"}
