"""Mails to the people of the desk: plain text, written when they leave, with links that are made only then."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from newsroom import mail
from newsroom.letter import Letter
from newsroom.people import addresses, inviting
from newsroom.people.models import Invitation

SALT = "newsroom.people.mail"


def sealed(address: str) -> str:
    """An address as it may lie in the queue."""
    return signing.dumps(address, salt=SALT) if address else ""


def send(name: str, person: User, *, to: str = "") -> None:
    """To the person, or to the sealed address `to`. Nobody without an address is written to."""
    address = signing.loads(to, salt=SALT) if to else person.email
    if not address or not person.is_active:
        return
    context: dict[str, Any] = {"person": person}
    if name == "forgotten":
        context["link"] = new_password(person)
    if name == "new_address":
        context["link"] = addresses.link(person, address)
    _send(name, address, context)


def new_password(person: User) -> str:
    """Opens once: it ends with the password, and with the next sign-in."""
    words = [urlsafe_base64_encode(force_bytes(person.pk)), default_token_generator.make_token(person)]
    return settings.SITE_URL + reverse("people_new_password", args=words)


def send_invitation(invitation: Invitation, *, round: int) -> None:  # noqa: A002
    if invitation.is_open and invitation.round == round:
        link = inviting.link(invitation)
        _send("invitation", invitation.email, {"invitation": invitation, "link": link})


def _send(name: str, address: str, context: dict[str, Any]) -> None:
    written = render_to_string(f"people/mail/{name}.txt", context | {"site": settings.SITE_URL})
    subject, _, text = written.strip().partition("\n")
    mail.send(Letter(subject.strip(), text.strip() + "\n", settings.DEFAULT_FROM_EMAIL, [address]))
