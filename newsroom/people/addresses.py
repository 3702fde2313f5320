"""A new e-mail address of somebody at the desk: it counts once a link in a mail to it was followed."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse

from newsroom.people import noting

SALT = "newsroom.people.address"
LASTS = timedelta(days=1)
OVER = "This link does not work any more. Ask for a new one on your account’s page."
TAKEN = "Somebody else at this newsroom has this address already."


def link(person: User, address: str) -> str:
    """Names the address it replaces too: once that has changed the link is over."""
    token = signing.dumps([person.pk, person.email, address], salt=SALT)
    return settings.SITE_URL + reverse("people_new_address", args=[token])


def change(token: str, *, at: datetime) -> User:
    """ValidationError for a link that is over, or an address that is another's by now."""
    try:
        pk, former, address = signing.loads(token, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        raise ValidationError(OVER) from None
    with transaction.atomic():
        person = User.objects.select_for_update().filter(pk=pk, is_active=True).first()
        if person is not None and person.email == address:
            return person
        if person is None or person.email != former:
            raise ValidationError(OVER)
        if User.objects.filter(email__iexact=address).exclude(pk=pk).exists():
            raise ValidationError(TAKEN)
        person.email = address
        person.save(update_fields=["email"])
        noting.note(person, "address_changed", by=person, at=at, to=former)
    return person
