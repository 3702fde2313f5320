"""What django-allauth asks us: where somebody comes from, which steps a sign-in has, how a secret is kept."""

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac

from newsroom import signin

UNKNOWN = "0.0.0.0"  # noqa: S104  # the column takes nothing but addresses
SALT = "newsroom.people.factors"
NOT_HERE = "This sign-in leads nowhere: your account may not open the desk. An administrator can change that."


class Accounts(DefaultAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return signin.address_of(request) or UNKNOWN

    def get_login_stages(self) -> list[str]:
        """Nobody is asked for a code by mail or telephone."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """A passkey outlives a suspension; a sign-in does not."""
        if user.is_active and user.is_staff:
            return None
        messages.error(request, NOT_HERE)
        return HttpResponseRedirect(reverse("admin:login"))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """What was done is said by our own views, in our own words."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """So are the mails (newsroom.people.noting): queued in the transaction of what they tell."""


class Factors(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This was not right, or too late. Codes change every half minute: try the newest one.",
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.get_username())

    def encrypt(self, text: str) -> str:
        """Whoever reads a backup of the database cannot sign in with it."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """With a secret key of former days too (SECRET_KEY_FALLBACKS). What no key opens is taken for a secret that nobody
        knows: an empty one would be known to everybody."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashed = (salted_hmac(SALT, "box", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in hashed])
