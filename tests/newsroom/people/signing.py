"""Signing in as a person does, with the codes that their telephone would show."""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

LOGIN, CODE, ACCOUNT = "/admin/login/", "/admin/account/sign-in/code/", "/admin/account/"


def sign_in(client: Client, name: str, password: str = "pass", **more: Any) -> Any:
    return client.post(LOGIN, {"username": name, "password": password, "next": "/admin/"} | more)


def code_of(secret: str, *, steps: int = 0) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30 + steps))


def with_app(user: User) -> str:
    """Set up an authenticator app; returns its secret."""
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(user, secret)
    return secret


def with_codes(user: User) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


def with_passkey(user: User, name: str = "Telephone") -> Authenticator:
    """A row like that of a passkey; nothing can be signed with it."""
    return Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": name, "credential": {}})


def signed_in(user: User, password: str = "pass") -> Client:
    """By the form, so that who it is counts as said just now."""
    cache.clear()
    client = Client()
    assert sign_in(client, user.username, password).status_code == 302
    return client
