"""After the password: the second factor. Instead of it: a passkey alone."""

import json
from typing import Any

from allauth.account.internal.flows import login as flows
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from newsroom import keeping, limits, signin
from newsroom.people import factors
from newsroom.people.forms import PasskeyAlone, PasskeyAtSecondStep
from newsroom.people.views.frame import OnTheDesk

CODE = "The second step"
OPTIONS_AN_HOUR = 120  # each is a session in the database


def sign_in(request: HttpRequest, user: User, *, then: str) -> HttpResponse:
    """Somebody whose password was right. Leads on, or to the second step; nobody is signed in before that is done.

    What was just typed counts as said again: nobody is asked for the same password twice in a row.
    """
    flows.record_authentication(request, user, method="password", reauthenticated=True)
    return flows.perform_login(request, Login(user=user, redirect_url=then))


class PasswordView(LoginView):
    """Django's form; what follows the right password is allauth's."""

    def form_valid(self, form: Any) -> HttpResponse:
        if self.request.user.is_authenticated:  # as somebody else: whose session must not stand in the second step's way
            logout(self.request)
        return sign_in(self.request, form.get_user(), then=self.get_success_url())


def waits_for_second_step(request: HttpRequest, response: HttpResponse) -> bool:
    return response.status_code == 302 and response.headers["Location"] == reverse("mfa_authenticate")


class SecondStep(OnTheDesk, AuthenticateView):
    """A code from the app, a recovery code, or a passkey. Words on their way through the sign-in come along."""

    title = CODE
    webauthn_form_class = PasskeyAtSecondStep
    template_name = "admin/people/second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        person = self.stage.login.user
        kinds = set(person.authenticator_set.values_list("type", flat=True))
        options = context.get("js_data", {}).get("request_options")
        return context | {
            "words": keeping.brought_by(self.request),
            "by_code": bool(kinds - {factors.PASSKEY}),
            "options": json.dumps(options) if factors.PASSKEY in kinds else "",
        }

    def form_valid(self, form: Any) -> HttpResponse:
        words = keeping.brought_by(self.request)
        response = super().form_valid(form)
        if not isinstance(self.request.user, User):
            return response
        signin.forget(self.request, self.request.user.get_username())
        return admin.site.keep(self.request, words, status=200) if words else response  # type: ignore[attr-defined]

    def form_invalid(self, form: Any) -> HttpResponse:
        """Drawn with what was typed, as `get` would draw it."""
        return TemplateResponse(self.request, self.template_name, self.get_context_data())


def second_step_with(request: HttpRequest) -> HttpResponse:
    """The page of the second step at once, for somebody who brings words: a redirect would lose them."""
    view = SecondStep()
    view.setup(request)
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    request._login_stage = view.stage = stage  # type: ignore[attr-defined]
    view.auth_form = view.get_form_class()(user=stage.login.user)
    view.webauthn_form = view.get_webauthn_form_class()(user=stage.login.user)
    return TemplateResponse(request, view.template_name, view.get_context_data())


class PasskeySignIn(OnTheDesk, LoginWebAuthnView):
    """GET by our script: what the browser is to sign. POST: what it signed."""

    form_class = PasskeyAlone

    @method_decorator(never_cache)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        network = limits.network_of(request)
        if request.method == "GET" and not limits.take(
            "passkey options", network, most=OPTIONS_AN_HOUR, per=limits.HOUR, at=timezone.now()
        ):
            return HttpResponse("Too many attempts.", status=429, content_type="text/plain")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        words = keeping.brought_by(self.request)
        response: HttpResponse = super().form_valid(form)
        if words and isinstance(self.request.user, User):
            return admin.site.keep(self.request, words, status=200)  # type: ignore[attr-defined]
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to the sign-in with the reason, and with the words that were on their way."""
        said = "This passkey does not open an account here. Sign in with your name and password."
        words = keeping.brought_by(self.request)
        return admin.site.sign_in_page(self.request, words, said)  # type: ignore[attr-defined]


def too_many(request: HttpRequest) -> HttpResponse:
    context = admin.site.each_context(request) | {"title": "Too many attempts"}
    return TemplateResponse(request, "admin/people/too_many.html", context, status=429, headers={"Retry-After": "300"})
