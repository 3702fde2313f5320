"""A forgotten password: a link by mail. The answer is the same whoever asks about whom."""

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator

from newsroom import limits
from newsroom.people import noting, sessions, tasks
from newsroom.people.forms import ForgottenForm
from newsroom.people.views.frame import OnTheDesk, page, private

ASKED = "If somebody who works here has this address, a mail with a link is on its way. It works for two hours, and once."
PER_NETWORK, PER_MAILBOX = 20, 3  # an hour


def forgotten(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _ask(request, form.cleaned_data["email"])
    title = "Set a new password"
    return page(request, "before.html", title, form=form, button="Mail me a link", lead="We mail you a link to set a new one.")


def _ask(request: HttpRequest, email: str) -> HttpResponse:
    """A job is queued for everybody and nobody: how long the answer takes tells nothing either."""
    now, network = timezone.now(), limits.network_of(request)
    if not limits.take("forgotten from", network, most=PER_NETWORK, per=limits.HOUR, at=now):
        return page(request, "said.html", "Too many requests", status=429, sentence="Try again in an hour.")
    if limits.take("forgotten for", limits.mailbox_of(email), most=PER_MAILBOX, per=limits.HOUR, at=now):
        found = User.objects.filter(email__iexact=email, is_active=True, is_staff=True)[:5]
        tasks.mail_people.defer(name="forgotten", people=[person.pk for person in found])
    return page(request, "said.html", "Look into your mail", sentence=ASKED)


@method_decorator(private, name="dispatch")
class NewPassword(OnTheDesk, PasswordResetConfirmView):
    """Django's: the link's secret leaves the address at once. The second factor is asked for as ever."""

    title = "Set a new password"
    template_name = "admin/people/new_password.html"
    success_url = reverse_lazy("people_password_is_set")

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            sessions.end(form.user)
            noting.note(form.user, "password_changed", by=form.user, at=timezone.now())
        return response


def password_is_set(request: HttpRequest) -> HttpResponse:
    return page(request, "said.html", "Your password is set", sentence="Sign in with it.", sign_in=True)
