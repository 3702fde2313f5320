"""Second factors: who has one, who must have one, and what there is besides."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef

TOTP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
ADMINISTRATOR = "Administrator"


def has_one(user: User) -> bool:
    return _strong().filter(user=user).exists()


def of_each() -> Exists:
    """For a query of people: whether each has one."""
    return Exists(_strong().filter(user=OuterRef("pk")))


def _strong() -> Any:
    """Recovery codes alone are the rest of a factor that is gone."""
    return Authenticator.objects.filter(type__in=[TOTP, PASSKEY])


def is_required_of(user: User) -> bool:
    if not settings.ADMIN_REQUIRE_MFA:
        return False
    return user.is_superuser or user.groups.filter(name=ADMINISTRATOR).exists()


def is_missing(user: User) -> bool:
    """Whether this person has to set one up before anything else."""
    return is_required_of(user) and not has_one(user)


def take_away(user: User) -> bool:
    """All of them, recovery codes too. False when there was none."""
    return bool(Authenticator.objects.filter(user=user).delete()[0])
