"""Saying again who one is, by password, code or passkey."""

import json
from typing import Any

from allauth.account.views import ReauthenticateView
from allauth.mfa.base.views import ReauthenticateView as ByCode
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.http import HttpResponse

from newsroom.people.forms import NOT_SIGNED, PasskeyAgain
from newsroom.people.views.frame import OnTheDesk

WAYS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use a code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class Confirming(OnTheDesk):
    title = "Is it you?"
    template_name = "admin/people/confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ways = context["reauthentication_alternatives"]
        return context | {"ways": [way | {"words": WAYS.get(way["id"], way["description"])} for way in ways]}


class ConfirmByPassword(Confirming, ReauthenticateView):
    pass


class ConfirmByCode(Confirming, ByCode):
    pass


class ConfirmByPasskey(Confirming, ReauthenticateWebAuthnView):
    form_class = PasskeyAgain

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"form": self.get_form(), "options": json.dumps(context["js_data"]["request_options"])}

    def form_invalid(self, form: Any) -> HttpResponse:
        context = self.get_context_data() | {"refused": NOT_SIGNED}
        return self.render_to_response(context)
